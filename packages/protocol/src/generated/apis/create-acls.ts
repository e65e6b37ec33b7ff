// Generated from packages/protocol/spec/apis/30-create-acls.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readArrayLength, readCompactArrayLength, writeArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { readCompactString, readNullableCompactString, readNullableString, readString, shortened, writeCompactString, writeNullableCompactString, writeNullableString, writeString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface CreateAclsRequest {
  readonly creations: readonly AclCreation[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface AclCreation {
  readonly resourceType: number;
  readonly resourceName: string;
  readonly resourcePatternType: number;
  readonly principal: string;
  readonly host: string;
  readonly operation: number;
  readonly permissionType: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeCreateAclsRequest(init: Partial<CreateAclsRequest> = {}): CreateAclsRequest {
  return {
    creations: init.creations ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeAclCreation(init: Partial<AclCreation> = {}): AclCreation {
  return {
    resourceType: init.resourceType ?? 0,
    resourceName: init.resourceName ?? "",
    resourcePatternType: init.resourcePatternType ?? 3,
    principal: init.principal ?? "",
    host: init.host ?? "",
    operation: init.operation ?? 0,
    permissionType: init.permissionType ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readAclCreation(reader: ByteReader, version: number): AclCreation {
  const resourceType = reader.int8();
  const resourceName = version >= 2 ? readCompactString(reader) : readString(reader);
  const resourcePatternType = reader.int8();
  const principal = version >= 2 ? readCompactString(reader) : readString(reader);
  const host = version >= 2 ? readCompactString(reader) : readString(reader);
  const operation = reader.int8();
  const permissionType = reader.int8();
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { resourceType, resourceName, resourcePatternType, principal, host, operation, permissionType, unknownTaggedFields };
}

function writeAclCreation(writer: ByteWriter, message: AclCreation, version: number): void {
  writer.int8(message.resourceType);
  if (version >= 2) writeCompactString(writer, message.resourceName);
  else writeString(writer, message.resourceName);
  writer.int8(message.resourcePatternType);
  if (version >= 2) writeCompactString(writer, message.principal);
  else writeString(writer, message.principal);
  if (version >= 2) writeCompactString(writer, message.host);
  else writeString(writer, message.host);
  writer.int8(message.operation);
  writer.int8(message.permissionType);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readCreateAclsRequest(reader: ByteReader, version: number): CreateAclsRequest {
  const creations: AclCreation[] = [];
  for (let left = version >= 2 ? readCompactArrayLength(reader, 8) : readArrayLength(reader, 8); left > 0; left--) creations.push(readAclCreation(reader, version));
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { creations, unknownTaggedFields };
}

function writeCreateAclsRequest(writer: ByteWriter, message: CreateAclsRequest, version: number): void {
  if (version >= 2) writeCompactArrayLength(writer, message.creations);
  else writeArrayLength(writer, message.creations);
  for (const element of message.creations) writeAclCreation(writer, element, version);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface CreateAclsResponse {
  readonly throttleTimeMs: number;
  readonly results: readonly AclCreationResult[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface AclCreationResult {
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeCreateAclsResponse(init: Partial<CreateAclsResponse> = {}): CreateAclsResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    results: init.results ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeAclCreationResult(init: Partial<AclCreationResult> = {}): AclCreationResult {
  return {
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readAclCreationResult(reader: ByteReader, version: number): AclCreationResult {
  const errorCode = reader.int16();
  const errorMessage = version >= 2 ? readNullableCompactString(reader) : readNullableString(reader);
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { errorCode, errorMessage, unknownTaggedFields };
}

function writeAclCreationResult(writer: ByteWriter, message: AclCreationResult, version: number): void {
  writer.errorCode(message.errorCode);
  if (version >= 2) writeNullableCompactString(writer, shortened(message.errorMessage));
  else writeNullableString(writer, shortened(message.errorMessage));
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readCreateAclsResponse(reader: ByteReader, version: number): CreateAclsResponse {
  const throttleTimeMs = reader.int32();
  const results: AclCreationResult[] = [];
  for (let left = version >= 2 ? readCompactArrayLength(reader, 4) : readArrayLength(reader, 4); left > 0; left--) results.push(readAclCreationResult(reader, version));
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { throttleTimeMs, results, unknownTaggedFields };
}

function writeCreateAclsResponse(writer: ByteWriter, message: CreateAclsResponse, version: number): void {
  writer.int32(message.throttleTimeMs);
  if (version >= 2) writeCompactArrayLength(writer, message.results);
  else writeArrayLength(writer, message.results);
  for (const element of message.results) writeAclCreationResult(writer, element, version);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeCreateAclsResponseInSteps(writer: ByteWriter, message: CreateAclsResponse, version: number): Generator<void, void> {
  writer.int32(message.throttleTimeMs);
  if (version >= 2) writeCompactArrayLength(writer, message.results);
  else writeArrayLength(writer, message.results);
  for (const element of message.results) {
    writeAclCreationResult(writer, element, version);
    yield;
  }
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** CreateAcls: key 30, versions 1-3. */
export const createAclsApi: Api<CreateAclsRequest, CreateAclsResponse> = {
  key: 30,
  name: "CreateAcls",
  minVersion: 1,
  maxVersion: 3,
  firstFlexibleVersion: 2,
  readRequest: readCreateAclsRequest,
  writeRequest: writeCreateAclsRequest,
  readResponse: readCreateAclsResponse,
  writeResponse: writeCreateAclsResponse,
  writeResponseInSteps: writeCreateAclsResponseInSteps,
};
