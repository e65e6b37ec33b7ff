// Generated from packages/protocol/spec/apis/12-heartbeat.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { unsupportedField } from "../../codec/field-support.ts";
import { readCompactString, readNullableCompactString, readNullableString, readString, writeCompactString, writeNullableCompactString, writeNullableString, writeString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface HeartbeatRequest {
  readonly groupId: string;
  readonly generationId: number;
  readonly memberId: string;
  /** Versions 3+. */
  readonly groupInstanceId: string | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeHeartbeatRequest(init: Partial<HeartbeatRequest> = {}): HeartbeatRequest {
  return {
    groupId: init.groupId ?? "",
    generationId: init.generationId ?? 0,
    memberId: init.memberId ?? "",
    groupInstanceId: init.groupInstanceId ?? null,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readHeartbeatRequest(reader: ByteReader, version: number): HeartbeatRequest {
  const groupId = version >= 4 ? readCompactString(reader) : readString(reader);
  const generationId = reader.int32();
  const memberId = version >= 4 ? readCompactString(reader) : readString(reader);
  const groupInstanceId = version >= 4 ? readNullableCompactString(reader) : version >= 3 ? readNullableString(reader) : null;
  const unknownTaggedFields = version < 4 ? undefined : readUnknownTaggedFields(reader);
  return { groupId, generationId, memberId, groupInstanceId, unknownTaggedFields };
}

function writeHeartbeatRequest(writer: ByteWriter, message: HeartbeatRequest, version: number): void {
  if (version >= 4) writeCompactString(writer, message.groupId);
  else writeString(writer, message.groupId);
  writer.int32(message.generationId);
  if (version >= 4) writeCompactString(writer, message.memberId);
  else writeString(writer, message.memberId);
  if (version >= 3) {
    if (version >= 4) writeNullableCompactString(writer, message.groupInstanceId);
    else writeNullableString(writer, message.groupInstanceId);
  } else if (message.groupInstanceId !== null) throw unsupportedField("HeartbeatRequest.groupInstanceId", version);
  if (version >= 4) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface HeartbeatResponse {
  /** Versions 1+. */
  readonly throttleTimeMs: number;
  readonly errorCode: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeHeartbeatResponse(init: Partial<HeartbeatResponse> = {}): HeartbeatResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    errorCode: init.errorCode ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readHeartbeatResponse(reader: ByteReader, version: number): HeartbeatResponse {
  const throttleTimeMs = version >= 1 ? reader.int32() : 0;
  const errorCode = reader.int16();
  const unknownTaggedFields = version < 4 ? undefined : readUnknownTaggedFields(reader);
  return { throttleTimeMs, errorCode, unknownTaggedFields };
}

function writeHeartbeatResponse(writer: ByteWriter, message: HeartbeatResponse, version: number): void {
  if (version >= 1) writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  if (version >= 4) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** Heartbeat: key 12, versions 0-4. */
export const heartbeatApi: Api<HeartbeatRequest, HeartbeatResponse> = {
  key: 12,
  name: "Heartbeat",
  minVersion: 0,
  maxVersion: 4,
  firstFlexibleVersion: 4,
  readRequest: readHeartbeatRequest,
  writeRequest: writeHeartbeatRequest,
  readResponse: readHeartbeatResponse,
  writeResponse: writeHeartbeatResponse,
};
