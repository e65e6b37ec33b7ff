// Generated from packages/protocol/spec/apis/46-list-partition-reassignments.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readCompactArrayLength, readNullableCompactArrayLength, writeCompactArrayLength, writeNullableCompactArrayLength } from "../../codec/array-lengths.ts";
import { readInt32s } from "../../codec/int32-arrays.ts";
import { readCompactString, readNullableCompactString, shortened, writeCompactString, writeNullableCompactString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface ListPartitionReassignmentsRequest {
  readonly timeoutMs: number;
  readonly topics: readonly ListPartitionReassignmentsTopics[] | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface ListPartitionReassignmentsTopics {
  readonly name: string;
  readonly partitionIndexes: readonly number[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeListPartitionReassignmentsRequest(init: Partial<ListPartitionReassignmentsRequest> = {}): ListPartitionReassignmentsRequest {
  return {
    timeoutMs: init.timeoutMs ?? 60000,
    topics: init.topics ?? null,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeListPartitionReassignmentsTopics(init: Partial<ListPartitionReassignmentsTopics> = {}): ListPartitionReassignmentsTopics {
  return {
    name: init.name ?? "",
    partitionIndexes: init.partitionIndexes ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readListPartitionReassignmentsTopics(reader: ByteReader, _version: number): ListPartitionReassignmentsTopics {
  const name = readCompactString(reader);
  const partitionIndexes = readInt32s(reader, readCompactArrayLength(reader, 4));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { name, partitionIndexes, unknownTaggedFields };
}

function writeListPartitionReassignmentsTopics(writer: ByteWriter, message: ListPartitionReassignmentsTopics, _version: number): void {
  writeCompactString(writer, message.name);
  writeCompactArrayLength(writer, message.partitionIndexes);
  for (const element of message.partitionIndexes) writer.int32(element);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readListPartitionReassignmentsRequest(reader: ByteReader, version: number): ListPartitionReassignmentsRequest {
  const timeoutMs = reader.int32();
  let topics: ListPartitionReassignmentsTopics[] | null = null;
  const topicsLength = readNullableCompactArrayLength(reader, 3);
  if (topicsLength >= 0) {
    topics = [];
    for (let left = topicsLength; left > 0; left--) topics.push(readListPartitionReassignmentsTopics(reader, version));
  }
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { timeoutMs, topics, unknownTaggedFields };
}

function writeListPartitionReassignmentsRequest(writer: ByteWriter, message: ListPartitionReassignmentsRequest, version: number): void {
  writer.int32(message.timeoutMs);
  writeNullableCompactArrayLength(writer, message.topics);
  if (message.topics !== null) {
    for (const element of message.topics) writeListPartitionReassignmentsTopics(writer, element, version);
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface ListPartitionReassignmentsResponse {
  readonly throttleTimeMs: number;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly topics: readonly OngoingTopicReassignment[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface OngoingTopicReassignment {
  readonly name: string;
  readonly partitions: readonly OngoingPartitionReassignment[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface OngoingPartitionReassignment {
  readonly partitionIndex: number;
  readonly replicas: readonly number[];
  readonly addingReplicas: readonly number[];
  readonly removingReplicas: readonly number[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeListPartitionReassignmentsResponse(init: Partial<ListPartitionReassignmentsResponse> = {}): ListPartitionReassignmentsResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    topics: init.topics ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeOngoingTopicReassignment(init: Partial<OngoingTopicReassignment> = {}): OngoingTopicReassignment {
  return {
    name: init.name ?? "",
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeOngoingPartitionReassignment(init: Partial<OngoingPartitionReassignment> = {}): OngoingPartitionReassignment {
  return {
    partitionIndex: init.partitionIndex ?? 0,
    replicas: init.replicas ?? [],
    addingReplicas: init.addingReplicas ?? [],
    removingReplicas: init.removingReplicas ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readOngoingPartitionReassignment(reader: ByteReader, _version: number): OngoingPartitionReassignment {
  const partitionIndex = reader.int32();
  const replicas = readInt32s(reader, readCompactArrayLength(reader, 4));
  const addingReplicas = readInt32s(reader, readCompactArrayLength(reader, 4));
  const removingReplicas = readInt32s(reader, readCompactArrayLength(reader, 4));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { partitionIndex, replicas, addingReplicas, removingReplicas, unknownTaggedFields };
}

function writeOngoingPartitionReassignment(writer: ByteWriter, message: OngoingPartitionReassignment, _version: number): void {
  writer.int32(message.partitionIndex);
  writeCompactArrayLength(writer, message.replicas);
  for (const element of message.replicas) writer.int32(element);
  writeCompactArrayLength(writer, message.addingReplicas);
  for (const element of message.addingReplicas) writer.int32(element);
  writeCompactArrayLength(writer, message.removingReplicas);
  for (const element of message.removingReplicas) writer.int32(element);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readOngoingTopicReassignment(reader: ByteReader, version: number): OngoingTopicReassignment {
  const name = readCompactString(reader);
  const partitions: OngoingPartitionReassignment[] = [];
  for (let left = readCompactArrayLength(reader, 8); left > 0; left--) partitions.push(readOngoingPartitionReassignment(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { name, partitions, unknownTaggedFields };
}

function writeOngoingTopicReassignment(writer: ByteWriter, message: OngoingTopicReassignment, version: number): void {
  writeCompactString(writer, message.name);
  writeCompactArrayLength(writer, message.partitions);
  for (const element of message.partitions) writeOngoingPartitionReassignment(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readListPartitionReassignmentsResponse(reader: ByteReader, version: number): ListPartitionReassignmentsResponse {
  const throttleTimeMs = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = readNullableCompactString(reader);
  const topics: OngoingTopicReassignment[] = [];
  for (let left = readCompactArrayLength(reader, 3); left > 0; left--) topics.push(readOngoingTopicReassignment(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { throttleTimeMs, errorCode, errorMessage, topics, unknownTaggedFields };
}

function writeListPartitionReassignmentsResponse(writer: ByteWriter, message: ListPartitionReassignmentsResponse, version: number): void {
  writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  writeCompactArrayLength(writer, message.topics);
  for (const element of message.topics) writeOngoingTopicReassignment(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeOngoingTopicReassignmentInSteps(writer: ByteWriter, message: OngoingTopicReassignment, version: number): Generator<void, void> {
  writeCompactString(writer, message.name);
  writeCompactArrayLength(writer, message.partitions);
  for (const element of message.partitions) {
    writeOngoingPartitionReassignment(writer, element, version);
    yield;
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeListPartitionReassignmentsResponseInSteps(writer: ByteWriter, message: ListPartitionReassignmentsResponse, version: number): Generator<void, void> {
  writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  writeCompactArrayLength(writer, message.topics);
  for (const element of message.topics) {
    yield* writeOngoingTopicReassignmentInSteps(writer, element, version);
    yield;
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* readOngoingTopicReassignmentInSteps(reader: ByteReader, version: number): Generator<void, OngoingTopicReassignment> {
  const name = readCompactString(reader);
  const partitions: OngoingPartitionReassignment[] = [];
  for (let left = readCompactArrayLength(reader, 8); left > 0; left--) { partitions.push(readOngoingPartitionReassignment(reader, version)); yield; }
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { name, partitions, unknownTaggedFields };
}

function* readListPartitionReassignmentsResponseInSteps(reader: ByteReader, version: number): Generator<void, ListPartitionReassignmentsResponse> {
  const throttleTimeMs = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = readNullableCompactString(reader);
  const topics: OngoingTopicReassignment[] = [];
  for (let left = readCompactArrayLength(reader, 3); left > 0; left--) { topics.push(yield* readOngoingTopicReassignmentInSteps(reader, version)); yield; }
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { throttleTimeMs, errorCode, errorMessage, topics, unknownTaggedFields };
}

/** ListPartitionReassignments: key 46, versions 0. */
export const listPartitionReassignmentsApi: Api<ListPartitionReassignmentsRequest, ListPartitionReassignmentsResponse> = {
  key: 46,
  name: "ListPartitionReassignments",
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: 0,
  readRequest: readListPartitionReassignmentsRequest,
  writeRequest: writeListPartitionReassignmentsRequest,
  readResponse: readListPartitionReassignmentsResponse,
  writeResponse: writeListPartitionReassignmentsResponse,
  writeResponseInSteps: writeListPartitionReassignmentsResponseInSteps,
  readResponseInSteps: readListPartitionReassignmentsResponseInSteps,
};
