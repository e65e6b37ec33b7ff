// Generated from packages/protocol/spec/apis/08-offset-commit.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readArrayLength, readCompactArrayLength, writeArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { NIL_UUID } from "../../codec/constants.ts";
import { unsupportedField } from "../../codec/field-support.ts";
import { readCompactString, readNullableCompactString, readNullableString, readString, writeCompactString, writeNullableCompactString, writeNullableString, writeString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface OffsetCommitRequest {
  readonly groupId: string;
  readonly generationIdOrMemberEpoch: number;
  readonly memberId: string;
  /** Versions 7+. */
  readonly groupInstanceId: string | null;
  /** Versions 2-4. */
  readonly retentionTimeMs: number;
  readonly topics: readonly OffsetCommitRequestTopic[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface OffsetCommitRequestTopic {
  /** Versions 2-9. */
  readonly name: string;
  /** Versions 10+. */
  readonly topicId: string;
  readonly partitions: readonly OffsetCommitRequestPartition[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface OffsetCommitRequestPartition {
  readonly partitionIndex: number;
  readonly committedOffset: number;
  /** Versions 6+. */
  readonly committedLeaderEpoch: number;
  readonly committedMetadata: string | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeOffsetCommitRequest(init: Partial<OffsetCommitRequest> = {}): OffsetCommitRequest {
  return {
    groupId: init.groupId ?? "",
    generationIdOrMemberEpoch: init.generationIdOrMemberEpoch ?? -1,
    memberId: init.memberId ?? "",
    groupInstanceId: init.groupInstanceId ?? null,
    retentionTimeMs: init.retentionTimeMs ?? -1,
    topics: init.topics ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeOffsetCommitRequestTopic(init: Partial<OffsetCommitRequestTopic> = {}): OffsetCommitRequestTopic {
  return {
    name: init.name ?? "",
    topicId: init.topicId ?? NIL_UUID,
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeOffsetCommitRequestPartition(init: Partial<OffsetCommitRequestPartition> = {}): OffsetCommitRequestPartition {
  return {
    partitionIndex: init.partitionIndex ?? 0,
    committedOffset: init.committedOffset ?? 0,
    committedLeaderEpoch: init.committedLeaderEpoch ?? -1,
    committedMetadata: init.committedMetadata === undefined ? "" : init.committedMetadata,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readOffsetCommitRequestPartition(reader: ByteReader, version: number): OffsetCommitRequestPartition {
  const partitionIndex = reader.int32();
  const committedOffset = reader.int64();
  const committedLeaderEpoch = version >= 6 ? reader.int32() : -1;
  const committedMetadata = version >= 8 ? readNullableCompactString(reader) : readNullableString(reader);
  const unknownTaggedFields = version < 8 ? undefined : readUnknownTaggedFields(reader);
  return { partitionIndex, committedOffset, committedLeaderEpoch, committedMetadata, unknownTaggedFields };
}

function writeOffsetCommitRequestPartition(writer: ByteWriter, message: OffsetCommitRequestPartition, version: number): void {
  writer.int32(message.partitionIndex);
  writer.int64(message.committedOffset);
  if (version >= 6) writer.int32(message.committedLeaderEpoch);
  if (version >= 8) writeNullableCompactString(writer, message.committedMetadata);
  else writeNullableString(writer, message.committedMetadata);
  if (version >= 8) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readOffsetCommitRequestTopic(reader: ByteReader, version: number): OffsetCommitRequestTopic {
  const name = version >= 10 ? "" : version >= 8 ? readCompactString(reader) : readString(reader);
  const topicId = version >= 10 ? reader.uuid() : NIL_UUID;
  const partitions: OffsetCommitRequestPartition[] = [];
  for (let left = version >= 8 ? readCompactArrayLength(reader, 14) : readArrayLength(reader, 14); left > 0; left--) partitions.push(readOffsetCommitRequestPartition(reader, version));
  const unknownTaggedFields = version < 8 ? undefined : readUnknownTaggedFields(reader);
  return { name, topicId, partitions, unknownTaggedFields };
}

function writeOffsetCommitRequestTopic(writer: ByteWriter, message: OffsetCommitRequestTopic, version: number): void {
  if (version <= 9) {
    if (version >= 8) writeCompactString(writer, message.name);
    else writeString(writer, message.name);
  }
  if (version >= 10) writer.uuid(message.topicId);
  if (version >= 8) writeCompactArrayLength(writer, message.partitions);
  else writeArrayLength(writer, message.partitions);
  for (const element of message.partitions) writeOffsetCommitRequestPartition(writer, element, version);
  if (version >= 8) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readOffsetCommitRequest(reader: ByteReader, version: number): OffsetCommitRequest {
  const groupId = version >= 8 ? readCompactString(reader) : readString(reader);
  const generationIdOrMemberEpoch = reader.int32();
  const memberId = version >= 8 ? readCompactString(reader) : readString(reader);
  const groupInstanceId = version >= 8 ? readNullableCompactString(reader) : version >= 7 ? readNullableString(reader) : null;
  const retentionTimeMs = version >= 5 ? -1 : reader.int64();
  const topics: OffsetCommitRequestTopic[] = [];
  for (let left = version >= 8 ? readCompactArrayLength(reader, 3) : readArrayLength(reader, 3); left > 0; left--) topics.push(readOffsetCommitRequestTopic(reader, version));
  const unknownTaggedFields = version < 8 ? undefined : readUnknownTaggedFields(reader);
  return { groupId, generationIdOrMemberEpoch, memberId, groupInstanceId, retentionTimeMs, topics, unknownTaggedFields };
}

function writeOffsetCommitRequest(writer: ByteWriter, message: OffsetCommitRequest, version: number): void {
  if (version >= 8) writeCompactString(writer, message.groupId);
  else writeString(writer, message.groupId);
  writer.int32(message.generationIdOrMemberEpoch);
  if (version >= 8) writeCompactString(writer, message.memberId);
  else writeString(writer, message.memberId);
  if (version >= 7) {
    if (version >= 8) writeNullableCompactString(writer, message.groupInstanceId);
    else writeNullableString(writer, message.groupInstanceId);
  } else if (message.groupInstanceId !== null) throw unsupportedField("OffsetCommitRequest.groupInstanceId", version);
  if (version <= 4) writer.int64(message.retentionTimeMs);
  if (version >= 8) writeCompactArrayLength(writer, message.topics);
  else writeArrayLength(writer, message.topics);
  for (const element of message.topics) writeOffsetCommitRequestTopic(writer, element, version);
  if (version >= 8) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface OffsetCommitResponse {
  /** Versions 3+. */
  readonly throttleTimeMs: number;
  readonly topics: readonly OffsetCommitResponseTopic[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface OffsetCommitResponseTopic {
  /** Versions 2-9. */
  readonly name: string;
  /** Versions 10+. */
  readonly topicId: string;
  readonly partitions: readonly OffsetCommitResponsePartition[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface OffsetCommitResponsePartition {
  readonly partitionIndex: number;
  readonly errorCode: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeOffsetCommitResponse(init: Partial<OffsetCommitResponse> = {}): OffsetCommitResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    topics: init.topics ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeOffsetCommitResponseTopic(init: Partial<OffsetCommitResponseTopic> = {}): OffsetCommitResponseTopic {
  return {
    name: init.name ?? "",
    topicId: init.topicId ?? NIL_UUID,
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeOffsetCommitResponsePartition(init: Partial<OffsetCommitResponsePartition> = {}): OffsetCommitResponsePartition {
  return {
    partitionIndex: init.partitionIndex ?? 0,
    errorCode: init.errorCode ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readOffsetCommitResponsePartition(reader: ByteReader, version: number): OffsetCommitResponsePartition {
  const partitionIndex = reader.int32();
  const errorCode = reader.int16();
  const unknownTaggedFields = version < 8 ? undefined : readUnknownTaggedFields(reader);
  return { partitionIndex, errorCode, unknownTaggedFields };
}

function writeOffsetCommitResponsePartition(writer: ByteWriter, message: OffsetCommitResponsePartition, version: number): void {
  writer.int32(message.partitionIndex);
  writer.errorCode(message.errorCode);
  if (version >= 8) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readOffsetCommitResponseTopic(reader: ByteReader, version: number): OffsetCommitResponseTopic {
  const name = version >= 10 ? "" : version >= 8 ? readCompactString(reader) : readString(reader);
  const topicId = version >= 10 ? reader.uuid() : NIL_UUID;
  const partitions: OffsetCommitResponsePartition[] = [];
  for (let left = version >= 8 ? readCompactArrayLength(reader, 6) : readArrayLength(reader, 6); left > 0; left--) partitions.push(readOffsetCommitResponsePartition(reader, version));
  const unknownTaggedFields = version < 8 ? undefined : readUnknownTaggedFields(reader);
  return { name, topicId, partitions, unknownTaggedFields };
}

function writeOffsetCommitResponseTopic(writer: ByteWriter, message: OffsetCommitResponseTopic, version: number): void {
  if (version <= 9) {
    if (version >= 8) writeCompactString(writer, message.name);
    else writeString(writer, message.name);
  }
  if (version >= 10) writer.uuid(message.topicId);
  if (version >= 8) writeCompactArrayLength(writer, message.partitions);
  else writeArrayLength(writer, message.partitions);
  for (const element of message.partitions) writeOffsetCommitResponsePartition(writer, element, version);
  if (version >= 8) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readOffsetCommitResponse(reader: ByteReader, version: number): OffsetCommitResponse {
  const throttleTimeMs = version >= 3 ? reader.int32() : 0;
  const topics: OffsetCommitResponseTopic[] = [];
  for (let left = version >= 8 ? readCompactArrayLength(reader, 3) : readArrayLength(reader, 3); left > 0; left--) topics.push(readOffsetCommitResponseTopic(reader, version));
  const unknownTaggedFields = version < 8 ? undefined : readUnknownTaggedFields(reader);
  return { throttleTimeMs, topics, unknownTaggedFields };
}

function writeOffsetCommitResponse(writer: ByteWriter, message: OffsetCommitResponse, version: number): void {
  if (version >= 3) writer.int32(message.throttleTimeMs);
  if (version >= 8) writeCompactArrayLength(writer, message.topics);
  else writeArrayLength(writer, message.topics);
  for (const element of message.topics) writeOffsetCommitResponseTopic(writer, element, version);
  if (version >= 8) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeOffsetCommitResponseTopicInSteps(writer: ByteWriter, message: OffsetCommitResponseTopic, version: number): Generator<void, void> {
  if (version <= 9) {
    if (version >= 8) writeCompactString(writer, message.name);
    else writeString(writer, message.name);
  }
  if (version >= 10) writer.uuid(message.topicId);
  if (version >= 8) writeCompactArrayLength(writer, message.partitions);
  else writeArrayLength(writer, message.partitions);
  for (const element of message.partitions) {
    writeOffsetCommitResponsePartition(writer, element, version);
    yield;
  }
  if (version >= 8) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeOffsetCommitResponseInSteps(writer: ByteWriter, message: OffsetCommitResponse, version: number): Generator<void, void> {
  if (version >= 3) writer.int32(message.throttleTimeMs);
  if (version >= 8) writeCompactArrayLength(writer, message.topics);
  else writeArrayLength(writer, message.topics);
  for (const element of message.topics) {
    yield* writeOffsetCommitResponseTopicInSteps(writer, element, version);
    yield;
  }
  if (version >= 8) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* readOffsetCommitResponseTopicInSteps(reader: ByteReader, version: number): Generator<void, OffsetCommitResponseTopic> {
  const name = version >= 10 ? "" : version >= 8 ? readCompactString(reader) : readString(reader);
  const topicId = version >= 10 ? reader.uuid() : NIL_UUID;
  const partitions: OffsetCommitResponsePartition[] = [];
  for (let left = version >= 8 ? readCompactArrayLength(reader, 6) : readArrayLength(reader, 6); left > 0; left--) { partitions.push(readOffsetCommitResponsePartition(reader, version)); yield; }
  const unknownTaggedFields = version < 8 ? undefined : readUnknownTaggedFields(reader);
  return { name, topicId, partitions, unknownTaggedFields };
}

function* readOffsetCommitResponseInSteps(reader: ByteReader, version: number): Generator<void, OffsetCommitResponse> {
  const throttleTimeMs = version >= 3 ? reader.int32() : 0;
  const topics: OffsetCommitResponseTopic[] = [];
  for (let left = version >= 8 ? readCompactArrayLength(reader, 3) : readArrayLength(reader, 3); left > 0; left--) { topics.push(yield* readOffsetCommitResponseTopicInSteps(reader, version)); yield; }
  const unknownTaggedFields = version < 8 ? undefined : readUnknownTaggedFields(reader);
  return { throttleTimeMs, topics, unknownTaggedFields };
}

/** OffsetCommit: key 8, versions 2-10. */
export const offsetCommitApi: Api<OffsetCommitRequest, OffsetCommitResponse> = {
  key: 8,
  name: "OffsetCommit",
  minVersion: 2,
  maxVersion: 10,
  firstFlexibleVersion: 8,
  readRequest: readOffsetCommitRequest,
  writeRequest: writeOffsetCommitRequest,
  readResponse: readOffsetCommitResponse,
  writeResponse: writeOffsetCommitResponse,
  writeResponseInSteps: writeOffsetCommitResponseInSteps,
  readResponseInSteps: readOffsetCommitResponseInSteps,
};
