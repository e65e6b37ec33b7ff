// Generated from packages/protocol/spec/apis/22-init-producer-id.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { unsupportedField } from "../../codec/field-support.ts";
import { readNullableCompactString, readNullableString, writeNullableCompactString, writeNullableString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface InitProducerIdRequest {
  readonly transactionalId: string | null;
  readonly transactionTimeoutMs: number;
  /** Versions 3+. */
  readonly producerId: number;
  /** Versions 3+. */
  readonly producerEpoch: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeInitProducerIdRequest(init: Partial<InitProducerIdRequest> = {}): InitProducerIdRequest {
  return {
    transactionalId: init.transactionalId === undefined ? "" : init.transactionalId,
    transactionTimeoutMs: init.transactionTimeoutMs ?? 0,
    producerId: init.producerId ?? -1,
    producerEpoch: init.producerEpoch ?? -1,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readInitProducerIdRequest(reader: ByteReader, version: number): InitProducerIdRequest {
  const transactionalId = version >= 2 ? readNullableCompactString(reader) : readNullableString(reader);
  const transactionTimeoutMs = reader.int32();
  const producerId = version >= 3 ? reader.int64() : -1;
  const producerEpoch = version >= 3 ? reader.int16() : -1;
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { transactionalId, transactionTimeoutMs, producerId, producerEpoch, unknownTaggedFields };
}

function writeInitProducerIdRequest(writer: ByteWriter, message: InitProducerIdRequest, version: number): void {
  if (version >= 2) writeNullableCompactString(writer, message.transactionalId);
  else writeNullableString(writer, message.transactionalId);
  writer.int32(message.transactionTimeoutMs);
  if (version >= 3) writer.int64(message.producerId);
  else if (message.producerId !== -1) throw unsupportedField("InitProducerIdRequest.producerId", version);
  if (version >= 3) writer.int16(message.producerEpoch);
  else if (message.producerEpoch !== -1) throw unsupportedField("InitProducerIdRequest.producerEpoch", version);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface InitProducerIdResponse {
  readonly throttleTimeMs: number;
  readonly errorCode: number;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeInitProducerIdResponse(init: Partial<InitProducerIdResponse> = {}): InitProducerIdResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    errorCode: init.errorCode ?? 0,
    producerId: init.producerId ?? -1,
    producerEpoch: init.producerEpoch ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readInitProducerIdResponse(reader: ByteReader, version: number): InitProducerIdResponse {
  const throttleTimeMs = reader.int32();
  const errorCode = reader.int16();
  const producerId = reader.int64();
  const producerEpoch = reader.int16();
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { throttleTimeMs, errorCode, producerId, producerEpoch, unknownTaggedFields };
}

function writeInitProducerIdResponse(writer: ByteWriter, message: InitProducerIdResponse, version: number): void {
  writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  writer.int64(message.producerId);
  writer.int16(message.producerEpoch);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** InitProducerId: key 22, versions 0-5. */
export const initProducerIdApi: Api<InitProducerIdRequest, InitProducerIdResponse> = {
  key: 22,
  name: "InitProducerId",
  minVersion: 0,
  maxVersion: 5,
  firstFlexibleVersion: 2,
  readRequest: readInitProducerIdRequest,
  writeRequest: writeInitProducerIdRequest,
  readResponse: readInitProducerIdResponse,
  writeResponse: writeInitProducerIdResponse,
};
