// Generated from packages/protocol/spec/apis/33-alter-configs.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readArrayLength, readCompactArrayLength, writeArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { readCompactString, readNullableCompactString, readNullableString, readString, shortened, writeCompactString, writeNullableCompactString, writeNullableString, writeString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface AlterConfigsRequest {
  readonly resources: readonly AlterConfigsResource[];
  readonly validateOnly: boolean;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface AlterConfigsResource {
  readonly resourceType: number;
  readonly resourceName: string;
  readonly configs: readonly AlterableConfig[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface AlterableConfig {
  readonly name: string;
  readonly value: string | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeAlterConfigsRequest(init: Partial<AlterConfigsRequest> = {}): AlterConfigsRequest {
  return {
    resources: init.resources ?? [],
    validateOnly: init.validateOnly ?? false,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeAlterConfigsResource(init: Partial<AlterConfigsResource> = {}): AlterConfigsResource {
  return {
    resourceType: init.resourceType ?? 0,
    resourceName: init.resourceName ?? "",
    configs: init.configs ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeAlterableConfig(init: Partial<AlterableConfig> = {}): AlterableConfig {
  return {
    name: init.name ?? "",
    value: init.value === undefined ? "" : init.value,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readAlterableConfig(reader: ByteReader, version: number): AlterableConfig {
  const name = version >= 2 ? readCompactString(reader) : readString(reader);
  const value = version >= 2 ? readNullableCompactString(reader) : readNullableString(reader);
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { name, value, unknownTaggedFields };
}

function writeAlterableConfig(writer: ByteWriter, message: AlterableConfig, version: number): void {
  if (version >= 2) writeCompactString(writer, message.name);
  else writeString(writer, message.name);
  if (version >= 2) writeNullableCompactString(writer, message.value);
  else writeNullableString(writer, message.value);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readAlterConfigsResource(reader: ByteReader, version: number): AlterConfigsResource {
  const resourceType = reader.int8();
  const resourceName = version >= 2 ? readCompactString(reader) : readString(reader);
  const configs: AlterableConfig[] = [];
  for (let left = version >= 2 ? readCompactArrayLength(reader, 3) : readArrayLength(reader, 3); left > 0; left--) configs.push(readAlterableConfig(reader, version));
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { resourceType, resourceName, configs, unknownTaggedFields };
}

function writeAlterConfigsResource(writer: ByteWriter, message: AlterConfigsResource, version: number): void {
  writer.int8(message.resourceType);
  if (version >= 2) writeCompactString(writer, message.resourceName);
  else writeString(writer, message.resourceName);
  if (version >= 2) writeCompactArrayLength(writer, message.configs);
  else writeArrayLength(writer, message.configs);
  for (const element of message.configs) writeAlterableConfig(writer, element, version);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readAlterConfigsRequest(reader: ByteReader, version: number): AlterConfigsRequest {
  const resources: AlterConfigsResource[] = [];
  for (let left = version >= 2 ? readCompactArrayLength(reader, 4) : readArrayLength(reader, 4); left > 0; left--) resources.push(readAlterConfigsResource(reader, version));
  const validateOnly = reader.bool();
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { resources, validateOnly, unknownTaggedFields };
}

function writeAlterConfigsRequest(writer: ByteWriter, message: AlterConfigsRequest, version: number): void {
  if (version >= 2) writeCompactArrayLength(writer, message.resources);
  else writeArrayLength(writer, message.resources);
  for (const element of message.resources) writeAlterConfigsResource(writer, element, version);
  writer.bool(message.validateOnly);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface AlterConfigsResponse {
  readonly throttleTimeMs: number;
  readonly responses: readonly AlterConfigsResourceResponse[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface AlterConfigsResourceResponse {
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly resourceType: number;
  readonly resourceName: string;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeAlterConfigsResponse(init: Partial<AlterConfigsResponse> = {}): AlterConfigsResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    responses: init.responses ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeAlterConfigsResourceResponse(init: Partial<AlterConfigsResourceResponse> = {}): AlterConfigsResourceResponse {
  return {
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    resourceType: init.resourceType ?? 0,
    resourceName: init.resourceName ?? "",
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readAlterConfigsResourceResponse(reader: ByteReader, version: number): AlterConfigsResourceResponse {
  const errorCode = reader.int16();
  const errorMessage = version >= 2 ? readNullableCompactString(reader) : readNullableString(reader);
  const resourceType = reader.int8();
  const resourceName = version >= 2 ? readCompactString(reader) : readString(reader);
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { errorCode, errorMessage, resourceType, resourceName, unknownTaggedFields };
}

function writeAlterConfigsResourceResponse(writer: ByteWriter, message: AlterConfigsResourceResponse, version: number): void {
  writer.errorCode(message.errorCode);
  if (version >= 2) writeNullableCompactString(writer, shortened(message.errorMessage));
  else writeNullableString(writer, shortened(message.errorMessage));
  writer.int8(message.resourceType);
  if (version >= 2) writeCompactString(writer, message.resourceName);
  else writeString(writer, message.resourceName);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readAlterConfigsResponse(reader: ByteReader, version: number): AlterConfigsResponse {
  const throttleTimeMs = reader.int32();
  const responses: AlterConfigsResourceResponse[] = [];
  for (let left = version >= 2 ? readCompactArrayLength(reader, 6) : readArrayLength(reader, 6); left > 0; left--) responses.push(readAlterConfigsResourceResponse(reader, version));
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { throttleTimeMs, responses, unknownTaggedFields };
}

function writeAlterConfigsResponse(writer: ByteWriter, message: AlterConfigsResponse, version: number): void {
  writer.int32(message.throttleTimeMs);
  if (version >= 2) writeCompactArrayLength(writer, message.responses);
  else writeArrayLength(writer, message.responses);
  for (const element of message.responses) writeAlterConfigsResourceResponse(writer, element, version);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeAlterConfigsResponseInSteps(writer: ByteWriter, message: AlterConfigsResponse, version: number): Generator<void, void> {
  writer.int32(message.throttleTimeMs);
  if (version >= 2) writeCompactArrayLength(writer, message.responses);
  else writeArrayLength(writer, message.responses);
  for (const element of message.responses) {
    writeAlterConfigsResourceResponse(writer, element, version);
    yield;
  }
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** AlterConfigs: key 33, versions 0-2. */
export const alterConfigsApi: Api<AlterConfigsRequest, AlterConfigsResponse> = {
  key: 33,
  name: "AlterConfigs",
  minVersion: 0,
  maxVersion: 2,
  firstFlexibleVersion: 2,
  readRequest: readAlterConfigsRequest,
  writeRequest: writeAlterConfigsRequest,
  readResponse: readAlterConfigsResponse,
  writeResponse: writeAlterConfigsResponse,
  writeResponseInSteps: writeAlterConfigsResponseInSteps,
};
