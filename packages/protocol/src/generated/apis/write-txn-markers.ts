// Generated from packages/protocol/spec/apis/27-write-txn-markers.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readCompactArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { readInt32s } from "../../codec/int32-arrays.ts";
import { readCompactString, writeCompactString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface WriteTxnMarkersRequest {
  readonly markers: readonly WritableTxnMarker[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface WritableTxnMarker {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly transactionResult: boolean;
  readonly topics: readonly WritableTxnMarkerTopic[];
  readonly coordinatorEpoch: number;
  /** Versions 2+. */
  readonly transactionVersion: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface WritableTxnMarkerTopic {
  readonly name: string;
  readonly partitionIndexes: readonly number[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeWriteTxnMarkersRequest(init: Partial<WriteTxnMarkersRequest> = {}): WriteTxnMarkersRequest {
  return {
    markers: init.markers ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeWritableTxnMarker(init: Partial<WritableTxnMarker> = {}): WritableTxnMarker {
  return {
    producerId: init.producerId ?? 0,
    producerEpoch: init.producerEpoch ?? 0,
    transactionResult: init.transactionResult ?? false,
    topics: init.topics ?? [],
    coordinatorEpoch: init.coordinatorEpoch ?? 0,
    transactionVersion: init.transactionVersion ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeWritableTxnMarkerTopic(init: Partial<WritableTxnMarkerTopic> = {}): WritableTxnMarkerTopic {
  return {
    name: init.name ?? "",
    partitionIndexes: init.partitionIndexes ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readWritableTxnMarkerTopic(reader: ByteReader, _version: number): WritableTxnMarkerTopic {
  const name = readCompactString(reader);
  const partitionIndexes = readInt32s(reader, readCompactArrayLength(reader, 4));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { name, partitionIndexes, unknownTaggedFields };
}

function writeWritableTxnMarkerTopic(writer: ByteWriter, message: WritableTxnMarkerTopic, _version: number): void {
  writeCompactString(writer, message.name);
  writeCompactArrayLength(writer, message.partitionIndexes);
  for (const element of message.partitionIndexes) writer.int32(element);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readWritableTxnMarker(reader: ByteReader, version: number): WritableTxnMarker {
  const producerId = reader.int64();
  const producerEpoch = reader.int16();
  const transactionResult = reader.bool();
  const topics: WritableTxnMarkerTopic[] = [];
  for (let left = readCompactArrayLength(reader, 3); left > 0; left--) topics.push(readWritableTxnMarkerTopic(reader, version));
  const coordinatorEpoch = reader.int32();
  const transactionVersion = version >= 2 ? reader.int8() : 0;
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { producerId, producerEpoch, transactionResult, topics, coordinatorEpoch, transactionVersion, unknownTaggedFields };
}

function writeWritableTxnMarker(writer: ByteWriter, message: WritableTxnMarker, version: number): void {
  writer.int64(message.producerId);
  writer.int16(message.producerEpoch);
  writer.bool(message.transactionResult);
  writeCompactArrayLength(writer, message.topics);
  for (const element of message.topics) writeWritableTxnMarkerTopic(writer, element, version);
  writer.int32(message.coordinatorEpoch);
  if (version >= 2) writer.int8(message.transactionVersion);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readWriteTxnMarkersRequest(reader: ByteReader, version: number): WriteTxnMarkersRequest {
  const markers: WritableTxnMarker[] = [];
  for (let left = readCompactArrayLength(reader, 17); left > 0; left--) markers.push(readWritableTxnMarker(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { markers, unknownTaggedFields };
}

function writeWriteTxnMarkersRequest(writer: ByteWriter, message: WriteTxnMarkersRequest, version: number): void {
  writeCompactArrayLength(writer, message.markers);
  for (const element of message.markers) writeWritableTxnMarker(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface WriteTxnMarkersResponse {
  readonly markers: readonly WritableTxnMarkerResult[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface WritableTxnMarkerResult {
  readonly producerId: number;
  readonly topics: readonly WritableTxnMarkerTopicResult[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface WritableTxnMarkerTopicResult {
  readonly name: string;
  readonly partitions: readonly WritableTxnMarkerPartitionResult[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface WritableTxnMarkerPartitionResult {
  readonly partitionIndex: number;
  readonly errorCode: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeWriteTxnMarkersResponse(init: Partial<WriteTxnMarkersResponse> = {}): WriteTxnMarkersResponse {
  return {
    markers: init.markers ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeWritableTxnMarkerResult(init: Partial<WritableTxnMarkerResult> = {}): WritableTxnMarkerResult {
  return {
    producerId: init.producerId ?? 0,
    topics: init.topics ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeWritableTxnMarkerTopicResult(init: Partial<WritableTxnMarkerTopicResult> = {}): WritableTxnMarkerTopicResult {
  return {
    name: init.name ?? "",
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeWritableTxnMarkerPartitionResult(init: Partial<WritableTxnMarkerPartitionResult> = {}): WritableTxnMarkerPartitionResult {
  return {
    partitionIndex: init.partitionIndex ?? 0,
    errorCode: init.errorCode ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readWritableTxnMarkerPartitionResult(reader: ByteReader, _version: number): WritableTxnMarkerPartitionResult {
  const partitionIndex = reader.int32();
  const errorCode = reader.int16();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { partitionIndex, errorCode, unknownTaggedFields };
}

function writeWritableTxnMarkerPartitionResult(writer: ByteWriter, message: WritableTxnMarkerPartitionResult, _version: number): void {
  writer.int32(message.partitionIndex);
  writer.errorCode(message.errorCode);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readWritableTxnMarkerTopicResult(reader: ByteReader, version: number): WritableTxnMarkerTopicResult {
  const name = readCompactString(reader);
  const partitions: WritableTxnMarkerPartitionResult[] = [];
  for (let left = readCompactArrayLength(reader, 7); left > 0; left--) partitions.push(readWritableTxnMarkerPartitionResult(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { name, partitions, unknownTaggedFields };
}

function writeWritableTxnMarkerTopicResult(writer: ByteWriter, message: WritableTxnMarkerTopicResult, version: number): void {
  writeCompactString(writer, message.name);
  writeCompactArrayLength(writer, message.partitions);
  for (const element of message.partitions) writeWritableTxnMarkerPartitionResult(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readWritableTxnMarkerResult(reader: ByteReader, version: number): WritableTxnMarkerResult {
  const producerId = reader.int64();
  const topics: WritableTxnMarkerTopicResult[] = [];
  for (let left = readCompactArrayLength(reader, 3); left > 0; left--) topics.push(readWritableTxnMarkerTopicResult(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { producerId, topics, unknownTaggedFields };
}

function writeWritableTxnMarkerResult(writer: ByteWriter, message: WritableTxnMarkerResult, version: number): void {
  writer.int64(message.producerId);
  writeCompactArrayLength(writer, message.topics);
  for (const element of message.topics) writeWritableTxnMarkerTopicResult(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readWriteTxnMarkersResponse(reader: ByteReader, version: number): WriteTxnMarkersResponse {
  const markers: WritableTxnMarkerResult[] = [];
  for (let left = readCompactArrayLength(reader, 10); left > 0; left--) markers.push(readWritableTxnMarkerResult(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { markers, unknownTaggedFields };
}

function writeWriteTxnMarkersResponse(writer: ByteWriter, message: WriteTxnMarkersResponse, version: number): void {
  writeCompactArrayLength(writer, message.markers);
  for (const element of message.markers) writeWritableTxnMarkerResult(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeWritableTxnMarkerTopicResultInSteps(writer: ByteWriter, message: WritableTxnMarkerTopicResult, version: number): Generator<void, void> {
  writeCompactString(writer, message.name);
  writeCompactArrayLength(writer, message.partitions);
  for (const element of message.partitions) {
    writeWritableTxnMarkerPartitionResult(writer, element, version);
    yield;
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeWritableTxnMarkerResultInSteps(writer: ByteWriter, message: WritableTxnMarkerResult, version: number): Generator<void, void> {
  writer.int64(message.producerId);
  writeCompactArrayLength(writer, message.topics);
  for (const element of message.topics) {
    yield* writeWritableTxnMarkerTopicResultInSteps(writer, element, version);
    yield;
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeWriteTxnMarkersResponseInSteps(writer: ByteWriter, message: WriteTxnMarkersResponse, version: number): Generator<void, void> {
  writeCompactArrayLength(writer, message.markers);
  for (const element of message.markers) {
    yield* writeWritableTxnMarkerResultInSteps(writer, element, version);
    yield;
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** WriteTxnMarkers: key 27, versions 1-2. */
export const writeTxnMarkersApi: Api<WriteTxnMarkersRequest, WriteTxnMarkersResponse> = {
  key: 27,
  name: "WriteTxnMarkers",
  minVersion: 1,
  maxVersion: 2,
  firstFlexibleVersion: 1,
  readRequest: readWriteTxnMarkersRequest,
  writeRequest: writeWriteTxnMarkersRequest,
  readResponse: readWriteTxnMarkersResponse,
  writeResponse: writeWriteTxnMarkersResponse,
  writeResponseInSteps: writeWriteTxnMarkersResponseInSteps,
};
