// Generated from packages/protocol/spec/apis/25-add-offsets-to-txn.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readCompactString, readString, writeCompactString, writeString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface AddOffsetsToTxnRequest {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly groupId: string;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeAddOffsetsToTxnRequest(init: Partial<AddOffsetsToTxnRequest> = {}): AddOffsetsToTxnRequest {
  return {
    transactionalId: init.transactionalId ?? "",
    producerId: init.producerId ?? 0,
    producerEpoch: init.producerEpoch ?? 0,
    groupId: init.groupId ?? "",
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readAddOffsetsToTxnRequest(reader: ByteReader, version: number): AddOffsetsToTxnRequest {
  const transactionalId = version >= 3 ? readCompactString(reader) : readString(reader);
  const producerId = reader.int64();
  const producerEpoch = reader.int16();
  const groupId = version >= 3 ? readCompactString(reader) : readString(reader);
  const unknownTaggedFields = version < 3 ? undefined : readUnknownTaggedFields(reader);
  return { transactionalId, producerId, producerEpoch, groupId, unknownTaggedFields };
}

function writeAddOffsetsToTxnRequest(writer: ByteWriter, message: AddOffsetsToTxnRequest, version: number): void {
  if (version >= 3) writeCompactString(writer, message.transactionalId);
  else writeString(writer, message.transactionalId);
  writer.int64(message.producerId);
  writer.int16(message.producerEpoch);
  if (version >= 3) writeCompactString(writer, message.groupId);
  else writeString(writer, message.groupId);
  if (version >= 3) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface AddOffsetsToTxnResponse {
  readonly throttleTimeMs: number;
  readonly errorCode: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeAddOffsetsToTxnResponse(init: Partial<AddOffsetsToTxnResponse> = {}): AddOffsetsToTxnResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    errorCode: init.errorCode ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readAddOffsetsToTxnResponse(reader: ByteReader, version: number): AddOffsetsToTxnResponse {
  const throttleTimeMs = reader.int32();
  const errorCode = reader.int16();
  const unknownTaggedFields = version < 3 ? undefined : readUnknownTaggedFields(reader);
  return { throttleTimeMs, errorCode, unknownTaggedFields };
}

function writeAddOffsetsToTxnResponse(writer: ByteWriter, message: AddOffsetsToTxnResponse, version: number): void {
  writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  if (version >= 3) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** AddOffsetsToTxn: key 25, versions 0-4. */
export const addOffsetsToTxnApi: Api<AddOffsetsToTxnRequest, AddOffsetsToTxnResponse> = {
  key: 25,
  name: "AddOffsetsToTxn",
  minVersion: 0,
  maxVersion: 4,
  firstFlexibleVersion: 3,
  readRequest: readAddOffsetsToTxnRequest,
  writeRequest: writeAddOffsetsToTxnRequest,
  readResponse: readAddOffsetsToTxnResponse,
  writeResponse: writeAddOffsetsToTxnResponse,
};
