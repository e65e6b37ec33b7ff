// Generated from packages/protocol/spec/apis/50-describe-user-scram-credentials.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readCompactArrayLength, readNullableCompactArrayLength, writeCompactArrayLength, writeNullableCompactArrayLength } from "../../codec/array-lengths.ts";
import { readCompactString, readNullableCompactString, shortened, writeCompactString, writeNullableCompactString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface DescribeUserScramCredentialsRequest {
  readonly users: readonly UserName[] | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface UserName {
  readonly name: string;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeDescribeUserScramCredentialsRequest(init: Partial<DescribeUserScramCredentialsRequest> = {}): DescribeUserScramCredentialsRequest {
  return {
    users: init.users === undefined ? [] : init.users,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeUserName(init: Partial<UserName> = {}): UserName {
  return {
    name: init.name ?? "",
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readUserName(reader: ByteReader, _version: number): UserName {
  const name = readCompactString(reader);
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { name, unknownTaggedFields };
}

function writeUserName(writer: ByteWriter, message: UserName, _version: number): void {
  writeCompactString(writer, message.name);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDescribeUserScramCredentialsRequest(reader: ByteReader, version: number): DescribeUserScramCredentialsRequest {
  let users: UserName[] | null = null;
  const usersLength = readNullableCompactArrayLength(reader, 2);
  if (usersLength >= 0) {
    users = [];
    for (let left = usersLength; left > 0; left--) users.push(readUserName(reader, version));
  }
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { users, unknownTaggedFields };
}

function writeDescribeUserScramCredentialsRequest(writer: ByteWriter, message: DescribeUserScramCredentialsRequest, version: number): void {
  writeNullableCompactArrayLength(writer, message.users);
  if (message.users !== null) {
    for (const element of message.users) writeUserName(writer, element, version);
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface DescribeUserScramCredentialsResponse {
  readonly throttleTimeMs: number;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly results: readonly DescribeUserScramCredentialsResult[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface DescribeUserScramCredentialsResult {
  readonly user: string;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly credentialInfos: readonly CredentialInfo[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface CredentialInfo {
  readonly mechanism: number;
  readonly iterations: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeDescribeUserScramCredentialsResponse(init: Partial<DescribeUserScramCredentialsResponse> = {}): DescribeUserScramCredentialsResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    results: init.results ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeDescribeUserScramCredentialsResult(init: Partial<DescribeUserScramCredentialsResult> = {}): DescribeUserScramCredentialsResult {
  return {
    user: init.user ?? "",
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    credentialInfos: init.credentialInfos ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeCredentialInfo(init: Partial<CredentialInfo> = {}): CredentialInfo {
  return {
    mechanism: init.mechanism ?? 0,
    iterations: init.iterations ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readCredentialInfo(reader: ByteReader, _version: number): CredentialInfo {
  const mechanism = reader.int8();
  const iterations = reader.int32();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { mechanism, iterations, unknownTaggedFields };
}

function writeCredentialInfo(writer: ByteWriter, message: CredentialInfo, _version: number): void {
  writer.int8(message.mechanism);
  writer.int32(message.iterations);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDescribeUserScramCredentialsResult(reader: ByteReader, version: number): DescribeUserScramCredentialsResult {
  const user = readCompactString(reader);
  const errorCode = reader.int16();
  const errorMessage = readNullableCompactString(reader);
  const credentialInfos: CredentialInfo[] = [];
  for (let left = readCompactArrayLength(reader, 6); left > 0; left--) credentialInfos.push(readCredentialInfo(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { user, errorCode, errorMessage, credentialInfos, unknownTaggedFields };
}

function writeDescribeUserScramCredentialsResult(writer: ByteWriter, message: DescribeUserScramCredentialsResult, version: number): void {
  writeCompactString(writer, message.user);
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  writeCompactArrayLength(writer, message.credentialInfos);
  for (const element of message.credentialInfos) writeCredentialInfo(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDescribeUserScramCredentialsResponse(reader: ByteReader, version: number): DescribeUserScramCredentialsResponse {
  const throttleTimeMs = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = readNullableCompactString(reader);
  const results: DescribeUserScramCredentialsResult[] = [];
  for (let left = readCompactArrayLength(reader, 6); left > 0; left--) results.push(readDescribeUserScramCredentialsResult(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { throttleTimeMs, errorCode, errorMessage, results, unknownTaggedFields };
}

function writeDescribeUserScramCredentialsResponse(writer: ByteWriter, message: DescribeUserScramCredentialsResponse, version: number): void {
  writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  writeCompactArrayLength(writer, message.results);
  for (const element of message.results) writeDescribeUserScramCredentialsResult(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeDescribeUserScramCredentialsResultInSteps(writer: ByteWriter, message: DescribeUserScramCredentialsResult, version: number): Generator<void, void> {
  writeCompactString(writer, message.user);
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  writeCompactArrayLength(writer, message.credentialInfos);
  for (const element of message.credentialInfos) {
    writeCredentialInfo(writer, element, version);
    yield;
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeDescribeUserScramCredentialsResponseInSteps(writer: ByteWriter, message: DescribeUserScramCredentialsResponse, version: number): Generator<void, void> {
  writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  writeCompactArrayLength(writer, message.results);
  for (const element of message.results) {
    yield* writeDescribeUserScramCredentialsResultInSteps(writer, element, version);
    yield;
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** DescribeUserScramCredentials: key 50, versions 0. */
export const describeUserScramCredentialsApi: Api<DescribeUserScramCredentialsRequest, DescribeUserScramCredentialsResponse> = {
  key: 50,
  name: "DescribeUserScramCredentials",
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: 0,
  readRequest: readDescribeUserScramCredentialsRequest,
  writeRequest: writeDescribeUserScramCredentialsRequest,
  readResponse: readDescribeUserScramCredentialsResponse,
  writeResponse: writeDescribeUserScramCredentialsResponse,
  writeResponseInSteps: writeDescribeUserScramCredentialsResponseInSteps,
};
