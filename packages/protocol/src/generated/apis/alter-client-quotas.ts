// Generated from packages/protocol/spec/apis/49-alter-client-quotas.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readArrayLength, readCompactArrayLength, writeArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { readCompactString, readNullableCompactString, readNullableString, readString, shortened, writeCompactString, writeNullableCompactString, writeNullableString, writeString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface AlterClientQuotasRequest {
  readonly entries: readonly AlterClientQuotasRequestEntryData[];
  readonly validateOnly: boolean;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface AlterClientQuotasRequestEntryData {
  readonly entity: readonly AlterClientQuotasRequestEntityData[];
  readonly ops: readonly OpData[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface OpData {
  readonly key: string;
  readonly value: number;
  readonly remove: boolean;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface AlterClientQuotasRequestEntityData {
  readonly entityType: string;
  readonly entityName: string | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeAlterClientQuotasRequest(init: Partial<AlterClientQuotasRequest> = {}): AlterClientQuotasRequest {
  return {
    entries: init.entries ?? [],
    validateOnly: init.validateOnly ?? false,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeAlterClientQuotasRequestEntryData(init: Partial<AlterClientQuotasRequestEntryData> = {}): AlterClientQuotasRequestEntryData {
  return {
    entity: init.entity ?? [],
    ops: init.ops ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeOpData(init: Partial<OpData> = {}): OpData {
  return {
    key: init.key ?? "",
    value: init.value ?? 0,
    remove: init.remove ?? false,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeAlterClientQuotasRequestEntityData(init: Partial<AlterClientQuotasRequestEntityData> = {}): AlterClientQuotasRequestEntityData {
  return {
    entityType: init.entityType ?? "",
    entityName: init.entityName === undefined ? "" : init.entityName,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readAlterClientQuotasRequestEntityData(reader: ByteReader, version: number): AlterClientQuotasRequestEntityData {
  const entityType = version >= 1 ? readCompactString(reader) : readString(reader);
  const entityName = version >= 1 ? readNullableCompactString(reader) : readNullableString(reader);
  const unknownTaggedFields = version < 1 ? undefined : readUnknownTaggedFields(reader);
  return { entityType, entityName, unknownTaggedFields };
}

function writeAlterClientQuotasRequestEntityData(writer: ByteWriter, message: AlterClientQuotasRequestEntityData, version: number): void {
  if (version >= 1) writeCompactString(writer, message.entityType);
  else writeString(writer, message.entityType);
  if (version >= 1) writeNullableCompactString(writer, message.entityName);
  else writeNullableString(writer, message.entityName);
  if (version >= 1) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readOpData(reader: ByteReader, version: number): OpData {
  const key = version >= 1 ? readCompactString(reader) : readString(reader);
  const value = reader.float64();
  const remove = reader.bool();
  const unknownTaggedFields = version < 1 ? undefined : readUnknownTaggedFields(reader);
  return { key, value, remove, unknownTaggedFields };
}

function writeOpData(writer: ByteWriter, message: OpData, version: number): void {
  if (version >= 1) writeCompactString(writer, message.key);
  else writeString(writer, message.key);
  writer.float64(message.value);
  writer.bool(message.remove);
  if (version >= 1) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readAlterClientQuotasRequestEntryData(reader: ByteReader, version: number): AlterClientQuotasRequestEntryData {
  const entity: AlterClientQuotasRequestEntityData[] = [];
  for (let left = version >= 1 ? readCompactArrayLength(reader, 3) : readArrayLength(reader, 3); left > 0; left--) entity.push(readAlterClientQuotasRequestEntityData(reader, version));
  const ops: OpData[] = [];
  for (let left = version >= 1 ? readCompactArrayLength(reader, 11) : readArrayLength(reader, 11); left > 0; left--) ops.push(readOpData(reader, version));
  const unknownTaggedFields = version < 1 ? undefined : readUnknownTaggedFields(reader);
  return { entity, ops, unknownTaggedFields };
}

function writeAlterClientQuotasRequestEntryData(writer: ByteWriter, message: AlterClientQuotasRequestEntryData, version: number): void {
  if (version >= 1) writeCompactArrayLength(writer, message.entity);
  else writeArrayLength(writer, message.entity);
  for (const element of message.entity) writeAlterClientQuotasRequestEntityData(writer, element, version);
  if (version >= 1) writeCompactArrayLength(writer, message.ops);
  else writeArrayLength(writer, message.ops);
  for (const element of message.ops) writeOpData(writer, element, version);
  if (version >= 1) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readAlterClientQuotasRequest(reader: ByteReader, version: number): AlterClientQuotasRequest {
  const entries: AlterClientQuotasRequestEntryData[] = [];
  for (let left = version >= 1 ? readCompactArrayLength(reader, 3) : readArrayLength(reader, 3); left > 0; left--) entries.push(readAlterClientQuotasRequestEntryData(reader, version));
  const validateOnly = reader.bool();
  const unknownTaggedFields = version < 1 ? undefined : readUnknownTaggedFields(reader);
  return { entries, validateOnly, unknownTaggedFields };
}

function writeAlterClientQuotasRequest(writer: ByteWriter, message: AlterClientQuotasRequest, version: number): void {
  if (version >= 1) writeCompactArrayLength(writer, message.entries);
  else writeArrayLength(writer, message.entries);
  for (const element of message.entries) writeAlterClientQuotasRequestEntryData(writer, element, version);
  writer.bool(message.validateOnly);
  if (version >= 1) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface AlterClientQuotasResponse {
  readonly throttleTimeMs: number;
  readonly entries: readonly AlterClientQuotasResponseEntryData[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface AlterClientQuotasResponseEntryData {
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly entity: readonly AlterClientQuotasResponseEntityData[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface AlterClientQuotasResponseEntityData {
  readonly entityType: string;
  readonly entityName: string | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeAlterClientQuotasResponse(init: Partial<AlterClientQuotasResponse> = {}): AlterClientQuotasResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    entries: init.entries ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeAlterClientQuotasResponseEntryData(init: Partial<AlterClientQuotasResponseEntryData> = {}): AlterClientQuotasResponseEntryData {
  return {
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    entity: init.entity ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeAlterClientQuotasResponseEntityData(init: Partial<AlterClientQuotasResponseEntityData> = {}): AlterClientQuotasResponseEntityData {
  return {
    entityType: init.entityType ?? "",
    entityName: init.entityName === undefined ? "" : init.entityName,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readAlterClientQuotasResponseEntityData(reader: ByteReader, version: number): AlterClientQuotasResponseEntityData {
  const entityType = version >= 1 ? readCompactString(reader) : readString(reader);
  const entityName = version >= 1 ? readNullableCompactString(reader) : readNullableString(reader);
  const unknownTaggedFields = version < 1 ? undefined : readUnknownTaggedFields(reader);
  return { entityType, entityName, unknownTaggedFields };
}

function writeAlterClientQuotasResponseEntityData(writer: ByteWriter, message: AlterClientQuotasResponseEntityData, version: number): void {
  if (version >= 1) writeCompactString(writer, message.entityType);
  else writeString(writer, message.entityType);
  if (version >= 1) writeNullableCompactString(writer, message.entityName);
  else writeNullableString(writer, message.entityName);
  if (version >= 1) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readAlterClientQuotasResponseEntryData(reader: ByteReader, version: number): AlterClientQuotasResponseEntryData {
  const errorCode = reader.int16();
  const errorMessage = version >= 1 ? readNullableCompactString(reader) : readNullableString(reader);
  const entity: AlterClientQuotasResponseEntityData[] = [];
  for (let left = version >= 1 ? readCompactArrayLength(reader, 3) : readArrayLength(reader, 3); left > 0; left--) entity.push(readAlterClientQuotasResponseEntityData(reader, version));
  const unknownTaggedFields = version < 1 ? undefined : readUnknownTaggedFields(reader);
  return { errorCode, errorMessage, entity, unknownTaggedFields };
}

function writeAlterClientQuotasResponseEntryData(writer: ByteWriter, message: AlterClientQuotasResponseEntryData, version: number): void {
  writer.errorCode(message.errorCode);
  if (version >= 1) writeNullableCompactString(writer, shortened(message.errorMessage));
  else writeNullableString(writer, shortened(message.errorMessage));
  if (version >= 1) writeCompactArrayLength(writer, message.entity);
  else writeArrayLength(writer, message.entity);
  for (const element of message.entity) writeAlterClientQuotasResponseEntityData(writer, element, version);
  if (version >= 1) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readAlterClientQuotasResponse(reader: ByteReader, version: number): AlterClientQuotasResponse {
  const throttleTimeMs = reader.int32();
  const entries: AlterClientQuotasResponseEntryData[] = [];
  for (let left = version >= 1 ? readCompactArrayLength(reader, 5) : readArrayLength(reader, 5); left > 0; left--) entries.push(readAlterClientQuotasResponseEntryData(reader, version));
  const unknownTaggedFields = version < 1 ? undefined : readUnknownTaggedFields(reader);
  return { throttleTimeMs, entries, unknownTaggedFields };
}

function writeAlterClientQuotasResponse(writer: ByteWriter, message: AlterClientQuotasResponse, version: number): void {
  writer.int32(message.throttleTimeMs);
  if (version >= 1) writeCompactArrayLength(writer, message.entries);
  else writeArrayLength(writer, message.entries);
  for (const element of message.entries) writeAlterClientQuotasResponseEntryData(writer, element, version);
  if (version >= 1) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeAlterClientQuotasResponseEntryDataInSteps(writer: ByteWriter, message: AlterClientQuotasResponseEntryData, version: number): Generator<void, void> {
  writer.errorCode(message.errorCode);
  if (version >= 1) writeNullableCompactString(writer, shortened(message.errorMessage));
  else writeNullableString(writer, shortened(message.errorMessage));
  if (version >= 1) writeCompactArrayLength(writer, message.entity);
  else writeArrayLength(writer, message.entity);
  for (const element of message.entity) {
    writeAlterClientQuotasResponseEntityData(writer, element, version);
    yield;
  }
  if (version >= 1) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeAlterClientQuotasResponseInSteps(writer: ByteWriter, message: AlterClientQuotasResponse, version: number): Generator<void, void> {
  writer.int32(message.throttleTimeMs);
  if (version >= 1) writeCompactArrayLength(writer, message.entries);
  else writeArrayLength(writer, message.entries);
  for (const element of message.entries) {
    yield* writeAlterClientQuotasResponseEntryDataInSteps(writer, element, version);
    yield;
  }
  if (version >= 1) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** AlterClientQuotas: key 49, versions 0-1. */
export const alterClientQuotasApi: Api<AlterClientQuotasRequest, AlterClientQuotasResponse> = {
  key: 49,
  name: "AlterClientQuotas",
  minVersion: 0,
  maxVersion: 1,
  firstFlexibleVersion: 1,
  readRequest: readAlterClientQuotasRequest,
  writeRequest: writeAlterClientQuotasRequest,
  readResponse: readAlterClientQuotasResponse,
  writeResponse: writeAlterClientQuotasResponse,
  writeResponseInSteps: writeAlterClientQuotasResponseInSteps,
};
