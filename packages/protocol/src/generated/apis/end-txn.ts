// Generated from packages/protocol/spec/apis/26-end-txn.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readCompactString, readString, writeCompactString, writeString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface EndTxnRequest {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly committed: boolean;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeEndTxnRequest(init: Partial<EndTxnRequest> = {}): EndTxnRequest {
  return {
    transactionalId: init.transactionalId ?? "",
    producerId: init.producerId ?? 0,
    producerEpoch: init.producerEpoch ?? 0,
    committed: init.committed ?? false,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readEndTxnRequest(reader: ByteReader, version: number): EndTxnRequest {
  const transactionalId = version >= 3 ? readCompactString(reader) : readString(reader);
  const producerId = reader.int64();
  const producerEpoch = reader.int16();
  const committed = reader.bool();
  const unknownTaggedFields = version < 3 ? undefined : readUnknownTaggedFields(reader);
  return { transactionalId, producerId, producerEpoch, committed, unknownTaggedFields };
}

function writeEndTxnRequest(writer: ByteWriter, message: EndTxnRequest, version: number): void {
  if (version >= 3) writeCompactString(writer, message.transactionalId);
  else writeString(writer, message.transactionalId);
  writer.int64(message.producerId);
  writer.int16(message.producerEpoch);
  writer.bool(message.committed);
  if (version >= 3) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface EndTxnResponse {
  readonly throttleTimeMs: number;
  readonly errorCode: number;
  /** Versions 5+. */
  readonly producerId: number;
  /** Versions 5+. */
  readonly producerEpoch: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeEndTxnResponse(init: Partial<EndTxnResponse> = {}): EndTxnResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    errorCode: init.errorCode ?? 0,
    producerId: init.producerId ?? -1,
    producerEpoch: init.producerEpoch ?? -1,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readEndTxnResponse(reader: ByteReader, version: number): EndTxnResponse {
  const throttleTimeMs = reader.int32();
  const errorCode = reader.int16();
  const producerId = version >= 5 ? reader.int64() : -1;
  const producerEpoch = version >= 5 ? reader.int16() : -1;
  const unknownTaggedFields = version < 3 ? undefined : readUnknownTaggedFields(reader);
  return { throttleTimeMs, errorCode, producerId, producerEpoch, unknownTaggedFields };
}

function writeEndTxnResponse(writer: ByteWriter, message: EndTxnResponse, version: number): void {
  writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  if (version >= 5) writer.int64(message.producerId);
  if (version >= 5) writer.int16(message.producerEpoch);
  if (version >= 3) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** EndTxn: key 26, versions 0-5. */
export const endTxnApi: Api<EndTxnRequest, EndTxnResponse> = {
  key: 26,
  name: "EndTxn",
  minVersion: 0,
  maxVersion: 5,
  firstFlexibleVersion: 3,
  readRequest: readEndTxnRequest,
  writeRequest: writeEndTxnRequest,
  readResponse: readEndTxnResponse,
  writeResponse: writeEndTxnResponse,
};
