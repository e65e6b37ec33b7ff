// Generated from packages/protocol/spec/apis/35-describe-log-dirs.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readArrayLength, readCompactArrayLength, readNullableArrayLength, readNullableCompactArrayLength, writeArrayLength, writeCompactArrayLength, writeNullableArrayLength, writeNullableCompactArrayLength } from "../../codec/array-lengths.ts";
import { readInt32s } from "../../codec/int32-arrays.ts";
import { readCompactString, readString, writeCompactString, writeString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface DescribeLogDirsRequest {
  readonly topics: readonly DescribableLogDirTopic[] | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface DescribableLogDirTopic {
  readonly topic: string;
  readonly partitions: readonly number[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeDescribeLogDirsRequest(init: Partial<DescribeLogDirsRequest> = {}): DescribeLogDirsRequest {
  return {
    topics: init.topics === undefined ? [] : init.topics,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeDescribableLogDirTopic(init: Partial<DescribableLogDirTopic> = {}): DescribableLogDirTopic {
  return {
    topic: init.topic ?? "",
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readDescribableLogDirTopic(reader: ByteReader, version: number): DescribableLogDirTopic {
  const topic = version >= 2 ? readCompactString(reader) : readString(reader);
  const partitions = readInt32s(reader, version >= 2 ? readCompactArrayLength(reader, 4) : readArrayLength(reader, 4));
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { topic, partitions, unknownTaggedFields };
}

function writeDescribableLogDirTopic(writer: ByteWriter, message: DescribableLogDirTopic, version: number): void {
  if (version >= 2) writeCompactString(writer, message.topic);
  else writeString(writer, message.topic);
  if (version >= 2) writeCompactArrayLength(writer, message.partitions);
  else writeArrayLength(writer, message.partitions);
  for (const element of message.partitions) writer.int32(element);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDescribeLogDirsRequest(reader: ByteReader, version: number): DescribeLogDirsRequest {
  let topics: DescribableLogDirTopic[] | null = null;
  const topicsLength = version >= 2 ? readNullableCompactArrayLength(reader, 3) : readNullableArrayLength(reader, 3);
  if (topicsLength >= 0) {
    topics = [];
    for (let left = topicsLength; left > 0; left--) topics.push(readDescribableLogDirTopic(reader, version));
  }
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { topics, unknownTaggedFields };
}

function writeDescribeLogDirsRequest(writer: ByteWriter, message: DescribeLogDirsRequest, version: number): void {
  if (version >= 2) writeNullableCompactArrayLength(writer, message.topics);
  else writeNullableArrayLength(writer, message.topics);
  if (message.topics !== null) {
    for (const element of message.topics) writeDescribableLogDirTopic(writer, element, version);
  }
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface DescribeLogDirsResponse {
  readonly throttleTimeMs: number;
  /** Versions 3+. */
  readonly errorCode: number;
  readonly results: readonly DescribeLogDirsResult[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface DescribeLogDirsResult {
  readonly errorCode: number;
  readonly logDir: string;
  readonly topics: readonly DescribeLogDirsTopic[];
  /** Versions 4+. */
  readonly totalBytes: number;
  /** Versions 4+. */
  readonly usableBytes: number;
  /** Versions 5+. */
  readonly isCordoned: boolean;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface DescribeLogDirsTopic {
  readonly name: string;
  readonly partitions: readonly DescribeLogDirsPartition[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface DescribeLogDirsPartition {
  readonly partitionIndex: number;
  readonly partitionSize: number;
  readonly offsetLag: number;
  readonly isFutureKey: boolean;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeDescribeLogDirsResponse(init: Partial<DescribeLogDirsResponse> = {}): DescribeLogDirsResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    errorCode: init.errorCode ?? 0,
    results: init.results ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeDescribeLogDirsResult(init: Partial<DescribeLogDirsResult> = {}): DescribeLogDirsResult {
  return {
    errorCode: init.errorCode ?? 0,
    logDir: init.logDir ?? "",
    topics: init.topics ?? [],
    totalBytes: init.totalBytes ?? -1,
    usableBytes: init.usableBytes ?? -1,
    isCordoned: init.isCordoned ?? false,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeDescribeLogDirsTopic(init: Partial<DescribeLogDirsTopic> = {}): DescribeLogDirsTopic {
  return {
    name: init.name ?? "",
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeDescribeLogDirsPartition(init: Partial<DescribeLogDirsPartition> = {}): DescribeLogDirsPartition {
  return {
    partitionIndex: init.partitionIndex ?? 0,
    partitionSize: init.partitionSize ?? 0,
    offsetLag: init.offsetLag ?? 0,
    isFutureKey: init.isFutureKey ?? false,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readDescribeLogDirsPartition(reader: ByteReader, version: number): DescribeLogDirsPartition {
  const partitionIndex = reader.int32();
  const partitionSize = reader.int64();
  const offsetLag = reader.int64();
  const isFutureKey = reader.bool();
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { partitionIndex, partitionSize, offsetLag, isFutureKey, unknownTaggedFields };
}

function writeDescribeLogDirsPartition(writer: ByteWriter, message: DescribeLogDirsPartition, version: number): void {
  writer.int32(message.partitionIndex);
  writer.int64(message.partitionSize);
  writer.int64(message.offsetLag);
  writer.bool(message.isFutureKey);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDescribeLogDirsTopic(reader: ByteReader, version: number): DescribeLogDirsTopic {
  const name = version >= 2 ? readCompactString(reader) : readString(reader);
  const partitions: DescribeLogDirsPartition[] = [];
  for (let left = version >= 2 ? readCompactArrayLength(reader, 21) : readArrayLength(reader, 21); left > 0; left--) partitions.push(readDescribeLogDirsPartition(reader, version));
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { name, partitions, unknownTaggedFields };
}

function writeDescribeLogDirsTopic(writer: ByteWriter, message: DescribeLogDirsTopic, version: number): void {
  if (version >= 2) writeCompactString(writer, message.name);
  else writeString(writer, message.name);
  if (version >= 2) writeCompactArrayLength(writer, message.partitions);
  else writeArrayLength(writer, message.partitions);
  for (const element of message.partitions) writeDescribeLogDirsPartition(writer, element, version);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDescribeLogDirsResult(reader: ByteReader, version: number): DescribeLogDirsResult {
  const errorCode = reader.int16();
  const logDir = version >= 2 ? readCompactString(reader) : readString(reader);
  const topics: DescribeLogDirsTopic[] = [];
  for (let left = version >= 2 ? readCompactArrayLength(reader, 3) : readArrayLength(reader, 3); left > 0; left--) topics.push(readDescribeLogDirsTopic(reader, version));
  const totalBytes = version >= 4 ? reader.int64() : -1;
  const usableBytes = version >= 4 ? reader.int64() : -1;
  const isCordoned = version >= 5 ? reader.bool() : false;
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { errorCode, logDir, topics, totalBytes, usableBytes, isCordoned, unknownTaggedFields };
}

function writeDescribeLogDirsResult(writer: ByteWriter, message: DescribeLogDirsResult, version: number): void {
  writer.errorCode(message.errorCode);
  if (version >= 2) writeCompactString(writer, message.logDir);
  else writeString(writer, message.logDir);
  if (version >= 2) writeCompactArrayLength(writer, message.topics);
  else writeArrayLength(writer, message.topics);
  for (const element of message.topics) writeDescribeLogDirsTopic(writer, element, version);
  if (version >= 4) writer.int64(message.totalBytes);
  if (version >= 4) writer.int64(message.usableBytes);
  if (version >= 5) writer.bool(message.isCordoned);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDescribeLogDirsResponse(reader: ByteReader, version: number): DescribeLogDirsResponse {
  const throttleTimeMs = reader.int32();
  const errorCode = version >= 3 ? reader.int16() : 0;
  const results: DescribeLogDirsResult[] = [];
  for (let left = version >= 2 ? readCompactArrayLength(reader, 5) : readArrayLength(reader, 5); left > 0; left--) results.push(readDescribeLogDirsResult(reader, version));
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { throttleTimeMs, errorCode, results, unknownTaggedFields };
}

function writeDescribeLogDirsResponse(writer: ByteWriter, message: DescribeLogDirsResponse, version: number): void {
  writer.int32(message.throttleTimeMs);
  if (version >= 3) writer.errorCode(message.errorCode);
  if (version >= 2) writeCompactArrayLength(writer, message.results);
  else writeArrayLength(writer, message.results);
  for (const element of message.results) writeDescribeLogDirsResult(writer, element, version);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeDescribeLogDirsTopicInSteps(writer: ByteWriter, message: DescribeLogDirsTopic, version: number): Generator<void, void> {
  if (version >= 2) writeCompactString(writer, message.name);
  else writeString(writer, message.name);
  if (version >= 2) writeCompactArrayLength(writer, message.partitions);
  else writeArrayLength(writer, message.partitions);
  for (const element of message.partitions) {
    writeDescribeLogDirsPartition(writer, element, version);
    yield;
  }
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeDescribeLogDirsResultInSteps(writer: ByteWriter, message: DescribeLogDirsResult, version: number): Generator<void, void> {
  writer.errorCode(message.errorCode);
  if (version >= 2) writeCompactString(writer, message.logDir);
  else writeString(writer, message.logDir);
  if (version >= 2) writeCompactArrayLength(writer, message.topics);
  else writeArrayLength(writer, message.topics);
  for (const element of message.topics) {
    yield* writeDescribeLogDirsTopicInSteps(writer, element, version);
    yield;
  }
  if (version >= 4) writer.int64(message.totalBytes);
  if (version >= 4) writer.int64(message.usableBytes);
  if (version >= 5) writer.bool(message.isCordoned);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeDescribeLogDirsResponseInSteps(writer: ByteWriter, message: DescribeLogDirsResponse, version: number): Generator<void, void> {
  writer.int32(message.throttleTimeMs);
  if (version >= 3) writer.errorCode(message.errorCode);
  if (version >= 2) writeCompactArrayLength(writer, message.results);
  else writeArrayLength(writer, message.results);
  for (const element of message.results) {
    yield* writeDescribeLogDirsResultInSteps(writer, element, version);
    yield;
  }
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* readDescribeLogDirsTopicInSteps(reader: ByteReader, version: number): Generator<void, DescribeLogDirsTopic> {
  const name = version >= 2 ? readCompactString(reader) : readString(reader);
  const partitions: DescribeLogDirsPartition[] = [];
  for (let left = version >= 2 ? readCompactArrayLength(reader, 21) : readArrayLength(reader, 21); left > 0; left--) { partitions.push(readDescribeLogDirsPartition(reader, version)); yield; }
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { name, partitions, unknownTaggedFields };
}

function* readDescribeLogDirsResultInSteps(reader: ByteReader, version: number): Generator<void, DescribeLogDirsResult> {
  const errorCode = reader.int16();
  const logDir = version >= 2 ? readCompactString(reader) : readString(reader);
  const topics: DescribeLogDirsTopic[] = [];
  for (let left = version >= 2 ? readCompactArrayLength(reader, 3) : readArrayLength(reader, 3); left > 0; left--) { topics.push(yield* readDescribeLogDirsTopicInSteps(reader, version)); yield; }
  const totalBytes = version >= 4 ? reader.int64() : -1;
  const usableBytes = version >= 4 ? reader.int64() : -1;
  const isCordoned = version >= 5 ? reader.bool() : false;
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { errorCode, logDir, topics, totalBytes, usableBytes, isCordoned, unknownTaggedFields };
}

function* readDescribeLogDirsResponseInSteps(reader: ByteReader, version: number): Generator<void, DescribeLogDirsResponse> {
  const throttleTimeMs = reader.int32();
  const errorCode = version >= 3 ? reader.int16() : 0;
  const results: DescribeLogDirsResult[] = [];
  for (let left = version >= 2 ? readCompactArrayLength(reader, 5) : readArrayLength(reader, 5); left > 0; left--) { results.push(yield* readDescribeLogDirsResultInSteps(reader, version)); yield; }
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { throttleTimeMs, errorCode, results, unknownTaggedFields };
}

/** DescribeLogDirs: key 35, versions 1-5. */
export const describeLogDirsApi: Api<DescribeLogDirsRequest, DescribeLogDirsResponse> = {
  key: 35,
  name: "DescribeLogDirs",
  minVersion: 1,
  maxVersion: 5,
  firstFlexibleVersion: 2,
  readRequest: readDescribeLogDirsRequest,
  writeRequest: writeDescribeLogDirsRequest,
  readResponse: readDescribeLogDirsResponse,
  writeResponse: writeDescribeLogDirsResponse,
  writeResponseInSteps: writeDescribeLogDirsResponseInSteps,
  readResponseInSteps: readDescribeLogDirsResponseInSteps,
};
