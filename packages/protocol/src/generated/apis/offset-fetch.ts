// Generated from packages/protocol/spec/apis/09-offset-fetch.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readArrayLength, readCompactArrayLength, readNullableArrayLength, readNullableCompactArrayLength, writeArrayLength, writeCompactArrayLength, writeNullableArrayLength, writeNullableCompactArrayLength } from "../../codec/array-lengths.ts";
import { NIL_UUID } from "../../codec/constants.ts";
import { notNull, unsupportedField } from "../../codec/field-support.ts";
import { readInt32s } from "../../codec/int32-arrays.ts";
import { readCompactString, readNullableCompactString, readNullableString, readString, writeCompactString, writeNullableCompactString, writeNullableString, writeString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface OffsetFetchRequest {
  /** Versions 1-7. */
  readonly groupId: string;
  /** Versions 1-7; null in 2-7. */
  readonly topics: readonly OffsetFetchRequestTopic[] | null;
  /** Versions 8+. */
  readonly groups: readonly OffsetFetchRequestGroup[];
  /** Versions 7+. */
  readonly requireStable: boolean;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface OffsetFetchRequestGroup {
  readonly groupId: string;
  /** Versions 9+. */
  readonly memberId: string | null;
  /** Versions 9+. */
  readonly memberEpoch: number;
  readonly topics: readonly OffsetFetchRequestTopics[] | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface OffsetFetchRequestTopics {
  /** Versions 8-9. */
  readonly name: string;
  /** Versions 10+. */
  readonly topicId: string;
  readonly partitionIndexes: readonly number[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface OffsetFetchRequestTopic {
  readonly name: string;
  readonly partitionIndexes: readonly number[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeOffsetFetchRequest(init: Partial<OffsetFetchRequest> = {}): OffsetFetchRequest {
  return {
    groupId: init.groupId ?? "",
    topics: init.topics === undefined ? [] : init.topics,
    groups: init.groups ?? [],
    requireStable: init.requireStable ?? false,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeOffsetFetchRequestGroup(init: Partial<OffsetFetchRequestGroup> = {}): OffsetFetchRequestGroup {
  return {
    groupId: init.groupId ?? "",
    memberId: init.memberId ?? null,
    memberEpoch: init.memberEpoch ?? -1,
    topics: init.topics === undefined ? [] : init.topics,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeOffsetFetchRequestTopics(init: Partial<OffsetFetchRequestTopics> = {}): OffsetFetchRequestTopics {
  return {
    name: init.name ?? "",
    topicId: init.topicId ?? NIL_UUID,
    partitionIndexes: init.partitionIndexes ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeOffsetFetchRequestTopic(init: Partial<OffsetFetchRequestTopic> = {}): OffsetFetchRequestTopic {
  return {
    name: init.name ?? "",
    partitionIndexes: init.partitionIndexes ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readOffsetFetchRequestTopic(reader: ByteReader, version: number): OffsetFetchRequestTopic {
  const name = version >= 6 ? readCompactString(reader) : readString(reader);
  const partitionIndexes = readInt32s(reader, version >= 6 ? readCompactArrayLength(reader, 4) : readArrayLength(reader, 4));
  const unknownTaggedFields = version < 6 ? undefined : readUnknownTaggedFields(reader);
  return { name, partitionIndexes, unknownTaggedFields };
}

function writeOffsetFetchRequestTopic(writer: ByteWriter, message: OffsetFetchRequestTopic, version: number): void {
  if (version >= 6) writeCompactString(writer, message.name);
  else writeString(writer, message.name);
  if (version >= 6) writeCompactArrayLength(writer, message.partitionIndexes);
  else writeArrayLength(writer, message.partitionIndexes);
  for (const element of message.partitionIndexes) writer.int32(element);
  if (version >= 6) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readOffsetFetchRequestTopics(reader: ByteReader, version: number): OffsetFetchRequestTopics {
  const name = version >= 10 ? "" : readCompactString(reader);
  const topicId = version >= 10 ? reader.uuid() : NIL_UUID;
  const partitionIndexes = readInt32s(reader, readCompactArrayLength(reader, 4));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { name, topicId, partitionIndexes, unknownTaggedFields };
}

function writeOffsetFetchRequestTopics(writer: ByteWriter, message: OffsetFetchRequestTopics, version: number): void {
  if (version <= 9) writeCompactString(writer, message.name);
  if (version >= 10) writer.uuid(message.topicId);
  writeCompactArrayLength(writer, message.partitionIndexes);
  for (const element of message.partitionIndexes) writer.int32(element);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readOffsetFetchRequestGroup(reader: ByteReader, version: number): OffsetFetchRequestGroup {
  const groupId = readCompactString(reader);
  const memberId = version >= 9 ? readNullableCompactString(reader) : null;
  const memberEpoch = version >= 9 ? reader.int32() : -1;
  let topics: OffsetFetchRequestTopics[] | null = null;
  const topicsLength = readNullableCompactArrayLength(reader, 3);
  if (topicsLength >= 0) {
    topics = [];
    for (let left = topicsLength; left > 0; left--) topics.push(readOffsetFetchRequestTopics(reader, version));
  }
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { groupId, memberId, memberEpoch, topics, unknownTaggedFields };
}

function writeOffsetFetchRequestGroup(writer: ByteWriter, message: OffsetFetchRequestGroup, version: number): void {
  writeCompactString(writer, message.groupId);
  if (version >= 9) writeNullableCompactString(writer, message.memberId);
  if (version >= 9) writer.int32(message.memberEpoch);
  writeNullableCompactArrayLength(writer, message.topics);
  if (message.topics !== null) {
    for (const element of message.topics) writeOffsetFetchRequestTopics(writer, element, version);
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readOffsetFetchRequest(reader: ByteReader, version: number): OffsetFetchRequest {
  const groupId = version >= 8 ? "" : version >= 6 ? readCompactString(reader) : readString(reader);
  let topics: OffsetFetchRequestTopic[] | null = null;
  const topicsLength = version >= 8 ? 0 : version >= 6 ? readNullableCompactArrayLength(reader, 3) : version >= 2 ? readNullableArrayLength(reader, 3) : readArrayLength(reader, 3);
  if (topicsLength >= 0) {
    topics = [];
    for (let left = topicsLength; left > 0; left--) topics.push(readOffsetFetchRequestTopic(reader, version));
  }
  const groups: OffsetFetchRequestGroup[] = [];
  for (let left = version >= 8 ? readCompactArrayLength(reader, 3) : 0; left > 0; left--) groups.push(readOffsetFetchRequestGroup(reader, version));
  const requireStable = version >= 7 ? reader.bool() : false;
  const unknownTaggedFields = version < 6 ? undefined : readUnknownTaggedFields(reader);
  return { groupId, topics, groups, requireStable, unknownTaggedFields };
}

function writeOffsetFetchRequest(writer: ByteWriter, message: OffsetFetchRequest, version: number): void {
  if (version <= 7) {
    if (version >= 6) writeCompactString(writer, message.groupId);
    else writeString(writer, message.groupId);
  } else if (message.groupId !== "") throw unsupportedField("OffsetFetchRequest.groupId", version);
  if (version <= 7) {
    if (version >= 6) writeNullableCompactArrayLength(writer, message.topics);
    else if (version >= 2) writeNullableArrayLength(writer, message.topics);
    else writeArrayLength(writer, notNull(message.topics, "OffsetFetchRequest.topics", version));
    if (message.topics !== null) {
      for (const element of message.topics) writeOffsetFetchRequestTopic(writer, element, version);
    }
  } else if (message.topics === null || message.topics.length !== 0) throw unsupportedField("OffsetFetchRequest.topics", version);
  if (version >= 8) {
    writeCompactArrayLength(writer, message.groups);
    for (const element of message.groups) writeOffsetFetchRequestGroup(writer, element, version);
  } else if (message.groups.length !== 0) throw unsupportedField("OffsetFetchRequest.groups", version);
  if (version >= 7) writer.bool(message.requireStable);
  else if (message.requireStable !== false) throw unsupportedField("OffsetFetchRequest.requireStable", version);
  if (version >= 6) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface OffsetFetchResponse {
  /** Versions 3+. */
  readonly throttleTimeMs: number;
  /** Versions 1-7. */
  readonly topics: readonly OffsetFetchResponseTopic[];
  /** Versions 2-7. */
  readonly errorCode: number;
  /** Versions 8+. */
  readonly groups: readonly OffsetFetchResponseGroup[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface OffsetFetchResponseGroup {
  readonly groupId: string;
  readonly topics: readonly OffsetFetchResponseTopics[];
  readonly errorCode: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface OffsetFetchResponseTopics {
  /** Versions 8-9. */
  readonly name: string;
  /** Versions 10+. */
  readonly topicId: string;
  readonly partitions: readonly OffsetFetchResponsePartitions[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface OffsetFetchResponsePartitions {
  readonly partitionIndex: number;
  readonly committedOffset: number;
  readonly committedLeaderEpoch: number;
  readonly metadata: string | null;
  readonly errorCode: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface OffsetFetchResponseTopic {
  readonly name: string;
  readonly partitions: readonly OffsetFetchResponsePartition[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface OffsetFetchResponsePartition {
  readonly partitionIndex: number;
  readonly committedOffset: number;
  /** Versions 5+. */
  readonly committedLeaderEpoch: number;
  readonly metadata: string | null;
  readonly errorCode: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeOffsetFetchResponse(init: Partial<OffsetFetchResponse> = {}): OffsetFetchResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    topics: init.topics ?? [],
    errorCode: init.errorCode ?? 0,
    groups: init.groups ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeOffsetFetchResponseGroup(init: Partial<OffsetFetchResponseGroup> = {}): OffsetFetchResponseGroup {
  return {
    groupId: init.groupId ?? "",
    topics: init.topics ?? [],
    errorCode: init.errorCode ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeOffsetFetchResponseTopics(init: Partial<OffsetFetchResponseTopics> = {}): OffsetFetchResponseTopics {
  return {
    name: init.name ?? "",
    topicId: init.topicId ?? NIL_UUID,
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeOffsetFetchResponsePartitions(init: Partial<OffsetFetchResponsePartitions> = {}): OffsetFetchResponsePartitions {
  return {
    partitionIndex: init.partitionIndex ?? 0,
    committedOffset: init.committedOffset ?? 0,
    committedLeaderEpoch: init.committedLeaderEpoch ?? -1,
    metadata: init.metadata === undefined ? "" : init.metadata,
    errorCode: init.errorCode ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeOffsetFetchResponseTopic(init: Partial<OffsetFetchResponseTopic> = {}): OffsetFetchResponseTopic {
  return {
    name: init.name ?? "",
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeOffsetFetchResponsePartition(init: Partial<OffsetFetchResponsePartition> = {}): OffsetFetchResponsePartition {
  return {
    partitionIndex: init.partitionIndex ?? 0,
    committedOffset: init.committedOffset ?? 0,
    committedLeaderEpoch: init.committedLeaderEpoch ?? -1,
    metadata: init.metadata === undefined ? "" : init.metadata,
    errorCode: init.errorCode ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readOffsetFetchResponsePartition(reader: ByteReader, version: number): OffsetFetchResponsePartition {
  const partitionIndex = reader.int32();
  const committedOffset = reader.int64();
  const committedLeaderEpoch = version >= 5 ? reader.int32() : -1;
  const metadata = version >= 6 ? readNullableCompactString(reader) : readNullableString(reader);
  const errorCode = reader.int16();
  const unknownTaggedFields = version < 6 ? undefined : readUnknownTaggedFields(reader);
  return { partitionIndex, committedOffset, committedLeaderEpoch, metadata, errorCode, unknownTaggedFields };
}

function writeOffsetFetchResponsePartition(writer: ByteWriter, message: OffsetFetchResponsePartition, version: number): void {
  writer.int32(message.partitionIndex);
  writer.int64(message.committedOffset);
  if (version >= 5) writer.int32(message.committedLeaderEpoch);
  if (version >= 6) writeNullableCompactString(writer, message.metadata);
  else writeNullableString(writer, message.metadata);
  writer.errorCode(message.errorCode);
  if (version >= 6) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readOffsetFetchResponseTopic(reader: ByteReader, version: number): OffsetFetchResponseTopic {
  const name = version >= 6 ? readCompactString(reader) : readString(reader);
  const partitions: OffsetFetchResponsePartition[] = [];
  for (let left = version >= 6 ? readCompactArrayLength(reader, 16) : readArrayLength(reader, 16); left > 0; left--) partitions.push(readOffsetFetchResponsePartition(reader, version));
  const unknownTaggedFields = version < 6 ? undefined : readUnknownTaggedFields(reader);
  return { name, partitions, unknownTaggedFields };
}

function writeOffsetFetchResponseTopic(writer: ByteWriter, message: OffsetFetchResponseTopic, version: number): void {
  if (version >= 6) writeCompactString(writer, message.name);
  else writeString(writer, message.name);
  if (version >= 6) writeCompactArrayLength(writer, message.partitions);
  else writeArrayLength(writer, message.partitions);
  for (const element of message.partitions) writeOffsetFetchResponsePartition(writer, element, version);
  if (version >= 6) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readOffsetFetchResponsePartitions(reader: ByteReader, _version: number): OffsetFetchResponsePartitions {
  const partitionIndex = reader.int32();
  const committedOffset = reader.int64();
  const committedLeaderEpoch = reader.int32();
  const metadata = readNullableCompactString(reader);
  const errorCode = reader.int16();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { partitionIndex, committedOffset, committedLeaderEpoch, metadata, errorCode, unknownTaggedFields };
}

function writeOffsetFetchResponsePartitions(writer: ByteWriter, message: OffsetFetchResponsePartitions, _version: number): void {
  writer.int32(message.partitionIndex);
  writer.int64(message.committedOffset);
  writer.int32(message.committedLeaderEpoch);
  writeNullableCompactString(writer, message.metadata);
  writer.errorCode(message.errorCode);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readOffsetFetchResponseTopics(reader: ByteReader, version: number): OffsetFetchResponseTopics {
  const name = version >= 10 ? "" : readCompactString(reader);
  const topicId = version >= 10 ? reader.uuid() : NIL_UUID;
  const partitions: OffsetFetchResponsePartitions[] = [];
  for (let left = readCompactArrayLength(reader, 20); left > 0; left--) partitions.push(readOffsetFetchResponsePartitions(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { name, topicId, partitions, unknownTaggedFields };
}

function writeOffsetFetchResponseTopics(writer: ByteWriter, message: OffsetFetchResponseTopics, version: number): void {
  if (version <= 9) writeCompactString(writer, message.name);
  if (version >= 10) writer.uuid(message.topicId);
  writeCompactArrayLength(writer, message.partitions);
  for (const element of message.partitions) writeOffsetFetchResponsePartitions(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readOffsetFetchResponseGroup(reader: ByteReader, version: number): OffsetFetchResponseGroup {
  const groupId = readCompactString(reader);
  const topics: OffsetFetchResponseTopics[] = [];
  for (let left = readCompactArrayLength(reader, 3); left > 0; left--) topics.push(readOffsetFetchResponseTopics(reader, version));
  const errorCode = reader.int16();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { groupId, topics, errorCode, unknownTaggedFields };
}

function writeOffsetFetchResponseGroup(writer: ByteWriter, message: OffsetFetchResponseGroup, version: number): void {
  writeCompactString(writer, message.groupId);
  writeCompactArrayLength(writer, message.topics);
  for (const element of message.topics) writeOffsetFetchResponseTopics(writer, element, version);
  writer.errorCode(message.errorCode);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readOffsetFetchResponse(reader: ByteReader, version: number): OffsetFetchResponse {
  const throttleTimeMs = version >= 3 ? reader.int32() : 0;
  const topics: OffsetFetchResponseTopic[] = [];
  for (let left = version >= 8 ? 0 : version >= 6 ? readCompactArrayLength(reader, 3) : readArrayLength(reader, 3); left > 0; left--) topics.push(readOffsetFetchResponseTopic(reader, version));
  const errorCode = version >= 8 ? 0 : version >= 2 ? reader.int16() : 0;
  const groups: OffsetFetchResponseGroup[] = [];
  for (let left = version >= 8 ? readCompactArrayLength(reader, 5) : 0; left > 0; left--) groups.push(readOffsetFetchResponseGroup(reader, version));
  const unknownTaggedFields = version < 6 ? undefined : readUnknownTaggedFields(reader);
  return { throttleTimeMs, topics, errorCode, groups, unknownTaggedFields };
}

function writeOffsetFetchResponse(writer: ByteWriter, message: OffsetFetchResponse, version: number): void {
  if (version >= 3) writer.int32(message.throttleTimeMs);
  if (version <= 7) {
    if (version >= 6) writeCompactArrayLength(writer, message.topics);
    else writeArrayLength(writer, message.topics);
    for (const element of message.topics) writeOffsetFetchResponseTopic(writer, element, version);
  } else if (message.topics.length !== 0) throw unsupportedField("OffsetFetchResponse.topics", version);
  if (version >= 2 && version <= 7) writer.errorCode(message.errorCode);
  if (version >= 8) {
    writeCompactArrayLength(writer, message.groups);
    for (const element of message.groups) writeOffsetFetchResponseGroup(writer, element, version);
  } else if (message.groups.length !== 0) throw unsupportedField("OffsetFetchResponse.groups", version);
  if (version >= 6) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeOffsetFetchResponseTopicInSteps(writer: ByteWriter, message: OffsetFetchResponseTopic, version: number): Generator<void, void> {
  if (version >= 6) writeCompactString(writer, message.name);
  else writeString(writer, message.name);
  if (version >= 6) writeCompactArrayLength(writer, message.partitions);
  else writeArrayLength(writer, message.partitions);
  for (const element of message.partitions) {
    writeOffsetFetchResponsePartition(writer, element, version);
    yield;
  }
  if (version >= 6) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeOffsetFetchResponseTopicsInSteps(writer: ByteWriter, message: OffsetFetchResponseTopics, version: number): Generator<void, void> {
  if (version <= 9) writeCompactString(writer, message.name);
  if (version >= 10) writer.uuid(message.topicId);
  writeCompactArrayLength(writer, message.partitions);
  for (const element of message.partitions) {
    writeOffsetFetchResponsePartitions(writer, element, version);
    yield;
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeOffsetFetchResponseGroupInSteps(writer: ByteWriter, message: OffsetFetchResponseGroup, version: number): Generator<void, void> {
  writeCompactString(writer, message.groupId);
  writeCompactArrayLength(writer, message.topics);
  for (const element of message.topics) {
    yield* writeOffsetFetchResponseTopicsInSteps(writer, element, version);
    yield;
  }
  writer.errorCode(message.errorCode);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeOffsetFetchResponseInSteps(writer: ByteWriter, message: OffsetFetchResponse, version: number): Generator<void, void> {
  if (version >= 3) writer.int32(message.throttleTimeMs);
  if (version <= 7) {
    if (version >= 6) writeCompactArrayLength(writer, message.topics);
    else writeArrayLength(writer, message.topics);
    for (const element of message.topics) {
      yield* writeOffsetFetchResponseTopicInSteps(writer, element, version);
      yield;
    }
  } else if (message.topics.length !== 0) throw unsupportedField("OffsetFetchResponse.topics", version);
  if (version >= 2 && version <= 7) writer.errorCode(message.errorCode);
  if (version >= 8) {
    writeCompactArrayLength(writer, message.groups);
    for (const element of message.groups) {
      yield* writeOffsetFetchResponseGroupInSteps(writer, element, version);
      yield;
    }
  } else if (message.groups.length !== 0) throw unsupportedField("OffsetFetchResponse.groups", version);
  if (version >= 6) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* readOffsetFetchResponseTopicInSteps(reader: ByteReader, version: number): Generator<void, OffsetFetchResponseTopic> {
  const name = version >= 6 ? readCompactString(reader) : readString(reader);
  const partitions: OffsetFetchResponsePartition[] = [];
  for (let left = version >= 6 ? readCompactArrayLength(reader, 16) : readArrayLength(reader, 16); left > 0; left--) { partitions.push(readOffsetFetchResponsePartition(reader, version)); yield; }
  const unknownTaggedFields = version < 6 ? undefined : readUnknownTaggedFields(reader);
  return { name, partitions, unknownTaggedFields };
}

function* readOffsetFetchResponseTopicsInSteps(reader: ByteReader, version: number): Generator<void, OffsetFetchResponseTopics> {
  const name = version >= 10 ? "" : readCompactString(reader);
  const topicId = version >= 10 ? reader.uuid() : NIL_UUID;
  const partitions: OffsetFetchResponsePartitions[] = [];
  for (let left = readCompactArrayLength(reader, 20); left > 0; left--) { partitions.push(readOffsetFetchResponsePartitions(reader, version)); yield; }
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { name, topicId, partitions, unknownTaggedFields };
}

function* readOffsetFetchResponseGroupInSteps(reader: ByteReader, version: number): Generator<void, OffsetFetchResponseGroup> {
  const groupId = readCompactString(reader);
  const topics: OffsetFetchResponseTopics[] = [];
  for (let left = readCompactArrayLength(reader, 3); left > 0; left--) { topics.push(yield* readOffsetFetchResponseTopicsInSteps(reader, version)); yield; }
  const errorCode = reader.int16();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { groupId, topics, errorCode, unknownTaggedFields };
}

function* readOffsetFetchResponseInSteps(reader: ByteReader, version: number): Generator<void, OffsetFetchResponse> {
  const throttleTimeMs = version >= 3 ? reader.int32() : 0;
  const topics: OffsetFetchResponseTopic[] = [];
  for (let left = version >= 8 ? 0 : version >= 6 ? readCompactArrayLength(reader, 3) : readArrayLength(reader, 3); left > 0; left--) { topics.push(yield* readOffsetFetchResponseTopicInSteps(reader, version)); yield; }
  const errorCode = version >= 8 ? 0 : version >= 2 ? reader.int16() : 0;
  const groups: OffsetFetchResponseGroup[] = [];
  for (let left = version >= 8 ? readCompactArrayLength(reader, 5) : 0; left > 0; left--) { groups.push(yield* readOffsetFetchResponseGroupInSteps(reader, version)); yield; }
  const unknownTaggedFields = version < 6 ? undefined : readUnknownTaggedFields(reader);
  return { throttleTimeMs, topics, errorCode, groups, unknownTaggedFields };
}

/** OffsetFetch: key 9, versions 1-10. */
export const offsetFetchApi: Api<OffsetFetchRequest, OffsetFetchResponse> = {
  key: 9,
  name: "OffsetFetch",
  minVersion: 1,
  maxVersion: 10,
  firstFlexibleVersion: 6,
  readRequest: readOffsetFetchRequest,
  writeRequest: writeOffsetFetchRequest,
  readResponse: readOffsetFetchResponse,
  writeResponse: writeOffsetFetchResponse,
  writeResponseInSteps: writeOffsetFetchResponseInSteps,
  readResponseInSteps: readOffsetFetchResponseInSteps,
};
