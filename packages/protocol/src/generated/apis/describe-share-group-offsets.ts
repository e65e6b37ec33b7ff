// Generated from packages/protocol/spec/apis/90-describe-share-group-offsets.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readCompactArrayLength, readNullableCompactArrayLength, writeCompactArrayLength, writeNullableCompactArrayLength } from "../../codec/array-lengths.ts";
import { NIL_UUID } from "../../codec/constants.ts";
import { readInt32s } from "../../codec/int32-arrays.ts";
import { readCompactString, readNullableCompactString, shortened, writeCompactString, writeNullableCompactString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface DescribeShareGroupOffsetsRequest {
  readonly groups: readonly DescribeShareGroupOffsetsRequestGroup[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface DescribeShareGroupOffsetsRequestGroup {
  readonly groupId: string;
  readonly topics: readonly DescribeShareGroupOffsetsRequestTopic[] | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface DescribeShareGroupOffsetsRequestTopic {
  readonly topicName: string;
  readonly partitions: readonly number[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeDescribeShareGroupOffsetsRequest(init: Partial<DescribeShareGroupOffsetsRequest> = {}): DescribeShareGroupOffsetsRequest {
  return {
    groups: init.groups ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeDescribeShareGroupOffsetsRequestGroup(init: Partial<DescribeShareGroupOffsetsRequestGroup> = {}): DescribeShareGroupOffsetsRequestGroup {
  return {
    groupId: init.groupId ?? "",
    topics: init.topics === undefined ? [] : init.topics,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeDescribeShareGroupOffsetsRequestTopic(init: Partial<DescribeShareGroupOffsetsRequestTopic> = {}): DescribeShareGroupOffsetsRequestTopic {
  return {
    topicName: init.topicName ?? "",
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readDescribeShareGroupOffsetsRequestTopic(reader: ByteReader, _version: number): DescribeShareGroupOffsetsRequestTopic {
  const topicName = readCompactString(reader);
  const partitions = readInt32s(reader, readCompactArrayLength(reader, 4));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { topicName, partitions, unknownTaggedFields };
}

function writeDescribeShareGroupOffsetsRequestTopic(writer: ByteWriter, message: DescribeShareGroupOffsetsRequestTopic, _version: number): void {
  writeCompactString(writer, message.topicName);
  writeCompactArrayLength(writer, message.partitions);
  for (const element of message.partitions) writer.int32(element);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDescribeShareGroupOffsetsRequestGroup(reader: ByteReader, version: number): DescribeShareGroupOffsetsRequestGroup {
  const groupId = readCompactString(reader);
  let topics: DescribeShareGroupOffsetsRequestTopic[] | null = null;
  const topicsLength = readNullableCompactArrayLength(reader, 3);
  if (topicsLength >= 0) {
    topics = [];
    for (let left = topicsLength; left > 0; left--) topics.push(readDescribeShareGroupOffsetsRequestTopic(reader, version));
  }
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { groupId, topics, unknownTaggedFields };
}

function writeDescribeShareGroupOffsetsRequestGroup(writer: ByteWriter, message: DescribeShareGroupOffsetsRequestGroup, version: number): void {
  writeCompactString(writer, message.groupId);
  writeNullableCompactArrayLength(writer, message.topics);
  if (message.topics !== null) {
    for (const element of message.topics) writeDescribeShareGroupOffsetsRequestTopic(writer, element, version);
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDescribeShareGroupOffsetsRequest(reader: ByteReader, version: number): DescribeShareGroupOffsetsRequest {
  const groups: DescribeShareGroupOffsetsRequestGroup[] = [];
  for (let left = readCompactArrayLength(reader, 3); left > 0; left--) groups.push(readDescribeShareGroupOffsetsRequestGroup(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { groups, unknownTaggedFields };
}

function writeDescribeShareGroupOffsetsRequest(writer: ByteWriter, message: DescribeShareGroupOffsetsRequest, version: number): void {
  writeCompactArrayLength(writer, message.groups);
  for (const element of message.groups) writeDescribeShareGroupOffsetsRequestGroup(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface DescribeShareGroupOffsetsResponse {
  readonly throttleTimeMs: number;
  readonly groups: readonly DescribeShareGroupOffsetsResponseGroup[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface DescribeShareGroupOffsetsResponseGroup {
  readonly groupId: string;
  readonly topics: readonly DescribeShareGroupOffsetsResponseTopic[];
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface DescribeShareGroupOffsetsResponseTopic {
  readonly topicName: string;
  readonly topicId: string;
  readonly partitions: readonly DescribeShareGroupOffsetsResponsePartition[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface DescribeShareGroupOffsetsResponsePartition {
  readonly partitionIndex: number;
  readonly startOffset: number;
  readonly leaderEpoch: number;
  /** Versions 1+. */
  readonly lag: number;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeDescribeShareGroupOffsetsResponse(init: Partial<DescribeShareGroupOffsetsResponse> = {}): DescribeShareGroupOffsetsResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    groups: init.groups ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeDescribeShareGroupOffsetsResponseGroup(init: Partial<DescribeShareGroupOffsetsResponseGroup> = {}): DescribeShareGroupOffsetsResponseGroup {
  return {
    groupId: init.groupId ?? "",
    topics: init.topics ?? [],
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeDescribeShareGroupOffsetsResponseTopic(init: Partial<DescribeShareGroupOffsetsResponseTopic> = {}): DescribeShareGroupOffsetsResponseTopic {
  return {
    topicName: init.topicName ?? "",
    topicId: init.topicId ?? NIL_UUID,
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeDescribeShareGroupOffsetsResponsePartition(init: Partial<DescribeShareGroupOffsetsResponsePartition> = {}): DescribeShareGroupOffsetsResponsePartition {
  return {
    partitionIndex: init.partitionIndex ?? 0,
    startOffset: init.startOffset ?? 0,
    leaderEpoch: init.leaderEpoch ?? 0,
    lag: init.lag ?? -1,
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readDescribeShareGroupOffsetsResponsePartition(reader: ByteReader, version: number): DescribeShareGroupOffsetsResponsePartition {
  const partitionIndex = reader.int32();
  const startOffset = reader.int64();
  const leaderEpoch = reader.int32();
  const lag = version >= 1 ? reader.int64() : -1;
  const errorCode = reader.int16();
  const errorMessage = readNullableCompactString(reader);
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { partitionIndex, startOffset, leaderEpoch, lag, errorCode, errorMessage, unknownTaggedFields };
}

function writeDescribeShareGroupOffsetsResponsePartition(writer: ByteWriter, message: DescribeShareGroupOffsetsResponsePartition, version: number): void {
  writer.int32(message.partitionIndex);
  writer.int64(message.startOffset);
  writer.int32(message.leaderEpoch);
  if (version >= 1) writer.int64(message.lag);
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDescribeShareGroupOffsetsResponseTopic(reader: ByteReader, version: number): DescribeShareGroupOffsetsResponseTopic {
  const topicName = readCompactString(reader);
  const topicId = reader.uuid();
  const partitions: DescribeShareGroupOffsetsResponsePartition[] = [];
  for (let left = readCompactArrayLength(reader, 20); left > 0; left--) partitions.push(readDescribeShareGroupOffsetsResponsePartition(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { topicName, topicId, partitions, unknownTaggedFields };
}

function writeDescribeShareGroupOffsetsResponseTopic(writer: ByteWriter, message: DescribeShareGroupOffsetsResponseTopic, version: number): void {
  writeCompactString(writer, message.topicName);
  writer.uuid(message.topicId);
  writeCompactArrayLength(writer, message.partitions);
  for (const element of message.partitions) writeDescribeShareGroupOffsetsResponsePartition(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDescribeShareGroupOffsetsResponseGroup(reader: ByteReader, version: number): DescribeShareGroupOffsetsResponseGroup {
  const groupId = readCompactString(reader);
  const topics: DescribeShareGroupOffsetsResponseTopic[] = [];
  for (let left = readCompactArrayLength(reader, 19); left > 0; left--) topics.push(readDescribeShareGroupOffsetsResponseTopic(reader, version));
  const errorCode = reader.int16();
  const errorMessage = readNullableCompactString(reader);
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { groupId, topics, errorCode, errorMessage, unknownTaggedFields };
}

function writeDescribeShareGroupOffsetsResponseGroup(writer: ByteWriter, message: DescribeShareGroupOffsetsResponseGroup, version: number): void {
  writeCompactString(writer, message.groupId);
  writeCompactArrayLength(writer, message.topics);
  for (const element of message.topics) writeDescribeShareGroupOffsetsResponseTopic(writer, element, version);
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDescribeShareGroupOffsetsResponse(reader: ByteReader, version: number): DescribeShareGroupOffsetsResponse {
  const throttleTimeMs = reader.int32();
  const groups: DescribeShareGroupOffsetsResponseGroup[] = [];
  for (let left = readCompactArrayLength(reader, 6); left > 0; left--) groups.push(readDescribeShareGroupOffsetsResponseGroup(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { throttleTimeMs, groups, unknownTaggedFields };
}

function writeDescribeShareGroupOffsetsResponse(writer: ByteWriter, message: DescribeShareGroupOffsetsResponse, version: number): void {
  writer.int32(message.throttleTimeMs);
  writeCompactArrayLength(writer, message.groups);
  for (const element of message.groups) writeDescribeShareGroupOffsetsResponseGroup(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeDescribeShareGroupOffsetsResponseTopicInSteps(writer: ByteWriter, message: DescribeShareGroupOffsetsResponseTopic, version: number): Generator<void, void> {
  writeCompactString(writer, message.topicName);
  writer.uuid(message.topicId);
  writeCompactArrayLength(writer, message.partitions);
  for (const element of message.partitions) {
    writeDescribeShareGroupOffsetsResponsePartition(writer, element, version);
    yield;
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeDescribeShareGroupOffsetsResponseGroupInSteps(writer: ByteWriter, message: DescribeShareGroupOffsetsResponseGroup, version: number): Generator<void, void> {
  writeCompactString(writer, message.groupId);
  writeCompactArrayLength(writer, message.topics);
  for (const element of message.topics) {
    yield* writeDescribeShareGroupOffsetsResponseTopicInSteps(writer, element, version);
    yield;
  }
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeDescribeShareGroupOffsetsResponseInSteps(writer: ByteWriter, message: DescribeShareGroupOffsetsResponse, version: number): Generator<void, void> {
  writer.int32(message.throttleTimeMs);
  writeCompactArrayLength(writer, message.groups);
  for (const element of message.groups) {
    yield* writeDescribeShareGroupOffsetsResponseGroupInSteps(writer, element, version);
    yield;
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** DescribeShareGroupOffsets: key 90, versions 0-1. */
export const describeShareGroupOffsetsApi: Api<DescribeShareGroupOffsetsRequest, DescribeShareGroupOffsetsResponse> = {
  key: 90,
  name: "DescribeShareGroupOffsets",
  minVersion: 0,
  maxVersion: 1,
  firstFlexibleVersion: 0,
  readRequest: readDescribeShareGroupOffsetsRequest,
  writeRequest: writeDescribeShareGroupOffsetsRequest,
  readResponse: readDescribeShareGroupOffsetsResponse,
  writeResponse: writeDescribeShareGroupOffsetsResponse,
  writeResponseInSteps: writeDescribeShareGroupOffsetsResponseInSteps,
};
