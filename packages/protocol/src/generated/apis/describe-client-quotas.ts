// Generated from packages/protocol/spec/apis/48-describe-client-quotas.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readArrayLength, readCompactArrayLength, readNullableArrayLength, readNullableCompactArrayLength, writeArrayLength, writeCompactArrayLength, writeNullableArrayLength, writeNullableCompactArrayLength } from "../../codec/array-lengths.ts";
import { readCompactString, readNullableCompactString, readNullableString, readString, shortened, writeCompactString, writeNullableCompactString, writeNullableString, writeString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface DescribeClientQuotasRequest {
  readonly components: readonly ComponentData[];
  readonly strict: boolean;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface ComponentData {
  readonly entityType: string;
  readonly matchType: number;
  readonly match: string | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeDescribeClientQuotasRequest(init: Partial<DescribeClientQuotasRequest> = {}): DescribeClientQuotasRequest {
  return {
    components: init.components ?? [],
    strict: init.strict ?? false,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeComponentData(init: Partial<ComponentData> = {}): ComponentData {
  return {
    entityType: init.entityType ?? "",
    matchType: init.matchType ?? 0,
    match: init.match === undefined ? "" : init.match,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readComponentData(reader: ByteReader, version: number): ComponentData {
  const entityType = version >= 1 ? readCompactString(reader) : readString(reader);
  const matchType = reader.int8();
  const match = version >= 1 ? readNullableCompactString(reader) : readNullableString(reader);
  const unknownTaggedFields = version < 1 ? undefined : readUnknownTaggedFields(reader);
  return { entityType, matchType, match, unknownTaggedFields };
}

function writeComponentData(writer: ByteWriter, message: ComponentData, version: number): void {
  if (version >= 1) writeCompactString(writer, message.entityType);
  else writeString(writer, message.entityType);
  writer.int8(message.matchType);
  if (version >= 1) writeNullableCompactString(writer, message.match);
  else writeNullableString(writer, message.match);
  if (version >= 1) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDescribeClientQuotasRequest(reader: ByteReader, version: number): DescribeClientQuotasRequest {
  const components: ComponentData[] = [];
  for (let left = version >= 1 ? readCompactArrayLength(reader, 4) : readArrayLength(reader, 4); left > 0; left--) components.push(readComponentData(reader, version));
  const strict = reader.bool();
  const unknownTaggedFields = version < 1 ? undefined : readUnknownTaggedFields(reader);
  return { components, strict, unknownTaggedFields };
}

function writeDescribeClientQuotasRequest(writer: ByteWriter, message: DescribeClientQuotasRequest, version: number): void {
  if (version >= 1) writeCompactArrayLength(writer, message.components);
  else writeArrayLength(writer, message.components);
  for (const element of message.components) writeComponentData(writer, element, version);
  writer.bool(message.strict);
  if (version >= 1) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface DescribeClientQuotasResponse {
  readonly throttleTimeMs: number;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly entries: readonly EntryData[] | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface EntryData {
  readonly entity: readonly EntityData[];
  readonly values: readonly ValueData[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface ValueData {
  readonly key: string;
  readonly value: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface EntityData {
  readonly entityType: string;
  readonly entityName: string | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeDescribeClientQuotasResponse(init: Partial<DescribeClientQuotasResponse> = {}): DescribeClientQuotasResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    entries: init.entries === undefined ? [] : init.entries,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeEntryData(init: Partial<EntryData> = {}): EntryData {
  return {
    entity: init.entity ?? [],
    values: init.values ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeValueData(init: Partial<ValueData> = {}): ValueData {
  return {
    key: init.key ?? "",
    value: init.value ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeEntityData(init: Partial<EntityData> = {}): EntityData {
  return {
    entityType: init.entityType ?? "",
    entityName: init.entityName === undefined ? "" : init.entityName,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readEntityData(reader: ByteReader, version: number): EntityData {
  const entityType = version >= 1 ? readCompactString(reader) : readString(reader);
  const entityName = version >= 1 ? readNullableCompactString(reader) : readNullableString(reader);
  const unknownTaggedFields = version < 1 ? undefined : readUnknownTaggedFields(reader);
  return { entityType, entityName, unknownTaggedFields };
}

function writeEntityData(writer: ByteWriter, message: EntityData, version: number): void {
  if (version >= 1) writeCompactString(writer, message.entityType);
  else writeString(writer, message.entityType);
  if (version >= 1) writeNullableCompactString(writer, message.entityName);
  else writeNullableString(writer, message.entityName);
  if (version >= 1) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readValueData(reader: ByteReader, version: number): ValueData {
  const key = version >= 1 ? readCompactString(reader) : readString(reader);
  const value = reader.float64();
  const unknownTaggedFields = version < 1 ? undefined : readUnknownTaggedFields(reader);
  return { key, value, unknownTaggedFields };
}

function writeValueData(writer: ByteWriter, message: ValueData, version: number): void {
  if (version >= 1) writeCompactString(writer, message.key);
  else writeString(writer, message.key);
  writer.float64(message.value);
  if (version >= 1) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readEntryData(reader: ByteReader, version: number): EntryData {
  const entity: EntityData[] = [];
  for (let left = version >= 1 ? readCompactArrayLength(reader, 3) : readArrayLength(reader, 3); left > 0; left--) entity.push(readEntityData(reader, version));
  const values: ValueData[] = [];
  for (let left = version >= 1 ? readCompactArrayLength(reader, 10) : readArrayLength(reader, 10); left > 0; left--) values.push(readValueData(reader, version));
  const unknownTaggedFields = version < 1 ? undefined : readUnknownTaggedFields(reader);
  return { entity, values, unknownTaggedFields };
}

function writeEntryData(writer: ByteWriter, message: EntryData, version: number): void {
  if (version >= 1) writeCompactArrayLength(writer, message.entity);
  else writeArrayLength(writer, message.entity);
  for (const element of message.entity) writeEntityData(writer, element, version);
  if (version >= 1) writeCompactArrayLength(writer, message.values);
  else writeArrayLength(writer, message.values);
  for (const element of message.values) writeValueData(writer, element, version);
  if (version >= 1) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDescribeClientQuotasResponse(reader: ByteReader, version: number): DescribeClientQuotasResponse {
  const throttleTimeMs = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = version >= 1 ? readNullableCompactString(reader) : readNullableString(reader);
  let entries: EntryData[] | null = null;
  const entriesLength = version >= 1 ? readNullableCompactArrayLength(reader, 3) : readNullableArrayLength(reader, 3);
  if (entriesLength >= 0) {
    entries = [];
    for (let left = entriesLength; left > 0; left--) entries.push(readEntryData(reader, version));
  }
  const unknownTaggedFields = version < 1 ? undefined : readUnknownTaggedFields(reader);
  return { throttleTimeMs, errorCode, errorMessage, entries, unknownTaggedFields };
}

function writeDescribeClientQuotasResponse(writer: ByteWriter, message: DescribeClientQuotasResponse, version: number): void {
  writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  if (version >= 1) writeNullableCompactString(writer, shortened(message.errorMessage));
  else writeNullableString(writer, shortened(message.errorMessage));
  if (version >= 1) writeNullableCompactArrayLength(writer, message.entries);
  else writeNullableArrayLength(writer, message.entries);
  if (message.entries !== null) {
    for (const element of message.entries) writeEntryData(writer, element, version);
  }
  if (version >= 1) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeEntryDataInSteps(writer: ByteWriter, message: EntryData, version: number): Generator<void, void> {
  if (version >= 1) writeCompactArrayLength(writer, message.entity);
  else writeArrayLength(writer, message.entity);
  for (const element of message.entity) {
    writeEntityData(writer, element, version);
    yield;
  }
  if (version >= 1) writeCompactArrayLength(writer, message.values);
  else writeArrayLength(writer, message.values);
  for (const element of message.values) {
    writeValueData(writer, element, version);
    yield;
  }
  if (version >= 1) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeDescribeClientQuotasResponseInSteps(writer: ByteWriter, message: DescribeClientQuotasResponse, version: number): Generator<void, void> {
  writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  if (version >= 1) writeNullableCompactString(writer, shortened(message.errorMessage));
  else writeNullableString(writer, shortened(message.errorMessage));
  if (version >= 1) writeNullableCompactArrayLength(writer, message.entries);
  else writeNullableArrayLength(writer, message.entries);
  if (message.entries !== null) {
    for (const element of message.entries) {
      yield* writeEntryDataInSteps(writer, element, version);
      yield;
    }
  }
  if (version >= 1) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** DescribeClientQuotas: key 48, versions 0-1. */
export const describeClientQuotasApi: Api<DescribeClientQuotasRequest, DescribeClientQuotasResponse> = {
  key: 48,
  name: "DescribeClientQuotas",
  minVersion: 0,
  maxVersion: 1,
  firstFlexibleVersion: 1,
  readRequest: readDescribeClientQuotasRequest,
  writeRequest: writeDescribeClientQuotasRequest,
  readResponse: readDescribeClientQuotasResponse,
  writeResponse: writeDescribeClientQuotasResponse,
  writeResponseInSteps: writeDescribeClientQuotasResponseInSteps,
};
