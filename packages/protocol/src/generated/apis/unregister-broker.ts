// Generated from packages/protocol/spec/apis/64-unregister-broker.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readNullableCompactString, shortened, writeNullableCompactString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface UnregisterBrokerRequest {
  readonly brokerId: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeUnregisterBrokerRequest(init: Partial<UnregisterBrokerRequest> = {}): UnregisterBrokerRequest {
  return {
    brokerId: init.brokerId ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readUnregisterBrokerRequest(reader: ByteReader, _version: number): UnregisterBrokerRequest {
  const brokerId = reader.int32();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { brokerId, unknownTaggedFields };
}

function writeUnregisterBrokerRequest(writer: ByteWriter, message: UnregisterBrokerRequest, _version: number): void {
  writer.int32(message.brokerId);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface UnregisterBrokerResponse {
  readonly throttleTimeMs: number;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeUnregisterBrokerResponse(init: Partial<UnregisterBrokerResponse> = {}): UnregisterBrokerResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readUnregisterBrokerResponse(reader: ByteReader, _version: number): UnregisterBrokerResponse {
  const throttleTimeMs = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = readNullableCompactString(reader);
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { throttleTimeMs, errorCode, errorMessage, unknownTaggedFields };
}

function writeUnregisterBrokerResponse(writer: ByteWriter, message: UnregisterBrokerResponse, _version: number): void {
  writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** UnregisterBroker: key 64, versions 0. */
export const unregisterBrokerApi: Api<UnregisterBrokerRequest, UnregisterBrokerResponse> = {
  key: 64,
  name: "UnregisterBroker",
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: 0,
  readRequest: readUnregisterBrokerRequest,
  writeRequest: writeUnregisterBrokerRequest,
  readResponse: readUnregisterBrokerResponse,
  writeResponse: writeUnregisterBrokerResponse,
};
