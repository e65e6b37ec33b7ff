// Generated from packages/protocol/spec/apis/75-describe-topic-partitions.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readCompactArrayLength, readNullableCompactArrayLength, writeCompactArrayLength, writeNullableCompactArrayLength } from "../../codec/array-lengths.ts";
import { NIL_UUID } from "../../codec/constants.ts";
import { readInt32s } from "../../codec/int32-arrays.ts";
import { readCompactString, readNullableCompactString, writeCompactString, writeNullableCompactString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface DescribeTopicPartitionsRequest {
  readonly topics: readonly TopicRequest[];
  readonly responsePartitionLimit: number;
  readonly cursor: DescribeTopicPartitionsRequestCursor | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface DescribeTopicPartitionsRequestCursor {
  readonly topicName: string;
  readonly partitionIndex: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface TopicRequest {
  readonly name: string;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeDescribeTopicPartitionsRequest(init: Partial<DescribeTopicPartitionsRequest> = {}): DescribeTopicPartitionsRequest {
  return {
    topics: init.topics ?? [],
    responsePartitionLimit: init.responsePartitionLimit ?? 2000,
    cursor: init.cursor ?? null,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeDescribeTopicPartitionsRequestCursor(init: Partial<DescribeTopicPartitionsRequestCursor> = {}): DescribeTopicPartitionsRequestCursor {
  return {
    topicName: init.topicName ?? "",
    partitionIndex: init.partitionIndex ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeTopicRequest(init: Partial<TopicRequest> = {}): TopicRequest {
  return {
    name: init.name ?? "",
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readTopicRequest(reader: ByteReader, _version: number): TopicRequest {
  const name = readCompactString(reader);
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { name, unknownTaggedFields };
}

function writeTopicRequest(writer: ByteWriter, message: TopicRequest, _version: number): void {
  writeCompactString(writer, message.name);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDescribeTopicPartitionsRequestCursor(reader: ByteReader, _version: number): DescribeTopicPartitionsRequestCursor {
  const topicName = readCompactString(reader);
  const partitionIndex = reader.int32();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { topicName, partitionIndex, unknownTaggedFields };
}

function writeDescribeTopicPartitionsRequestCursor(writer: ByteWriter, message: DescribeTopicPartitionsRequestCursor, _version: number): void {
  writeCompactString(writer, message.topicName);
  writer.int32(message.partitionIndex);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDescribeTopicPartitionsRequest(reader: ByteReader, version: number): DescribeTopicPartitionsRequest {
  const topics: TopicRequest[] = [];
  for (let left = readCompactArrayLength(reader, 2); left > 0; left--) topics.push(readTopicRequest(reader, version));
  const responsePartitionLimit = reader.int32();
  const cursor = reader.int8() < 0 ? null : readDescribeTopicPartitionsRequestCursor(reader, version);
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { topics, responsePartitionLimit, cursor, unknownTaggedFields };
}

function writeDescribeTopicPartitionsRequest(writer: ByteWriter, message: DescribeTopicPartitionsRequest, version: number): void {
  writeCompactArrayLength(writer, message.topics);
  for (const element of message.topics) writeTopicRequest(writer, element, version);
  writer.int32(message.responsePartitionLimit);
  if (message.cursor === null) {
    writer.int8(-1);
  } else {
    writer.int8(1);
    writeDescribeTopicPartitionsRequestCursor(writer, message.cursor, version);
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface DescribeTopicPartitionsResponse {
  readonly throttleTimeMs: number;
  readonly topics: readonly DescribeTopicPartitionsResponseTopic[];
  readonly nextCursor: DescribeTopicPartitionsResponseCursor | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface DescribeTopicPartitionsResponseCursor {
  readonly topicName: string;
  readonly partitionIndex: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface DescribeTopicPartitionsResponseTopic {
  readonly errorCode: number;
  readonly name: string | null;
  readonly topicId: string;
  readonly isInternal: boolean;
  readonly partitions: readonly DescribeTopicPartitionsResponsePartition[];
  readonly topicAuthorizedOperations: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface DescribeTopicPartitionsResponsePartition {
  readonly errorCode: number;
  readonly partitionIndex: number;
  readonly leaderId: number;
  readonly leaderEpoch: number;
  readonly replicaNodes: readonly number[];
  readonly isrNodes: readonly number[];
  readonly eligibleLeaderReplicas: readonly number[] | null;
  readonly lastKnownElr: readonly number[] | null;
  readonly offlineReplicas: readonly number[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeDescribeTopicPartitionsResponse(init: Partial<DescribeTopicPartitionsResponse> = {}): DescribeTopicPartitionsResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    topics: init.topics ?? [],
    nextCursor: init.nextCursor ?? null,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeDescribeTopicPartitionsResponseCursor(init: Partial<DescribeTopicPartitionsResponseCursor> = {}): DescribeTopicPartitionsResponseCursor {
  return {
    topicName: init.topicName ?? "",
    partitionIndex: init.partitionIndex ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeDescribeTopicPartitionsResponseTopic(init: Partial<DescribeTopicPartitionsResponseTopic> = {}): DescribeTopicPartitionsResponseTopic {
  return {
    errorCode: init.errorCode ?? 0,
    name: init.name === undefined ? "" : init.name,
    topicId: init.topicId ?? NIL_UUID,
    isInternal: init.isInternal ?? false,
    partitions: init.partitions ?? [],
    topicAuthorizedOperations: init.topicAuthorizedOperations ?? -2147483648,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeDescribeTopicPartitionsResponsePartition(init: Partial<DescribeTopicPartitionsResponsePartition> = {}): DescribeTopicPartitionsResponsePartition {
  return {
    errorCode: init.errorCode ?? 0,
    partitionIndex: init.partitionIndex ?? 0,
    leaderId: init.leaderId ?? 0,
    leaderEpoch: init.leaderEpoch ?? -1,
    replicaNodes: init.replicaNodes ?? [],
    isrNodes: init.isrNodes ?? [],
    eligibleLeaderReplicas: init.eligibleLeaderReplicas ?? null,
    lastKnownElr: init.lastKnownElr ?? null,
    offlineReplicas: init.offlineReplicas ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readDescribeTopicPartitionsResponsePartition(reader: ByteReader, _version: number): DescribeTopicPartitionsResponsePartition {
  const errorCode = reader.int16();
  const partitionIndex = reader.int32();
  const leaderId = reader.int32();
  const leaderEpoch = reader.int32();
  const replicaNodes = readInt32s(reader, readCompactArrayLength(reader, 4));
  const isrNodes = readInt32s(reader, readCompactArrayLength(reader, 4));
  let eligibleLeaderReplicas: number[] | null = null;
  const eligibleLeaderReplicasLength = readNullableCompactArrayLength(reader, 4);
  if (eligibleLeaderReplicasLength >= 0) {
    eligibleLeaderReplicas = [];
    for (let left = eligibleLeaderReplicasLength; left > 0; left--) eligibleLeaderReplicas.push(reader.int32());
  }
  let lastKnownElr: number[] | null = null;
  const lastKnownElrLength = readNullableCompactArrayLength(reader, 4);
  if (lastKnownElrLength >= 0) {
    lastKnownElr = [];
    for (let left = lastKnownElrLength; left > 0; left--) lastKnownElr.push(reader.int32());
  }
  const offlineReplicas = readInt32s(reader, readCompactArrayLength(reader, 4));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { errorCode, partitionIndex, leaderId, leaderEpoch, replicaNodes, isrNodes, eligibleLeaderReplicas, lastKnownElr, offlineReplicas, unknownTaggedFields };
}

function writeDescribeTopicPartitionsResponsePartition(writer: ByteWriter, message: DescribeTopicPartitionsResponsePartition, _version: number): void {
  writer.errorCode(message.errorCode);
  writer.int32(message.partitionIndex);
  writer.int32(message.leaderId);
  writer.int32(message.leaderEpoch);
  writeCompactArrayLength(writer, message.replicaNodes);
  for (const element of message.replicaNodes) writer.int32(element);
  writeCompactArrayLength(writer, message.isrNodes);
  for (const element of message.isrNodes) writer.int32(element);
  writeNullableCompactArrayLength(writer, message.eligibleLeaderReplicas);
  if (message.eligibleLeaderReplicas !== null) {
    for (const element of message.eligibleLeaderReplicas) writer.int32(element);
  }
  writeNullableCompactArrayLength(writer, message.lastKnownElr);
  if (message.lastKnownElr !== null) {
    for (const element of message.lastKnownElr) writer.int32(element);
  }
  writeCompactArrayLength(writer, message.offlineReplicas);
  for (const element of message.offlineReplicas) writer.int32(element);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDescribeTopicPartitionsResponseTopic(reader: ByteReader, version: number): DescribeTopicPartitionsResponseTopic {
  const errorCode = reader.int16();
  const name = readNullableCompactString(reader);
  const topicId = reader.uuid();
  const isInternal = reader.bool();
  const partitions: DescribeTopicPartitionsResponsePartition[] = [];
  for (let left = readCompactArrayLength(reader, 20); left > 0; left--) partitions.push(readDescribeTopicPartitionsResponsePartition(reader, version));
  const topicAuthorizedOperations = reader.int32();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { errorCode, name, topicId, isInternal, partitions, topicAuthorizedOperations, unknownTaggedFields };
}

function writeDescribeTopicPartitionsResponseTopic(writer: ByteWriter, message: DescribeTopicPartitionsResponseTopic, version: number): void {
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, message.name);
  writer.uuid(message.topicId);
  writer.bool(message.isInternal);
  writeCompactArrayLength(writer, message.partitions);
  for (const element of message.partitions) writeDescribeTopicPartitionsResponsePartition(writer, element, version);
  writer.int32(message.topicAuthorizedOperations);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDescribeTopicPartitionsResponseCursor(reader: ByteReader, _version: number): DescribeTopicPartitionsResponseCursor {
  const topicName = readCompactString(reader);
  const partitionIndex = reader.int32();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { topicName, partitionIndex, unknownTaggedFields };
}

function writeDescribeTopicPartitionsResponseCursor(writer: ByteWriter, message: DescribeTopicPartitionsResponseCursor, _version: number): void {
  writeCompactString(writer, message.topicName);
  writer.int32(message.partitionIndex);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDescribeTopicPartitionsResponse(reader: ByteReader, version: number): DescribeTopicPartitionsResponse {
  const throttleTimeMs = reader.int32();
  const topics: DescribeTopicPartitionsResponseTopic[] = [];
  for (let left = readCompactArrayLength(reader, 26); left > 0; left--) topics.push(readDescribeTopicPartitionsResponseTopic(reader, version));
  const nextCursor = reader.int8() < 0 ? null : readDescribeTopicPartitionsResponseCursor(reader, version);
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { throttleTimeMs, topics, nextCursor, unknownTaggedFields };
}

function writeDescribeTopicPartitionsResponse(writer: ByteWriter, message: DescribeTopicPartitionsResponse, version: number): void {
  writer.int32(message.throttleTimeMs);
  writeCompactArrayLength(writer, message.topics);
  for (const element of message.topics) writeDescribeTopicPartitionsResponseTopic(writer, element, version);
  if (message.nextCursor === null) {
    writer.int8(-1);
  } else {
    writer.int8(1);
    writeDescribeTopicPartitionsResponseCursor(writer, message.nextCursor, version);
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeDescribeTopicPartitionsResponseTopicInSteps(writer: ByteWriter, message: DescribeTopicPartitionsResponseTopic, version: number): Generator<void, void> {
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, message.name);
  writer.uuid(message.topicId);
  writer.bool(message.isInternal);
  writeCompactArrayLength(writer, message.partitions);
  for (const element of message.partitions) {
    writeDescribeTopicPartitionsResponsePartition(writer, element, version);
    yield;
  }
  writer.int32(message.topicAuthorizedOperations);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeDescribeTopicPartitionsResponseInSteps(writer: ByteWriter, message: DescribeTopicPartitionsResponse, version: number): Generator<void, void> {
  writer.int32(message.throttleTimeMs);
  writeCompactArrayLength(writer, message.topics);
  for (const element of message.topics) {
    yield* writeDescribeTopicPartitionsResponseTopicInSteps(writer, element, version);
    yield;
  }
  if (message.nextCursor === null) {
    writer.int8(-1);
  } else {
    writer.int8(1);
    writeDescribeTopicPartitionsResponseCursor(writer, message.nextCursor, version);
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* readDescribeTopicPartitionsResponseTopicInSteps(reader: ByteReader, version: number): Generator<void, DescribeTopicPartitionsResponseTopic> {
  const errorCode = reader.int16();
  const name = readNullableCompactString(reader);
  const topicId = reader.uuid();
  const isInternal = reader.bool();
  const partitions: DescribeTopicPartitionsResponsePartition[] = [];
  for (let left = readCompactArrayLength(reader, 20); left > 0; left--) { partitions.push(readDescribeTopicPartitionsResponsePartition(reader, version)); yield; }
  const topicAuthorizedOperations = reader.int32();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { errorCode, name, topicId, isInternal, partitions, topicAuthorizedOperations, unknownTaggedFields };
}

function* readDescribeTopicPartitionsResponseInSteps(reader: ByteReader, version: number): Generator<void, DescribeTopicPartitionsResponse> {
  const throttleTimeMs = reader.int32();
  const topics: DescribeTopicPartitionsResponseTopic[] = [];
  for (let left = readCompactArrayLength(reader, 26); left > 0; left--) { topics.push(yield* readDescribeTopicPartitionsResponseTopicInSteps(reader, version)); yield; }
  const nextCursor = reader.int8() < 0 ? null : readDescribeTopicPartitionsResponseCursor(reader, version);
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { throttleTimeMs, topics, nextCursor, unknownTaggedFields };
}

/** DescribeTopicPartitions: key 75, versions 0. */
export const describeTopicPartitionsApi: Api<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse> = {
  key: 75,
  name: "DescribeTopicPartitions",
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: 0,
  readRequest: readDescribeTopicPartitionsRequest,
  writeRequest: writeDescribeTopicPartitionsRequest,
  readResponse: readDescribeTopicPartitionsResponse,
  writeResponse: writeDescribeTopicPartitionsResponse,
  writeResponseInSteps: writeDescribeTopicPartitionsResponseInSteps,
  readResponseInSteps: readDescribeTopicPartitionsResponseInSteps,
};
