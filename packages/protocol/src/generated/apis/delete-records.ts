// Generated from packages/protocol/spec/apis/21-delete-records.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readArrayLength, readCompactArrayLength, writeArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { readCompactString, readString, writeCompactString, writeString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface DeleteRecordsRequest {
  readonly topics: readonly DeleteRecordsTopic[];
  readonly timeoutMs: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface DeleteRecordsTopic {
  readonly name: string;
  readonly partitions: readonly DeleteRecordsPartition[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface DeleteRecordsPartition {
  readonly partitionIndex: number;
  readonly offset: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeDeleteRecordsRequest(init: Partial<DeleteRecordsRequest> = {}): DeleteRecordsRequest {
  return {
    topics: init.topics ?? [],
    timeoutMs: init.timeoutMs ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeDeleteRecordsTopic(init: Partial<DeleteRecordsTopic> = {}): DeleteRecordsTopic {
  return {
    name: init.name ?? "",
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeDeleteRecordsPartition(init: Partial<DeleteRecordsPartition> = {}): DeleteRecordsPartition {
  return {
    partitionIndex: init.partitionIndex ?? 0,
    offset: init.offset ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readDeleteRecordsPartition(reader: ByteReader, version: number): DeleteRecordsPartition {
  const partitionIndex = reader.int32();
  const offset = reader.int64();
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { partitionIndex, offset, unknownTaggedFields };
}

function writeDeleteRecordsPartition(writer: ByteWriter, message: DeleteRecordsPartition, version: number): void {
  writer.int32(message.partitionIndex);
  writer.int64(message.offset);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDeleteRecordsTopic(reader: ByteReader, version: number): DeleteRecordsTopic {
  const name = version >= 2 ? readCompactString(reader) : readString(reader);
  const partitions: DeleteRecordsPartition[] = [];
  for (let left = version >= 2 ? readCompactArrayLength(reader, 12) : readArrayLength(reader, 12); left > 0; left--) partitions.push(readDeleteRecordsPartition(reader, version));
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { name, partitions, unknownTaggedFields };
}

function writeDeleteRecordsTopic(writer: ByteWriter, message: DeleteRecordsTopic, version: number): void {
  if (version >= 2) writeCompactString(writer, message.name);
  else writeString(writer, message.name);
  if (version >= 2) writeCompactArrayLength(writer, message.partitions);
  else writeArrayLength(writer, message.partitions);
  for (const element of message.partitions) writeDeleteRecordsPartition(writer, element, version);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDeleteRecordsRequest(reader: ByteReader, version: number): DeleteRecordsRequest {
  const topics: DeleteRecordsTopic[] = [];
  for (let left = version >= 2 ? readCompactArrayLength(reader, 3) : readArrayLength(reader, 3); left > 0; left--) topics.push(readDeleteRecordsTopic(reader, version));
  const timeoutMs = reader.int32();
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { topics, timeoutMs, unknownTaggedFields };
}

function writeDeleteRecordsRequest(writer: ByteWriter, message: DeleteRecordsRequest, version: number): void {
  if (version >= 2) writeCompactArrayLength(writer, message.topics);
  else writeArrayLength(writer, message.topics);
  for (const element of message.topics) writeDeleteRecordsTopic(writer, element, version);
  writer.int32(message.timeoutMs);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface DeleteRecordsResponse {
  readonly throttleTimeMs: number;
  readonly topics: readonly DeleteRecordsTopicResult[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface DeleteRecordsTopicResult {
  readonly name: string;
  readonly partitions: readonly DeleteRecordsPartitionResult[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface DeleteRecordsPartitionResult {
  readonly partitionIndex: number;
  readonly lowWatermark: number;
  readonly errorCode: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeDeleteRecordsResponse(init: Partial<DeleteRecordsResponse> = {}): DeleteRecordsResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    topics: init.topics ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeDeleteRecordsTopicResult(init: Partial<DeleteRecordsTopicResult> = {}): DeleteRecordsTopicResult {
  return {
    name: init.name ?? "",
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeDeleteRecordsPartitionResult(init: Partial<DeleteRecordsPartitionResult> = {}): DeleteRecordsPartitionResult {
  return {
    partitionIndex: init.partitionIndex ?? 0,
    lowWatermark: init.lowWatermark ?? 0,
    errorCode: init.errorCode ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readDeleteRecordsPartitionResult(reader: ByteReader, version: number): DeleteRecordsPartitionResult {
  const partitionIndex = reader.int32();
  const lowWatermark = reader.int64();
  const errorCode = reader.int16();
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { partitionIndex, lowWatermark, errorCode, unknownTaggedFields };
}

function writeDeleteRecordsPartitionResult(writer: ByteWriter, message: DeleteRecordsPartitionResult, version: number): void {
  writer.int32(message.partitionIndex);
  writer.int64(message.lowWatermark);
  writer.errorCode(message.errorCode);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDeleteRecordsTopicResult(reader: ByteReader, version: number): DeleteRecordsTopicResult {
  const name = version >= 2 ? readCompactString(reader) : readString(reader);
  const partitions: DeleteRecordsPartitionResult[] = [];
  for (let left = version >= 2 ? readCompactArrayLength(reader, 14) : readArrayLength(reader, 14); left > 0; left--) partitions.push(readDeleteRecordsPartitionResult(reader, version));
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { name, partitions, unknownTaggedFields };
}

function writeDeleteRecordsTopicResult(writer: ByteWriter, message: DeleteRecordsTopicResult, version: number): void {
  if (version >= 2) writeCompactString(writer, message.name);
  else writeString(writer, message.name);
  if (version >= 2) writeCompactArrayLength(writer, message.partitions);
  else writeArrayLength(writer, message.partitions);
  for (const element of message.partitions) writeDeleteRecordsPartitionResult(writer, element, version);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDeleteRecordsResponse(reader: ByteReader, version: number): DeleteRecordsResponse {
  const throttleTimeMs = reader.int32();
  const topics: DeleteRecordsTopicResult[] = [];
  for (let left = version >= 2 ? readCompactArrayLength(reader, 3) : readArrayLength(reader, 3); left > 0; left--) topics.push(readDeleteRecordsTopicResult(reader, version));
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { throttleTimeMs, topics, unknownTaggedFields };
}

function writeDeleteRecordsResponse(writer: ByteWriter, message: DeleteRecordsResponse, version: number): void {
  writer.int32(message.throttleTimeMs);
  if (version >= 2) writeCompactArrayLength(writer, message.topics);
  else writeArrayLength(writer, message.topics);
  for (const element of message.topics) writeDeleteRecordsTopicResult(writer, element, version);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeDeleteRecordsTopicResultInSteps(writer: ByteWriter, message: DeleteRecordsTopicResult, version: number): Generator<void, void> {
  if (version >= 2) writeCompactString(writer, message.name);
  else writeString(writer, message.name);
  if (version >= 2) writeCompactArrayLength(writer, message.partitions);
  else writeArrayLength(writer, message.partitions);
  for (const element of message.partitions) {
    writeDeleteRecordsPartitionResult(writer, element, version);
    yield;
  }
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeDeleteRecordsResponseInSteps(writer: ByteWriter, message: DeleteRecordsResponse, version: number): Generator<void, void> {
  writer.int32(message.throttleTimeMs);
  if (version >= 2) writeCompactArrayLength(writer, message.topics);
  else writeArrayLength(writer, message.topics);
  for (const element of message.topics) {
    yield* writeDeleteRecordsTopicResultInSteps(writer, element, version);
    yield;
  }
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** DeleteRecords: key 21, versions 0-2. */
export const deleteRecordsApi: Api<DeleteRecordsRequest, DeleteRecordsResponse> = {
  key: 21,
  name: "DeleteRecords",
  minVersion: 0,
  maxVersion: 2,
  firstFlexibleVersion: 2,
  readRequest: readDeleteRecordsRequest,
  writeRequest: writeDeleteRecordsRequest,
  readResponse: readDeleteRecordsResponse,
  writeResponse: writeDeleteRecordsResponse,
  writeResponseInSteps: writeDeleteRecordsResponseInSteps,
};
