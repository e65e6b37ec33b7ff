// Generated from packages/protocol/spec/apis/31-delete-acls.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readArrayLength, readCompactArrayLength, writeArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { readCompactString, readNullableCompactString, readNullableString, readString, shortened, writeCompactString, writeNullableCompactString, writeNullableString, writeString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface DeleteAclsRequest {
  readonly filters: readonly DeleteAclsFilter[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface DeleteAclsFilter {
  readonly resourceTypeFilter: number;
  readonly resourceNameFilter: string | null;
  readonly patternTypeFilter: number;
  readonly principalFilter: string | null;
  readonly hostFilter: string | null;
  readonly operation: number;
  readonly permissionType: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeDeleteAclsRequest(init: Partial<DeleteAclsRequest> = {}): DeleteAclsRequest {
  return {
    filters: init.filters ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeDeleteAclsFilter(init: Partial<DeleteAclsFilter> = {}): DeleteAclsFilter {
  return {
    resourceTypeFilter: init.resourceTypeFilter ?? 0,
    resourceNameFilter: init.resourceNameFilter === undefined ? "" : init.resourceNameFilter,
    patternTypeFilter: init.patternTypeFilter ?? 3,
    principalFilter: init.principalFilter === undefined ? "" : init.principalFilter,
    hostFilter: init.hostFilter === undefined ? "" : init.hostFilter,
    operation: init.operation ?? 0,
    permissionType: init.permissionType ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readDeleteAclsFilter(reader: ByteReader, version: number): DeleteAclsFilter {
  const resourceTypeFilter = reader.int8();
  const resourceNameFilter = version >= 2 ? readNullableCompactString(reader) : readNullableString(reader);
  const patternTypeFilter = reader.int8();
  const principalFilter = version >= 2 ? readNullableCompactString(reader) : readNullableString(reader);
  const hostFilter = version >= 2 ? readNullableCompactString(reader) : readNullableString(reader);
  const operation = reader.int8();
  const permissionType = reader.int8();
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { resourceTypeFilter, resourceNameFilter, patternTypeFilter, principalFilter, hostFilter, operation, permissionType, unknownTaggedFields };
}

function writeDeleteAclsFilter(writer: ByteWriter, message: DeleteAclsFilter, version: number): void {
  writer.int8(message.resourceTypeFilter);
  if (version >= 2) writeNullableCompactString(writer, message.resourceNameFilter);
  else writeNullableString(writer, message.resourceNameFilter);
  writer.int8(message.patternTypeFilter);
  if (version >= 2) writeNullableCompactString(writer, message.principalFilter);
  else writeNullableString(writer, message.principalFilter);
  if (version >= 2) writeNullableCompactString(writer, message.hostFilter);
  else writeNullableString(writer, message.hostFilter);
  writer.int8(message.operation);
  writer.int8(message.permissionType);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDeleteAclsRequest(reader: ByteReader, version: number): DeleteAclsRequest {
  const filters: DeleteAclsFilter[] = [];
  for (let left = version >= 2 ? readCompactArrayLength(reader, 8) : readArrayLength(reader, 8); left > 0; left--) filters.push(readDeleteAclsFilter(reader, version));
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { filters, unknownTaggedFields };
}

function writeDeleteAclsRequest(writer: ByteWriter, message: DeleteAclsRequest, version: number): void {
  if (version >= 2) writeCompactArrayLength(writer, message.filters);
  else writeArrayLength(writer, message.filters);
  for (const element of message.filters) writeDeleteAclsFilter(writer, element, version);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface DeleteAclsResponse {
  readonly throttleTimeMs: number;
  readonly filterResults: readonly DeleteAclsFilterResult[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface DeleteAclsFilterResult {
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly matchingAcls: readonly DeleteAclsMatchingAcl[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface DeleteAclsMatchingAcl {
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly resourceType: number;
  readonly resourceName: string;
  readonly patternType: number;
  readonly principal: string;
  readonly host: string;
  readonly operation: number;
  readonly permissionType: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeDeleteAclsResponse(init: Partial<DeleteAclsResponse> = {}): DeleteAclsResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    filterResults: init.filterResults ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeDeleteAclsFilterResult(init: Partial<DeleteAclsFilterResult> = {}): DeleteAclsFilterResult {
  return {
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    matchingAcls: init.matchingAcls ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeDeleteAclsMatchingAcl(init: Partial<DeleteAclsMatchingAcl> = {}): DeleteAclsMatchingAcl {
  return {
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    resourceType: init.resourceType ?? 0,
    resourceName: init.resourceName ?? "",
    patternType: init.patternType ?? 3,
    principal: init.principal ?? "",
    host: init.host ?? "",
    operation: init.operation ?? 0,
    permissionType: init.permissionType ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readDeleteAclsMatchingAcl(reader: ByteReader, version: number): DeleteAclsMatchingAcl {
  const errorCode = reader.int16();
  const errorMessage = version >= 2 ? readNullableCompactString(reader) : readNullableString(reader);
  const resourceType = reader.int8();
  const resourceName = version >= 2 ? readCompactString(reader) : readString(reader);
  const patternType = reader.int8();
  const principal = version >= 2 ? readCompactString(reader) : readString(reader);
  const host = version >= 2 ? readCompactString(reader) : readString(reader);
  const operation = reader.int8();
  const permissionType = reader.int8();
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { errorCode, errorMessage, resourceType, resourceName, patternType, principal, host, operation, permissionType, unknownTaggedFields };
}

function writeDeleteAclsMatchingAcl(writer: ByteWriter, message: DeleteAclsMatchingAcl, version: number): void {
  writer.errorCode(message.errorCode);
  if (version >= 2) writeNullableCompactString(writer, shortened(message.errorMessage));
  else writeNullableString(writer, shortened(message.errorMessage));
  writer.int8(message.resourceType);
  if (version >= 2) writeCompactString(writer, message.resourceName);
  else writeString(writer, message.resourceName);
  writer.int8(message.patternType);
  if (version >= 2) writeCompactString(writer, message.principal);
  else writeString(writer, message.principal);
  if (version >= 2) writeCompactString(writer, message.host);
  else writeString(writer, message.host);
  writer.int8(message.operation);
  writer.int8(message.permissionType);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDeleteAclsFilterResult(reader: ByteReader, version: number): DeleteAclsFilterResult {
  const errorCode = reader.int16();
  const errorMessage = version >= 2 ? readNullableCompactString(reader) : readNullableString(reader);
  const matchingAcls: DeleteAclsMatchingAcl[] = [];
  for (let left = version >= 2 ? readCompactArrayLength(reader, 11) : readArrayLength(reader, 11); left > 0; left--) matchingAcls.push(readDeleteAclsMatchingAcl(reader, version));
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { errorCode, errorMessage, matchingAcls, unknownTaggedFields };
}

function writeDeleteAclsFilterResult(writer: ByteWriter, message: DeleteAclsFilterResult, version: number): void {
  writer.errorCode(message.errorCode);
  if (version >= 2) writeNullableCompactString(writer, shortened(message.errorMessage));
  else writeNullableString(writer, shortened(message.errorMessage));
  if (version >= 2) writeCompactArrayLength(writer, message.matchingAcls);
  else writeArrayLength(writer, message.matchingAcls);
  for (const element of message.matchingAcls) writeDeleteAclsMatchingAcl(writer, element, version);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDeleteAclsResponse(reader: ByteReader, version: number): DeleteAclsResponse {
  const throttleTimeMs = reader.int32();
  const filterResults: DeleteAclsFilterResult[] = [];
  for (let left = version >= 2 ? readCompactArrayLength(reader, 5) : readArrayLength(reader, 5); left > 0; left--) filterResults.push(readDeleteAclsFilterResult(reader, version));
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { throttleTimeMs, filterResults, unknownTaggedFields };
}

function writeDeleteAclsResponse(writer: ByteWriter, message: DeleteAclsResponse, version: number): void {
  writer.int32(message.throttleTimeMs);
  if (version >= 2) writeCompactArrayLength(writer, message.filterResults);
  else writeArrayLength(writer, message.filterResults);
  for (const element of message.filterResults) writeDeleteAclsFilterResult(writer, element, version);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeDeleteAclsFilterResultInSteps(writer: ByteWriter, message: DeleteAclsFilterResult, version: number): Generator<void, void> {
  writer.errorCode(message.errorCode);
  if (version >= 2) writeNullableCompactString(writer, shortened(message.errorMessage));
  else writeNullableString(writer, shortened(message.errorMessage));
  if (version >= 2) writeCompactArrayLength(writer, message.matchingAcls);
  else writeArrayLength(writer, message.matchingAcls);
  for (const element of message.matchingAcls) {
    writeDeleteAclsMatchingAcl(writer, element, version);
    yield;
  }
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeDeleteAclsResponseInSteps(writer: ByteWriter, message: DeleteAclsResponse, version: number): Generator<void, void> {
  writer.int32(message.throttleTimeMs);
  if (version >= 2) writeCompactArrayLength(writer, message.filterResults);
  else writeArrayLength(writer, message.filterResults);
  for (const element of message.filterResults) {
    yield* writeDeleteAclsFilterResultInSteps(writer, element, version);
    yield;
  }
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** DeleteAcls: key 31, versions 1-3. */
export const deleteAclsApi: Api<DeleteAclsRequest, DeleteAclsResponse> = {
  key: 31,
  name: "DeleteAcls",
  minVersion: 1,
  maxVersion: 3,
  firstFlexibleVersion: 2,
  readRequest: readDeleteAclsRequest,
  writeRequest: writeDeleteAclsRequest,
  readResponse: readDeleteAclsResponse,
  writeResponse: writeDeleteAclsResponse,
  writeResponseInSteps: writeDeleteAclsResponseInSteps,
};
