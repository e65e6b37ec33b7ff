// Generated from packages/protocol/spec/apis/65-describe-transactions.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readCompactArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { readInt32s } from "../../codec/int32-arrays.ts";
import { readCompactString, writeCompactString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface DescribeTransactionsRequest {
  readonly transactionalIds: readonly string[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeDescribeTransactionsRequest(init: Partial<DescribeTransactionsRequest> = {}): DescribeTransactionsRequest {
  return {
    transactionalIds: init.transactionalIds ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readDescribeTransactionsRequest(reader: ByteReader, _version: number): DescribeTransactionsRequest {
  const transactionalIds: string[] = [];
  for (let left = readCompactArrayLength(reader, 1); left > 0; left--) transactionalIds.push(readCompactString(reader));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { transactionalIds, unknownTaggedFields };
}

function writeDescribeTransactionsRequest(writer: ByteWriter, message: DescribeTransactionsRequest, _version: number): void {
  writeCompactArrayLength(writer, message.transactionalIds);
  for (const element of message.transactionalIds) writeCompactString(writer, element);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface DescribeTransactionsResponse {
  readonly throttleTimeMs: number;
  readonly transactionStates: readonly TransactionState[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface TransactionState {
  readonly errorCode: number;
  readonly transactionalId: string;
  readonly transactionState: string;
  readonly transactionTimeoutMs: number;
  readonly transactionStartTimeMs: number;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly topics: readonly TopicData[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface TopicData {
  readonly topic: string;
  readonly partitions: readonly number[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeDescribeTransactionsResponse(init: Partial<DescribeTransactionsResponse> = {}): DescribeTransactionsResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    transactionStates: init.transactionStates ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeTransactionState(init: Partial<TransactionState> = {}): TransactionState {
  return {
    errorCode: init.errorCode ?? 0,
    transactionalId: init.transactionalId ?? "",
    transactionState: init.transactionState ?? "",
    transactionTimeoutMs: init.transactionTimeoutMs ?? 0,
    transactionStartTimeMs: init.transactionStartTimeMs ?? 0,
    producerId: init.producerId ?? 0,
    producerEpoch: init.producerEpoch ?? 0,
    topics: init.topics ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeTopicData(init: Partial<TopicData> = {}): TopicData {
  return {
    topic: init.topic ?? "",
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readTopicData(reader: ByteReader, _version: number): TopicData {
  const topic = readCompactString(reader);
  const partitions = readInt32s(reader, readCompactArrayLength(reader, 4));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { topic, partitions, unknownTaggedFields };
}

function writeTopicData(writer: ByteWriter, message: TopicData, _version: number): void {
  writeCompactString(writer, message.topic);
  writeCompactArrayLength(writer, message.partitions);
  for (const element of message.partitions) writer.int32(element);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readTransactionState(reader: ByteReader, version: number): TransactionState {
  const errorCode = reader.int16();
  const transactionalId = readCompactString(reader);
  const transactionState = readCompactString(reader);
  const transactionTimeoutMs = reader.int32();
  const transactionStartTimeMs = reader.int64();
  const producerId = reader.int64();
  const producerEpoch = reader.int16();
  const topics: TopicData[] = [];
  for (let left = readCompactArrayLength(reader, 3); left > 0; left--) topics.push(readTopicData(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { errorCode, transactionalId, transactionState, transactionTimeoutMs, transactionStartTimeMs, producerId, producerEpoch, topics, unknownTaggedFields };
}

function writeTransactionState(writer: ByteWriter, message: TransactionState, version: number): void {
  writer.errorCode(message.errorCode);
  writeCompactString(writer, message.transactionalId);
  writeCompactString(writer, message.transactionState);
  writer.int32(message.transactionTimeoutMs);
  writer.int64(message.transactionStartTimeMs);
  writer.int64(message.producerId);
  writer.int16(message.producerEpoch);
  writeCompactArrayLength(writer, message.topics);
  for (const element of message.topics) writeTopicData(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDescribeTransactionsResponse(reader: ByteReader, version: number): DescribeTransactionsResponse {
  const throttleTimeMs = reader.int32();
  const transactionStates: TransactionState[] = [];
  for (let left = readCompactArrayLength(reader, 28); left > 0; left--) transactionStates.push(readTransactionState(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { throttleTimeMs, transactionStates, unknownTaggedFields };
}

function writeDescribeTransactionsResponse(writer: ByteWriter, message: DescribeTransactionsResponse, version: number): void {
  writer.int32(message.throttleTimeMs);
  writeCompactArrayLength(writer, message.transactionStates);
  for (const element of message.transactionStates) writeTransactionState(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeTransactionStateInSteps(writer: ByteWriter, message: TransactionState, version: number): Generator<void, void> {
  writer.errorCode(message.errorCode);
  writeCompactString(writer, message.transactionalId);
  writeCompactString(writer, message.transactionState);
  writer.int32(message.transactionTimeoutMs);
  writer.int64(message.transactionStartTimeMs);
  writer.int64(message.producerId);
  writer.int16(message.producerEpoch);
  writeCompactArrayLength(writer, message.topics);
  for (const element of message.topics) {
    writeTopicData(writer, element, version);
    yield;
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeDescribeTransactionsResponseInSteps(writer: ByteWriter, message: DescribeTransactionsResponse, version: number): Generator<void, void> {
  writer.int32(message.throttleTimeMs);
  writeCompactArrayLength(writer, message.transactionStates);
  for (const element of message.transactionStates) {
    yield* writeTransactionStateInSteps(writer, element, version);
    yield;
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** DescribeTransactions: key 65, versions 0. */
export const describeTransactionsApi: Api<DescribeTransactionsRequest, DescribeTransactionsResponse> = {
  key: 65,
  name: "DescribeTransactions",
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: 0,
  readRequest: readDescribeTransactionsRequest,
  writeRequest: writeDescribeTransactionsRequest,
  readResponse: readDescribeTransactionsResponse,
  writeResponse: writeDescribeTransactionsResponse,
  writeResponseInSteps: writeDescribeTransactionsResponseInSteps,
};
