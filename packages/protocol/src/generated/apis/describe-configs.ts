// Generated from packages/protocol/spec/apis/32-describe-configs.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readArrayLength, readCompactArrayLength, readNullableArrayLength, readNullableCompactArrayLength, writeArrayLength, writeCompactArrayLength, writeNullableArrayLength, writeNullableCompactArrayLength } from "../../codec/array-lengths.ts";
import { unsupportedField } from "../../codec/field-support.ts";
import { readCompactString, readNullableCompactString, readNullableString, readString, shortened, writeCompactString, writeNullableCompactString, writeNullableString, writeString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface DescribeConfigsRequest {
  readonly resources: readonly DescribeConfigsResource[];
  readonly includeSynonyms: boolean;
  /** Versions 3+. */
  readonly includeDocumentation: boolean;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface DescribeConfigsResource {
  readonly resourceType: number;
  readonly resourceName: string;
  readonly configurationKeys: readonly string[] | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeDescribeConfigsRequest(init: Partial<DescribeConfigsRequest> = {}): DescribeConfigsRequest {
  return {
    resources: init.resources ?? [],
    includeSynonyms: init.includeSynonyms ?? false,
    includeDocumentation: init.includeDocumentation ?? false,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeDescribeConfigsResource(init: Partial<DescribeConfigsResource> = {}): DescribeConfigsResource {
  return {
    resourceType: init.resourceType ?? 0,
    resourceName: init.resourceName ?? "",
    configurationKeys: init.configurationKeys === undefined ? [] : init.configurationKeys,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readDescribeConfigsResource(reader: ByteReader, version: number): DescribeConfigsResource {
  const resourceType = reader.int8();
  const resourceName = version >= 4 ? readCompactString(reader) : readString(reader);
  let configurationKeys: string[] | null = null;
  const configurationKeysLength = version >= 4 ? readNullableCompactArrayLength(reader, 1) : readNullableArrayLength(reader, 1);
  if (configurationKeysLength >= 0) {
    configurationKeys = [];
    for (let left = configurationKeysLength; left > 0; left--) configurationKeys.push(version >= 4 ? readCompactString(reader) : readString(reader));
  }
  const unknownTaggedFields = version < 4 ? undefined : readUnknownTaggedFields(reader);
  return { resourceType, resourceName, configurationKeys, unknownTaggedFields };
}

function writeDescribeConfigsResource(writer: ByteWriter, message: DescribeConfigsResource, version: number): void {
  writer.int8(message.resourceType);
  if (version >= 4) writeCompactString(writer, message.resourceName);
  else writeString(writer, message.resourceName);
  if (version >= 4) writeNullableCompactArrayLength(writer, message.configurationKeys);
  else writeNullableArrayLength(writer, message.configurationKeys);
  if (message.configurationKeys !== null) {
    for (const element of message.configurationKeys) {
      if (version >= 4) writeCompactString(writer, element);
      else writeString(writer, element);
    }
  }
  if (version >= 4) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDescribeConfigsRequest(reader: ByteReader, version: number): DescribeConfigsRequest {
  const resources: DescribeConfigsResource[] = [];
  for (let left = version >= 4 ? readCompactArrayLength(reader, 4) : readArrayLength(reader, 4); left > 0; left--) resources.push(readDescribeConfigsResource(reader, version));
  const includeSynonyms = reader.bool();
  const includeDocumentation = version >= 3 ? reader.bool() : false;
  const unknownTaggedFields = version < 4 ? undefined : readUnknownTaggedFields(reader);
  return { resources, includeSynonyms, includeDocumentation, unknownTaggedFields };
}

function writeDescribeConfigsRequest(writer: ByteWriter, message: DescribeConfigsRequest, version: number): void {
  if (version >= 4) writeCompactArrayLength(writer, message.resources);
  else writeArrayLength(writer, message.resources);
  for (const element of message.resources) writeDescribeConfigsResource(writer, element, version);
  writer.bool(message.includeSynonyms);
  if (version >= 3) writer.bool(message.includeDocumentation);
  else if (message.includeDocumentation !== false) throw unsupportedField("DescribeConfigsRequest.includeDocumentation", version);
  if (version >= 4) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface DescribeConfigsResponse {
  readonly throttleTimeMs: number;
  readonly results: readonly DescribeConfigsResult[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface DescribeConfigsResult {
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly resourceType: number;
  readonly resourceName: string;
  readonly configs: readonly DescribeConfigsResourceResult[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface DescribeConfigsResourceResult {
  readonly name: string;
  readonly value: string | null;
  readonly readOnly: boolean;
  readonly configSource: number;
  readonly isSensitive: boolean;
  readonly synonyms: readonly DescribeConfigsSynonym[];
  /** Versions 3+. */
  readonly configType: number;
  /** Versions 3+. */
  readonly documentation: string | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface DescribeConfigsSynonym {
  readonly name: string;
  readonly value: string | null;
  readonly source: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeDescribeConfigsResponse(init: Partial<DescribeConfigsResponse> = {}): DescribeConfigsResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    results: init.results ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeDescribeConfigsResult(init: Partial<DescribeConfigsResult> = {}): DescribeConfigsResult {
  return {
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    resourceType: init.resourceType ?? 0,
    resourceName: init.resourceName ?? "",
    configs: init.configs ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeDescribeConfigsResourceResult(init: Partial<DescribeConfigsResourceResult> = {}): DescribeConfigsResourceResult {
  return {
    name: init.name ?? "",
    value: init.value === undefined ? "" : init.value,
    readOnly: init.readOnly ?? false,
    configSource: init.configSource ?? -1,
    isSensitive: init.isSensitive ?? false,
    synonyms: init.synonyms ?? [],
    configType: init.configType ?? 0,
    documentation: init.documentation === undefined ? "" : init.documentation,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeDescribeConfigsSynonym(init: Partial<DescribeConfigsSynonym> = {}): DescribeConfigsSynonym {
  return {
    name: init.name ?? "",
    value: init.value === undefined ? "" : init.value,
    source: init.source ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readDescribeConfigsSynonym(reader: ByteReader, version: number): DescribeConfigsSynonym {
  const name = version >= 4 ? readCompactString(reader) : readString(reader);
  const value = version >= 4 ? readNullableCompactString(reader) : readNullableString(reader);
  const source = reader.int8();
  const unknownTaggedFields = version < 4 ? undefined : readUnknownTaggedFields(reader);
  return { name, value, source, unknownTaggedFields };
}

function writeDescribeConfigsSynonym(writer: ByteWriter, message: DescribeConfigsSynonym, version: number): void {
  if (version >= 4) writeCompactString(writer, message.name);
  else writeString(writer, message.name);
  if (version >= 4) writeNullableCompactString(writer, message.value);
  else writeNullableString(writer, message.value);
  writer.int8(message.source);
  if (version >= 4) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDescribeConfigsResourceResult(reader: ByteReader, version: number): DescribeConfigsResourceResult {
  const name = version >= 4 ? readCompactString(reader) : readString(reader);
  const value = version >= 4 ? readNullableCompactString(reader) : readNullableString(reader);
  const readOnly = reader.bool();
  const configSource = reader.int8();
  const isSensitive = reader.bool();
  const synonyms: DescribeConfigsSynonym[] = [];
  for (let left = version >= 4 ? readCompactArrayLength(reader, 4) : readArrayLength(reader, 4); left > 0; left--) synonyms.push(readDescribeConfigsSynonym(reader, version));
  const configType = version >= 3 ? reader.int8() : 0;
  const documentation = version >= 4 ? readNullableCompactString(reader) : version >= 3 ? readNullableString(reader) : "";
  const unknownTaggedFields = version < 4 ? undefined : readUnknownTaggedFields(reader);
  return { name, value, readOnly, configSource, isSensitive, synonyms, configType, documentation, unknownTaggedFields };
}

function writeDescribeConfigsResourceResult(writer: ByteWriter, message: DescribeConfigsResourceResult, version: number): void {
  if (version >= 4) writeCompactString(writer, message.name);
  else writeString(writer, message.name);
  if (version >= 4) writeNullableCompactString(writer, message.value);
  else writeNullableString(writer, message.value);
  writer.bool(message.readOnly);
  writer.int8(message.configSource);
  writer.bool(message.isSensitive);
  if (version >= 4) writeCompactArrayLength(writer, message.synonyms);
  else writeArrayLength(writer, message.synonyms);
  for (const element of message.synonyms) writeDescribeConfigsSynonym(writer, element, version);
  if (version >= 3) writer.int8(message.configType);
  if (version >= 3) {
    if (version >= 4) writeNullableCompactString(writer, message.documentation);
    else writeNullableString(writer, message.documentation);
  }
  if (version >= 4) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDescribeConfigsResult(reader: ByteReader, version: number): DescribeConfigsResult {
  const errorCode = reader.int16();
  const errorMessage = version >= 4 ? readNullableCompactString(reader) : readNullableString(reader);
  const resourceType = reader.int8();
  const resourceName = version >= 4 ? readCompactString(reader) : readString(reader);
  const configs: DescribeConfigsResourceResult[] = [];
  for (let left = version >= 4 ? readCompactArrayLength(reader, 9) : readArrayLength(reader, 9); left > 0; left--) configs.push(readDescribeConfigsResourceResult(reader, version));
  const unknownTaggedFields = version < 4 ? undefined : readUnknownTaggedFields(reader);
  return { errorCode, errorMessage, resourceType, resourceName, configs, unknownTaggedFields };
}

function writeDescribeConfigsResult(writer: ByteWriter, message: DescribeConfigsResult, version: number): void {
  writer.errorCode(message.errorCode);
  if (version >= 4) writeNullableCompactString(writer, shortened(message.errorMessage));
  else writeNullableString(writer, shortened(message.errorMessage));
  writer.int8(message.resourceType);
  if (version >= 4) writeCompactString(writer, message.resourceName);
  else writeString(writer, message.resourceName);
  if (version >= 4) writeCompactArrayLength(writer, message.configs);
  else writeArrayLength(writer, message.configs);
  for (const element of message.configs) writeDescribeConfigsResourceResult(writer, element, version);
  if (version >= 4) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDescribeConfigsResponse(reader: ByteReader, version: number): DescribeConfigsResponse {
  const throttleTimeMs = reader.int32();
  const results: DescribeConfigsResult[] = [];
  for (let left = version >= 4 ? readCompactArrayLength(reader, 7) : readArrayLength(reader, 7); left > 0; left--) results.push(readDescribeConfigsResult(reader, version));
  const unknownTaggedFields = version < 4 ? undefined : readUnknownTaggedFields(reader);
  return { throttleTimeMs, results, unknownTaggedFields };
}

function writeDescribeConfigsResponse(writer: ByteWriter, message: DescribeConfigsResponse, version: number): void {
  writer.int32(message.throttleTimeMs);
  if (version >= 4) writeCompactArrayLength(writer, message.results);
  else writeArrayLength(writer, message.results);
  for (const element of message.results) writeDescribeConfigsResult(writer, element, version);
  if (version >= 4) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeDescribeConfigsResourceResultInSteps(writer: ByteWriter, message: DescribeConfigsResourceResult, version: number): Generator<void, void> {
  if (version >= 4) writeCompactString(writer, message.name);
  else writeString(writer, message.name);
  if (version >= 4) writeNullableCompactString(writer, message.value);
  else writeNullableString(writer, message.value);
  writer.bool(message.readOnly);
  writer.int8(message.configSource);
  writer.bool(message.isSensitive);
  if (version >= 4) writeCompactArrayLength(writer, message.synonyms);
  else writeArrayLength(writer, message.synonyms);
  for (const element of message.synonyms) {
    writeDescribeConfigsSynonym(writer, element, version);
    yield;
  }
  if (version >= 3) writer.int8(message.configType);
  if (version >= 3) {
    if (version >= 4) writeNullableCompactString(writer, message.documentation);
    else writeNullableString(writer, message.documentation);
  }
  if (version >= 4) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeDescribeConfigsResultInSteps(writer: ByteWriter, message: DescribeConfigsResult, version: number): Generator<void, void> {
  writer.errorCode(message.errorCode);
  if (version >= 4) writeNullableCompactString(writer, shortened(message.errorMessage));
  else writeNullableString(writer, shortened(message.errorMessage));
  writer.int8(message.resourceType);
  if (version >= 4) writeCompactString(writer, message.resourceName);
  else writeString(writer, message.resourceName);
  if (version >= 4) writeCompactArrayLength(writer, message.configs);
  else writeArrayLength(writer, message.configs);
  for (const element of message.configs) {
    yield* writeDescribeConfigsResourceResultInSteps(writer, element, version);
    yield;
  }
  if (version >= 4) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeDescribeConfigsResponseInSteps(writer: ByteWriter, message: DescribeConfigsResponse, version: number): Generator<void, void> {
  writer.int32(message.throttleTimeMs);
  if (version >= 4) writeCompactArrayLength(writer, message.results);
  else writeArrayLength(writer, message.results);
  for (const element of message.results) {
    yield* writeDescribeConfigsResultInSteps(writer, element, version);
    yield;
  }
  if (version >= 4) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* readDescribeConfigsResourceResultInSteps(reader: ByteReader, version: number): Generator<void, DescribeConfigsResourceResult> {
  const name = version >= 4 ? readCompactString(reader) : readString(reader);
  const value = version >= 4 ? readNullableCompactString(reader) : readNullableString(reader);
  const readOnly = reader.bool();
  const configSource = reader.int8();
  const isSensitive = reader.bool();
  const synonyms: DescribeConfigsSynonym[] = [];
  for (let left = version >= 4 ? readCompactArrayLength(reader, 4) : readArrayLength(reader, 4); left > 0; left--) { synonyms.push(readDescribeConfigsSynonym(reader, version)); yield; }
  const configType = version >= 3 ? reader.int8() : 0;
  const documentation = version >= 4 ? readNullableCompactString(reader) : version >= 3 ? readNullableString(reader) : "";
  const unknownTaggedFields = version < 4 ? undefined : readUnknownTaggedFields(reader);
  return { name, value, readOnly, configSource, isSensitive, synonyms, configType, documentation, unknownTaggedFields };
}

function* readDescribeConfigsResultInSteps(reader: ByteReader, version: number): Generator<void, DescribeConfigsResult> {
  const errorCode = reader.int16();
  const errorMessage = version >= 4 ? readNullableCompactString(reader) : readNullableString(reader);
  const resourceType = reader.int8();
  const resourceName = version >= 4 ? readCompactString(reader) : readString(reader);
  const configs: DescribeConfigsResourceResult[] = [];
  for (let left = version >= 4 ? readCompactArrayLength(reader, 9) : readArrayLength(reader, 9); left > 0; left--) { configs.push(yield* readDescribeConfigsResourceResultInSteps(reader, version)); yield; }
  const unknownTaggedFields = version < 4 ? undefined : readUnknownTaggedFields(reader);
  return { errorCode, errorMessage, resourceType, resourceName, configs, unknownTaggedFields };
}

function* readDescribeConfigsResponseInSteps(reader: ByteReader, version: number): Generator<void, DescribeConfigsResponse> {
  const throttleTimeMs = reader.int32();
  const results: DescribeConfigsResult[] = [];
  for (let left = version >= 4 ? readCompactArrayLength(reader, 7) : readArrayLength(reader, 7); left > 0; left--) { results.push(yield* readDescribeConfigsResultInSteps(reader, version)); yield; }
  const unknownTaggedFields = version < 4 ? undefined : readUnknownTaggedFields(reader);
  return { throttleTimeMs, results, unknownTaggedFields };
}

/** DescribeConfigs: key 32, versions 1-4. */
export const describeConfigsApi: Api<DescribeConfigsRequest, DescribeConfigsResponse> = {
  key: 32,
  name: "DescribeConfigs",
  minVersion: 1,
  maxVersion: 4,
  firstFlexibleVersion: 4,
  readRequest: readDescribeConfigsRequest,
  writeRequest: writeDescribeConfigsRequest,
  readResponse: readDescribeConfigsResponse,
  writeResponse: writeDescribeConfigsResponse,
  writeResponseInSteps: writeDescribeConfigsResponseInSteps,
  readResponseInSteps: readDescribeConfigsResponseInSteps,
};
