// Generated from packages/protocol/spec/apis/47-offset-delete.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readArrayLength, writeArrayLength } from "../../codec/array-lengths.ts";
import { readString, writeString } from "../../codec/strings.ts";

export interface OffsetDeleteRequest {
  readonly groupId: string;
  readonly topics: readonly OffsetDeleteRequestTopic[];
}

export interface OffsetDeleteRequestTopic {
  readonly name: string;
  readonly partitions: readonly OffsetDeleteRequestPartition[];
}

export interface OffsetDeleteRequestPartition {
  readonly partitionIndex: number;
}

export function makeOffsetDeleteRequest(init: Partial<OffsetDeleteRequest> = {}): OffsetDeleteRequest {
  return {
    groupId: init.groupId ?? "",
    topics: init.topics ?? [],
  };
}

export function makeOffsetDeleteRequestTopic(init: Partial<OffsetDeleteRequestTopic> = {}): OffsetDeleteRequestTopic {
  return {
    name: init.name ?? "",
    partitions: init.partitions ?? [],
  };
}

export function makeOffsetDeleteRequestPartition(init: Partial<OffsetDeleteRequestPartition> = {}): OffsetDeleteRequestPartition {
  return {
    partitionIndex: init.partitionIndex ?? 0,
  };
}

function readOffsetDeleteRequestPartition(reader: ByteReader, _version: number): OffsetDeleteRequestPartition {
  const partitionIndex = reader.int32();
  return { partitionIndex };
}

function writeOffsetDeleteRequestPartition(writer: ByteWriter, message: OffsetDeleteRequestPartition, _version: number): void {
  writer.int32(message.partitionIndex);
}

function readOffsetDeleteRequestTopic(reader: ByteReader, version: number): OffsetDeleteRequestTopic {
  const name = readString(reader);
  const partitions: OffsetDeleteRequestPartition[] = [];
  for (let left = readArrayLength(reader, 4); left > 0; left--) partitions.push(readOffsetDeleteRequestPartition(reader, version));
  return { name, partitions };
}

function writeOffsetDeleteRequestTopic(writer: ByteWriter, message: OffsetDeleteRequestTopic, version: number): void {
  writeString(writer, message.name);
  writeArrayLength(writer, message.partitions);
  for (const element of message.partitions) writeOffsetDeleteRequestPartition(writer, element, version);
}

function readOffsetDeleteRequest(reader: ByteReader, version: number): OffsetDeleteRequest {
  const groupId = readString(reader);
  const topics: OffsetDeleteRequestTopic[] = [];
  for (let left = readArrayLength(reader, 6); left > 0; left--) topics.push(readOffsetDeleteRequestTopic(reader, version));
  return { groupId, topics };
}

function writeOffsetDeleteRequest(writer: ByteWriter, message: OffsetDeleteRequest, version: number): void {
  writeString(writer, message.groupId);
  writeArrayLength(writer, message.topics);
  for (const element of message.topics) writeOffsetDeleteRequestTopic(writer, element, version);
}

export interface OffsetDeleteResponse {
  readonly errorCode: number;
  readonly throttleTimeMs: number;
  readonly topics: readonly OffsetDeleteResponseTopic[];
}

export interface OffsetDeleteResponseTopic {
  readonly name: string;
  readonly partitions: readonly OffsetDeleteResponsePartition[];
}

export interface OffsetDeleteResponsePartition {
  readonly partitionIndex: number;
  readonly errorCode: number;
}

export function makeOffsetDeleteResponse(init: Partial<OffsetDeleteResponse> = {}): OffsetDeleteResponse {
  return {
    errorCode: init.errorCode ?? 0,
    throttleTimeMs: init.throttleTimeMs ?? 0,
    topics: init.topics ?? [],
  };
}

export function makeOffsetDeleteResponseTopic(init: Partial<OffsetDeleteResponseTopic> = {}): OffsetDeleteResponseTopic {
  return {
    name: init.name ?? "",
    partitions: init.partitions ?? [],
  };
}

export function makeOffsetDeleteResponsePartition(init: Partial<OffsetDeleteResponsePartition> = {}): OffsetDeleteResponsePartition {
  return {
    partitionIndex: init.partitionIndex ?? 0,
    errorCode: init.errorCode ?? 0,
  };
}

function readOffsetDeleteResponsePartition(reader: ByteReader, _version: number): OffsetDeleteResponsePartition {
  const partitionIndex = reader.int32();
  const errorCode = reader.int16();
  return { partitionIndex, errorCode };
}

function writeOffsetDeleteResponsePartition(writer: ByteWriter, message: OffsetDeleteResponsePartition, _version: number): void {
  writer.int32(message.partitionIndex);
  writer.errorCode(message.errorCode);
}

function readOffsetDeleteResponseTopic(reader: ByteReader, version: number): OffsetDeleteResponseTopic {
  const name = readString(reader);
  const partitions: OffsetDeleteResponsePartition[] = [];
  for (let left = readArrayLength(reader, 6); left > 0; left--) partitions.push(readOffsetDeleteResponsePartition(reader, version));
  return { name, partitions };
}

function writeOffsetDeleteResponseTopic(writer: ByteWriter, message: OffsetDeleteResponseTopic, version: number): void {
  writeString(writer, message.name);
  writeArrayLength(writer, message.partitions);
  for (const element of message.partitions) writeOffsetDeleteResponsePartition(writer, element, version);
}

function readOffsetDeleteResponse(reader: ByteReader, version: number): OffsetDeleteResponse {
  const errorCode = reader.int16();
  const throttleTimeMs = reader.int32();
  const topics: OffsetDeleteResponseTopic[] = [];
  for (let left = readArrayLength(reader, 6); left > 0; left--) topics.push(readOffsetDeleteResponseTopic(reader, version));
  return { errorCode, throttleTimeMs, topics };
}

function writeOffsetDeleteResponse(writer: ByteWriter, message: OffsetDeleteResponse, version: number): void {
  writer.errorCode(message.errorCode);
  writer.int32(message.throttleTimeMs);
  writeArrayLength(writer, message.topics);
  for (const element of message.topics) writeOffsetDeleteResponseTopic(writer, element, version);
}

function* writeOffsetDeleteResponseTopicInSteps(writer: ByteWriter, message: OffsetDeleteResponseTopic, version: number): Generator<void, void> {
  writeString(writer, message.name);
  writeArrayLength(writer, message.partitions);
  for (const element of message.partitions) {
    writeOffsetDeleteResponsePartition(writer, element, version);
    yield;
  }
}

function* writeOffsetDeleteResponseInSteps(writer: ByteWriter, message: OffsetDeleteResponse, version: number): Generator<void, void> {
  writer.errorCode(message.errorCode);
  writer.int32(message.throttleTimeMs);
  writeArrayLength(writer, message.topics);
  for (const element of message.topics) {
    yield* writeOffsetDeleteResponseTopicInSteps(writer, element, version);
    yield;
  }
}

/** OffsetDelete: key 47, versions 0. */
export const offsetDeleteApi: Api<OffsetDeleteRequest, OffsetDeleteResponse> = {
  key: 47,
  name: "OffsetDelete",
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: Number.POSITIVE_INFINITY,
  readRequest: readOffsetDeleteRequest,
  writeRequest: writeOffsetDeleteRequest,
  readResponse: readOffsetDeleteResponse,
  writeResponse: writeOffsetDeleteResponse,
  writeResponseInSteps: writeOffsetDeleteResponseInSteps,
};
