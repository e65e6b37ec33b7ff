// Generated from packages/protocol/spec/apis/34-alter-replica-log-dirs.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readArrayLength, readCompactArrayLength, writeArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { readInt32s } from "../../codec/int32-arrays.ts";
import { readCompactString, readString, writeCompactString, writeString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface AlterReplicaLogDirsRequest {
  readonly dirs: readonly AlterReplicaLogDir[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface AlterReplicaLogDir {
  readonly path: string;
  readonly topics: readonly AlterReplicaLogDirTopic[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface AlterReplicaLogDirTopic {
  readonly name: string;
  readonly partitions: readonly number[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeAlterReplicaLogDirsRequest(init: Partial<AlterReplicaLogDirsRequest> = {}): AlterReplicaLogDirsRequest {
  return {
    dirs: init.dirs ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeAlterReplicaLogDir(init: Partial<AlterReplicaLogDir> = {}): AlterReplicaLogDir {
  return {
    path: init.path ?? "",
    topics: init.topics ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeAlterReplicaLogDirTopic(init: Partial<AlterReplicaLogDirTopic> = {}): AlterReplicaLogDirTopic {
  return {
    name: init.name ?? "",
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readAlterReplicaLogDirTopic(reader: ByteReader, version: number): AlterReplicaLogDirTopic {
  const name = version >= 2 ? readCompactString(reader) : readString(reader);
  const partitions = readInt32s(reader, version >= 2 ? readCompactArrayLength(reader, 4) : readArrayLength(reader, 4));
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { name, partitions, unknownTaggedFields };
}

function writeAlterReplicaLogDirTopic(writer: ByteWriter, message: AlterReplicaLogDirTopic, version: number): void {
  if (version >= 2) writeCompactString(writer, message.name);
  else writeString(writer, message.name);
  if (version >= 2) writeCompactArrayLength(writer, message.partitions);
  else writeArrayLength(writer, message.partitions);
  for (const element of message.partitions) writer.int32(element);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readAlterReplicaLogDir(reader: ByteReader, version: number): AlterReplicaLogDir {
  const path = version >= 2 ? readCompactString(reader) : readString(reader);
  const topics: AlterReplicaLogDirTopic[] = [];
  for (let left = version >= 2 ? readCompactArrayLength(reader, 3) : readArrayLength(reader, 3); left > 0; left--) topics.push(readAlterReplicaLogDirTopic(reader, version));
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { path, topics, unknownTaggedFields };
}

function writeAlterReplicaLogDir(writer: ByteWriter, message: AlterReplicaLogDir, version: number): void {
  if (version >= 2) writeCompactString(writer, message.path);
  else writeString(writer, message.path);
  if (version >= 2) writeCompactArrayLength(writer, message.topics);
  else writeArrayLength(writer, message.topics);
  for (const element of message.topics) writeAlterReplicaLogDirTopic(writer, element, version);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readAlterReplicaLogDirsRequest(reader: ByteReader, version: number): AlterReplicaLogDirsRequest {
  const dirs: AlterReplicaLogDir[] = [];
  for (let left = version >= 2 ? readCompactArrayLength(reader, 3) : readArrayLength(reader, 3); left > 0; left--) dirs.push(readAlterReplicaLogDir(reader, version));
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { dirs, unknownTaggedFields };
}

function writeAlterReplicaLogDirsRequest(writer: ByteWriter, message: AlterReplicaLogDirsRequest, version: number): void {
  if (version >= 2) writeCompactArrayLength(writer, message.dirs);
  else writeArrayLength(writer, message.dirs);
  for (const element of message.dirs) writeAlterReplicaLogDir(writer, element, version);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface AlterReplicaLogDirsResponse {
  readonly throttleTimeMs: number;
  readonly results: readonly AlterReplicaLogDirTopicResult[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface AlterReplicaLogDirTopicResult {
  readonly topicName: string;
  readonly partitions: readonly AlterReplicaLogDirPartitionResult[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface AlterReplicaLogDirPartitionResult {
  readonly partitionIndex: number;
  readonly errorCode: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeAlterReplicaLogDirsResponse(init: Partial<AlterReplicaLogDirsResponse> = {}): AlterReplicaLogDirsResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    results: init.results ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeAlterReplicaLogDirTopicResult(init: Partial<AlterReplicaLogDirTopicResult> = {}): AlterReplicaLogDirTopicResult {
  return {
    topicName: init.topicName ?? "",
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeAlterReplicaLogDirPartitionResult(init: Partial<AlterReplicaLogDirPartitionResult> = {}): AlterReplicaLogDirPartitionResult {
  return {
    partitionIndex: init.partitionIndex ?? 0,
    errorCode: init.errorCode ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readAlterReplicaLogDirPartitionResult(reader: ByteReader, version: number): AlterReplicaLogDirPartitionResult {
  const partitionIndex = reader.int32();
  const errorCode = reader.int16();
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { partitionIndex, errorCode, unknownTaggedFields };
}

function writeAlterReplicaLogDirPartitionResult(writer: ByteWriter, message: AlterReplicaLogDirPartitionResult, version: number): void {
  writer.int32(message.partitionIndex);
  writer.errorCode(message.errorCode);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readAlterReplicaLogDirTopicResult(reader: ByteReader, version: number): AlterReplicaLogDirTopicResult {
  const topicName = version >= 2 ? readCompactString(reader) : readString(reader);
  const partitions: AlterReplicaLogDirPartitionResult[] = [];
  for (let left = version >= 2 ? readCompactArrayLength(reader, 6) : readArrayLength(reader, 6); left > 0; left--) partitions.push(readAlterReplicaLogDirPartitionResult(reader, version));
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { topicName, partitions, unknownTaggedFields };
}

function writeAlterReplicaLogDirTopicResult(writer: ByteWriter, message: AlterReplicaLogDirTopicResult, version: number): void {
  if (version >= 2) writeCompactString(writer, message.topicName);
  else writeString(writer, message.topicName);
  if (version >= 2) writeCompactArrayLength(writer, message.partitions);
  else writeArrayLength(writer, message.partitions);
  for (const element of message.partitions) writeAlterReplicaLogDirPartitionResult(writer, element, version);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readAlterReplicaLogDirsResponse(reader: ByteReader, version: number): AlterReplicaLogDirsResponse {
  const throttleTimeMs = reader.int32();
  const results: AlterReplicaLogDirTopicResult[] = [];
  for (let left = version >= 2 ? readCompactArrayLength(reader, 3) : readArrayLength(reader, 3); left > 0; left--) results.push(readAlterReplicaLogDirTopicResult(reader, version));
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { throttleTimeMs, results, unknownTaggedFields };
}

function writeAlterReplicaLogDirsResponse(writer: ByteWriter, message: AlterReplicaLogDirsResponse, version: number): void {
  writer.int32(message.throttleTimeMs);
  if (version >= 2) writeCompactArrayLength(writer, message.results);
  else writeArrayLength(writer, message.results);
  for (const element of message.results) writeAlterReplicaLogDirTopicResult(writer, element, version);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeAlterReplicaLogDirTopicResultInSteps(writer: ByteWriter, message: AlterReplicaLogDirTopicResult, version: number): Generator<void, void> {
  if (version >= 2) writeCompactString(writer, message.topicName);
  else writeString(writer, message.topicName);
  if (version >= 2) writeCompactArrayLength(writer, message.partitions);
  else writeArrayLength(writer, message.partitions);
  for (const element of message.partitions) {
    writeAlterReplicaLogDirPartitionResult(writer, element, version);
    yield;
  }
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeAlterReplicaLogDirsResponseInSteps(writer: ByteWriter, message: AlterReplicaLogDirsResponse, version: number): Generator<void, void> {
  writer.int32(message.throttleTimeMs);
  if (version >= 2) writeCompactArrayLength(writer, message.results);
  else writeArrayLength(writer, message.results);
  for (const element of message.results) {
    yield* writeAlterReplicaLogDirTopicResultInSteps(writer, element, version);
    yield;
  }
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** AlterReplicaLogDirs: key 34, versions 1-2. */
export const alterReplicaLogDirsApi: Api<AlterReplicaLogDirsRequest, AlterReplicaLogDirsResponse> = {
  key: 34,
  name: "AlterReplicaLogDirs",
  minVersion: 1,
  maxVersion: 2,
  firstFlexibleVersion: 2,
  readRequest: readAlterReplicaLogDirsRequest,
  writeRequest: writeAlterReplicaLogDirsRequest,
  readResponse: readAlterReplicaLogDirsResponse,
  writeResponse: writeAlterReplicaLogDirsResponse,
  writeResponseInSteps: writeAlterReplicaLogDirsResponseInSteps,
};
