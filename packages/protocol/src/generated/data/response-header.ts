// Generated from packages/protocol/spec/data/response-header.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface ResponseHeader {
  readonly correlationId: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeResponseHeader(init: Partial<ResponseHeader> = {}): ResponseHeader {
  return {
    correlationId: init.correlationId ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readResponseHeader(reader: ByteReader, version: number): ResponseHeader {
  const correlationId = reader.int32();
  const unknownTaggedFields = version < 1 ? undefined : readUnknownTaggedFields(reader);
  return { correlationId, unknownTaggedFields };
}

function writeResponseHeader(writer: ByteWriter, message: ResponseHeader, version: number): void {
  writer.int32(message.correlationId);
  if (version >= 1) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** ResponseHeader: versions 0-1. */
export const responseHeader: DataMessage<ResponseHeader> = {
  name: "ResponseHeader",
  recordType: undefined,
  minVersion: 0,
  maxVersion: 1,
  firstFlexibleVersion: 1,
  read: readResponseHeader,
  write: writeResponseHeader,
};
