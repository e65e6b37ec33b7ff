// Generated from packages/protocol/spec/apis/11-join-group.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readArrayLength, readCompactArrayLength, writeArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { noBytes, readBytes, readCompactBytes, writeBytes, writeCompactBytes } from "../../codec/byte-fields.ts";
import { notNull, unsupportedField } from "../../codec/field-support.ts";
import { readCompactString, readNullableCompactString, readNullableString, readString, writeCompactString, writeNullableCompactString, writeNullableString, writeString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface JoinGroupRequest {
  readonly groupId: string;
  readonly sessionTimeoutMs: number;
  /** Versions 1+. */
  readonly rebalanceTimeoutMs: number;
  readonly memberId: string;
  /** Versions 5+. */
  readonly groupInstanceId: string | null;
  readonly protocolType: string;
  readonly protocols: readonly JoinGroupRequestProtocol[];
  /** Versions 8+. */
  readonly reason: string | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface JoinGroupRequestProtocol {
  readonly name: string;
  readonly metadata: Buffer;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeJoinGroupRequest(init: Partial<JoinGroupRequest> = {}): JoinGroupRequest {
  return {
    groupId: init.groupId ?? "",
    sessionTimeoutMs: init.sessionTimeoutMs ?? 0,
    rebalanceTimeoutMs: init.rebalanceTimeoutMs ?? -1,
    memberId: init.memberId ?? "",
    groupInstanceId: init.groupInstanceId ?? null,
    protocolType: init.protocolType ?? "",
    protocols: init.protocols ?? [],
    reason: init.reason ?? null,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeJoinGroupRequestProtocol(init: Partial<JoinGroupRequestProtocol> = {}): JoinGroupRequestProtocol {
  return {
    name: init.name ?? "",
    metadata: init.metadata ?? noBytes,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readJoinGroupRequestProtocol(reader: ByteReader, version: number): JoinGroupRequestProtocol {
  const name = version >= 6 ? readCompactString(reader) : readString(reader);
  const metadata = version >= 6 ? readCompactBytes(reader) : readBytes(reader);
  const unknownTaggedFields = version < 6 ? undefined : readUnknownTaggedFields(reader);
  return { name, metadata, unknownTaggedFields };
}

function writeJoinGroupRequestProtocol(writer: ByteWriter, message: JoinGroupRequestProtocol, version: number): void {
  if (version >= 6) writeCompactString(writer, message.name);
  else writeString(writer, message.name);
  if (version >= 6) writeCompactBytes(writer, message.metadata);
  else writeBytes(writer, message.metadata);
  if (version >= 6) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readJoinGroupRequest(reader: ByteReader, version: number): JoinGroupRequest {
  const groupId = version >= 6 ? readCompactString(reader) : readString(reader);
  const sessionTimeoutMs = reader.int32();
  const rebalanceTimeoutMs = version >= 1 ? reader.int32() : -1;
  const memberId = version >= 6 ? readCompactString(reader) : readString(reader);
  const groupInstanceId = version >= 6 ? readNullableCompactString(reader) : version >= 5 ? readNullableString(reader) : null;
  const protocolType = version >= 6 ? readCompactString(reader) : readString(reader);
  const protocols: JoinGroupRequestProtocol[] = [];
  for (let left = version >= 6 ? readCompactArrayLength(reader, 3) : readArrayLength(reader, 3); left > 0; left--) protocols.push(readJoinGroupRequestProtocol(reader, version));
  const reason = version >= 8 ? readNullableCompactString(reader) : null;
  const unknownTaggedFields = version < 6 ? undefined : readUnknownTaggedFields(reader);
  return { groupId, sessionTimeoutMs, rebalanceTimeoutMs, memberId, groupInstanceId, protocolType, protocols, reason, unknownTaggedFields };
}

function writeJoinGroupRequest(writer: ByteWriter, message: JoinGroupRequest, version: number): void {
  if (version >= 6) writeCompactString(writer, message.groupId);
  else writeString(writer, message.groupId);
  writer.int32(message.sessionTimeoutMs);
  if (version >= 1) writer.int32(message.rebalanceTimeoutMs);
  if (version >= 6) writeCompactString(writer, message.memberId);
  else writeString(writer, message.memberId);
  if (version >= 5) {
    if (version >= 6) writeNullableCompactString(writer, message.groupInstanceId);
    else writeNullableString(writer, message.groupInstanceId);
  } else if (message.groupInstanceId !== null) throw unsupportedField("JoinGroupRequest.groupInstanceId", version);
  if (version >= 6) writeCompactString(writer, message.protocolType);
  else writeString(writer, message.protocolType);
  if (version >= 6) writeCompactArrayLength(writer, message.protocols);
  else writeArrayLength(writer, message.protocols);
  for (const element of message.protocols) writeJoinGroupRequestProtocol(writer, element, version);
  if (version >= 8) writeNullableCompactString(writer, message.reason);
  if (version >= 6) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface JoinGroupResponse {
  /** Versions 2+. */
  readonly throttleTimeMs: number;
  readonly errorCode: number;
  readonly generationId: number;
  /** Versions 7+. */
  readonly protocolType: string | null;
  /** Null in 7+. */
  readonly protocolName: string | null;
  readonly leader: string;
  /** Versions 9+. */
  readonly skipAssignment: boolean;
  readonly memberId: string;
  readonly members: readonly JoinGroupResponseMember[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface JoinGroupResponseMember {
  readonly memberId: string;
  /** Versions 5+. */
  readonly groupInstanceId: string | null;
  readonly metadata: Buffer;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeJoinGroupResponse(init: Partial<JoinGroupResponse> = {}): JoinGroupResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    errorCode: init.errorCode ?? 0,
    generationId: init.generationId ?? -1,
    protocolType: init.protocolType ?? null,
    protocolName: init.protocolName === undefined ? "" : init.protocolName,
    leader: init.leader ?? "",
    skipAssignment: init.skipAssignment ?? false,
    memberId: init.memberId ?? "",
    members: init.members ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeJoinGroupResponseMember(init: Partial<JoinGroupResponseMember> = {}): JoinGroupResponseMember {
  return {
    memberId: init.memberId ?? "",
    groupInstanceId: init.groupInstanceId ?? null,
    metadata: init.metadata ?? noBytes,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readJoinGroupResponseMember(reader: ByteReader, version: number): JoinGroupResponseMember {
  const memberId = version >= 6 ? readCompactString(reader) : readString(reader);
  const groupInstanceId = version >= 6 ? readNullableCompactString(reader) : version >= 5 ? readNullableString(reader) : null;
  const metadata = version >= 6 ? readCompactBytes(reader) : readBytes(reader);
  const unknownTaggedFields = version < 6 ? undefined : readUnknownTaggedFields(reader);
  return { memberId, groupInstanceId, metadata, unknownTaggedFields };
}

function writeJoinGroupResponseMember(writer: ByteWriter, message: JoinGroupResponseMember, version: number): void {
  if (version >= 6) writeCompactString(writer, message.memberId);
  else writeString(writer, message.memberId);
  if (version >= 5) {
    if (version >= 6) writeNullableCompactString(writer, message.groupInstanceId);
    else writeNullableString(writer, message.groupInstanceId);
  }
  if (version >= 6) writeCompactBytes(writer, message.metadata);
  else writeBytes(writer, message.metadata);
  if (version >= 6) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readJoinGroupResponse(reader: ByteReader, version: number): JoinGroupResponse {
  const throttleTimeMs = version >= 2 ? reader.int32() : 0;
  const errorCode = reader.int16();
  const generationId = reader.int32();
  const protocolType = version >= 7 ? readNullableCompactString(reader) : null;
  const protocolName = version >= 7 ? readNullableCompactString(reader) : version >= 6 ? readCompactString(reader) : readString(reader);
  const leader = version >= 6 ? readCompactString(reader) : readString(reader);
  const skipAssignment = version >= 9 ? reader.bool() : false;
  const memberId = version >= 6 ? readCompactString(reader) : readString(reader);
  const members: JoinGroupResponseMember[] = [];
  for (let left = version >= 6 ? readCompactArrayLength(reader, 4) : readArrayLength(reader, 4); left > 0; left--) members.push(readJoinGroupResponseMember(reader, version));
  const unknownTaggedFields = version < 6 ? undefined : readUnknownTaggedFields(reader);
  return { throttleTimeMs, errorCode, generationId, protocolType, protocolName, leader, skipAssignment, memberId, members, unknownTaggedFields };
}

function writeJoinGroupResponse(writer: ByteWriter, message: JoinGroupResponse, version: number): void {
  if (version >= 2) writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  writer.int32(message.generationId);
  if (version >= 7) writeNullableCompactString(writer, message.protocolType);
  if (version >= 7) writeNullableCompactString(writer, message.protocolName);
  else if (version >= 6) writeCompactString(writer, notNull(message.protocolName, "JoinGroupResponse.protocolName", version));
  else writeString(writer, notNull(message.protocolName, "JoinGroupResponse.protocolName", version));
  if (version >= 6) writeCompactString(writer, message.leader);
  else writeString(writer, message.leader);
  if (version >= 9) writer.bool(message.skipAssignment);
  else if (message.skipAssignment !== false) throw unsupportedField("JoinGroupResponse.skipAssignment", version);
  if (version >= 6) writeCompactString(writer, message.memberId);
  else writeString(writer, message.memberId);
  if (version >= 6) writeCompactArrayLength(writer, message.members);
  else writeArrayLength(writer, message.members);
  for (const element of message.members) writeJoinGroupResponseMember(writer, element, version);
  if (version >= 6) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeJoinGroupResponseInSteps(writer: ByteWriter, message: JoinGroupResponse, version: number): Generator<void, void> {
  if (version >= 2) writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  writer.int32(message.generationId);
  if (version >= 7) writeNullableCompactString(writer, message.protocolType);
  if (version >= 7) writeNullableCompactString(writer, message.protocolName);
  else if (version >= 6) writeCompactString(writer, notNull(message.protocolName, "JoinGroupResponse.protocolName", version));
  else writeString(writer, notNull(message.protocolName, "JoinGroupResponse.protocolName", version));
  if (version >= 6) writeCompactString(writer, message.leader);
  else writeString(writer, message.leader);
  if (version >= 9) writer.bool(message.skipAssignment);
  else if (message.skipAssignment !== false) throw unsupportedField("JoinGroupResponse.skipAssignment", version);
  if (version >= 6) writeCompactString(writer, message.memberId);
  else writeString(writer, message.memberId);
  if (version >= 6) writeCompactArrayLength(writer, message.members);
  else writeArrayLength(writer, message.members);
  for (const element of message.members) {
    writeJoinGroupResponseMember(writer, element, version);
    yield;
  }
  if (version >= 6) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** JoinGroup: key 11, versions 0-9. */
export const joinGroupApi: Api<JoinGroupRequest, JoinGroupResponse> = {
  key: 11,
  name: "JoinGroup",
  minVersion: 0,
  maxVersion: 9,
  firstFlexibleVersion: 6,
  readRequest: readJoinGroupRequest,
  writeRequest: writeJoinGroupRequest,
  readResponse: readJoinGroupResponse,
  writeResponse: writeJoinGroupResponse,
  writeResponseInSteps: writeJoinGroupResponseInSteps,
};
