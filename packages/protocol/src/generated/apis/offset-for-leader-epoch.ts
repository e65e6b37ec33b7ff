// Generated from packages/protocol/spec/apis/23-offset-for-leader-epoch.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readArrayLength, readCompactArrayLength, writeArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { readCompactString, readString, writeCompactString, writeString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface OffsetForLeaderEpochRequest {
  /** Versions 3+. */
  readonly replicaId: number;
  readonly topics: readonly OffsetForLeaderTopic[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface OffsetForLeaderTopic {
  readonly topic: string;
  readonly partitions: readonly OffsetForLeaderPartition[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface OffsetForLeaderPartition {
  readonly partition: number;
  readonly currentLeaderEpoch: number;
  readonly leaderEpoch: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeOffsetForLeaderEpochRequest(init: Partial<OffsetForLeaderEpochRequest> = {}): OffsetForLeaderEpochRequest {
  return {
    replicaId: init.replicaId ?? -2,
    topics: init.topics ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeOffsetForLeaderTopic(init: Partial<OffsetForLeaderTopic> = {}): OffsetForLeaderTopic {
  return {
    topic: init.topic ?? "",
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeOffsetForLeaderPartition(init: Partial<OffsetForLeaderPartition> = {}): OffsetForLeaderPartition {
  return {
    partition: init.partition ?? 0,
    currentLeaderEpoch: init.currentLeaderEpoch ?? -1,
    leaderEpoch: init.leaderEpoch ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readOffsetForLeaderPartition(reader: ByteReader, version: number): OffsetForLeaderPartition {
  const partition = reader.int32();
  const currentLeaderEpoch = reader.int32();
  const leaderEpoch = reader.int32();
  const unknownTaggedFields = version < 4 ? undefined : readUnknownTaggedFields(reader);
  return { partition, currentLeaderEpoch, leaderEpoch, unknownTaggedFields };
}

function writeOffsetForLeaderPartition(writer: ByteWriter, message: OffsetForLeaderPartition, version: number): void {
  writer.int32(message.partition);
  writer.int32(message.currentLeaderEpoch);
  writer.int32(message.leaderEpoch);
  if (version >= 4) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readOffsetForLeaderTopic(reader: ByteReader, version: number): OffsetForLeaderTopic {
  const topic = version >= 4 ? readCompactString(reader) : readString(reader);
  const partitions: OffsetForLeaderPartition[] = [];
  for (let left = version >= 4 ? readCompactArrayLength(reader, 12) : readArrayLength(reader, 12); left > 0; left--) partitions.push(readOffsetForLeaderPartition(reader, version));
  const unknownTaggedFields = version < 4 ? undefined : readUnknownTaggedFields(reader);
  return { topic, partitions, unknownTaggedFields };
}

function writeOffsetForLeaderTopic(writer: ByteWriter, message: OffsetForLeaderTopic, version: number): void {
  if (version >= 4) writeCompactString(writer, message.topic);
  else writeString(writer, message.topic);
  if (version >= 4) writeCompactArrayLength(writer, message.partitions);
  else writeArrayLength(writer, message.partitions);
  for (const element of message.partitions) writeOffsetForLeaderPartition(writer, element, version);
  if (version >= 4) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readOffsetForLeaderEpochRequest(reader: ByteReader, version: number): OffsetForLeaderEpochRequest {
  const replicaId = version >= 3 ? reader.int32() : -2;
  const topics: OffsetForLeaderTopic[] = [];
  for (let left = version >= 4 ? readCompactArrayLength(reader, 3) : readArrayLength(reader, 3); left > 0; left--) topics.push(readOffsetForLeaderTopic(reader, version));
  const unknownTaggedFields = version < 4 ? undefined : readUnknownTaggedFields(reader);
  return { replicaId, topics, unknownTaggedFields };
}

function writeOffsetForLeaderEpochRequest(writer: ByteWriter, message: OffsetForLeaderEpochRequest, version: number): void {
  if (version >= 3) writer.int32(message.replicaId);
  if (version >= 4) writeCompactArrayLength(writer, message.topics);
  else writeArrayLength(writer, message.topics);
  for (const element of message.topics) writeOffsetForLeaderTopic(writer, element, version);
  if (version >= 4) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface OffsetForLeaderEpochResponse {
  readonly throttleTimeMs: number;
  readonly topics: readonly OffsetForLeaderTopicResult[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface OffsetForLeaderTopicResult {
  readonly topic: string;
  readonly partitions: readonly EpochEndOffset[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface EpochEndOffset {
  readonly errorCode: number;
  readonly partition: number;
  readonly leaderEpoch: number;
  readonly endOffset: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeOffsetForLeaderEpochResponse(init: Partial<OffsetForLeaderEpochResponse> = {}): OffsetForLeaderEpochResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    topics: init.topics ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeOffsetForLeaderTopicResult(init: Partial<OffsetForLeaderTopicResult> = {}): OffsetForLeaderTopicResult {
  return {
    topic: init.topic ?? "",
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeEpochEndOffset(init: Partial<EpochEndOffset> = {}): EpochEndOffset {
  return {
    errorCode: init.errorCode ?? 0,
    partition: init.partition ?? 0,
    leaderEpoch: init.leaderEpoch ?? -1,
    endOffset: init.endOffset ?? -1,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readEpochEndOffset(reader: ByteReader, version: number): EpochEndOffset {
  const errorCode = reader.int16();
  const partition = reader.int32();
  const leaderEpoch = reader.int32();
  const endOffset = reader.int64();
  const unknownTaggedFields = version < 4 ? undefined : readUnknownTaggedFields(reader);
  return { errorCode, partition, leaderEpoch, endOffset, unknownTaggedFields };
}

function writeEpochEndOffset(writer: ByteWriter, message: EpochEndOffset, version: number): void {
  writer.errorCode(message.errorCode);
  writer.int32(message.partition);
  writer.int32(message.leaderEpoch);
  writer.int64(message.endOffset);
  if (version >= 4) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readOffsetForLeaderTopicResult(reader: ByteReader, version: number): OffsetForLeaderTopicResult {
  const topic = version >= 4 ? readCompactString(reader) : readString(reader);
  const partitions: EpochEndOffset[] = [];
  for (let left = version >= 4 ? readCompactArrayLength(reader, 18) : readArrayLength(reader, 18); left > 0; left--) partitions.push(readEpochEndOffset(reader, version));
  const unknownTaggedFields = version < 4 ? undefined : readUnknownTaggedFields(reader);
  return { topic, partitions, unknownTaggedFields };
}

function writeOffsetForLeaderTopicResult(writer: ByteWriter, message: OffsetForLeaderTopicResult, version: number): void {
  if (version >= 4) writeCompactString(writer, message.topic);
  else writeString(writer, message.topic);
  if (version >= 4) writeCompactArrayLength(writer, message.partitions);
  else writeArrayLength(writer, message.partitions);
  for (const element of message.partitions) writeEpochEndOffset(writer, element, version);
  if (version >= 4) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readOffsetForLeaderEpochResponse(reader: ByteReader, version: number): OffsetForLeaderEpochResponse {
  const throttleTimeMs = reader.int32();
  const topics: OffsetForLeaderTopicResult[] = [];
  for (let left = version >= 4 ? readCompactArrayLength(reader, 3) : readArrayLength(reader, 3); left > 0; left--) topics.push(readOffsetForLeaderTopicResult(reader, version));
  const unknownTaggedFields = version < 4 ? undefined : readUnknownTaggedFields(reader);
  return { throttleTimeMs, topics, unknownTaggedFields };
}

function writeOffsetForLeaderEpochResponse(writer: ByteWriter, message: OffsetForLeaderEpochResponse, version: number): void {
  writer.int32(message.throttleTimeMs);
  if (version >= 4) writeCompactArrayLength(writer, message.topics);
  else writeArrayLength(writer, message.topics);
  for (const element of message.topics) writeOffsetForLeaderTopicResult(writer, element, version);
  if (version >= 4) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeOffsetForLeaderTopicResultInSteps(writer: ByteWriter, message: OffsetForLeaderTopicResult, version: number): Generator<void, void> {
  if (version >= 4) writeCompactString(writer, message.topic);
  else writeString(writer, message.topic);
  if (version >= 4) writeCompactArrayLength(writer, message.partitions);
  else writeArrayLength(writer, message.partitions);
  for (const element of message.partitions) {
    writeEpochEndOffset(writer, element, version);
    yield;
  }
  if (version >= 4) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeOffsetForLeaderEpochResponseInSteps(writer: ByteWriter, message: OffsetForLeaderEpochResponse, version: number): Generator<void, void> {
  writer.int32(message.throttleTimeMs);
  if (version >= 4) writeCompactArrayLength(writer, message.topics);
  else writeArrayLength(writer, message.topics);
  for (const element of message.topics) {
    yield* writeOffsetForLeaderTopicResultInSteps(writer, element, version);
    yield;
  }
  if (version >= 4) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* readOffsetForLeaderTopicResultInSteps(reader: ByteReader, version: number): Generator<void, OffsetForLeaderTopicResult> {
  const topic = version >= 4 ? readCompactString(reader) : readString(reader);
  const partitions: EpochEndOffset[] = [];
  for (let left = version >= 4 ? readCompactArrayLength(reader, 18) : readArrayLength(reader, 18); left > 0; left--) { partitions.push(readEpochEndOffset(reader, version)); yield; }
  const unknownTaggedFields = version < 4 ? undefined : readUnknownTaggedFields(reader);
  return { topic, partitions, unknownTaggedFields };
}

function* readOffsetForLeaderEpochResponseInSteps(reader: ByteReader, version: number): Generator<void, OffsetForLeaderEpochResponse> {
  const throttleTimeMs = reader.int32();
  const topics: OffsetForLeaderTopicResult[] = [];
  for (let left = version >= 4 ? readCompactArrayLength(reader, 3) : readArrayLength(reader, 3); left > 0; left--) { topics.push(yield* readOffsetForLeaderTopicResultInSteps(reader, version)); yield; }
  const unknownTaggedFields = version < 4 ? undefined : readUnknownTaggedFields(reader);
  return { throttleTimeMs, topics, unknownTaggedFields };
}

/** OffsetForLeaderEpoch: key 23, versions 2-4. */
export const offsetForLeaderEpochApi: Api<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse> = {
  key: 23,
  name: "OffsetForLeaderEpoch",
  minVersion: 2,
  maxVersion: 4,
  firstFlexibleVersion: 4,
  readRequest: readOffsetForLeaderEpochRequest,
  writeRequest: writeOffsetForLeaderEpochRequest,
  readResponse: readOffsetForLeaderEpochResponse,
  writeResponse: writeOffsetForLeaderEpochResponse,
  writeResponseInSteps: writeOffsetForLeaderEpochResponseInSteps,
  readResponseInSteps: readOffsetForLeaderEpochResponseInSteps,
};
