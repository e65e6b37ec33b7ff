// Generated from packages/protocol/spec/apis/40-expire-delegation-token.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { noBytes, readBytes, readCompactBytes, writeBytes, writeCompactBytes } from "../../codec/byte-fields.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface ExpireDelegationTokenRequest {
  readonly hmac: Buffer;
  readonly expiryTimePeriodMs: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeExpireDelegationTokenRequest(init: Partial<ExpireDelegationTokenRequest> = {}): ExpireDelegationTokenRequest {
  return {
    hmac: init.hmac ?? noBytes,
    expiryTimePeriodMs: init.expiryTimePeriodMs ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readExpireDelegationTokenRequest(reader: ByteReader, version: number): ExpireDelegationTokenRequest {
  const hmac = version >= 2 ? readCompactBytes(reader) : readBytes(reader);
  const expiryTimePeriodMs = reader.int64();
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { hmac, expiryTimePeriodMs, unknownTaggedFields };
}

function writeExpireDelegationTokenRequest(writer: ByteWriter, message: ExpireDelegationTokenRequest, version: number): void {
  if (version >= 2) writeCompactBytes(writer, message.hmac);
  else writeBytes(writer, message.hmac);
  writer.int64(message.expiryTimePeriodMs);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface ExpireDelegationTokenResponse {
  readonly errorCode: number;
  readonly expiryTimestampMs: number;
  readonly throttleTimeMs: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeExpireDelegationTokenResponse(init: Partial<ExpireDelegationTokenResponse> = {}): ExpireDelegationTokenResponse {
  return {
    errorCode: init.errorCode ?? 0,
    expiryTimestampMs: init.expiryTimestampMs ?? 0,
    throttleTimeMs: init.throttleTimeMs ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readExpireDelegationTokenResponse(reader: ByteReader, version: number): ExpireDelegationTokenResponse {
  const errorCode = reader.int16();
  const expiryTimestampMs = reader.int64();
  const throttleTimeMs = reader.int32();
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { errorCode, expiryTimestampMs, throttleTimeMs, unknownTaggedFields };
}

function writeExpireDelegationTokenResponse(writer: ByteWriter, message: ExpireDelegationTokenResponse, version: number): void {
  writer.errorCode(message.errorCode);
  writer.int64(message.expiryTimestampMs);
  writer.int32(message.throttleTimeMs);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** ExpireDelegationToken: key 40, versions 1-2. */
export const expireDelegationTokenApi: Api<ExpireDelegationTokenRequest, ExpireDelegationTokenResponse> = {
  key: 40,
  name: "ExpireDelegationToken",
  minVersion: 1,
  maxVersion: 2,
  firstFlexibleVersion: 2,
  readRequest: readExpireDelegationTokenRequest,
  writeRequest: writeExpireDelegationTokenRequest,
  readResponse: readExpireDelegationTokenResponse,
  writeResponse: writeExpireDelegationTokenResponse,
};
