// Generated from packages/protocol/spec/apis/61-describe-producers.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readCompactArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { readInt32s } from "../../codec/int32-arrays.ts";
import { readCompactString, readNullableCompactString, shortened, writeCompactString, writeNullableCompactString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface DescribeProducersRequest {
  readonly topics: readonly TopicRequest[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface TopicRequest {
  readonly name: string;
  readonly partitionIndexes: readonly number[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeDescribeProducersRequest(init: Partial<DescribeProducersRequest> = {}): DescribeProducersRequest {
  return {
    topics: init.topics ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeTopicRequest(init: Partial<TopicRequest> = {}): TopicRequest {
  return {
    name: init.name ?? "",
    partitionIndexes: init.partitionIndexes ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readTopicRequest(reader: ByteReader, _version: number): TopicRequest {
  const name = readCompactString(reader);
  const partitionIndexes = readInt32s(reader, readCompactArrayLength(reader, 4));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { name, partitionIndexes, unknownTaggedFields };
}

function writeTopicRequest(writer: ByteWriter, message: TopicRequest, _version: number): void {
  writeCompactString(writer, message.name);
  writeCompactArrayLength(writer, message.partitionIndexes);
  for (const element of message.partitionIndexes) writer.int32(element);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDescribeProducersRequest(reader: ByteReader, version: number): DescribeProducersRequest {
  const topics: TopicRequest[] = [];
  for (let left = readCompactArrayLength(reader, 3); left > 0; left--) topics.push(readTopicRequest(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { topics, unknownTaggedFields };
}

function writeDescribeProducersRequest(writer: ByteWriter, message: DescribeProducersRequest, version: number): void {
  writeCompactArrayLength(writer, message.topics);
  for (const element of message.topics) writeTopicRequest(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface DescribeProducersResponse {
  readonly throttleTimeMs: number;
  readonly topics: readonly TopicResponse[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface TopicResponse {
  readonly name: string;
  readonly partitions: readonly PartitionResponse[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface PartitionResponse {
  readonly partitionIndex: number;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly activeProducers: readonly ProducerState[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface ProducerState {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly lastSequence: number;
  readonly lastTimestamp: number;
  readonly coordinatorEpoch: number;
  readonly currentTxnStartOffset: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeDescribeProducersResponse(init: Partial<DescribeProducersResponse> = {}): DescribeProducersResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    topics: init.topics ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeTopicResponse(init: Partial<TopicResponse> = {}): TopicResponse {
  return {
    name: init.name ?? "",
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makePartitionResponse(init: Partial<PartitionResponse> = {}): PartitionResponse {
  return {
    partitionIndex: init.partitionIndex ?? 0,
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    activeProducers: init.activeProducers ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeProducerState(init: Partial<ProducerState> = {}): ProducerState {
  return {
    producerId: init.producerId ?? 0,
    producerEpoch: init.producerEpoch ?? 0,
    lastSequence: init.lastSequence ?? -1,
    lastTimestamp: init.lastTimestamp ?? -1,
    coordinatorEpoch: init.coordinatorEpoch ?? 0,
    currentTxnStartOffset: init.currentTxnStartOffset ?? -1,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readProducerState(reader: ByteReader, _version: number): ProducerState {
  const producerId = reader.int64();
  const producerEpoch = reader.int32();
  const lastSequence = reader.int32();
  const lastTimestamp = reader.int64();
  const coordinatorEpoch = reader.int32();
  const currentTxnStartOffset = reader.int64();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { producerId, producerEpoch, lastSequence, lastTimestamp, coordinatorEpoch, currentTxnStartOffset, unknownTaggedFields };
}

function writeProducerState(writer: ByteWriter, message: ProducerState, _version: number): void {
  writer.int64(message.producerId);
  writer.int32(message.producerEpoch);
  writer.int32(message.lastSequence);
  writer.int64(message.lastTimestamp);
  writer.int32(message.coordinatorEpoch);
  writer.int64(message.currentTxnStartOffset);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readPartitionResponse(reader: ByteReader, version: number): PartitionResponse {
  const partitionIndex = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = readNullableCompactString(reader);
  const activeProducers: ProducerState[] = [];
  for (let left = readCompactArrayLength(reader, 37); left > 0; left--) activeProducers.push(readProducerState(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { partitionIndex, errorCode, errorMessage, activeProducers, unknownTaggedFields };
}

function writePartitionResponse(writer: ByteWriter, message: PartitionResponse, version: number): void {
  writer.int32(message.partitionIndex);
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  writeCompactArrayLength(writer, message.activeProducers);
  for (const element of message.activeProducers) writeProducerState(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readTopicResponse(reader: ByteReader, version: number): TopicResponse {
  const name = readCompactString(reader);
  const partitions: PartitionResponse[] = [];
  for (let left = readCompactArrayLength(reader, 9); left > 0; left--) partitions.push(readPartitionResponse(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { name, partitions, unknownTaggedFields };
}

function writeTopicResponse(writer: ByteWriter, message: TopicResponse, version: number): void {
  writeCompactString(writer, message.name);
  writeCompactArrayLength(writer, message.partitions);
  for (const element of message.partitions) writePartitionResponse(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDescribeProducersResponse(reader: ByteReader, version: number): DescribeProducersResponse {
  const throttleTimeMs = reader.int32();
  const topics: TopicResponse[] = [];
  for (let left = readCompactArrayLength(reader, 3); left > 0; left--) topics.push(readTopicResponse(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { throttleTimeMs, topics, unknownTaggedFields };
}

function writeDescribeProducersResponse(writer: ByteWriter, message: DescribeProducersResponse, version: number): void {
  writer.int32(message.throttleTimeMs);
  writeCompactArrayLength(writer, message.topics);
  for (const element of message.topics) writeTopicResponse(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writePartitionResponseInSteps(writer: ByteWriter, message: PartitionResponse, version: number): Generator<void, void> {
  writer.int32(message.partitionIndex);
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  writeCompactArrayLength(writer, message.activeProducers);
  for (const element of message.activeProducers) {
    writeProducerState(writer, element, version);
    yield;
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeTopicResponseInSteps(writer: ByteWriter, message: TopicResponse, version: number): Generator<void, void> {
  writeCompactString(writer, message.name);
  writeCompactArrayLength(writer, message.partitions);
  for (const element of message.partitions) {
    yield* writePartitionResponseInSteps(writer, element, version);
    yield;
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeDescribeProducersResponseInSteps(writer: ByteWriter, message: DescribeProducersResponse, version: number): Generator<void, void> {
  writer.int32(message.throttleTimeMs);
  writeCompactArrayLength(writer, message.topics);
  for (const element of message.topics) {
    yield* writeTopicResponseInSteps(writer, element, version);
    yield;
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* readPartitionResponseInSteps(reader: ByteReader, version: number): Generator<void, PartitionResponse> {
  const partitionIndex = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = readNullableCompactString(reader);
  const activeProducers: ProducerState[] = [];
  for (let left = readCompactArrayLength(reader, 37); left > 0; left--) { activeProducers.push(readProducerState(reader, version)); yield; }
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { partitionIndex, errorCode, errorMessage, activeProducers, unknownTaggedFields };
}

function* readTopicResponseInSteps(reader: ByteReader, version: number): Generator<void, TopicResponse> {
  const name = readCompactString(reader);
  const partitions: PartitionResponse[] = [];
  for (let left = readCompactArrayLength(reader, 9); left > 0; left--) { partitions.push(yield* readPartitionResponseInSteps(reader, version)); yield; }
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { name, partitions, unknownTaggedFields };
}

function* readDescribeProducersResponseInSteps(reader: ByteReader, version: number): Generator<void, DescribeProducersResponse> {
  const throttleTimeMs = reader.int32();
  const topics: TopicResponse[] = [];
  for (let left = readCompactArrayLength(reader, 3); left > 0; left--) { topics.push(yield* readTopicResponseInSteps(reader, version)); yield; }
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { throttleTimeMs, topics, unknownTaggedFields };
}

/** DescribeProducers: key 61, versions 0. */
export const describeProducersApi: Api<DescribeProducersRequest, DescribeProducersResponse> = {
  key: 61,
  name: "DescribeProducers",
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: 0,
  readRequest: readDescribeProducersRequest,
  writeRequest: writeDescribeProducersRequest,
  readResponse: readDescribeProducersResponse,
  writeResponse: writeDescribeProducersResponse,
  writeResponseInSteps: writeDescribeProducersResponseInSteps,
  readResponseInSteps: readDescribeProducersResponseInSteps,
};
