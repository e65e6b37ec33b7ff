// Generated from packages/protocol/spec/apis/02-list-offsets.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readArrayLength, readCompactArrayLength, writeArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { unsupportedField } from "../../codec/field-support.ts";
import { readCompactString, readString, writeCompactString, writeString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface ListOffsetsRequest {
  readonly replicaId: number;
  /** Versions 2+. */
  readonly isolationLevel: number;
  readonly topics: readonly ListOffsetsTopic[];
  /** Versions 10+. */
  readonly timeoutMs: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface ListOffsetsTopic {
  readonly name: string;
  readonly partitions: readonly ListOffsetsPartition[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface ListOffsetsPartition {
  readonly partitionIndex: number;
  /** Versions 4+. */
  readonly currentLeaderEpoch: number;
  readonly timestamp: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeListOffsetsRequest(init: Partial<ListOffsetsRequest> = {}): ListOffsetsRequest {
  return {
    replicaId: init.replicaId ?? 0,
    isolationLevel: init.isolationLevel ?? 0,
    topics: init.topics ?? [],
    timeoutMs: init.timeoutMs ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeListOffsetsTopic(init: Partial<ListOffsetsTopic> = {}): ListOffsetsTopic {
  return {
    name: init.name ?? "",
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeListOffsetsPartition(init: Partial<ListOffsetsPartition> = {}): ListOffsetsPartition {
  return {
    partitionIndex: init.partitionIndex ?? 0,
    currentLeaderEpoch: init.currentLeaderEpoch ?? -1,
    timestamp: init.timestamp ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readListOffsetsPartition(reader: ByteReader, version: number): ListOffsetsPartition {
  const partitionIndex = reader.int32();
  const currentLeaderEpoch = version >= 4 ? reader.int32() : -1;
  const timestamp = reader.int64();
  const unknownTaggedFields = version < 6 ? undefined : readUnknownTaggedFields(reader);
  return { partitionIndex, currentLeaderEpoch, timestamp, unknownTaggedFields };
}

function writeListOffsetsPartition(writer: ByteWriter, message: ListOffsetsPartition, version: number): void {
  writer.int32(message.partitionIndex);
  if (version >= 4) writer.int32(message.currentLeaderEpoch);
  writer.int64(message.timestamp);
  if (version >= 6) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readListOffsetsTopic(reader: ByteReader, version: number): ListOffsetsTopic {
  const name = version >= 6 ? readCompactString(reader) : readString(reader);
  const partitions: ListOffsetsPartition[] = [];
  for (let left = version >= 6 ? readCompactArrayLength(reader, 12) : readArrayLength(reader, 12); left > 0; left--) partitions.push(readListOffsetsPartition(reader, version));
  const unknownTaggedFields = version < 6 ? undefined : readUnknownTaggedFields(reader);
  return { name, partitions, unknownTaggedFields };
}

function writeListOffsetsTopic(writer: ByteWriter, message: ListOffsetsTopic, version: number): void {
  if (version >= 6) writeCompactString(writer, message.name);
  else writeString(writer, message.name);
  if (version >= 6) writeCompactArrayLength(writer, message.partitions);
  else writeArrayLength(writer, message.partitions);
  for (const element of message.partitions) writeListOffsetsPartition(writer, element, version);
  if (version >= 6) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readListOffsetsRequest(reader: ByteReader, version: number): ListOffsetsRequest {
  const replicaId = reader.int32();
  const isolationLevel = version >= 2 ? reader.int8() : 0;
  const topics: ListOffsetsTopic[] = [];
  for (let left = version >= 6 ? readCompactArrayLength(reader, 3) : readArrayLength(reader, 3); left > 0; left--) topics.push(readListOffsetsTopic(reader, version));
  const timeoutMs = version >= 10 ? reader.int32() : 0;
  const unknownTaggedFields = version < 6 ? undefined : readUnknownTaggedFields(reader);
  return { replicaId, isolationLevel, topics, timeoutMs, unknownTaggedFields };
}

function writeListOffsetsRequest(writer: ByteWriter, message: ListOffsetsRequest, version: number): void {
  writer.int32(message.replicaId);
  if (version >= 2) writer.int8(message.isolationLevel);
  else if (message.isolationLevel !== 0) throw unsupportedField("ListOffsetsRequest.isolationLevel", version);
  if (version >= 6) writeCompactArrayLength(writer, message.topics);
  else writeArrayLength(writer, message.topics);
  for (const element of message.topics) writeListOffsetsTopic(writer, element, version);
  if (version >= 10) writer.int32(message.timeoutMs);
  if (version >= 6) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface ListOffsetsResponse {
  /** Versions 2+. */
  readonly throttleTimeMs: number;
  readonly topics: readonly ListOffsetsTopicResponse[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface ListOffsetsTopicResponse {
  readonly name: string;
  readonly partitions: readonly ListOffsetsPartitionResponse[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface ListOffsetsPartitionResponse {
  readonly partitionIndex: number;
  readonly errorCode: number;
  readonly timestamp: number;
  readonly offset: number;
  /** Versions 4+. */
  readonly leaderEpoch: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeListOffsetsResponse(init: Partial<ListOffsetsResponse> = {}): ListOffsetsResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    topics: init.topics ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeListOffsetsTopicResponse(init: Partial<ListOffsetsTopicResponse> = {}): ListOffsetsTopicResponse {
  return {
    name: init.name ?? "",
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeListOffsetsPartitionResponse(init: Partial<ListOffsetsPartitionResponse> = {}): ListOffsetsPartitionResponse {
  return {
    partitionIndex: init.partitionIndex ?? 0,
    errorCode: init.errorCode ?? 0,
    timestamp: init.timestamp ?? -1,
    offset: init.offset ?? -1,
    leaderEpoch: init.leaderEpoch ?? -1,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readListOffsetsPartitionResponse(reader: ByteReader, version: number): ListOffsetsPartitionResponse {
  const partitionIndex = reader.int32();
  const errorCode = reader.int16();
  const timestamp = reader.int64();
  const offset = reader.int64();
  const leaderEpoch = version >= 4 ? reader.int32() : -1;
  const unknownTaggedFields = version < 6 ? undefined : readUnknownTaggedFields(reader);
  return { partitionIndex, errorCode, timestamp, offset, leaderEpoch, unknownTaggedFields };
}

function writeListOffsetsPartitionResponse(writer: ByteWriter, message: ListOffsetsPartitionResponse, version: number): void {
  writer.int32(message.partitionIndex);
  writer.errorCode(message.errorCode);
  writer.int64(message.timestamp);
  writer.int64(message.offset);
  if (version >= 4) writer.int32(message.leaderEpoch);
  else if (message.leaderEpoch !== -1) throw unsupportedField("ListOffsetsPartitionResponse.leaderEpoch", version);
  if (version >= 6) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readListOffsetsTopicResponse(reader: ByteReader, version: number): ListOffsetsTopicResponse {
  const name = version >= 6 ? readCompactString(reader) : readString(reader);
  const partitions: ListOffsetsPartitionResponse[] = [];
  for (let left = version >= 6 ? readCompactArrayLength(reader, 22) : readArrayLength(reader, 22); left > 0; left--) partitions.push(readListOffsetsPartitionResponse(reader, version));
  const unknownTaggedFields = version < 6 ? undefined : readUnknownTaggedFields(reader);
  return { name, partitions, unknownTaggedFields };
}

function writeListOffsetsTopicResponse(writer: ByteWriter, message: ListOffsetsTopicResponse, version: number): void {
  if (version >= 6) writeCompactString(writer, message.name);
  else writeString(writer, message.name);
  if (version >= 6) writeCompactArrayLength(writer, message.partitions);
  else writeArrayLength(writer, message.partitions);
  for (const element of message.partitions) writeListOffsetsPartitionResponse(writer, element, version);
  if (version >= 6) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readListOffsetsResponse(reader: ByteReader, version: number): ListOffsetsResponse {
  const throttleTimeMs = version >= 2 ? reader.int32() : 0;
  const topics: ListOffsetsTopicResponse[] = [];
  for (let left = version >= 6 ? readCompactArrayLength(reader, 3) : readArrayLength(reader, 3); left > 0; left--) topics.push(readListOffsetsTopicResponse(reader, version));
  const unknownTaggedFields = version < 6 ? undefined : readUnknownTaggedFields(reader);
  return { throttleTimeMs, topics, unknownTaggedFields };
}

function writeListOffsetsResponse(writer: ByteWriter, message: ListOffsetsResponse, version: number): void {
  if (version >= 2) writer.int32(message.throttleTimeMs);
  if (version >= 6) writeCompactArrayLength(writer, message.topics);
  else writeArrayLength(writer, message.topics);
  for (const element of message.topics) writeListOffsetsTopicResponse(writer, element, version);
  if (version >= 6) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeListOffsetsTopicResponseInSteps(writer: ByteWriter, message: ListOffsetsTopicResponse, version: number): Generator<void, void> {
  if (version >= 6) writeCompactString(writer, message.name);
  else writeString(writer, message.name);
  if (version >= 6) writeCompactArrayLength(writer, message.partitions);
  else writeArrayLength(writer, message.partitions);
  for (const element of message.partitions) {
    writeListOffsetsPartitionResponse(writer, element, version);
    yield;
  }
  if (version >= 6) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeListOffsetsResponseInSteps(writer: ByteWriter, message: ListOffsetsResponse, version: number): Generator<void, void> {
  if (version >= 2) writer.int32(message.throttleTimeMs);
  if (version >= 6) writeCompactArrayLength(writer, message.topics);
  else writeArrayLength(writer, message.topics);
  for (const element of message.topics) {
    yield* writeListOffsetsTopicResponseInSteps(writer, element, version);
    yield;
  }
  if (version >= 6) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* readListOffsetsTopicResponseInSteps(reader: ByteReader, version: number): Generator<void, ListOffsetsTopicResponse> {
  const name = version >= 6 ? readCompactString(reader) : readString(reader);
  const partitions: ListOffsetsPartitionResponse[] = [];
  for (let left = version >= 6 ? readCompactArrayLength(reader, 22) : readArrayLength(reader, 22); left > 0; left--) { partitions.push(readListOffsetsPartitionResponse(reader, version)); yield; }
  const unknownTaggedFields = version < 6 ? undefined : readUnknownTaggedFields(reader);
  return { name, partitions, unknownTaggedFields };
}

function* readListOffsetsResponseInSteps(reader: ByteReader, version: number): Generator<void, ListOffsetsResponse> {
  const throttleTimeMs = version >= 2 ? reader.int32() : 0;
  const topics: ListOffsetsTopicResponse[] = [];
  for (let left = version >= 6 ? readCompactArrayLength(reader, 3) : readArrayLength(reader, 3); left > 0; left--) { topics.push(yield* readListOffsetsTopicResponseInSteps(reader, version)); yield; }
  const unknownTaggedFields = version < 6 ? undefined : readUnknownTaggedFields(reader);
  return { throttleTimeMs, topics, unknownTaggedFields };
}

/** ListOffsets: key 2, versions 1-11. */
export const listOffsetsApi: Api<ListOffsetsRequest, ListOffsetsResponse> = {
  key: 2,
  name: "ListOffsets",
  minVersion: 1,
  maxVersion: 11,
  firstFlexibleVersion: 6,
  readRequest: readListOffsetsRequest,
  writeRequest: writeListOffsetsRequest,
  readResponse: readListOffsetsResponse,
  writeResponse: writeListOffsetsResponse,
  writeResponseInSteps: writeListOffsetsResponseInSteps,
  readResponseInSteps: readListOffsetsResponseInSteps,
};
