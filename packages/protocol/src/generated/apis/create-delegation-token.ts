// Generated from packages/protocol/spec/apis/38-create-delegation-token.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readArrayLength, readCompactArrayLength, writeArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { noBytes, readBytes, readCompactBytes, writeBytes, writeCompactBytes } from "../../codec/byte-fields.ts";
import { unsupportedField } from "../../codec/field-support.ts";
import { readCompactString, readNullableCompactString, readString, writeCompactString, writeNullableCompactString, writeString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface CreateDelegationTokenRequest {
  /** Versions 3+. */
  readonly ownerPrincipalType: string | null;
  /** Versions 3+. */
  readonly ownerPrincipalName: string | null;
  readonly renewers: readonly CreatableRenewers[];
  readonly maxLifetimeMs: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface CreatableRenewers {
  readonly principalType: string;
  readonly principalName: string;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeCreateDelegationTokenRequest(init: Partial<CreateDelegationTokenRequest> = {}): CreateDelegationTokenRequest {
  return {
    ownerPrincipalType: init.ownerPrincipalType === undefined ? "" : init.ownerPrincipalType,
    ownerPrincipalName: init.ownerPrincipalName === undefined ? "" : init.ownerPrincipalName,
    renewers: init.renewers ?? [],
    maxLifetimeMs: init.maxLifetimeMs ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeCreatableRenewers(init: Partial<CreatableRenewers> = {}): CreatableRenewers {
  return {
    principalType: init.principalType ?? "",
    principalName: init.principalName ?? "",
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readCreatableRenewers(reader: ByteReader, version: number): CreatableRenewers {
  const principalType = version >= 2 ? readCompactString(reader) : readString(reader);
  const principalName = version >= 2 ? readCompactString(reader) : readString(reader);
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { principalType, principalName, unknownTaggedFields };
}

function writeCreatableRenewers(writer: ByteWriter, message: CreatableRenewers, version: number): void {
  if (version >= 2) writeCompactString(writer, message.principalType);
  else writeString(writer, message.principalType);
  if (version >= 2) writeCompactString(writer, message.principalName);
  else writeString(writer, message.principalName);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readCreateDelegationTokenRequest(reader: ByteReader, version: number): CreateDelegationTokenRequest {
  const ownerPrincipalType = version >= 3 ? readNullableCompactString(reader) : "";
  const ownerPrincipalName = version >= 3 ? readNullableCompactString(reader) : "";
  const renewers: CreatableRenewers[] = [];
  for (let left = version >= 2 ? readCompactArrayLength(reader, 3) : readArrayLength(reader, 3); left > 0; left--) renewers.push(readCreatableRenewers(reader, version));
  const maxLifetimeMs = reader.int64();
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { ownerPrincipalType, ownerPrincipalName, renewers, maxLifetimeMs, unknownTaggedFields };
}

function writeCreateDelegationTokenRequest(writer: ByteWriter, message: CreateDelegationTokenRequest, version: number): void {
  if (version >= 3) writeNullableCompactString(writer, message.ownerPrincipalType);
  else if (message.ownerPrincipalType !== "") throw unsupportedField("CreateDelegationTokenRequest.ownerPrincipalType", version);
  if (version >= 3) writeNullableCompactString(writer, message.ownerPrincipalName);
  else if (message.ownerPrincipalName !== "") throw unsupportedField("CreateDelegationTokenRequest.ownerPrincipalName", version);
  if (version >= 2) writeCompactArrayLength(writer, message.renewers);
  else writeArrayLength(writer, message.renewers);
  for (const element of message.renewers) writeCreatableRenewers(writer, element, version);
  writer.int64(message.maxLifetimeMs);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface CreateDelegationTokenResponse {
  readonly errorCode: number;
  readonly principalType: string;
  readonly principalName: string;
  /** Versions 3+. */
  readonly tokenRequesterPrincipalType: string;
  /** Versions 3+. */
  readonly tokenRequesterPrincipalName: string;
  readonly issueTimestampMs: number;
  readonly expiryTimestampMs: number;
  readonly maxTimestampMs: number;
  readonly tokenId: string;
  readonly hmac: Buffer;
  readonly throttleTimeMs: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeCreateDelegationTokenResponse(init: Partial<CreateDelegationTokenResponse> = {}): CreateDelegationTokenResponse {
  return {
    errorCode: init.errorCode ?? 0,
    principalType: init.principalType ?? "",
    principalName: init.principalName ?? "",
    tokenRequesterPrincipalType: init.tokenRequesterPrincipalType ?? "",
    tokenRequesterPrincipalName: init.tokenRequesterPrincipalName ?? "",
    issueTimestampMs: init.issueTimestampMs ?? 0,
    expiryTimestampMs: init.expiryTimestampMs ?? 0,
    maxTimestampMs: init.maxTimestampMs ?? 0,
    tokenId: init.tokenId ?? "",
    hmac: init.hmac ?? noBytes,
    throttleTimeMs: init.throttleTimeMs ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readCreateDelegationTokenResponse(reader: ByteReader, version: number): CreateDelegationTokenResponse {
  const errorCode = reader.int16();
  const principalType = version >= 2 ? readCompactString(reader) : readString(reader);
  const principalName = version >= 2 ? readCompactString(reader) : readString(reader);
  const tokenRequesterPrincipalType = version >= 3 ? readCompactString(reader) : "";
  const tokenRequesterPrincipalName = version >= 3 ? readCompactString(reader) : "";
  const issueTimestampMs = reader.int64();
  const expiryTimestampMs = reader.int64();
  const maxTimestampMs = reader.int64();
  const tokenId = version >= 2 ? readCompactString(reader) : readString(reader);
  const hmac = version >= 2 ? readCompactBytes(reader) : readBytes(reader);
  const throttleTimeMs = reader.int32();
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { errorCode, principalType, principalName, tokenRequesterPrincipalType, tokenRequesterPrincipalName, issueTimestampMs, expiryTimestampMs, maxTimestampMs, tokenId, hmac, throttleTimeMs, unknownTaggedFields };
}

function writeCreateDelegationTokenResponse(writer: ByteWriter, message: CreateDelegationTokenResponse, version: number): void {
  writer.errorCode(message.errorCode);
  if (version >= 2) writeCompactString(writer, message.principalType);
  else writeString(writer, message.principalType);
  if (version >= 2) writeCompactString(writer, message.principalName);
  else writeString(writer, message.principalName);
  if (version >= 3) writeCompactString(writer, message.tokenRequesterPrincipalType);
  else if (message.tokenRequesterPrincipalType !== "") throw unsupportedField("CreateDelegationTokenResponse.tokenRequesterPrincipalType", version);
  if (version >= 3) writeCompactString(writer, message.tokenRequesterPrincipalName);
  else if (message.tokenRequesterPrincipalName !== "") throw unsupportedField("CreateDelegationTokenResponse.tokenRequesterPrincipalName", version);
  writer.int64(message.issueTimestampMs);
  writer.int64(message.expiryTimestampMs);
  writer.int64(message.maxTimestampMs);
  if (version >= 2) writeCompactString(writer, message.tokenId);
  else writeString(writer, message.tokenId);
  if (version >= 2) writeCompactBytes(writer, message.hmac);
  else writeBytes(writer, message.hmac);
  writer.int32(message.throttleTimeMs);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** CreateDelegationToken: key 38, versions 1-3. */
export const createDelegationTokenApi: Api<CreateDelegationTokenRequest, CreateDelegationTokenResponse> = {
  key: 38,
  name: "CreateDelegationToken",
  minVersion: 1,
  maxVersion: 3,
  firstFlexibleVersion: 2,
  readRequest: readCreateDelegationTokenRequest,
  writeRequest: writeCreateDelegationTokenRequest,
  readResponse: readCreateDelegationTokenResponse,
  writeResponse: writeCreateDelegationTokenResponse,
};
