// Generated from packages/protocol/spec/apis/74-list-config-resources.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readCompactArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { unsupportedField } from "../../codec/field-support.ts";
import { readCompactString, writeCompactString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface ListConfigResourcesRequest {
  /** Versions 1+. */
  readonly resourceTypes: readonly number[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeListConfigResourcesRequest(init: Partial<ListConfigResourcesRequest> = {}): ListConfigResourcesRequest {
  return {
    resourceTypes: init.resourceTypes ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readListConfigResourcesRequest(reader: ByteReader, version: number): ListConfigResourcesRequest {
  const resourceTypes: number[] = [];
  for (let left = version >= 1 ? readCompactArrayLength(reader, 1) : 0; left > 0; left--) resourceTypes.push(reader.int8());
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { resourceTypes, unknownTaggedFields };
}

function writeListConfigResourcesRequest(writer: ByteWriter, message: ListConfigResourcesRequest, version: number): void {
  if (version >= 1) {
    writeCompactArrayLength(writer, message.resourceTypes);
    for (const element of message.resourceTypes) writer.int8(element);
  } else if (message.resourceTypes.length !== 0) throw unsupportedField("ListConfigResourcesRequest.resourceTypes", version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface ListConfigResourcesResponse {
  readonly throttleTimeMs: number;
  readonly errorCode: number;
  readonly configResources: readonly ConfigResource[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface ConfigResource {
  readonly resourceName: string;
  /** Versions 1+. */
  readonly resourceType: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeListConfigResourcesResponse(init: Partial<ListConfigResourcesResponse> = {}): ListConfigResourcesResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    errorCode: init.errorCode ?? 0,
    configResources: init.configResources ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeConfigResource(init: Partial<ConfigResource> = {}): ConfigResource {
  return {
    resourceName: init.resourceName ?? "",
    resourceType: init.resourceType ?? 16,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readConfigResource(reader: ByteReader, version: number): ConfigResource {
  const resourceName = readCompactString(reader);
  const resourceType = version >= 1 ? reader.int8() : 16;
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { resourceName, resourceType, unknownTaggedFields };
}

function writeConfigResource(writer: ByteWriter, message: ConfigResource, version: number): void {
  writeCompactString(writer, message.resourceName);
  if (version >= 1) writer.int8(message.resourceType);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readListConfigResourcesResponse(reader: ByteReader, version: number): ListConfigResourcesResponse {
  const throttleTimeMs = reader.int32();
  const errorCode = reader.int16();
  const configResources: ConfigResource[] = [];
  for (let left = readCompactArrayLength(reader, 2); left > 0; left--) configResources.push(readConfigResource(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { throttleTimeMs, errorCode, configResources, unknownTaggedFields };
}

function writeListConfigResourcesResponse(writer: ByteWriter, message: ListConfigResourcesResponse, version: number): void {
  writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  writeCompactArrayLength(writer, message.configResources);
  for (const element of message.configResources) writeConfigResource(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeListConfigResourcesResponseInSteps(writer: ByteWriter, message: ListConfigResourcesResponse, version: number): Generator<void, void> {
  writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  writeCompactArrayLength(writer, message.configResources);
  for (const element of message.configResources) {
    writeConfigResource(writer, element, version);
    yield;
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** ListConfigResources: key 74, versions 0-1. */
export const listConfigResourcesApi: Api<ListConfigResourcesRequest, ListConfigResourcesResponse> = {
  key: 74,
  name: "ListConfigResources",
  minVersion: 0,
  maxVersion: 1,
  firstFlexibleVersion: 0,
  readRequest: readListConfigResourcesRequest,
  writeRequest: writeListConfigResourcesRequest,
  readResponse: readListConfigResourcesResponse,
  writeResponse: writeListConfigResourcesResponse,
  writeResponseInSteps: writeListConfigResourcesResponseInSteps,
};
