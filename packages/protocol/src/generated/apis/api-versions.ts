// Generated from packages/protocol/spec/apis/18-api-versions.json by `npm run gen`. Do not edit.

import { type ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readArrayLength, readCompactArrayLength, writeArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { readCompactString, readNullableCompactString, writeCompactString, writeNullableCompactString } from "../../codec/strings.ts";
import { addTaggedField, checkTaggedFieldEnd, keepTaggedField, readTaggedFieldEnd, readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface ApiVersionsRequest {
  /** Versions 3+. */
  readonly clientSoftwareName: string;
  /** Versions 3+. */
  readonly clientSoftwareVersion: string;
  /** Versions 5+. */
  readonly clusterId: string | null;
  /** Versions 5+. */
  readonly nodeId: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeApiVersionsRequest(init: Partial<ApiVersionsRequest> = {}): ApiVersionsRequest {
  return {
    clientSoftwareName: init.clientSoftwareName ?? "",
    clientSoftwareVersion: init.clientSoftwareVersion ?? "",
    clusterId: init.clusterId ?? null,
    nodeId: init.nodeId ?? -1,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readApiVersionsRequest(reader: ByteReader, version: number): ApiVersionsRequest {
  const clientSoftwareName = version >= 3 ? readCompactString(reader) : "";
  const clientSoftwareVersion = version >= 3 ? readCompactString(reader) : "";
  const clusterId = version >= 5 ? readNullableCompactString(reader) : null;
  const nodeId = version >= 5 ? reader.int32() : -1;
  const unknownTaggedFields = version < 3 ? undefined : readUnknownTaggedFields(reader);
  return { clientSoftwareName, clientSoftwareVersion, clusterId, nodeId, unknownTaggedFields };
}

function writeApiVersionsRequest(writer: ByteWriter, message: ApiVersionsRequest, version: number): void {
  if (version >= 3) writeCompactString(writer, message.clientSoftwareName);
  if (version >= 3) writeCompactString(writer, message.clientSoftwareVersion);
  if (version >= 5) writeNullableCompactString(writer, message.clusterId);
  if (version >= 5) writer.int32(message.nodeId);
  if (version >= 3) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface ApiVersionsResponse {
  readonly errorCode: number;
  readonly apiKeys: readonly ApiVersion[];
  /** Versions 1+. */
  readonly throttleTimeMs: number;
  /** Versions 3+; tag 0. */
  readonly supportedFeatures: readonly SupportedFeatureKey[];
  /** Versions 3+; tag 1. */
  readonly finalizedFeaturesEpoch: number;
  /** Versions 3+; tag 2. */
  readonly finalizedFeatures: readonly FinalizedFeatureKey[];
  /** Versions 3+; tag 3. */
  readonly zkMigrationReady: boolean;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface FinalizedFeatureKey {
  readonly name: string;
  readonly maxVersionLevel: number;
  readonly minVersionLevel: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface SupportedFeatureKey {
  readonly name: string;
  readonly minVersion: number;
  readonly maxVersion: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface ApiVersion {
  readonly apiKey: number;
  readonly minVersion: number;
  readonly maxVersion: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeApiVersionsResponse(init: Partial<ApiVersionsResponse> = {}): ApiVersionsResponse {
  return {
    errorCode: init.errorCode ?? 0,
    apiKeys: init.apiKeys ?? [],
    throttleTimeMs: init.throttleTimeMs ?? 0,
    supportedFeatures: init.supportedFeatures ?? [],
    finalizedFeaturesEpoch: init.finalizedFeaturesEpoch ?? -1,
    finalizedFeatures: init.finalizedFeatures ?? [],
    zkMigrationReady: init.zkMigrationReady ?? false,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeFinalizedFeatureKey(init: Partial<FinalizedFeatureKey> = {}): FinalizedFeatureKey {
  return {
    name: init.name ?? "",
    maxVersionLevel: init.maxVersionLevel ?? 0,
    minVersionLevel: init.minVersionLevel ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeSupportedFeatureKey(init: Partial<SupportedFeatureKey> = {}): SupportedFeatureKey {
  return {
    name: init.name ?? "",
    minVersion: init.minVersion ?? 0,
    maxVersion: init.maxVersion ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeApiVersion(init: Partial<ApiVersion> = {}): ApiVersion {
  return {
    apiKey: init.apiKey ?? 0,
    minVersion: init.minVersion ?? 0,
    maxVersion: init.maxVersion ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readApiVersion(reader: ByteReader, version: number): ApiVersion {
  const apiKey = reader.int16();
  const minVersion = reader.int16();
  const maxVersion = reader.int16();
  const unknownTaggedFields = version < 3 ? undefined : readUnknownTaggedFields(reader);
  return { apiKey, minVersion, maxVersion, unknownTaggedFields };
}

function writeApiVersion(writer: ByteWriter, message: ApiVersion, version: number): void {
  writer.int16(message.apiKey);
  writer.int16(message.minVersion);
  writer.int16(message.maxVersion);
  if (version >= 3) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readSupportedFeatureKey(reader: ByteReader, _version: number): SupportedFeatureKey {
  const name = readCompactString(reader);
  const minVersion = reader.int16();
  const maxVersion = reader.int16();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { name, minVersion, maxVersion, unknownTaggedFields };
}

function writeSupportedFeatureKey(writer: ByteWriter, message: SupportedFeatureKey, _version: number): void {
  writeCompactString(writer, message.name);
  writer.int16(message.minVersion);
  writer.int16(message.maxVersion);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readFinalizedFeatureKey(reader: ByteReader, _version: number): FinalizedFeatureKey {
  const name = readCompactString(reader);
  const maxVersionLevel = reader.int16();
  const minVersionLevel = reader.int16();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { name, maxVersionLevel, minVersionLevel, unknownTaggedFields };
}

function writeFinalizedFeatureKey(writer: ByteWriter, message: FinalizedFeatureKey, _version: number): void {
  writeCompactString(writer, message.name);
  writer.int16(message.maxVersionLevel);
  writer.int16(message.minVersionLevel);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readApiVersionsResponse(reader: ByteReader, version: number): ApiVersionsResponse {
  const errorCode = reader.int16();
  const apiKeys: ApiVersion[] = [];
  for (let left = version >= 3 ? readCompactArrayLength(reader, 6) : readArrayLength(reader, 6); left > 0; left--) apiKeys.push(readApiVersion(reader, version));
  const throttleTimeMs = version >= 1 ? reader.int32() : 0;
  let supportedFeatures: readonly SupportedFeatureKey[] = [];
  let finalizedFeaturesEpoch: number = -1;
  let finalizedFeatures: readonly FinalizedFeatureKey[] = [];
  let zkMigrationReady: boolean = false;
  let unknownTaggedFields: RawTaggedField[] | undefined;
  if (version >= 3) {
    for (let left = reader.uvarint(); left > 0; left--) {
      const tag = reader.uvarint();
      const end = readTaggedFieldEnd(reader);
      if (tag === 0) {
        const elements: SupportedFeatureKey[] = [];
        for (let left = readCompactArrayLength(reader, 6); left > 0; left--) elements.push(readSupportedFeatureKey(reader, version));
        supportedFeatures = elements;
      }
      else if (tag === 1) finalizedFeaturesEpoch = reader.int64();
      else if (tag === 2) {
        const elements: FinalizedFeatureKey[] = [];
        for (let left = readCompactArrayLength(reader, 6); left > 0; left--) elements.push(readFinalizedFeatureKey(reader, version));
        finalizedFeatures = elements;
      }
      else if (tag === 3) zkMigrationReady = reader.bool();
      else unknownTaggedFields = keepTaggedField(unknownTaggedFields, reader, tag, end);
      checkTaggedFieldEnd(reader, tag, end);
    }
  }
  return { errorCode, apiKeys, throttleTimeMs, supportedFeatures, finalizedFeaturesEpoch, finalizedFeatures, zkMigrationReady, unknownTaggedFields };
}

function writeApiVersionsResponse(writer: ByteWriter, message: ApiVersionsResponse, version: number): void {
  writer.errorCode(message.errorCode);
  if (version >= 3) writeCompactArrayLength(writer, message.apiKeys);
  else writeArrayLength(writer, message.apiKeys);
  for (const element of message.apiKeys) writeApiVersion(writer, element, version);
  if (version >= 1) writer.int32(message.throttleTimeMs);
  if (version >= 3) {
    let tagged: RawTaggedField[] | undefined;
    if (message.supportedFeatures.length !== 0) {
      const content = new ByteWriter();
      writeCompactArrayLength(content, message.supportedFeatures);
      for (const element of message.supportedFeatures) writeSupportedFeatureKey(content, element, version);
      tagged = addTaggedField(tagged, 0, content);
    }
    if (message.finalizedFeaturesEpoch !== -1) {
      const content = new ByteWriter();
      content.int64(message.finalizedFeaturesEpoch);
      tagged = addTaggedField(tagged, 1, content);
    }
    if (message.finalizedFeatures.length !== 0) {
      const content = new ByteWriter();
      writeCompactArrayLength(content, message.finalizedFeatures);
      for (const element of message.finalizedFeatures) writeFinalizedFeatureKey(content, element, version);
      tagged = addTaggedField(tagged, 2, content);
    }
    if (message.zkMigrationReady !== false) {
      const content = new ByteWriter();
      content.bool(message.zkMigrationReady);
      tagged = addTaggedField(tagged, 3, content);
    }
    writeTaggedFields(writer, tagged, message.unknownTaggedFields);
  }
}

function* writeApiVersionsResponseInSteps(writer: ByteWriter, message: ApiVersionsResponse, version: number): Generator<void, void> {
  writer.errorCode(message.errorCode);
  if (version >= 3) writeCompactArrayLength(writer, message.apiKeys);
  else writeArrayLength(writer, message.apiKeys);
  for (const element of message.apiKeys) {
    writeApiVersion(writer, element, version);
    yield;
  }
  if (version >= 1) writer.int32(message.throttleTimeMs);
  if (version >= 3) {
    let tagged: RawTaggedField[] | undefined;
    if (message.supportedFeatures.length !== 0) {
      const content = new ByteWriter();
      writeCompactArrayLength(content, message.supportedFeatures);
      for (const element of message.supportedFeatures) writeSupportedFeatureKey(content, element, version);
      tagged = addTaggedField(tagged, 0, content);
    }
    if (message.finalizedFeaturesEpoch !== -1) {
      const content = new ByteWriter();
      content.int64(message.finalizedFeaturesEpoch);
      tagged = addTaggedField(tagged, 1, content);
    }
    if (message.finalizedFeatures.length !== 0) {
      const content = new ByteWriter();
      writeCompactArrayLength(content, message.finalizedFeatures);
      for (const element of message.finalizedFeatures) writeFinalizedFeatureKey(content, element, version);
      tagged = addTaggedField(tagged, 2, content);
    }
    if (message.zkMigrationReady !== false) {
      const content = new ByteWriter();
      content.bool(message.zkMigrationReady);
      tagged = addTaggedField(tagged, 3, content);
    }
    writeTaggedFields(writer, tagged, message.unknownTaggedFields);
  }
}

/** ApiVersions: key 18, versions 0-5. */
export const apiVersionsApi: Api<ApiVersionsRequest, ApiVersionsResponse> = {
  key: 18,
  name: "ApiVersions",
  minVersion: 0,
  maxVersion: 5,
  firstFlexibleVersion: 3,
  readRequest: readApiVersionsRequest,
  writeRequest: writeApiVersionsRequest,
  readResponse: readApiVersionsResponse,
  writeResponse: writeApiVersionsResponse,
  writeResponseInSteps: writeApiVersionsResponseInSteps,
};
