// Generated from packages/protocol/spec/apis/41-describe-delegation-token.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readArrayLength, readCompactArrayLength, readNullableArrayLength, readNullableCompactArrayLength, writeArrayLength, writeCompactArrayLength, writeNullableArrayLength, writeNullableCompactArrayLength } from "../../codec/array-lengths.ts";
import { noBytes, readBytes, readCompactBytes, writeBytes, writeCompactBytes } from "../../codec/byte-fields.ts";
import { unsupportedField } from "../../codec/field-support.ts";
import { readCompactString, readString, writeCompactString, writeString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface DescribeDelegationTokenRequest {
  readonly owners: readonly DescribeDelegationTokenOwner[] | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface DescribeDelegationTokenOwner {
  readonly principalType: string;
  readonly principalName: string;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeDescribeDelegationTokenRequest(init: Partial<DescribeDelegationTokenRequest> = {}): DescribeDelegationTokenRequest {
  return {
    owners: init.owners === undefined ? [] : init.owners,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeDescribeDelegationTokenOwner(init: Partial<DescribeDelegationTokenOwner> = {}): DescribeDelegationTokenOwner {
  return {
    principalType: init.principalType ?? "",
    principalName: init.principalName ?? "",
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readDescribeDelegationTokenOwner(reader: ByteReader, version: number): DescribeDelegationTokenOwner {
  const principalType = version >= 2 ? readCompactString(reader) : readString(reader);
  const principalName = version >= 2 ? readCompactString(reader) : readString(reader);
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { principalType, principalName, unknownTaggedFields };
}

function writeDescribeDelegationTokenOwner(writer: ByteWriter, message: DescribeDelegationTokenOwner, version: number): void {
  if (version >= 2) writeCompactString(writer, message.principalType);
  else writeString(writer, message.principalType);
  if (version >= 2) writeCompactString(writer, message.principalName);
  else writeString(writer, message.principalName);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDescribeDelegationTokenRequest(reader: ByteReader, version: number): DescribeDelegationTokenRequest {
  let owners: DescribeDelegationTokenOwner[] | null = null;
  const ownersLength = version >= 2 ? readNullableCompactArrayLength(reader, 3) : readNullableArrayLength(reader, 3);
  if (ownersLength >= 0) {
    owners = [];
    for (let left = ownersLength; left > 0; left--) owners.push(readDescribeDelegationTokenOwner(reader, version));
  }
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { owners, unknownTaggedFields };
}

function writeDescribeDelegationTokenRequest(writer: ByteWriter, message: DescribeDelegationTokenRequest, version: number): void {
  if (version >= 2) writeNullableCompactArrayLength(writer, message.owners);
  else writeNullableArrayLength(writer, message.owners);
  if (message.owners !== null) {
    for (const element of message.owners) writeDescribeDelegationTokenOwner(writer, element, version);
  }
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface DescribeDelegationTokenResponse {
  readonly errorCode: number;
  readonly tokens: readonly DescribedDelegationToken[];
  readonly throttleTimeMs: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface DescribedDelegationToken {
  readonly principalType: string;
  readonly principalName: string;
  /** Versions 3+. */
  readonly tokenRequesterPrincipalType: string;
  /** Versions 3+. */
  readonly tokenRequesterPrincipalName: string;
  readonly issueTimestamp: number;
  readonly expiryTimestamp: number;
  readonly maxTimestamp: number;
  readonly tokenId: string;
  readonly hmac: Buffer;
  readonly renewers: readonly DescribedDelegationTokenRenewer[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface DescribedDelegationTokenRenewer {
  readonly principalType: string;
  readonly principalName: string;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeDescribeDelegationTokenResponse(init: Partial<DescribeDelegationTokenResponse> = {}): DescribeDelegationTokenResponse {
  return {
    errorCode: init.errorCode ?? 0,
    tokens: init.tokens ?? [],
    throttleTimeMs: init.throttleTimeMs ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeDescribedDelegationToken(init: Partial<DescribedDelegationToken> = {}): DescribedDelegationToken {
  return {
    principalType: init.principalType ?? "",
    principalName: init.principalName ?? "",
    tokenRequesterPrincipalType: init.tokenRequesterPrincipalType ?? "",
    tokenRequesterPrincipalName: init.tokenRequesterPrincipalName ?? "",
    issueTimestamp: init.issueTimestamp ?? 0,
    expiryTimestamp: init.expiryTimestamp ?? 0,
    maxTimestamp: init.maxTimestamp ?? 0,
    tokenId: init.tokenId ?? "",
    hmac: init.hmac ?? noBytes,
    renewers: init.renewers ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeDescribedDelegationTokenRenewer(init: Partial<DescribedDelegationTokenRenewer> = {}): DescribedDelegationTokenRenewer {
  return {
    principalType: init.principalType ?? "",
    principalName: init.principalName ?? "",
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readDescribedDelegationTokenRenewer(reader: ByteReader, version: number): DescribedDelegationTokenRenewer {
  const principalType = version >= 2 ? readCompactString(reader) : readString(reader);
  const principalName = version >= 2 ? readCompactString(reader) : readString(reader);
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { principalType, principalName, unknownTaggedFields };
}

function writeDescribedDelegationTokenRenewer(writer: ByteWriter, message: DescribedDelegationTokenRenewer, version: number): void {
  if (version >= 2) writeCompactString(writer, message.principalType);
  else writeString(writer, message.principalType);
  if (version >= 2) writeCompactString(writer, message.principalName);
  else writeString(writer, message.principalName);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDescribedDelegationToken(reader: ByteReader, version: number): DescribedDelegationToken {
  const principalType = version >= 2 ? readCompactString(reader) : readString(reader);
  const principalName = version >= 2 ? readCompactString(reader) : readString(reader);
  const tokenRequesterPrincipalType = version >= 3 ? readCompactString(reader) : "";
  const tokenRequesterPrincipalName = version >= 3 ? readCompactString(reader) : "";
  const issueTimestamp = reader.int64();
  const expiryTimestamp = reader.int64();
  const maxTimestamp = reader.int64();
  const tokenId = version >= 2 ? readCompactString(reader) : readString(reader);
  const hmac = version >= 2 ? readCompactBytes(reader) : readBytes(reader);
  const renewers: DescribedDelegationTokenRenewer[] = [];
  for (let left = version >= 2 ? readCompactArrayLength(reader, 3) : readArrayLength(reader, 3); left > 0; left--) renewers.push(readDescribedDelegationTokenRenewer(reader, version));
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { principalType, principalName, tokenRequesterPrincipalType, tokenRequesterPrincipalName, issueTimestamp, expiryTimestamp, maxTimestamp, tokenId, hmac, renewers, unknownTaggedFields };
}

function writeDescribedDelegationToken(writer: ByteWriter, message: DescribedDelegationToken, version: number): void {
  if (version >= 2) writeCompactString(writer, message.principalType);
  else writeString(writer, message.principalType);
  if (version >= 2) writeCompactString(writer, message.principalName);
  else writeString(writer, message.principalName);
  if (version >= 3) writeCompactString(writer, message.tokenRequesterPrincipalType);
  else if (message.tokenRequesterPrincipalType !== "") throw unsupportedField("DescribedDelegationToken.tokenRequesterPrincipalType", version);
  if (version >= 3) writeCompactString(writer, message.tokenRequesterPrincipalName);
  else if (message.tokenRequesterPrincipalName !== "") throw unsupportedField("DescribedDelegationToken.tokenRequesterPrincipalName", version);
  writer.int64(message.issueTimestamp);
  writer.int64(message.expiryTimestamp);
  writer.int64(message.maxTimestamp);
  if (version >= 2) writeCompactString(writer, message.tokenId);
  else writeString(writer, message.tokenId);
  if (version >= 2) writeCompactBytes(writer, message.hmac);
  else writeBytes(writer, message.hmac);
  if (version >= 2) writeCompactArrayLength(writer, message.renewers);
  else writeArrayLength(writer, message.renewers);
  for (const element of message.renewers) writeDescribedDelegationTokenRenewer(writer, element, version);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDescribeDelegationTokenResponse(reader: ByteReader, version: number): DescribeDelegationTokenResponse {
  const errorCode = reader.int16();
  const tokens: DescribedDelegationToken[] = [];
  for (let left = version >= 2 ? readCompactArrayLength(reader, 30) : readArrayLength(reader, 30); left > 0; left--) tokens.push(readDescribedDelegationToken(reader, version));
  const throttleTimeMs = reader.int32();
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { errorCode, tokens, throttleTimeMs, unknownTaggedFields };
}

function writeDescribeDelegationTokenResponse(writer: ByteWriter, message: DescribeDelegationTokenResponse, version: number): void {
  writer.errorCode(message.errorCode);
  if (version >= 2) writeCompactArrayLength(writer, message.tokens);
  else writeArrayLength(writer, message.tokens);
  for (const element of message.tokens) writeDescribedDelegationToken(writer, element, version);
  writer.int32(message.throttleTimeMs);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeDescribedDelegationTokenInSteps(writer: ByteWriter, message: DescribedDelegationToken, version: number): Generator<void, void> {
  if (version >= 2) writeCompactString(writer, message.principalType);
  else writeString(writer, message.principalType);
  if (version >= 2) writeCompactString(writer, message.principalName);
  else writeString(writer, message.principalName);
  if (version >= 3) writeCompactString(writer, message.tokenRequesterPrincipalType);
  else if (message.tokenRequesterPrincipalType !== "") throw unsupportedField("DescribedDelegationToken.tokenRequesterPrincipalType", version);
  if (version >= 3) writeCompactString(writer, message.tokenRequesterPrincipalName);
  else if (message.tokenRequesterPrincipalName !== "") throw unsupportedField("DescribedDelegationToken.tokenRequesterPrincipalName", version);
  writer.int64(message.issueTimestamp);
  writer.int64(message.expiryTimestamp);
  writer.int64(message.maxTimestamp);
  if (version >= 2) writeCompactString(writer, message.tokenId);
  else writeString(writer, message.tokenId);
  if (version >= 2) writeCompactBytes(writer, message.hmac);
  else writeBytes(writer, message.hmac);
  if (version >= 2) writeCompactArrayLength(writer, message.renewers);
  else writeArrayLength(writer, message.renewers);
  for (const element of message.renewers) {
    writeDescribedDelegationTokenRenewer(writer, element, version);
    yield;
  }
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeDescribeDelegationTokenResponseInSteps(writer: ByteWriter, message: DescribeDelegationTokenResponse, version: number): Generator<void, void> {
  writer.errorCode(message.errorCode);
  if (version >= 2) writeCompactArrayLength(writer, message.tokens);
  else writeArrayLength(writer, message.tokens);
  for (const element of message.tokens) {
    yield* writeDescribedDelegationTokenInSteps(writer, element, version);
    yield;
  }
  writer.int32(message.throttleTimeMs);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** DescribeDelegationToken: key 41, versions 1-3. */
export const describeDelegationTokenApi: Api<DescribeDelegationTokenRequest, DescribeDelegationTokenResponse> = {
  key: 41,
  name: "DescribeDelegationToken",
  minVersion: 1,
  maxVersion: 3,
  firstFlexibleVersion: 2,
  readRequest: readDescribeDelegationTokenRequest,
  writeRequest: writeDescribeDelegationTokenRequest,
  readResponse: readDescribeDelegationTokenResponse,
  writeResponse: writeDescribeDelegationTokenResponse,
  writeResponseInSteps: writeDescribeDelegationTokenResponseInSteps,
};
