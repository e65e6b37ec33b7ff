// Generated from packages/protocol/spec/apis/39-renew-delegation-token.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { noBytes, readBytes, readCompactBytes, writeBytes, writeCompactBytes } from "../../codec/byte-fields.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface RenewDelegationTokenRequest {
  readonly hmac: Buffer;
  readonly renewPeriodMs: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeRenewDelegationTokenRequest(init: Partial<RenewDelegationTokenRequest> = {}): RenewDelegationTokenRequest {
  return {
    hmac: init.hmac ?? noBytes,
    renewPeriodMs: init.renewPeriodMs ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readRenewDelegationTokenRequest(reader: ByteReader, version: number): RenewDelegationTokenRequest {
  const hmac = version >= 2 ? readCompactBytes(reader) : readBytes(reader);
  const renewPeriodMs = reader.int64();
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { hmac, renewPeriodMs, unknownTaggedFields };
}

function writeRenewDelegationTokenRequest(writer: ByteWriter, message: RenewDelegationTokenRequest, version: number): void {
  if (version >= 2) writeCompactBytes(writer, message.hmac);
  else writeBytes(writer, message.hmac);
  writer.int64(message.renewPeriodMs);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface RenewDelegationTokenResponse {
  readonly errorCode: number;
  readonly expiryTimestampMs: number;
  readonly throttleTimeMs: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeRenewDelegationTokenResponse(init: Partial<RenewDelegationTokenResponse> = {}): RenewDelegationTokenResponse {
  return {
    errorCode: init.errorCode ?? 0,
    expiryTimestampMs: init.expiryTimestampMs ?? 0,
    throttleTimeMs: init.throttleTimeMs ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readRenewDelegationTokenResponse(reader: ByteReader, version: number): RenewDelegationTokenResponse {
  const errorCode = reader.int16();
  const expiryTimestampMs = reader.int64();
  const throttleTimeMs = reader.int32();
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { errorCode, expiryTimestampMs, throttleTimeMs, unknownTaggedFields };
}

function writeRenewDelegationTokenResponse(writer: ByteWriter, message: RenewDelegationTokenResponse, version: number): void {
  writer.errorCode(message.errorCode);
  writer.int64(message.expiryTimestampMs);
  writer.int32(message.throttleTimeMs);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** RenewDelegationToken: key 39, versions 1-2. */
export const renewDelegationTokenApi: Api<RenewDelegationTokenRequest, RenewDelegationTokenResponse> = {
  key: 39,
  name: "RenewDelegationToken",
  minVersion: 1,
  maxVersion: 2,
  firstFlexibleVersion: 2,
  readRequest: readRenewDelegationTokenRequest,
  writeRequest: writeRenewDelegationTokenRequest,
  readResponse: readRenewDelegationTokenResponse,
  writeResponse: writeRenewDelegationTokenResponse,
};
