// Generated from packages/protocol/spec/apis/42-delete-groups.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readArrayLength, readCompactArrayLength, writeArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { readCompactString, readNullableCompactString, readString, shortened, writeCompactString, writeNullableCompactString, writeString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface DeleteGroupsRequest {
  readonly groupsNames: readonly string[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeDeleteGroupsRequest(init: Partial<DeleteGroupsRequest> = {}): DeleteGroupsRequest {
  return {
    groupsNames: init.groupsNames ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readDeleteGroupsRequest(reader: ByteReader, version: number): DeleteGroupsRequest {
  const groupsNames: string[] = [];
  for (let left = version >= 2 ? readCompactArrayLength(reader, 1) : readArrayLength(reader, 1); left > 0; left--) groupsNames.push(version >= 2 ? readCompactString(reader) : readString(reader));
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { groupsNames, unknownTaggedFields };
}

function writeDeleteGroupsRequest(writer: ByteWriter, message: DeleteGroupsRequest, version: number): void {
  if (version >= 2) writeCompactArrayLength(writer, message.groupsNames);
  else writeArrayLength(writer, message.groupsNames);
  for (const element of message.groupsNames) {
    if (version >= 2) writeCompactString(writer, element);
    else writeString(writer, element);
  }
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface DeleteGroupsResponse {
  readonly throttleTimeMs: number;
  readonly results: readonly DeletableGroupResult[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface DeletableGroupResult {
  readonly groupId: string;
  readonly errorCode: number;
  /** Versions 3+. */
  readonly errorMessage: string | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeDeleteGroupsResponse(init: Partial<DeleteGroupsResponse> = {}): DeleteGroupsResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    results: init.results ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeDeletableGroupResult(init: Partial<DeletableGroupResult> = {}): DeletableGroupResult {
  return {
    groupId: init.groupId ?? "",
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readDeletableGroupResult(reader: ByteReader, version: number): DeletableGroupResult {
  const groupId = version >= 2 ? readCompactString(reader) : readString(reader);
  const errorCode = reader.int16();
  const errorMessage = version >= 3 ? readNullableCompactString(reader) : null;
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { groupId, errorCode, errorMessage, unknownTaggedFields };
}

function writeDeletableGroupResult(writer: ByteWriter, message: DeletableGroupResult, version: number): void {
  if (version >= 2) writeCompactString(writer, message.groupId);
  else writeString(writer, message.groupId);
  writer.errorCode(message.errorCode);
  if (version >= 3) writeNullableCompactString(writer, shortened(message.errorMessage));
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDeleteGroupsResponse(reader: ByteReader, version: number): DeleteGroupsResponse {
  const throttleTimeMs = reader.int32();
  const results: DeletableGroupResult[] = [];
  for (let left = version >= 2 ? readCompactArrayLength(reader, 4) : readArrayLength(reader, 4); left > 0; left--) results.push(readDeletableGroupResult(reader, version));
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { throttleTimeMs, results, unknownTaggedFields };
}

function writeDeleteGroupsResponse(writer: ByteWriter, message: DeleteGroupsResponse, version: number): void {
  writer.int32(message.throttleTimeMs);
  if (version >= 2) writeCompactArrayLength(writer, message.results);
  else writeArrayLength(writer, message.results);
  for (const element of message.results) writeDeletableGroupResult(writer, element, version);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeDeleteGroupsResponseInSteps(writer: ByteWriter, message: DeleteGroupsResponse, version: number): Generator<void, void> {
  writer.int32(message.throttleTimeMs);
  if (version >= 2) writeCompactArrayLength(writer, message.results);
  else writeArrayLength(writer, message.results);
  for (const element of message.results) {
    writeDeletableGroupResult(writer, element, version);
    yield;
  }
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** DeleteGroups: key 42, versions 0-3. */
export const deleteGroupsApi: Api<DeleteGroupsRequest, DeleteGroupsResponse> = {
  key: 42,
  name: "DeleteGroups",
  minVersion: 0,
  maxVersion: 3,
  firstFlexibleVersion: 2,
  readRequest: readDeleteGroupsRequest,
  writeRequest: writeDeleteGroupsRequest,
  readResponse: readDeleteGroupsResponse,
  writeResponse: writeDeleteGroupsResponse,
  writeResponseInSteps: writeDeleteGroupsResponseInSteps,
};
