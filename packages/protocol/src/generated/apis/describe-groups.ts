// Generated from packages/protocol/spec/apis/15-describe-groups.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readArrayLength, readCompactArrayLength, writeArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { noBytes, readBytes, readCompactBytes, writeBytes, writeCompactBytes } from "../../codec/byte-fields.ts";
import { unsupportedField } from "../../codec/field-support.ts";
import { readCompactString, readNullableCompactString, readNullableString, readString, shortened, writeCompactString, writeNullableCompactString, writeNullableString, writeString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface DescribeGroupsRequest {
  readonly groups: readonly string[];
  /** Versions 3+. */
  readonly includeAuthorizedOperations: boolean;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeDescribeGroupsRequest(init: Partial<DescribeGroupsRequest> = {}): DescribeGroupsRequest {
  return {
    groups: init.groups ?? [],
    includeAuthorizedOperations: init.includeAuthorizedOperations ?? false,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readDescribeGroupsRequest(reader: ByteReader, version: number): DescribeGroupsRequest {
  const groups: string[] = [];
  for (let left = version >= 5 ? readCompactArrayLength(reader, 1) : readArrayLength(reader, 1); left > 0; left--) groups.push(version >= 5 ? readCompactString(reader) : readString(reader));
  const includeAuthorizedOperations = version >= 3 ? reader.bool() : false;
  const unknownTaggedFields = version < 5 ? undefined : readUnknownTaggedFields(reader);
  return { groups, includeAuthorizedOperations, unknownTaggedFields };
}

function writeDescribeGroupsRequest(writer: ByteWriter, message: DescribeGroupsRequest, version: number): void {
  if (version >= 5) writeCompactArrayLength(writer, message.groups);
  else writeArrayLength(writer, message.groups);
  for (const element of message.groups) {
    if (version >= 5) writeCompactString(writer, element);
    else writeString(writer, element);
  }
  if (version >= 3) writer.bool(message.includeAuthorizedOperations);
  else if (message.includeAuthorizedOperations !== false) throw unsupportedField("DescribeGroupsRequest.includeAuthorizedOperations", version);
  if (version >= 5) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface DescribeGroupsResponse {
  /** Versions 1+. */
  readonly throttleTimeMs: number;
  readonly groups: readonly DescribedGroup[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface DescribedGroup {
  readonly errorCode: number;
  /** Versions 6+. */
  readonly errorMessage: string | null;
  readonly groupId: string;
  readonly groupState: string;
  readonly protocolType: string;
  readonly protocolData: string;
  readonly members: readonly DescribedGroupMember[];
  /** Versions 3+. */
  readonly authorizedOperations: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface DescribedGroupMember {
  readonly memberId: string;
  /** Versions 4+. */
  readonly groupInstanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly memberMetadata: Buffer;
  readonly memberAssignment: Buffer;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeDescribeGroupsResponse(init: Partial<DescribeGroupsResponse> = {}): DescribeGroupsResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    groups: init.groups ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeDescribedGroup(init: Partial<DescribedGroup> = {}): DescribedGroup {
  return {
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    groupId: init.groupId ?? "",
    groupState: init.groupState ?? "",
    protocolType: init.protocolType ?? "",
    protocolData: init.protocolData ?? "",
    members: init.members ?? [],
    authorizedOperations: init.authorizedOperations ?? -2147483648,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeDescribedGroupMember(init: Partial<DescribedGroupMember> = {}): DescribedGroupMember {
  return {
    memberId: init.memberId ?? "",
    groupInstanceId: init.groupInstanceId ?? null,
    clientId: init.clientId ?? "",
    clientHost: init.clientHost ?? "",
    memberMetadata: init.memberMetadata ?? noBytes,
    memberAssignment: init.memberAssignment ?? noBytes,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readDescribedGroupMember(reader: ByteReader, version: number): DescribedGroupMember {
  const memberId = version >= 5 ? readCompactString(reader) : readString(reader);
  const groupInstanceId = version >= 5 ? readNullableCompactString(reader) : version >= 4 ? readNullableString(reader) : null;
  const clientId = version >= 5 ? readCompactString(reader) : readString(reader);
  const clientHost = version >= 5 ? readCompactString(reader) : readString(reader);
  const memberMetadata = version >= 5 ? readCompactBytes(reader) : readBytes(reader);
  const memberAssignment = version >= 5 ? readCompactBytes(reader) : readBytes(reader);
  const unknownTaggedFields = version < 5 ? undefined : readUnknownTaggedFields(reader);
  return { memberId, groupInstanceId, clientId, clientHost, memberMetadata, memberAssignment, unknownTaggedFields };
}

function writeDescribedGroupMember(writer: ByteWriter, message: DescribedGroupMember, version: number): void {
  if (version >= 5) writeCompactString(writer, message.memberId);
  else writeString(writer, message.memberId);
  if (version >= 4) {
    if (version >= 5) writeNullableCompactString(writer, message.groupInstanceId);
    else writeNullableString(writer, message.groupInstanceId);
  }
  if (version >= 5) writeCompactString(writer, message.clientId);
  else writeString(writer, message.clientId);
  if (version >= 5) writeCompactString(writer, message.clientHost);
  else writeString(writer, message.clientHost);
  if (version >= 5) writeCompactBytes(writer, message.memberMetadata);
  else writeBytes(writer, message.memberMetadata);
  if (version >= 5) writeCompactBytes(writer, message.memberAssignment);
  else writeBytes(writer, message.memberAssignment);
  if (version >= 5) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDescribedGroup(reader: ByteReader, version: number): DescribedGroup {
  const errorCode = reader.int16();
  const errorMessage = version >= 6 ? readNullableCompactString(reader) : null;
  const groupId = version >= 5 ? readCompactString(reader) : readString(reader);
  const groupState = version >= 5 ? readCompactString(reader) : readString(reader);
  const protocolType = version >= 5 ? readCompactString(reader) : readString(reader);
  const protocolData = version >= 5 ? readCompactString(reader) : readString(reader);
  const members: DescribedGroupMember[] = [];
  for (let left = version >= 5 ? readCompactArrayLength(reader, 7) : readArrayLength(reader, 7); left > 0; left--) members.push(readDescribedGroupMember(reader, version));
  const authorizedOperations = version >= 3 ? reader.int32() : -2147483648;
  const unknownTaggedFields = version < 5 ? undefined : readUnknownTaggedFields(reader);
  return { errorCode, errorMessage, groupId, groupState, protocolType, protocolData, members, authorizedOperations, unknownTaggedFields };
}

function writeDescribedGroup(writer: ByteWriter, message: DescribedGroup, version: number): void {
  writer.errorCode(message.errorCode);
  if (version >= 6) writeNullableCompactString(writer, shortened(message.errorMessage));
  else if (message.errorMessage !== null) throw unsupportedField("DescribedGroup.errorMessage", version);
  if (version >= 5) writeCompactString(writer, message.groupId);
  else writeString(writer, message.groupId);
  if (version >= 5) writeCompactString(writer, message.groupState);
  else writeString(writer, message.groupState);
  if (version >= 5) writeCompactString(writer, message.protocolType);
  else writeString(writer, message.protocolType);
  if (version >= 5) writeCompactString(writer, message.protocolData);
  else writeString(writer, message.protocolData);
  if (version >= 5) writeCompactArrayLength(writer, message.members);
  else writeArrayLength(writer, message.members);
  for (const element of message.members) writeDescribedGroupMember(writer, element, version);
  if (version >= 3) writer.int32(message.authorizedOperations);
  else if (message.authorizedOperations !== -2147483648) throw unsupportedField("DescribedGroup.authorizedOperations", version);
  if (version >= 5) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDescribeGroupsResponse(reader: ByteReader, version: number): DescribeGroupsResponse {
  const throttleTimeMs = version >= 1 ? reader.int32() : 0;
  const groups: DescribedGroup[] = [];
  for (let left = version >= 5 ? readCompactArrayLength(reader, 12) : readArrayLength(reader, 12); left > 0; left--) groups.push(readDescribedGroup(reader, version));
  const unknownTaggedFields = version < 5 ? undefined : readUnknownTaggedFields(reader);
  return { throttleTimeMs, groups, unknownTaggedFields };
}

function writeDescribeGroupsResponse(writer: ByteWriter, message: DescribeGroupsResponse, version: number): void {
  if (version >= 1) writer.int32(message.throttleTimeMs);
  if (version >= 5) writeCompactArrayLength(writer, message.groups);
  else writeArrayLength(writer, message.groups);
  for (const element of message.groups) writeDescribedGroup(writer, element, version);
  if (version >= 5) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeDescribedGroupInSteps(writer: ByteWriter, message: DescribedGroup, version: number): Generator<void, void> {
  writer.errorCode(message.errorCode);
  if (version >= 6) writeNullableCompactString(writer, shortened(message.errorMessage));
  else if (message.errorMessage !== null) throw unsupportedField("DescribedGroup.errorMessage", version);
  if (version >= 5) writeCompactString(writer, message.groupId);
  else writeString(writer, message.groupId);
  if (version >= 5) writeCompactString(writer, message.groupState);
  else writeString(writer, message.groupState);
  if (version >= 5) writeCompactString(writer, message.protocolType);
  else writeString(writer, message.protocolType);
  if (version >= 5) writeCompactString(writer, message.protocolData);
  else writeString(writer, message.protocolData);
  if (version >= 5) writeCompactArrayLength(writer, message.members);
  else writeArrayLength(writer, message.members);
  for (const element of message.members) {
    writeDescribedGroupMember(writer, element, version);
    yield;
  }
  if (version >= 3) writer.int32(message.authorizedOperations);
  else if (message.authorizedOperations !== -2147483648) throw unsupportedField("DescribedGroup.authorizedOperations", version);
  if (version >= 5) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeDescribeGroupsResponseInSteps(writer: ByteWriter, message: DescribeGroupsResponse, version: number): Generator<void, void> {
  if (version >= 1) writer.int32(message.throttleTimeMs);
  if (version >= 5) writeCompactArrayLength(writer, message.groups);
  else writeArrayLength(writer, message.groups);
  for (const element of message.groups) {
    yield* writeDescribedGroupInSteps(writer, element, version);
    yield;
  }
  if (version >= 5) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* readDescribedGroupInSteps(reader: ByteReader, version: number): Generator<void, DescribedGroup> {
  const errorCode = reader.int16();
  const errorMessage = version >= 6 ? readNullableCompactString(reader) : null;
  const groupId = version >= 5 ? readCompactString(reader) : readString(reader);
  const groupState = version >= 5 ? readCompactString(reader) : readString(reader);
  const protocolType = version >= 5 ? readCompactString(reader) : readString(reader);
  const protocolData = version >= 5 ? readCompactString(reader) : readString(reader);
  const members: DescribedGroupMember[] = [];
  for (let left = version >= 5 ? readCompactArrayLength(reader, 7) : readArrayLength(reader, 7); left > 0; left--) { members.push(readDescribedGroupMember(reader, version)); yield; }
  const authorizedOperations = version >= 3 ? reader.int32() : -2147483648;
  const unknownTaggedFields = version < 5 ? undefined : readUnknownTaggedFields(reader);
  return { errorCode, errorMessage, groupId, groupState, protocolType, protocolData, members, authorizedOperations, unknownTaggedFields };
}

function* readDescribeGroupsResponseInSteps(reader: ByteReader, version: number): Generator<void, DescribeGroupsResponse> {
  const throttleTimeMs = version >= 1 ? reader.int32() : 0;
  const groups: DescribedGroup[] = [];
  for (let left = version >= 5 ? readCompactArrayLength(reader, 12) : readArrayLength(reader, 12); left > 0; left--) { groups.push(yield* readDescribedGroupInSteps(reader, version)); yield; }
  const unknownTaggedFields = version < 5 ? undefined : readUnknownTaggedFields(reader);
  return { throttleTimeMs, groups, unknownTaggedFields };
}

/** DescribeGroups: key 15, versions 0-6. */
export const describeGroupsApi: Api<DescribeGroupsRequest, DescribeGroupsResponse> = {
  key: 15,
  name: "DescribeGroups",
  minVersion: 0,
  maxVersion: 6,
  firstFlexibleVersion: 5,
  readRequest: readDescribeGroupsRequest,
  writeRequest: writeDescribeGroupsRequest,
  readResponse: readDescribeGroupsResponse,
  writeResponse: writeDescribeGroupsResponse,
  writeResponseInSteps: writeDescribeGroupsResponseInSteps,
  readResponseInSteps: readDescribeGroupsResponseInSteps,
};
