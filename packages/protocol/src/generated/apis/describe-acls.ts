// Generated from packages/protocol/spec/apis/29-describe-acls.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readArrayLength, readCompactArrayLength, writeArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { readCompactString, readNullableCompactString, readNullableString, readString, shortened, writeCompactString, writeNullableCompactString, writeNullableString, writeString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface DescribeAclsRequest {
  readonly resourceTypeFilter: number;
  readonly resourceNameFilter: string | null;
  readonly patternTypeFilter: number;
  readonly principalFilter: string | null;
  readonly hostFilter: string | null;
  readonly operation: number;
  readonly permissionType: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeDescribeAclsRequest(init: Partial<DescribeAclsRequest> = {}): DescribeAclsRequest {
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

function readDescribeAclsRequest(reader: ByteReader, version: number): DescribeAclsRequest {
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

function writeDescribeAclsRequest(writer: ByteWriter, message: DescribeAclsRequest, version: number): void {
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

export interface DescribeAclsResponse {
  readonly throttleTimeMs: number;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly resources: readonly DescribeAclsResource[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface DescribeAclsResource {
  readonly resourceType: number;
  readonly resourceName: string;
  readonly patternType: number;
  readonly acls: readonly AclDescription[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface AclDescription {
  readonly principal: string;
  readonly host: string;
  readonly operation: number;
  readonly permissionType: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeDescribeAclsResponse(init: Partial<DescribeAclsResponse> = {}): DescribeAclsResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    resources: init.resources ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeDescribeAclsResource(init: Partial<DescribeAclsResource> = {}): DescribeAclsResource {
  return {
    resourceType: init.resourceType ?? 0,
    resourceName: init.resourceName ?? "",
    patternType: init.patternType ?? 3,
    acls: init.acls ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeAclDescription(init: Partial<AclDescription> = {}): AclDescription {
  return {
    principal: init.principal ?? "",
    host: init.host ?? "",
    operation: init.operation ?? 0,
    permissionType: init.permissionType ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readAclDescription(reader: ByteReader, version: number): AclDescription {
  const principal = version >= 2 ? readCompactString(reader) : readString(reader);
  const host = version >= 2 ? readCompactString(reader) : readString(reader);
  const operation = reader.int8();
  const permissionType = reader.int8();
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { principal, host, operation, permissionType, unknownTaggedFields };
}

function writeAclDescription(writer: ByteWriter, message: AclDescription, version: number): void {
  if (version >= 2) writeCompactString(writer, message.principal);
  else writeString(writer, message.principal);
  if (version >= 2) writeCompactString(writer, message.host);
  else writeString(writer, message.host);
  writer.int8(message.operation);
  writer.int8(message.permissionType);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDescribeAclsResource(reader: ByteReader, version: number): DescribeAclsResource {
  const resourceType = reader.int8();
  const resourceName = version >= 2 ? readCompactString(reader) : readString(reader);
  const patternType = reader.int8();
  const acls: AclDescription[] = [];
  for (let left = version >= 2 ? readCompactArrayLength(reader, 5) : readArrayLength(reader, 5); left > 0; left--) acls.push(readAclDescription(reader, version));
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { resourceType, resourceName, patternType, acls, unknownTaggedFields };
}

function writeDescribeAclsResource(writer: ByteWriter, message: DescribeAclsResource, version: number): void {
  writer.int8(message.resourceType);
  if (version >= 2) writeCompactString(writer, message.resourceName);
  else writeString(writer, message.resourceName);
  writer.int8(message.patternType);
  if (version >= 2) writeCompactArrayLength(writer, message.acls);
  else writeArrayLength(writer, message.acls);
  for (const element of message.acls) writeAclDescription(writer, element, version);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDescribeAclsResponse(reader: ByteReader, version: number): DescribeAclsResponse {
  const throttleTimeMs = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = version >= 2 ? readNullableCompactString(reader) : readNullableString(reader);
  const resources: DescribeAclsResource[] = [];
  for (let left = version >= 2 ? readCompactArrayLength(reader, 5) : readArrayLength(reader, 5); left > 0; left--) resources.push(readDescribeAclsResource(reader, version));
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { throttleTimeMs, errorCode, errorMessage, resources, unknownTaggedFields };
}

function writeDescribeAclsResponse(writer: ByteWriter, message: DescribeAclsResponse, version: number): void {
  writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  if (version >= 2) writeNullableCompactString(writer, shortened(message.errorMessage));
  else writeNullableString(writer, shortened(message.errorMessage));
  if (version >= 2) writeCompactArrayLength(writer, message.resources);
  else writeArrayLength(writer, message.resources);
  for (const element of message.resources) writeDescribeAclsResource(writer, element, version);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeDescribeAclsResourceInSteps(writer: ByteWriter, message: DescribeAclsResource, version: number): Generator<void, void> {
  writer.int8(message.resourceType);
  if (version >= 2) writeCompactString(writer, message.resourceName);
  else writeString(writer, message.resourceName);
  writer.int8(message.patternType);
  if (version >= 2) writeCompactArrayLength(writer, message.acls);
  else writeArrayLength(writer, message.acls);
  for (const element of message.acls) {
    writeAclDescription(writer, element, version);
    yield;
  }
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeDescribeAclsResponseInSteps(writer: ByteWriter, message: DescribeAclsResponse, version: number): Generator<void, void> {
  writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  if (version >= 2) writeNullableCompactString(writer, shortened(message.errorMessage));
  else writeNullableString(writer, shortened(message.errorMessage));
  if (version >= 2) writeCompactArrayLength(writer, message.resources);
  else writeArrayLength(writer, message.resources);
  for (const element of message.resources) {
    yield* writeDescribeAclsResourceInSteps(writer, element, version);
    yield;
  }
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* readDescribeAclsResourceInSteps(reader: ByteReader, version: number): Generator<void, DescribeAclsResource> {
  const resourceType = reader.int8();
  const resourceName = version >= 2 ? readCompactString(reader) : readString(reader);
  const patternType = reader.int8();
  const acls: AclDescription[] = [];
  for (let left = version >= 2 ? readCompactArrayLength(reader, 5) : readArrayLength(reader, 5); left > 0; left--) { acls.push(readAclDescription(reader, version)); yield; }
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { resourceType, resourceName, patternType, acls, unknownTaggedFields };
}

function* readDescribeAclsResponseInSteps(reader: ByteReader, version: number): Generator<void, DescribeAclsResponse> {
  const throttleTimeMs = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = version >= 2 ? readNullableCompactString(reader) : readNullableString(reader);
  const resources: DescribeAclsResource[] = [];
  for (let left = version >= 2 ? readCompactArrayLength(reader, 5) : readArrayLength(reader, 5); left > 0; left--) { resources.push(yield* readDescribeAclsResourceInSteps(reader, version)); yield; }
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { throttleTimeMs, errorCode, errorMessage, resources, unknownTaggedFields };
}

/** DescribeAcls: key 29, versions 1-3. */
export const describeAclsApi: Api<DescribeAclsRequest, DescribeAclsResponse> = {
  key: 29,
  name: "DescribeAcls",
  minVersion: 1,
  maxVersion: 3,
  firstFlexibleVersion: 2,
  readRequest: readDescribeAclsRequest,
  writeRequest: writeDescribeAclsRequest,
  readResponse: readDescribeAclsResponse,
  writeResponse: writeDescribeAclsResponse,
  writeResponseInSteps: writeDescribeAclsResponseInSteps,
  readResponseInSteps: readDescribeAclsResponseInSteps,
};
