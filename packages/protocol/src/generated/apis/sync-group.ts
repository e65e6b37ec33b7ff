// Generated from packages/protocol/spec/apis/14-sync-group.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readArrayLength, readCompactArrayLength, writeArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { noBytes, readBytes, readCompactBytes, writeBytes, writeCompactBytes } from "../../codec/byte-fields.ts";
import { unsupportedField } from "../../codec/field-support.ts";
import { readCompactString, readNullableCompactString, readNullableString, readString, writeCompactString, writeNullableCompactString, writeNullableString, writeString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface SyncGroupRequest {
  readonly groupId: string;
  readonly generationId: number;
  readonly memberId: string;
  /** Versions 3+. */
  readonly groupInstanceId: string | null;
  /** Versions 5+. */
  readonly protocolType: string | null;
  /** Versions 5+. */
  readonly protocolName: string | null;
  readonly assignments: readonly SyncGroupRequestAssignment[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface SyncGroupRequestAssignment {
  readonly memberId: string;
  readonly assignment: Buffer;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeSyncGroupRequest(init: Partial<SyncGroupRequest> = {}): SyncGroupRequest {
  return {
    groupId: init.groupId ?? "",
    generationId: init.generationId ?? 0,
    memberId: init.memberId ?? "",
    groupInstanceId: init.groupInstanceId ?? null,
    protocolType: init.protocolType ?? null,
    protocolName: init.protocolName ?? null,
    assignments: init.assignments ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeSyncGroupRequestAssignment(init: Partial<SyncGroupRequestAssignment> = {}): SyncGroupRequestAssignment {
  return {
    memberId: init.memberId ?? "",
    assignment: init.assignment ?? noBytes,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readSyncGroupRequestAssignment(reader: ByteReader, version: number): SyncGroupRequestAssignment {
  const memberId = version >= 4 ? readCompactString(reader) : readString(reader);
  const assignment = version >= 4 ? readCompactBytes(reader) : readBytes(reader);
  const unknownTaggedFields = version < 4 ? undefined : readUnknownTaggedFields(reader);
  return { memberId, assignment, unknownTaggedFields };
}

function writeSyncGroupRequestAssignment(writer: ByteWriter, message: SyncGroupRequestAssignment, version: number): void {
  if (version >= 4) writeCompactString(writer, message.memberId);
  else writeString(writer, message.memberId);
  if (version >= 4) writeCompactBytes(writer, message.assignment);
  else writeBytes(writer, message.assignment);
  if (version >= 4) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readSyncGroupRequest(reader: ByteReader, version: number): SyncGroupRequest {
  const groupId = version >= 4 ? readCompactString(reader) : readString(reader);
  const generationId = reader.int32();
  const memberId = version >= 4 ? readCompactString(reader) : readString(reader);
  const groupInstanceId = version >= 4 ? readNullableCompactString(reader) : version >= 3 ? readNullableString(reader) : null;
  const protocolType = version >= 5 ? readNullableCompactString(reader) : null;
  const protocolName = version >= 5 ? readNullableCompactString(reader) : null;
  const assignments: SyncGroupRequestAssignment[] = [];
  for (let left = version >= 4 ? readCompactArrayLength(reader, 3) : readArrayLength(reader, 3); left > 0; left--) assignments.push(readSyncGroupRequestAssignment(reader, version));
  const unknownTaggedFields = version < 4 ? undefined : readUnknownTaggedFields(reader);
  return { groupId, generationId, memberId, groupInstanceId, protocolType, protocolName, assignments, unknownTaggedFields };
}

function writeSyncGroupRequest(writer: ByteWriter, message: SyncGroupRequest, version: number): void {
  if (version >= 4) writeCompactString(writer, message.groupId);
  else writeString(writer, message.groupId);
  writer.int32(message.generationId);
  if (version >= 4) writeCompactString(writer, message.memberId);
  else writeString(writer, message.memberId);
  if (version >= 3) {
    if (version >= 4) writeNullableCompactString(writer, message.groupInstanceId);
    else writeNullableString(writer, message.groupInstanceId);
  } else if (message.groupInstanceId !== null) throw unsupportedField("SyncGroupRequest.groupInstanceId", version);
  if (version >= 5) writeNullableCompactString(writer, message.protocolType);
  if (version >= 5) writeNullableCompactString(writer, message.protocolName);
  if (version >= 4) writeCompactArrayLength(writer, message.assignments);
  else writeArrayLength(writer, message.assignments);
  for (const element of message.assignments) writeSyncGroupRequestAssignment(writer, element, version);
  if (version >= 4) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface SyncGroupResponse {
  /** Versions 1+. */
  readonly throttleTimeMs: number;
  readonly errorCode: number;
  /** Versions 5+. */
  readonly protocolType: string | null;
  /** Versions 5+. */
  readonly protocolName: string | null;
  readonly assignment: Buffer;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeSyncGroupResponse(init: Partial<SyncGroupResponse> = {}): SyncGroupResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    errorCode: init.errorCode ?? 0,
    protocolType: init.protocolType ?? null,
    protocolName: init.protocolName ?? null,
    assignment: init.assignment ?? noBytes,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readSyncGroupResponse(reader: ByteReader, version: number): SyncGroupResponse {
  const throttleTimeMs = version >= 1 ? reader.int32() : 0;
  const errorCode = reader.int16();
  const protocolType = version >= 5 ? readNullableCompactString(reader) : null;
  const protocolName = version >= 5 ? readNullableCompactString(reader) : null;
  const assignment = version >= 4 ? readCompactBytes(reader) : readBytes(reader);
  const unknownTaggedFields = version < 4 ? undefined : readUnknownTaggedFields(reader);
  return { throttleTimeMs, errorCode, protocolType, protocolName, assignment, unknownTaggedFields };
}

function writeSyncGroupResponse(writer: ByteWriter, message: SyncGroupResponse, version: number): void {
  if (version >= 1) writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  if (version >= 5) writeNullableCompactString(writer, message.protocolType);
  if (version >= 5) writeNullableCompactString(writer, message.protocolName);
  if (version >= 4) writeCompactBytes(writer, message.assignment);
  else writeBytes(writer, message.assignment);
  if (version >= 4) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** SyncGroup: key 14, versions 0-5. */
export const syncGroupApi: Api<SyncGroupRequest, SyncGroupResponse> = {
  key: 14,
  name: "SyncGroup",
  minVersion: 0,
  maxVersion: 5,
  firstFlexibleVersion: 4,
  readRequest: readSyncGroupRequest,
  writeRequest: writeSyncGroupRequest,
  readResponse: readSyncGroupResponse,
  writeResponse: writeSyncGroupResponse,
};
