// Generated from packages/protocol/spec/apis/91-alter-share-group-offsets.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readCompactArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { NIL_UUID } from "../../codec/constants.ts";
import { readCompactString, readNullableCompactString, shortened, writeCompactString, writeNullableCompactString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface AlterShareGroupOffsetsRequest {
  readonly groupId: string;
  readonly topics: readonly AlterShareGroupOffsetsRequestTopic[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface AlterShareGroupOffsetsRequestTopic {
  readonly topicName: string;
  readonly partitions: readonly AlterShareGroupOffsetsRequestPartition[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface AlterShareGroupOffsetsRequestPartition {
  readonly partitionIndex: number;
  readonly startOffset: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeAlterShareGroupOffsetsRequest(init: Partial<AlterShareGroupOffsetsRequest> = {}): AlterShareGroupOffsetsRequest {
  return {
    groupId: init.groupId ?? "",
    topics: init.topics ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeAlterShareGroupOffsetsRequestTopic(init: Partial<AlterShareGroupOffsetsRequestTopic> = {}): AlterShareGroupOffsetsRequestTopic {
  return {
    topicName: init.topicName ?? "",
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeAlterShareGroupOffsetsRequestPartition(init: Partial<AlterShareGroupOffsetsRequestPartition> = {}): AlterShareGroupOffsetsRequestPartition {
  return {
    partitionIndex: init.partitionIndex ?? 0,
    startOffset: init.startOffset ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readAlterShareGroupOffsetsRequestPartition(reader: ByteReader, _version: number): AlterShareGroupOffsetsRequestPartition {
  const partitionIndex = reader.int32();
  const startOffset = reader.int64();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { partitionIndex, startOffset, unknownTaggedFields };
}

function writeAlterShareGroupOffsetsRequestPartition(writer: ByteWriter, message: AlterShareGroupOffsetsRequestPartition, _version: number): void {
  writer.int32(message.partitionIndex);
  writer.int64(message.startOffset);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readAlterShareGroupOffsetsRequestTopic(reader: ByteReader, version: number): AlterShareGroupOffsetsRequestTopic {
  const topicName = readCompactString(reader);
  const partitions: AlterShareGroupOffsetsRequestPartition[] = [];
  for (let left = readCompactArrayLength(reader, 13); left > 0; left--) partitions.push(readAlterShareGroupOffsetsRequestPartition(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { topicName, partitions, unknownTaggedFields };
}

function writeAlterShareGroupOffsetsRequestTopic(writer: ByteWriter, message: AlterShareGroupOffsetsRequestTopic, version: number): void {
  writeCompactString(writer, message.topicName);
  writeCompactArrayLength(writer, message.partitions);
  for (const element of message.partitions) writeAlterShareGroupOffsetsRequestPartition(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readAlterShareGroupOffsetsRequest(reader: ByteReader, version: number): AlterShareGroupOffsetsRequest {
  const groupId = readCompactString(reader);
  const topics: AlterShareGroupOffsetsRequestTopic[] = [];
  for (let left = readCompactArrayLength(reader, 3); left > 0; left--) topics.push(readAlterShareGroupOffsetsRequestTopic(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { groupId, topics, unknownTaggedFields };
}

function writeAlterShareGroupOffsetsRequest(writer: ByteWriter, message: AlterShareGroupOffsetsRequest, version: number): void {
  writeCompactString(writer, message.groupId);
  writeCompactArrayLength(writer, message.topics);
  for (const element of message.topics) writeAlterShareGroupOffsetsRequestTopic(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface AlterShareGroupOffsetsResponse {
  readonly throttleTimeMs: number;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly responses: readonly AlterShareGroupOffsetsResponseTopic[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface AlterShareGroupOffsetsResponseTopic {
  readonly topicName: string;
  readonly topicId: string;
  readonly partitions: readonly AlterShareGroupOffsetsResponsePartition[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface AlterShareGroupOffsetsResponsePartition {
  readonly partitionIndex: number;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeAlterShareGroupOffsetsResponse(init: Partial<AlterShareGroupOffsetsResponse> = {}): AlterShareGroupOffsetsResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    responses: init.responses ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeAlterShareGroupOffsetsResponseTopic(init: Partial<AlterShareGroupOffsetsResponseTopic> = {}): AlterShareGroupOffsetsResponseTopic {
  return {
    topicName: init.topicName ?? "",
    topicId: init.topicId ?? NIL_UUID,
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeAlterShareGroupOffsetsResponsePartition(init: Partial<AlterShareGroupOffsetsResponsePartition> = {}): AlterShareGroupOffsetsResponsePartition {
  return {
    partitionIndex: init.partitionIndex ?? 0,
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readAlterShareGroupOffsetsResponsePartition(reader: ByteReader, _version: number): AlterShareGroupOffsetsResponsePartition {
  const partitionIndex = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = readNullableCompactString(reader);
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { partitionIndex, errorCode, errorMessage, unknownTaggedFields };
}

function writeAlterShareGroupOffsetsResponsePartition(writer: ByteWriter, message: AlterShareGroupOffsetsResponsePartition, _version: number): void {
  writer.int32(message.partitionIndex);
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readAlterShareGroupOffsetsResponseTopic(reader: ByteReader, version: number): AlterShareGroupOffsetsResponseTopic {
  const topicName = readCompactString(reader);
  const topicId = reader.uuid();
  const partitions: AlterShareGroupOffsetsResponsePartition[] = [];
  for (let left = readCompactArrayLength(reader, 8); left > 0; left--) partitions.push(readAlterShareGroupOffsetsResponsePartition(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { topicName, topicId, partitions, unknownTaggedFields };
}

function writeAlterShareGroupOffsetsResponseTopic(writer: ByteWriter, message: AlterShareGroupOffsetsResponseTopic, version: number): void {
  writeCompactString(writer, message.topicName);
  writer.uuid(message.topicId);
  writeCompactArrayLength(writer, message.partitions);
  for (const element of message.partitions) writeAlterShareGroupOffsetsResponsePartition(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readAlterShareGroupOffsetsResponse(reader: ByteReader, version: number): AlterShareGroupOffsetsResponse {
  const throttleTimeMs = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = readNullableCompactString(reader);
  const responses: AlterShareGroupOffsetsResponseTopic[] = [];
  for (let left = readCompactArrayLength(reader, 19); left > 0; left--) responses.push(readAlterShareGroupOffsetsResponseTopic(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { throttleTimeMs, errorCode, errorMessage, responses, unknownTaggedFields };
}

function writeAlterShareGroupOffsetsResponse(writer: ByteWriter, message: AlterShareGroupOffsetsResponse, version: number): void {
  writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  writeCompactArrayLength(writer, message.responses);
  for (const element of message.responses) writeAlterShareGroupOffsetsResponseTopic(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeAlterShareGroupOffsetsResponseTopicInSteps(writer: ByteWriter, message: AlterShareGroupOffsetsResponseTopic, version: number): Generator<void, void> {
  writeCompactString(writer, message.topicName);
  writer.uuid(message.topicId);
  writeCompactArrayLength(writer, message.partitions);
  for (const element of message.partitions) {
    writeAlterShareGroupOffsetsResponsePartition(writer, element, version);
    yield;
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeAlterShareGroupOffsetsResponseInSteps(writer: ByteWriter, message: AlterShareGroupOffsetsResponse, version: number): Generator<void, void> {
  writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  writeCompactArrayLength(writer, message.responses);
  for (const element of message.responses) {
    yield* writeAlterShareGroupOffsetsResponseTopicInSteps(writer, element, version);
    yield;
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** AlterShareGroupOffsets: key 91, versions 0. */
export const alterShareGroupOffsetsApi: Api<AlterShareGroupOffsetsRequest, AlterShareGroupOffsetsResponse> = {
  key: 91,
  name: "AlterShareGroupOffsets",
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: 0,
  readRequest: readAlterShareGroupOffsetsRequest,
  writeRequest: writeAlterShareGroupOffsetsRequest,
  readResponse: readAlterShareGroupOffsetsResponse,
  writeResponse: writeAlterShareGroupOffsetsResponse,
  writeResponseInSteps: writeAlterShareGroupOffsetsResponseInSteps,
};
