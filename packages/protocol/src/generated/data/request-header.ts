// Generated from packages/protocol/spec/data/request-header.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readNullableString, writeNullableString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface RequestHeader {
  readonly requestApiKey: number;
  readonly requestApiVersion: number;
  readonly correlationId: number;
  readonly clientId: string | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeRequestHeader(init: Partial<RequestHeader> = {}): RequestHeader {
  return {
    requestApiKey: init.requestApiKey ?? 0,
    requestApiVersion: init.requestApiVersion ?? 0,
    correlationId: init.correlationId ?? 0,
    clientId: init.clientId === undefined ? "" : init.clientId,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readRequestHeader(reader: ByteReader, version: number): RequestHeader {
  const requestApiKey = reader.int16();
  const requestApiVersion = reader.int16();
  const correlationId = reader.int32();
  const clientId = readNullableString(reader);
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { requestApiKey, requestApiVersion, correlationId, clientId, unknownTaggedFields };
}

function writeRequestHeader(writer: ByteWriter, message: RequestHeader, version: number): void {
  writer.int16(message.requestApiKey);
  writer.int16(message.requestApiVersion);
  writer.int32(message.correlationId);
  writeNullableString(writer, message.clientId);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** RequestHeader: versions 1-2. */
export const requestHeader: DataMessage<RequestHeader> = {
  name: "RequestHeader",
  recordType: undefined,
  minVersion: 1,
  maxVersion: 2,
  firstFlexibleVersion: 2,
  read: readRequestHeader,
  write: writeRequestHeader,
};
