// Generated from packages/protocol/spec/apis/57-update-features.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readCompactArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { unsupportedField } from "../../codec/field-support.ts";
import { readCompactString, readNullableCompactString, shortened, writeCompactString, writeNullableCompactString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface UpdateFeaturesRequest {
  readonly timeoutMs: number;
  readonly featureUpdates: readonly FeatureUpdateKey[];
  /** Versions 1+. */
  readonly validateOnly: boolean;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface FeatureUpdateKey {
  readonly feature: string;
  readonly maxVersionLevel: number;
  /** Versions 0. */
  readonly allowDowngrade: boolean;
  /** Versions 1+. */
  readonly upgradeType: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeUpdateFeaturesRequest(init: Partial<UpdateFeaturesRequest> = {}): UpdateFeaturesRequest {
  return {
    timeoutMs: init.timeoutMs ?? 60000,
    featureUpdates: init.featureUpdates ?? [],
    validateOnly: init.validateOnly ?? false,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeFeatureUpdateKey(init: Partial<FeatureUpdateKey> = {}): FeatureUpdateKey {
  return {
    feature: init.feature ?? "",
    maxVersionLevel: init.maxVersionLevel ?? 0,
    allowDowngrade: init.allowDowngrade ?? false,
    upgradeType: init.upgradeType ?? 1,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readFeatureUpdateKey(reader: ByteReader, version: number): FeatureUpdateKey {
  const feature = readCompactString(reader);
  const maxVersionLevel = reader.int16();
  const allowDowngrade = version >= 1 ? false : reader.bool();
  const upgradeType = version >= 1 ? reader.int8() : 1;
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { feature, maxVersionLevel, allowDowngrade, upgradeType, unknownTaggedFields };
}

function writeFeatureUpdateKey(writer: ByteWriter, message: FeatureUpdateKey, version: number): void {
  writeCompactString(writer, message.feature);
  writer.int16(message.maxVersionLevel);
  if (version <= 0) writer.bool(message.allowDowngrade);
  else if (message.allowDowngrade !== false) throw unsupportedField("FeatureUpdateKey.allowDowngrade", version);
  if (version >= 1) writer.int8(message.upgradeType);
  else if (message.upgradeType !== 1) throw unsupportedField("FeatureUpdateKey.upgradeType", version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readUpdateFeaturesRequest(reader: ByteReader, version: number): UpdateFeaturesRequest {
  const timeoutMs = reader.int32();
  const featureUpdates: FeatureUpdateKey[] = [];
  for (let left = readCompactArrayLength(reader, 5); left > 0; left--) featureUpdates.push(readFeatureUpdateKey(reader, version));
  const validateOnly = version >= 1 ? reader.bool() : false;
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { timeoutMs, featureUpdates, validateOnly, unknownTaggedFields };
}

function writeUpdateFeaturesRequest(writer: ByteWriter, message: UpdateFeaturesRequest, version: number): void {
  writer.int32(message.timeoutMs);
  writeCompactArrayLength(writer, message.featureUpdates);
  for (const element of message.featureUpdates) writeFeatureUpdateKey(writer, element, version);
  if (version >= 1) writer.bool(message.validateOnly);
  else if (message.validateOnly !== false) throw unsupportedField("UpdateFeaturesRequest.validateOnly", version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface UpdateFeaturesResponse {
  readonly throttleTimeMs: number;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  /** Versions 0-1. */
  readonly results: readonly UpdatableFeatureResult[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface UpdatableFeatureResult {
  readonly feature: string;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeUpdateFeaturesResponse(init: Partial<UpdateFeaturesResponse> = {}): UpdateFeaturesResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    results: init.results ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeUpdatableFeatureResult(init: Partial<UpdatableFeatureResult> = {}): UpdatableFeatureResult {
  return {
    feature: init.feature ?? "",
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readUpdatableFeatureResult(reader: ByteReader, _version: number): UpdatableFeatureResult {
  const feature = readCompactString(reader);
  const errorCode = reader.int16();
  const errorMessage = readNullableCompactString(reader);
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { feature, errorCode, errorMessage, unknownTaggedFields };
}

function writeUpdatableFeatureResult(writer: ByteWriter, message: UpdatableFeatureResult, _version: number): void {
  writeCompactString(writer, message.feature);
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readUpdateFeaturesResponse(reader: ByteReader, version: number): UpdateFeaturesResponse {
  const throttleTimeMs = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = readNullableCompactString(reader);
  const results: UpdatableFeatureResult[] = [];
  for (let left = version >= 2 ? 0 : readCompactArrayLength(reader, 5); left > 0; left--) results.push(readUpdatableFeatureResult(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { throttleTimeMs, errorCode, errorMessage, results, unknownTaggedFields };
}

function writeUpdateFeaturesResponse(writer: ByteWriter, message: UpdateFeaturesResponse, version: number): void {
  writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  if (version <= 1) {
    writeCompactArrayLength(writer, message.results);
    for (const element of message.results) writeUpdatableFeatureResult(writer, element, version);
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeUpdateFeaturesResponseInSteps(writer: ByteWriter, message: UpdateFeaturesResponse, version: number): Generator<void, void> {
  writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  if (version <= 1) {
    writeCompactArrayLength(writer, message.results);
    for (const element of message.results) {
      writeUpdatableFeatureResult(writer, element, version);
      yield;
    }
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** UpdateFeatures: key 57, versions 0-2. */
export const updateFeaturesApi: Api<UpdateFeaturesRequest, UpdateFeaturesResponse> = {
  key: 57,
  name: "UpdateFeatures",
  minVersion: 0,
  maxVersion: 2,
  firstFlexibleVersion: 0,
  readRequest: readUpdateFeaturesRequest,
  writeRequest: writeUpdateFeaturesRequest,
  readResponse: readUpdateFeaturesResponse,
  writeResponse: writeUpdateFeaturesResponse,
  writeResponseInSteps: writeUpdateFeaturesResponseInSteps,
};
