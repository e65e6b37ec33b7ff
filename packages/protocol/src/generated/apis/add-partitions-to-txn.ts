// Generated from packages/protocol/spec/apis/24-add-partitions-to-txn.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readArrayLength, readCompactArrayLength, writeArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { unsupportedField } from "../../codec/field-support.ts";
import { readInt32s } from "../../codec/int32-arrays.ts";
import { readCompactString, readString, writeCompactString, writeString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface AddPartitionsToTxnRequest {
  /** Versions 4+. */
  readonly transactions: readonly AddPartitionsToTxnTransaction[];
  /** Versions 0-3. */
  readonly v3AndBelowTransactionalId: string;
  /** Versions 0-3. */
  readonly v3AndBelowProducerId: number;
  /** Versions 0-3. */
  readonly v3AndBelowProducerEpoch: number;
  /** Versions 0-3. */
  readonly v3AndBelowTopics: readonly AddPartitionsToTxnTopic[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface AddPartitionsToTxnTransaction {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly verifyOnly: boolean;
  readonly topics: readonly AddPartitionsToTxnTopic[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface AddPartitionsToTxnTopic {
  readonly name: string;
  readonly partitions: readonly number[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeAddPartitionsToTxnRequest(init: Partial<AddPartitionsToTxnRequest> = {}): AddPartitionsToTxnRequest {
  return {
    transactions: init.transactions ?? [],
    v3AndBelowTransactionalId: init.v3AndBelowTransactionalId ?? "",
    v3AndBelowProducerId: init.v3AndBelowProducerId ?? 0,
    v3AndBelowProducerEpoch: init.v3AndBelowProducerEpoch ?? 0,
    v3AndBelowTopics: init.v3AndBelowTopics ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeAddPartitionsToTxnTransaction(init: Partial<AddPartitionsToTxnTransaction> = {}): AddPartitionsToTxnTransaction {
  return {
    transactionalId: init.transactionalId ?? "",
    producerId: init.producerId ?? 0,
    producerEpoch: init.producerEpoch ?? 0,
    verifyOnly: init.verifyOnly ?? false,
    topics: init.topics ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeAddPartitionsToTxnTopic(init: Partial<AddPartitionsToTxnTopic> = {}): AddPartitionsToTxnTopic {
  return {
    name: init.name ?? "",
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readAddPartitionsToTxnTopic(reader: ByteReader, version: number): AddPartitionsToTxnTopic {
  const name = version >= 3 ? readCompactString(reader) : readString(reader);
  const partitions = readInt32s(reader, version >= 3 ? readCompactArrayLength(reader, 4) : readArrayLength(reader, 4));
  const unknownTaggedFields = version < 3 ? undefined : readUnknownTaggedFields(reader);
  return { name, partitions, unknownTaggedFields };
}

function writeAddPartitionsToTxnTopic(writer: ByteWriter, message: AddPartitionsToTxnTopic, version: number): void {
  if (version >= 3) writeCompactString(writer, message.name);
  else writeString(writer, message.name);
  if (version >= 3) writeCompactArrayLength(writer, message.partitions);
  else writeArrayLength(writer, message.partitions);
  for (const element of message.partitions) writer.int32(element);
  if (version >= 3) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readAddPartitionsToTxnTransaction(reader: ByteReader, version: number): AddPartitionsToTxnTransaction {
  const transactionalId = readCompactString(reader);
  const producerId = reader.int64();
  const producerEpoch = reader.int16();
  const verifyOnly = reader.bool();
  const topics: AddPartitionsToTxnTopic[] = [];
  for (let left = readCompactArrayLength(reader, 3); left > 0; left--) topics.push(readAddPartitionsToTxnTopic(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { transactionalId, producerId, producerEpoch, verifyOnly, topics, unknownTaggedFields };
}

function writeAddPartitionsToTxnTransaction(writer: ByteWriter, message: AddPartitionsToTxnTransaction, version: number): void {
  writeCompactString(writer, message.transactionalId);
  writer.int64(message.producerId);
  writer.int16(message.producerEpoch);
  writer.bool(message.verifyOnly);
  writeCompactArrayLength(writer, message.topics);
  for (const element of message.topics) writeAddPartitionsToTxnTopic(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readAddPartitionsToTxnRequest(reader: ByteReader, version: number): AddPartitionsToTxnRequest {
  const transactions: AddPartitionsToTxnTransaction[] = [];
  for (let left = version >= 4 ? readCompactArrayLength(reader, 14) : 0; left > 0; left--) transactions.push(readAddPartitionsToTxnTransaction(reader, version));
  const v3AndBelowTransactionalId = version >= 4 ? "" : version >= 3 ? readCompactString(reader) : readString(reader);
  const v3AndBelowProducerId = version >= 4 ? 0 : reader.int64();
  const v3AndBelowProducerEpoch = version >= 4 ? 0 : reader.int16();
  const v3AndBelowTopics: AddPartitionsToTxnTopic[] = [];
  for (let left = version >= 4 ? 0 : version >= 3 ? readCompactArrayLength(reader, 3) : readArrayLength(reader, 3); left > 0; left--) v3AndBelowTopics.push(readAddPartitionsToTxnTopic(reader, version));
  const unknownTaggedFields = version < 3 ? undefined : readUnknownTaggedFields(reader);
  return { transactions, v3AndBelowTransactionalId, v3AndBelowProducerId, v3AndBelowProducerEpoch, v3AndBelowTopics, unknownTaggedFields };
}

function writeAddPartitionsToTxnRequest(writer: ByteWriter, message: AddPartitionsToTxnRequest, version: number): void {
  if (version >= 4) {
    writeCompactArrayLength(writer, message.transactions);
    for (const element of message.transactions) writeAddPartitionsToTxnTransaction(writer, element, version);
  } else if (message.transactions.length !== 0) throw unsupportedField("AddPartitionsToTxnRequest.transactions", version);
  if (version <= 3) {
    if (version >= 3) writeCompactString(writer, message.v3AndBelowTransactionalId);
    else writeString(writer, message.v3AndBelowTransactionalId);
  } else if (message.v3AndBelowTransactionalId !== "") throw unsupportedField("AddPartitionsToTxnRequest.v3AndBelowTransactionalId", version);
  if (version <= 3) writer.int64(message.v3AndBelowProducerId);
  else if (message.v3AndBelowProducerId !== 0) throw unsupportedField("AddPartitionsToTxnRequest.v3AndBelowProducerId", version);
  if (version <= 3) writer.int16(message.v3AndBelowProducerEpoch);
  else if (message.v3AndBelowProducerEpoch !== 0) throw unsupportedField("AddPartitionsToTxnRequest.v3AndBelowProducerEpoch", version);
  if (version <= 3) {
    if (version >= 3) writeCompactArrayLength(writer, message.v3AndBelowTopics);
    else writeArrayLength(writer, message.v3AndBelowTopics);
    for (const element of message.v3AndBelowTopics) writeAddPartitionsToTxnTopic(writer, element, version);
  } else if (message.v3AndBelowTopics.length !== 0) throw unsupportedField("AddPartitionsToTxnRequest.v3AndBelowTopics", version);
  if (version >= 3) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface AddPartitionsToTxnResponse {
  readonly throttleTimeMs: number;
  /** Versions 4+. */
  readonly errorCode: number;
  /** Versions 4+. */
  readonly resultsByTransaction: readonly AddPartitionsToTxnResult[];
  /** Versions 0-3. */
  readonly resultsByTopicV3AndBelow: readonly AddPartitionsToTxnTopicResult[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface AddPartitionsToTxnResult {
  readonly transactionalId: string;
  readonly topicResults: readonly AddPartitionsToTxnTopicResult[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface AddPartitionsToTxnTopicResult {
  readonly name: string;
  readonly resultsByPartition: readonly AddPartitionsToTxnPartitionResult[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface AddPartitionsToTxnPartitionResult {
  readonly partitionIndex: number;
  readonly partitionErrorCode: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeAddPartitionsToTxnResponse(init: Partial<AddPartitionsToTxnResponse> = {}): AddPartitionsToTxnResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    errorCode: init.errorCode ?? 0,
    resultsByTransaction: init.resultsByTransaction ?? [],
    resultsByTopicV3AndBelow: init.resultsByTopicV3AndBelow ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeAddPartitionsToTxnResult(init: Partial<AddPartitionsToTxnResult> = {}): AddPartitionsToTxnResult {
  return {
    transactionalId: init.transactionalId ?? "",
    topicResults: init.topicResults ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeAddPartitionsToTxnTopicResult(init: Partial<AddPartitionsToTxnTopicResult> = {}): AddPartitionsToTxnTopicResult {
  return {
    name: init.name ?? "",
    resultsByPartition: init.resultsByPartition ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeAddPartitionsToTxnPartitionResult(init: Partial<AddPartitionsToTxnPartitionResult> = {}): AddPartitionsToTxnPartitionResult {
  return {
    partitionIndex: init.partitionIndex ?? 0,
    partitionErrorCode: init.partitionErrorCode ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readAddPartitionsToTxnPartitionResult(reader: ByteReader, version: number): AddPartitionsToTxnPartitionResult {
  const partitionIndex = reader.int32();
  const partitionErrorCode = reader.int16();
  const unknownTaggedFields = version < 3 ? undefined : readUnknownTaggedFields(reader);
  return { partitionIndex, partitionErrorCode, unknownTaggedFields };
}

function writeAddPartitionsToTxnPartitionResult(writer: ByteWriter, message: AddPartitionsToTxnPartitionResult, version: number): void {
  writer.int32(message.partitionIndex);
  writer.int16(message.partitionErrorCode);
  if (version >= 3) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readAddPartitionsToTxnTopicResult(reader: ByteReader, version: number): AddPartitionsToTxnTopicResult {
  const name = version >= 3 ? readCompactString(reader) : readString(reader);
  const resultsByPartition: AddPartitionsToTxnPartitionResult[] = [];
  for (let left = version >= 3 ? readCompactArrayLength(reader, 6) : readArrayLength(reader, 6); left > 0; left--) resultsByPartition.push(readAddPartitionsToTxnPartitionResult(reader, version));
  const unknownTaggedFields = version < 3 ? undefined : readUnknownTaggedFields(reader);
  return { name, resultsByPartition, unknownTaggedFields };
}

function writeAddPartitionsToTxnTopicResult(writer: ByteWriter, message: AddPartitionsToTxnTopicResult, version: number): void {
  if (version >= 3) writeCompactString(writer, message.name);
  else writeString(writer, message.name);
  if (version >= 3) writeCompactArrayLength(writer, message.resultsByPartition);
  else writeArrayLength(writer, message.resultsByPartition);
  for (const element of message.resultsByPartition) writeAddPartitionsToTxnPartitionResult(writer, element, version);
  if (version >= 3) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readAddPartitionsToTxnResult(reader: ByteReader, version: number): AddPartitionsToTxnResult {
  const transactionalId = readCompactString(reader);
  const topicResults: AddPartitionsToTxnTopicResult[] = [];
  for (let left = readCompactArrayLength(reader, 3); left > 0; left--) topicResults.push(readAddPartitionsToTxnTopicResult(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { transactionalId, topicResults, unknownTaggedFields };
}

function writeAddPartitionsToTxnResult(writer: ByteWriter, message: AddPartitionsToTxnResult, version: number): void {
  writeCompactString(writer, message.transactionalId);
  writeCompactArrayLength(writer, message.topicResults);
  for (const element of message.topicResults) writeAddPartitionsToTxnTopicResult(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readAddPartitionsToTxnResponse(reader: ByteReader, version: number): AddPartitionsToTxnResponse {
  const throttleTimeMs = reader.int32();
  const errorCode = version >= 4 ? reader.int16() : 0;
  const resultsByTransaction: AddPartitionsToTxnResult[] = [];
  for (let left = version >= 4 ? readCompactArrayLength(reader, 3) : 0; left > 0; left--) resultsByTransaction.push(readAddPartitionsToTxnResult(reader, version));
  const resultsByTopicV3AndBelow: AddPartitionsToTxnTopicResult[] = [];
  for (let left = version >= 4 ? 0 : version >= 3 ? readCompactArrayLength(reader, 3) : readArrayLength(reader, 3); left > 0; left--) resultsByTopicV3AndBelow.push(readAddPartitionsToTxnTopicResult(reader, version));
  const unknownTaggedFields = version < 3 ? undefined : readUnknownTaggedFields(reader);
  return { throttleTimeMs, errorCode, resultsByTransaction, resultsByTopicV3AndBelow, unknownTaggedFields };
}

function writeAddPartitionsToTxnResponse(writer: ByteWriter, message: AddPartitionsToTxnResponse, version: number): void {
  writer.int32(message.throttleTimeMs);
  if (version >= 4) writer.errorCode(message.errorCode);
  if (version >= 4) {
    writeCompactArrayLength(writer, message.resultsByTransaction);
    for (const element of message.resultsByTransaction) writeAddPartitionsToTxnResult(writer, element, version);
  } else if (message.resultsByTransaction.length !== 0) throw unsupportedField("AddPartitionsToTxnResponse.resultsByTransaction", version);
  if (version <= 3) {
    if (version >= 3) writeCompactArrayLength(writer, message.resultsByTopicV3AndBelow);
    else writeArrayLength(writer, message.resultsByTopicV3AndBelow);
    for (const element of message.resultsByTopicV3AndBelow) writeAddPartitionsToTxnTopicResult(writer, element, version);
  } else if (message.resultsByTopicV3AndBelow.length !== 0) throw unsupportedField("AddPartitionsToTxnResponse.resultsByTopicV3AndBelow", version);
  if (version >= 3) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeAddPartitionsToTxnTopicResultInSteps(writer: ByteWriter, message: AddPartitionsToTxnTopicResult, version: number): Generator<void, void> {
  if (version >= 3) writeCompactString(writer, message.name);
  else writeString(writer, message.name);
  if (version >= 3) writeCompactArrayLength(writer, message.resultsByPartition);
  else writeArrayLength(writer, message.resultsByPartition);
  for (const element of message.resultsByPartition) {
    writeAddPartitionsToTxnPartitionResult(writer, element, version);
    yield;
  }
  if (version >= 3) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeAddPartitionsToTxnResultInSteps(writer: ByteWriter, message: AddPartitionsToTxnResult, version: number): Generator<void, void> {
  writeCompactString(writer, message.transactionalId);
  writeCompactArrayLength(writer, message.topicResults);
  for (const element of message.topicResults) {
    yield* writeAddPartitionsToTxnTopicResultInSteps(writer, element, version);
    yield;
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeAddPartitionsToTxnResponseInSteps(writer: ByteWriter, message: AddPartitionsToTxnResponse, version: number): Generator<void, void> {
  writer.int32(message.throttleTimeMs);
  if (version >= 4) writer.errorCode(message.errorCode);
  if (version >= 4) {
    writeCompactArrayLength(writer, message.resultsByTransaction);
    for (const element of message.resultsByTransaction) {
      yield* writeAddPartitionsToTxnResultInSteps(writer, element, version);
      yield;
    }
  } else if (message.resultsByTransaction.length !== 0) throw unsupportedField("AddPartitionsToTxnResponse.resultsByTransaction", version);
  if (version <= 3) {
    if (version >= 3) writeCompactArrayLength(writer, message.resultsByTopicV3AndBelow);
    else writeArrayLength(writer, message.resultsByTopicV3AndBelow);
    for (const element of message.resultsByTopicV3AndBelow) {
      yield* writeAddPartitionsToTxnTopicResultInSteps(writer, element, version);
      yield;
    }
  } else if (message.resultsByTopicV3AndBelow.length !== 0) throw unsupportedField("AddPartitionsToTxnResponse.resultsByTopicV3AndBelow", version);
  if (version >= 3) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** AddPartitionsToTxn: key 24, versions 0-5. */
export const addPartitionsToTxnApi: Api<AddPartitionsToTxnRequest, AddPartitionsToTxnResponse> = {
  key: 24,
  name: "AddPartitionsToTxn",
  minVersion: 0,
  maxVersion: 5,
  firstFlexibleVersion: 3,
  readRequest: readAddPartitionsToTxnRequest,
  writeRequest: writeAddPartitionsToTxnRequest,
  readResponse: readAddPartitionsToTxnResponse,
  writeResponse: writeAddPartitionsToTxnResponse,
  writeResponseInSteps: writeAddPartitionsToTxnResponseInSteps,
};
