// Generated from packages/protocol/spec/apis/28-txn-offset-commit.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readArrayLength, readCompactArrayLength, writeArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { NIL_UUID } from "../../codec/constants.ts";
import { unsupportedField } from "../../codec/field-support.ts";
import { readCompactString, readNullableCompactString, readNullableString, readString, writeCompactString, writeNullableCompactString, writeNullableString, writeString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface TxnOffsetCommitRequest {
  readonly transactionalId: string;
  readonly groupId: string;
  readonly producerId: number;
  readonly producerEpoch: number;
  /** Versions 3+. */
  readonly generationIdOrMemberEpoch: number;
  /** Versions 3+. */
  readonly memberId: string;
  /** Versions 3+. */
  readonly groupInstanceId: string | null;
  readonly topics: readonly TxnOffsetCommitRequestTopic[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface TxnOffsetCommitRequestTopic {
  /** Versions 0-5. */
  readonly name: string;
  /** Versions 6+. */
  readonly topicId: string;
  readonly partitions: readonly TxnOffsetCommitRequestPartition[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface TxnOffsetCommitRequestPartition {
  readonly partitionIndex: number;
  readonly committedOffset: number;
  /** Versions 2+. */
  readonly committedLeaderEpoch: number;
  readonly committedMetadata: string | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeTxnOffsetCommitRequest(init: Partial<TxnOffsetCommitRequest> = {}): TxnOffsetCommitRequest {
  return {
    transactionalId: init.transactionalId ?? "",
    groupId: init.groupId ?? "",
    producerId: init.producerId ?? 0,
    producerEpoch: init.producerEpoch ?? 0,
    generationIdOrMemberEpoch: init.generationIdOrMemberEpoch ?? -1,
    memberId: init.memberId ?? "",
    groupInstanceId: init.groupInstanceId ?? null,
    topics: init.topics ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeTxnOffsetCommitRequestTopic(init: Partial<TxnOffsetCommitRequestTopic> = {}): TxnOffsetCommitRequestTopic {
  return {
    name: init.name ?? "",
    topicId: init.topicId ?? NIL_UUID,
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeTxnOffsetCommitRequestPartition(init: Partial<TxnOffsetCommitRequestPartition> = {}): TxnOffsetCommitRequestPartition {
  return {
    partitionIndex: init.partitionIndex ?? 0,
    committedOffset: init.committedOffset ?? 0,
    committedLeaderEpoch: init.committedLeaderEpoch ?? -1,
    committedMetadata: init.committedMetadata === undefined ? "" : init.committedMetadata,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readTxnOffsetCommitRequestPartition(reader: ByteReader, version: number): TxnOffsetCommitRequestPartition {
  const partitionIndex = reader.int32();
  const committedOffset = reader.int64();
  const committedLeaderEpoch = version >= 2 ? reader.int32() : -1;
  const committedMetadata = version >= 3 ? readNullableCompactString(reader) : readNullableString(reader);
  const unknownTaggedFields = version < 3 ? undefined : readUnknownTaggedFields(reader);
  return { partitionIndex, committedOffset, committedLeaderEpoch, committedMetadata, unknownTaggedFields };
}

function writeTxnOffsetCommitRequestPartition(writer: ByteWriter, message: TxnOffsetCommitRequestPartition, version: number): void {
  writer.int32(message.partitionIndex);
  writer.int64(message.committedOffset);
  if (version >= 2) writer.int32(message.committedLeaderEpoch);
  if (version >= 3) writeNullableCompactString(writer, message.committedMetadata);
  else writeNullableString(writer, message.committedMetadata);
  if (version >= 3) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readTxnOffsetCommitRequestTopic(reader: ByteReader, version: number): TxnOffsetCommitRequestTopic {
  const name = version >= 6 ? "" : version >= 3 ? readCompactString(reader) : readString(reader);
  const topicId = version >= 6 ? reader.uuid() : NIL_UUID;
  const partitions: TxnOffsetCommitRequestPartition[] = [];
  for (let left = version >= 3 ? readCompactArrayLength(reader, 14) : readArrayLength(reader, 14); left > 0; left--) partitions.push(readTxnOffsetCommitRequestPartition(reader, version));
  const unknownTaggedFields = version < 3 ? undefined : readUnknownTaggedFields(reader);
  return { name, topicId, partitions, unknownTaggedFields };
}

function writeTxnOffsetCommitRequestTopic(writer: ByteWriter, message: TxnOffsetCommitRequestTopic, version: number): void {
  if (version <= 5) {
    if (version >= 3) writeCompactString(writer, message.name);
    else writeString(writer, message.name);
  }
  if (version >= 6) writer.uuid(message.topicId);
  if (version >= 3) writeCompactArrayLength(writer, message.partitions);
  else writeArrayLength(writer, message.partitions);
  for (const element of message.partitions) writeTxnOffsetCommitRequestPartition(writer, element, version);
  if (version >= 3) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readTxnOffsetCommitRequest(reader: ByteReader, version: number): TxnOffsetCommitRequest {
  const transactionalId = version >= 3 ? readCompactString(reader) : readString(reader);
  const groupId = version >= 3 ? readCompactString(reader) : readString(reader);
  const producerId = reader.int64();
  const producerEpoch = reader.int16();
  const generationIdOrMemberEpoch = version >= 3 ? reader.int32() : -1;
  const memberId = version >= 3 ? readCompactString(reader) : "";
  const groupInstanceId = version >= 3 ? readNullableCompactString(reader) : null;
  const topics: TxnOffsetCommitRequestTopic[] = [];
  for (let left = version >= 3 ? readCompactArrayLength(reader, 3) : readArrayLength(reader, 3); left > 0; left--) topics.push(readTxnOffsetCommitRequestTopic(reader, version));
  const unknownTaggedFields = version < 3 ? undefined : readUnknownTaggedFields(reader);
  return { transactionalId, groupId, producerId, producerEpoch, generationIdOrMemberEpoch, memberId, groupInstanceId, topics, unknownTaggedFields };
}

function writeTxnOffsetCommitRequest(writer: ByteWriter, message: TxnOffsetCommitRequest, version: number): void {
  if (version >= 3) writeCompactString(writer, message.transactionalId);
  else writeString(writer, message.transactionalId);
  if (version >= 3) writeCompactString(writer, message.groupId);
  else writeString(writer, message.groupId);
  writer.int64(message.producerId);
  writer.int16(message.producerEpoch);
  if (version >= 3) writer.int32(message.generationIdOrMemberEpoch);
  else if (message.generationIdOrMemberEpoch !== -1) throw unsupportedField("TxnOffsetCommitRequest.generationIdOrMemberEpoch", version);
  if (version >= 3) writeCompactString(writer, message.memberId);
  else if (message.memberId !== "") throw unsupportedField("TxnOffsetCommitRequest.memberId", version);
  if (version >= 3) writeNullableCompactString(writer, message.groupInstanceId);
  else if (message.groupInstanceId !== null) throw unsupportedField("TxnOffsetCommitRequest.groupInstanceId", version);
  if (version >= 3) writeCompactArrayLength(writer, message.topics);
  else writeArrayLength(writer, message.topics);
  for (const element of message.topics) writeTxnOffsetCommitRequestTopic(writer, element, version);
  if (version >= 3) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface TxnOffsetCommitResponse {
  readonly throttleTimeMs: number;
  readonly topics: readonly TxnOffsetCommitResponseTopic[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface TxnOffsetCommitResponseTopic {
  /** Versions 0-5. */
  readonly name: string;
  /** Versions 6+. */
  readonly topicId: string;
  readonly partitions: readonly TxnOffsetCommitResponsePartition[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface TxnOffsetCommitResponsePartition {
  readonly partitionIndex: number;
  readonly errorCode: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeTxnOffsetCommitResponse(init: Partial<TxnOffsetCommitResponse> = {}): TxnOffsetCommitResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    topics: init.topics ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeTxnOffsetCommitResponseTopic(init: Partial<TxnOffsetCommitResponseTopic> = {}): TxnOffsetCommitResponseTopic {
  return {
    name: init.name ?? "",
    topicId: init.topicId ?? NIL_UUID,
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeTxnOffsetCommitResponsePartition(init: Partial<TxnOffsetCommitResponsePartition> = {}): TxnOffsetCommitResponsePartition {
  return {
    partitionIndex: init.partitionIndex ?? 0,
    errorCode: init.errorCode ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readTxnOffsetCommitResponsePartition(reader: ByteReader, version: number): TxnOffsetCommitResponsePartition {
  const partitionIndex = reader.int32();
  const errorCode = reader.int16();
  const unknownTaggedFields = version < 3 ? undefined : readUnknownTaggedFields(reader);
  return { partitionIndex, errorCode, unknownTaggedFields };
}

function writeTxnOffsetCommitResponsePartition(writer: ByteWriter, message: TxnOffsetCommitResponsePartition, version: number): void {
  writer.int32(message.partitionIndex);
  writer.errorCode(message.errorCode);
  if (version >= 3) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readTxnOffsetCommitResponseTopic(reader: ByteReader, version: number): TxnOffsetCommitResponseTopic {
  const name = version >= 6 ? "" : version >= 3 ? readCompactString(reader) : readString(reader);
  const topicId = version >= 6 ? reader.uuid() : NIL_UUID;
  const partitions: TxnOffsetCommitResponsePartition[] = [];
  for (let left = version >= 3 ? readCompactArrayLength(reader, 6) : readArrayLength(reader, 6); left > 0; left--) partitions.push(readTxnOffsetCommitResponsePartition(reader, version));
  const unknownTaggedFields = version < 3 ? undefined : readUnknownTaggedFields(reader);
  return { name, topicId, partitions, unknownTaggedFields };
}

function writeTxnOffsetCommitResponseTopic(writer: ByteWriter, message: TxnOffsetCommitResponseTopic, version: number): void {
  if (version <= 5) {
    if (version >= 3) writeCompactString(writer, message.name);
    else writeString(writer, message.name);
  }
  if (version >= 6) writer.uuid(message.topicId);
  if (version >= 3) writeCompactArrayLength(writer, message.partitions);
  else writeArrayLength(writer, message.partitions);
  for (const element of message.partitions) writeTxnOffsetCommitResponsePartition(writer, element, version);
  if (version >= 3) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readTxnOffsetCommitResponse(reader: ByteReader, version: number): TxnOffsetCommitResponse {
  const throttleTimeMs = reader.int32();
  const topics: TxnOffsetCommitResponseTopic[] = [];
  for (let left = version >= 3 ? readCompactArrayLength(reader, 3) : readArrayLength(reader, 3); left > 0; left--) topics.push(readTxnOffsetCommitResponseTopic(reader, version));
  const unknownTaggedFields = version < 3 ? undefined : readUnknownTaggedFields(reader);
  return { throttleTimeMs, topics, unknownTaggedFields };
}

function writeTxnOffsetCommitResponse(writer: ByteWriter, message: TxnOffsetCommitResponse, version: number): void {
  writer.int32(message.throttleTimeMs);
  if (version >= 3) writeCompactArrayLength(writer, message.topics);
  else writeArrayLength(writer, message.topics);
  for (const element of message.topics) writeTxnOffsetCommitResponseTopic(writer, element, version);
  if (version >= 3) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeTxnOffsetCommitResponseTopicInSteps(writer: ByteWriter, message: TxnOffsetCommitResponseTopic, version: number): Generator<void, void> {
  if (version <= 5) {
    if (version >= 3) writeCompactString(writer, message.name);
    else writeString(writer, message.name);
  }
  if (version >= 6) writer.uuid(message.topicId);
  if (version >= 3) writeCompactArrayLength(writer, message.partitions);
  else writeArrayLength(writer, message.partitions);
  for (const element of message.partitions) {
    writeTxnOffsetCommitResponsePartition(writer, element, version);
    yield;
  }
  if (version >= 3) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeTxnOffsetCommitResponseInSteps(writer: ByteWriter, message: TxnOffsetCommitResponse, version: number): Generator<void, void> {
  writer.int32(message.throttleTimeMs);
  if (version >= 3) writeCompactArrayLength(writer, message.topics);
  else writeArrayLength(writer, message.topics);
  for (const element of message.topics) {
    yield* writeTxnOffsetCommitResponseTopicInSteps(writer, element, version);
    yield;
  }
  if (version >= 3) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** TxnOffsetCommit: key 28, versions 0-6. */
export const txnOffsetCommitApi: Api<TxnOffsetCommitRequest, TxnOffsetCommitResponse> = {
  key: 28,
  name: "TxnOffsetCommit",
  minVersion: 0,
  maxVersion: 6,
  firstFlexibleVersion: 3,
  readRequest: readTxnOffsetCommitRequest,
  writeRequest: writeTxnOffsetCommitRequest,
  readResponse: readTxnOffsetCommitResponse,
  writeResponse: writeTxnOffsetCommitResponse,
  writeResponseInSteps: writeTxnOffsetCommitResponseInSteps,
};
