// Generated from packages/protocol/spec/apis/16-list-groups.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readArrayLength, readCompactArrayLength, writeArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { unsupportedField } from "../../codec/field-support.ts";
import { readCompactString, readString, writeCompactString, writeString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface ListGroupsRequest {
  /** Versions 4+. */
  readonly statesFilter: readonly string[];
  /** Versions 5+. */
  readonly typesFilter: readonly string[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeListGroupsRequest(init: Partial<ListGroupsRequest> = {}): ListGroupsRequest {
  return {
    statesFilter: init.statesFilter ?? [],
    typesFilter: init.typesFilter ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readListGroupsRequest(reader: ByteReader, version: number): ListGroupsRequest {
  const statesFilter: string[] = [];
  for (let left = version >= 4 ? readCompactArrayLength(reader, 1) : 0; left > 0; left--) statesFilter.push(readCompactString(reader));
  const typesFilter: string[] = [];
  for (let left = version >= 5 ? readCompactArrayLength(reader, 1) : 0; left > 0; left--) typesFilter.push(readCompactString(reader));
  const unknownTaggedFields = version < 3 ? undefined : readUnknownTaggedFields(reader);
  return { statesFilter, typesFilter, unknownTaggedFields };
}

function writeListGroupsRequest(writer: ByteWriter, message: ListGroupsRequest, version: number): void {
  if (version >= 4) {
    writeCompactArrayLength(writer, message.statesFilter);
    for (const element of message.statesFilter) writeCompactString(writer, element);
  } else if (message.statesFilter.length !== 0) throw unsupportedField("ListGroupsRequest.statesFilter", version);
  if (version >= 5) {
    writeCompactArrayLength(writer, message.typesFilter);
    for (const element of message.typesFilter) writeCompactString(writer, element);
  } else if (message.typesFilter.length !== 0) throw unsupportedField("ListGroupsRequest.typesFilter", version);
  if (version >= 3) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface ListGroupsResponse {
  /** Versions 1+. */
  readonly throttleTimeMs: number;
  readonly errorCode: number;
  readonly groups: readonly ListedGroup[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface ListedGroup {
  readonly groupId: string;
  readonly protocolType: string;
  /** Versions 4+. */
  readonly groupState: string;
  /** Versions 5+. */
  readonly groupType: string;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeListGroupsResponse(init: Partial<ListGroupsResponse> = {}): ListGroupsResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    errorCode: init.errorCode ?? 0,
    groups: init.groups ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeListedGroup(init: Partial<ListedGroup> = {}): ListedGroup {
  return {
    groupId: init.groupId ?? "",
    protocolType: init.protocolType ?? "",
    groupState: init.groupState ?? "",
    groupType: init.groupType ?? "",
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readListedGroup(reader: ByteReader, version: number): ListedGroup {
  const groupId = version >= 3 ? readCompactString(reader) : readString(reader);
  const protocolType = version >= 3 ? readCompactString(reader) : readString(reader);
  const groupState = version >= 4 ? readCompactString(reader) : "";
  const groupType = version >= 5 ? readCompactString(reader) : "";
  const unknownTaggedFields = version < 3 ? undefined : readUnknownTaggedFields(reader);
  return { groupId, protocolType, groupState, groupType, unknownTaggedFields };
}

function writeListedGroup(writer: ByteWriter, message: ListedGroup, version: number): void {
  if (version >= 3) writeCompactString(writer, message.groupId);
  else writeString(writer, message.groupId);
  if (version >= 3) writeCompactString(writer, message.protocolType);
  else writeString(writer, message.protocolType);
  if (version >= 4) writeCompactString(writer, message.groupState);
  if (version >= 5) writeCompactString(writer, message.groupType);
  if (version >= 3) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readListGroupsResponse(reader: ByteReader, version: number): ListGroupsResponse {
  const throttleTimeMs = version >= 1 ? reader.int32() : 0;
  const errorCode = reader.int16();
  const groups: ListedGroup[] = [];
  for (let left = version >= 3 ? readCompactArrayLength(reader, 3) : readArrayLength(reader, 3); left > 0; left--) groups.push(readListedGroup(reader, version));
  const unknownTaggedFields = version < 3 ? undefined : readUnknownTaggedFields(reader);
  return { throttleTimeMs, errorCode, groups, unknownTaggedFields };
}

function writeListGroupsResponse(writer: ByteWriter, message: ListGroupsResponse, version: number): void {
  if (version >= 1) writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  if (version >= 3) writeCompactArrayLength(writer, message.groups);
  else writeArrayLength(writer, message.groups);
  for (const element of message.groups) writeListedGroup(writer, element, version);
  if (version >= 3) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeListGroupsResponseInSteps(writer: ByteWriter, message: ListGroupsResponse, version: number): Generator<void, void> {
  if (version >= 1) writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  if (version >= 3) writeCompactArrayLength(writer, message.groups);
  else writeArrayLength(writer, message.groups);
  for (const element of message.groups) {
    writeListedGroup(writer, element, version);
    yield;
  }
  if (version >= 3) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* readListGroupsResponseInSteps(reader: ByteReader, version: number): Generator<void, ListGroupsResponse> {
  const throttleTimeMs = version >= 1 ? reader.int32() : 0;
  const errorCode = reader.int16();
  const groups: ListedGroup[] = [];
  for (let left = version >= 3 ? readCompactArrayLength(reader, 3) : readArrayLength(reader, 3); left > 0; left--) { groups.push(readListedGroup(reader, version)); yield; }
  const unknownTaggedFields = version < 3 ? undefined : readUnknownTaggedFields(reader);
  return { throttleTimeMs, errorCode, groups, unknownTaggedFields };
}

/** ListGroups: key 16, versions 0-5. */
export const listGroupsApi: Api<ListGroupsRequest, ListGroupsResponse> = {
  key: 16,
  name: "ListGroups",
  minVersion: 0,
  maxVersion: 5,
  firstFlexibleVersion: 3,
  readRequest: readListGroupsRequest,
  writeRequest: writeListGroupsRequest,
  readResponse: readListGroupsResponse,
  writeResponse: writeListGroupsResponse,
  writeResponseInSteps: writeListGroupsResponseInSteps,
  readResponseInSteps: readListGroupsResponseInSteps,
};
