// Generated from packages/protocol/spec/apis/51-alter-user-scram-credentials.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readCompactArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { noBytes, readCompactBytes, writeCompactBytes } from "../../codec/byte-fields.ts";
import { readCompactString, readNullableCompactString, shortened, writeCompactString, writeNullableCompactString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface AlterUserScramCredentialsRequest {
  readonly deletions: readonly ScramCredentialDeletion[];
  readonly upsertions: readonly ScramCredentialUpsertion[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface ScramCredentialUpsertion {
  readonly name: string;
  readonly mechanism: number;
  readonly iterations: number;
  readonly salt: Buffer;
  readonly saltedPassword: Buffer;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface ScramCredentialDeletion {
  readonly name: string;
  readonly mechanism: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeAlterUserScramCredentialsRequest(init: Partial<AlterUserScramCredentialsRequest> = {}): AlterUserScramCredentialsRequest {
  return {
    deletions: init.deletions ?? [],
    upsertions: init.upsertions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeScramCredentialUpsertion(init: Partial<ScramCredentialUpsertion> = {}): ScramCredentialUpsertion {
  return {
    name: init.name ?? "",
    mechanism: init.mechanism ?? 0,
    iterations: init.iterations ?? 0,
    salt: init.salt ?? noBytes,
    saltedPassword: init.saltedPassword ?? noBytes,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeScramCredentialDeletion(init: Partial<ScramCredentialDeletion> = {}): ScramCredentialDeletion {
  return {
    name: init.name ?? "",
    mechanism: init.mechanism ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readScramCredentialDeletion(reader: ByteReader, _version: number): ScramCredentialDeletion {
  const name = readCompactString(reader);
  const mechanism = reader.int8();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { name, mechanism, unknownTaggedFields };
}

function writeScramCredentialDeletion(writer: ByteWriter, message: ScramCredentialDeletion, _version: number): void {
  writeCompactString(writer, message.name);
  writer.int8(message.mechanism);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readScramCredentialUpsertion(reader: ByteReader, _version: number): ScramCredentialUpsertion {
  const name = readCompactString(reader);
  const mechanism = reader.int8();
  const iterations = reader.int32();
  const salt = readCompactBytes(reader);
  const saltedPassword = readCompactBytes(reader);
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { name, mechanism, iterations, salt, saltedPassword, unknownTaggedFields };
}

function writeScramCredentialUpsertion(writer: ByteWriter, message: ScramCredentialUpsertion, _version: number): void {
  writeCompactString(writer, message.name);
  writer.int8(message.mechanism);
  writer.int32(message.iterations);
  writeCompactBytes(writer, message.salt);
  writeCompactBytes(writer, message.saltedPassword);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readAlterUserScramCredentialsRequest(reader: ByteReader, version: number): AlterUserScramCredentialsRequest {
  const deletions: ScramCredentialDeletion[] = [];
  for (let left = readCompactArrayLength(reader, 3); left > 0; left--) deletions.push(readScramCredentialDeletion(reader, version));
  const upsertions: ScramCredentialUpsertion[] = [];
  for (let left = readCompactArrayLength(reader, 9); left > 0; left--) upsertions.push(readScramCredentialUpsertion(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { deletions, upsertions, unknownTaggedFields };
}

function writeAlterUserScramCredentialsRequest(writer: ByteWriter, message: AlterUserScramCredentialsRequest, version: number): void {
  writeCompactArrayLength(writer, message.deletions);
  for (const element of message.deletions) writeScramCredentialDeletion(writer, element, version);
  writeCompactArrayLength(writer, message.upsertions);
  for (const element of message.upsertions) writeScramCredentialUpsertion(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface AlterUserScramCredentialsResponse {
  readonly throttleTimeMs: number;
  readonly results: readonly AlterUserScramCredentialsResult[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface AlterUserScramCredentialsResult {
  readonly user: string;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeAlterUserScramCredentialsResponse(init: Partial<AlterUserScramCredentialsResponse> = {}): AlterUserScramCredentialsResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    results: init.results ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeAlterUserScramCredentialsResult(init: Partial<AlterUserScramCredentialsResult> = {}): AlterUserScramCredentialsResult {
  return {
    user: init.user ?? "",
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readAlterUserScramCredentialsResult(reader: ByteReader, _version: number): AlterUserScramCredentialsResult {
  const user = readCompactString(reader);
  const errorCode = reader.int16();
  const errorMessage = readNullableCompactString(reader);
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { user, errorCode, errorMessage, unknownTaggedFields };
}

function writeAlterUserScramCredentialsResult(writer: ByteWriter, message: AlterUserScramCredentialsResult, _version: number): void {
  writeCompactString(writer, message.user);
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readAlterUserScramCredentialsResponse(reader: ByteReader, version: number): AlterUserScramCredentialsResponse {
  const throttleTimeMs = reader.int32();
  const results: AlterUserScramCredentialsResult[] = [];
  for (let left = readCompactArrayLength(reader, 5); left > 0; left--) results.push(readAlterUserScramCredentialsResult(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { throttleTimeMs, results, unknownTaggedFields };
}

function writeAlterUserScramCredentialsResponse(writer: ByteWriter, message: AlterUserScramCredentialsResponse, version: number): void {
  writer.int32(message.throttleTimeMs);
  writeCompactArrayLength(writer, message.results);
  for (const element of message.results) writeAlterUserScramCredentialsResult(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeAlterUserScramCredentialsResponseInSteps(writer: ByteWriter, message: AlterUserScramCredentialsResponse, version: number): Generator<void, void> {
  writer.int32(message.throttleTimeMs);
  writeCompactArrayLength(writer, message.results);
  for (const element of message.results) {
    writeAlterUserScramCredentialsResult(writer, element, version);
    yield;
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** AlterUserScramCredentials: key 51, versions 0. */
export const alterUserScramCredentialsApi: Api<AlterUserScramCredentialsRequest, AlterUserScramCredentialsResponse> = {
  key: 51,
  name: "AlterUserScramCredentials",
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: 0,
  readRequest: readAlterUserScramCredentialsRequest,
  writeRequest: writeAlterUserScramCredentialsRequest,
  readResponse: readAlterUserScramCredentialsResponse,
  writeResponse: writeAlterUserScramCredentialsResponse,
  writeResponseInSteps: writeAlterUserScramCredentialsResponseInSteps,
};
