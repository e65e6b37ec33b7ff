// Generated from packages/protocol/spec/apis/01-fetch.json by `npm run gen`. Do not edit.

import { type ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readArrayLength, readCompactArrayLength, readNullableArrayLength, readNullableCompactArrayLength, writeArrayLength, writeCompactArrayLength, writeNullableArrayLength, writeNullableCompactArrayLength } from "../../codec/array-lengths.ts";
import { readNullableBytes, readNullableCompactBytes, writeCompactRecords, writeRecords, type Records } from "../../codec/byte-fields.ts";
import { INT64_MAX, NIL_UUID } from "../../codec/constants.ts";
import { unsupportedField } from "../../codec/field-support.ts";
import { readInt32s } from "../../codec/int32-arrays.ts";
import { readCompactString, readNullableCompactString, readString, writeCompactString, writeNullableCompactString, writeString } from "../../codec/strings.ts";
import { addTaggedField, checkTaggedFieldEnd, keepTaggedField, readTaggedFieldEnd, readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface FetchRequest {
  /** Versions 12+; tag 0. */
  readonly clusterId: string | null;
  /** Versions 4-14. */
  readonly replicaId: number;
  /** Versions 15+; tag 1. */
  readonly replicaState: ReplicaState;
  readonly maxWaitMs: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly isolationLevel: number;
  /** Versions 7+. */
  readonly sessionId: number;
  /** Versions 7+. */
  readonly sessionEpoch: number;
  readonly topics: readonly FetchTopic[];
  /** Versions 7+. */
  readonly forgottenTopicsData: readonly ForgottenTopic[];
  /** Versions 11+. */
  readonly rackId: string;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface ForgottenTopic {
  /** Versions 7-12. */
  readonly topic: string;
  /** Versions 13+. */
  readonly topicId: string;
  readonly partitions: readonly number[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface FetchTopic {
  /** Versions 4-12. */
  readonly topic: string;
  /** Versions 13+. */
  readonly topicId: string;
  readonly partitions: readonly FetchPartition[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface FetchPartition {
  readonly partition: number;
  /** Versions 9+. */
  readonly currentLeaderEpoch: number;
  readonly fetchOffset: number;
  /** Versions 12+. */
  readonly lastFetchedEpoch: number;
  /** Versions 5+. */
  readonly logStartOffset: number;
  readonly partitionMaxBytes: number;
  /** Versions 17+; tag 0. */
  readonly replicaDirectoryId: string;
  /** Versions 18+; tag 1. */
  readonly highWatermark: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface ReplicaState {
  readonly replicaId: number;
  readonly replicaEpoch: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeFetchRequest(init: Partial<FetchRequest> = {}): FetchRequest {
  return {
    clusterId: init.clusterId ?? null,
    replicaId: init.replicaId ?? -1,
    replicaState: init.replicaState ?? defaultReplicaState,
    maxWaitMs: init.maxWaitMs ?? 0,
    minBytes: init.minBytes ?? 0,
    maxBytes: init.maxBytes ?? 2147483647,
    isolationLevel: init.isolationLevel ?? 0,
    sessionId: init.sessionId ?? 0,
    sessionEpoch: init.sessionEpoch ?? -1,
    topics: init.topics ?? [],
    forgottenTopicsData: init.forgottenTopicsData ?? [],
    rackId: init.rackId ?? "",
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeForgottenTopic(init: Partial<ForgottenTopic> = {}): ForgottenTopic {
  return {
    topic: init.topic ?? "",
    topicId: init.topicId ?? NIL_UUID,
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeFetchTopic(init: Partial<FetchTopic> = {}): FetchTopic {
  return {
    topic: init.topic ?? "",
    topicId: init.topicId ?? NIL_UUID,
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeFetchPartition(init: Partial<FetchPartition> = {}): FetchPartition {
  return {
    partition: init.partition ?? 0,
    currentLeaderEpoch: init.currentLeaderEpoch ?? -1,
    fetchOffset: init.fetchOffset ?? 0,
    lastFetchedEpoch: init.lastFetchedEpoch ?? -1,
    logStartOffset: init.logStartOffset ?? -1,
    partitionMaxBytes: init.partitionMaxBytes ?? 0,
    replicaDirectoryId: init.replicaDirectoryId ?? NIL_UUID,
    highWatermark: init.highWatermark ?? INT64_MAX,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeReplicaState(init: Partial<ReplicaState> = {}): ReplicaState {
  return {
    replicaId: init.replicaId ?? -1,
    replicaEpoch: init.replicaEpoch ?? -1,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

const defaultReplicaState: ReplicaState = makeReplicaState();

function isDefaultReplicaState(message: ReplicaState): boolean {
  return message === defaultReplicaState || (message.replicaId === -1 && message.replicaEpoch === -1 && message.unknownTaggedFields === undefined);
}

function readReplicaState(reader: ByteReader, _version: number): ReplicaState {
  const replicaId = reader.int32();
  const replicaEpoch = reader.int64();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { replicaId, replicaEpoch, unknownTaggedFields };
}

function writeReplicaState(writer: ByteWriter, message: ReplicaState, _version: number): void {
  writer.int32(message.replicaId);
  writer.int64(message.replicaEpoch);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readFetchPartition(reader: ByteReader, version: number): FetchPartition {
  const partition = reader.int32();
  const currentLeaderEpoch = version >= 9 ? reader.int32() : -1;
  const fetchOffset = reader.int64();
  const lastFetchedEpoch = version >= 12 ? reader.int32() : -1;
  const logStartOffset = version >= 5 ? reader.int64() : -1;
  const partitionMaxBytes = reader.int32();
  let replicaDirectoryId: string = NIL_UUID;
  let highWatermark: number = INT64_MAX;
  let unknownTaggedFields: RawTaggedField[] | undefined;
  if (version >= 12) {
    for (let left = reader.uvarint(); left > 0; left--) {
      const tag = reader.uvarint();
      const end = readTaggedFieldEnd(reader);
      if (tag === 0 && version >= 17) replicaDirectoryId = reader.uuid();
      else if (tag === 1 && version >= 18) highWatermark = reader.int64();
      else unknownTaggedFields = keepTaggedField(unknownTaggedFields, reader, tag, end);
      checkTaggedFieldEnd(reader, tag, end);
    }
  }
  return { partition, currentLeaderEpoch, fetchOffset, lastFetchedEpoch, logStartOffset, partitionMaxBytes, replicaDirectoryId, highWatermark, unknownTaggedFields };
}

function writeFetchPartition(writer: ByteWriter, message: FetchPartition, version: number): void {
  writer.int32(message.partition);
  if (version >= 9) writer.int32(message.currentLeaderEpoch);
  writer.int64(message.fetchOffset);
  if (version >= 12) writer.int32(message.lastFetchedEpoch);
  else if (message.lastFetchedEpoch !== -1) throw unsupportedField("FetchPartition.lastFetchedEpoch", version);
  if (version >= 5) writer.int64(message.logStartOffset);
  writer.int32(message.partitionMaxBytes);
  if (version >= 12) {
    let tagged: RawTaggedField[] | undefined;
    if (version >= 17 && message.replicaDirectoryId !== NIL_UUID) {
      const content = new ByteWriter();
      content.uuid(message.replicaDirectoryId);
      tagged = addTaggedField(tagged, 0, content);
    }
    if (version >= 18 && message.highWatermark !== INT64_MAX) {
      const content = new ByteWriter();
      content.int64(message.highWatermark);
      tagged = addTaggedField(tagged, 1, content);
    }
    writeTaggedFields(writer, tagged, message.unknownTaggedFields);
  }
}

function readFetchTopic(reader: ByteReader, version: number): FetchTopic {
  const topic = version >= 13 ? "" : version >= 12 ? readCompactString(reader) : readString(reader);
  const topicId = version >= 13 ? reader.uuid() : NIL_UUID;
  const partitions: FetchPartition[] = [];
  for (let left = version >= 12 ? readCompactArrayLength(reader, 16) : readArrayLength(reader, 16); left > 0; left--) partitions.push(readFetchPartition(reader, version));
  const unknownTaggedFields = version < 12 ? undefined : readUnknownTaggedFields(reader);
  return { topic, topicId, partitions, unknownTaggedFields };
}

function writeFetchTopic(writer: ByteWriter, message: FetchTopic, version: number): void {
  if (version <= 12) {
    if (version >= 12) writeCompactString(writer, message.topic);
    else writeString(writer, message.topic);
  }
  if (version >= 13) writer.uuid(message.topicId);
  if (version >= 12) writeCompactArrayLength(writer, message.partitions);
  else writeArrayLength(writer, message.partitions);
  for (const element of message.partitions) writeFetchPartition(writer, element, version);
  if (version >= 12) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readForgottenTopic(reader: ByteReader, version: number): ForgottenTopic {
  const topic = version >= 13 ? "" : version >= 12 ? readCompactString(reader) : readString(reader);
  const topicId = version >= 13 ? reader.uuid() : NIL_UUID;
  const partitions = readInt32s(reader, version >= 12 ? readCompactArrayLength(reader, 4) : readArrayLength(reader, 4));
  const unknownTaggedFields = version < 12 ? undefined : readUnknownTaggedFields(reader);
  return { topic, topicId, partitions, unknownTaggedFields };
}

function writeForgottenTopic(writer: ByteWriter, message: ForgottenTopic, version: number): void {
  if (version <= 12) {
    if (version >= 12) writeCompactString(writer, message.topic);
    else writeString(writer, message.topic);
  }
  if (version >= 13) writer.uuid(message.topicId);
  if (version >= 12) writeCompactArrayLength(writer, message.partitions);
  else writeArrayLength(writer, message.partitions);
  for (const element of message.partitions) writer.int32(element);
  if (version >= 12) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readFetchRequest(reader: ByteReader, version: number): FetchRequest {
  const replicaId = version >= 15 ? -1 : reader.int32();
  const maxWaitMs = reader.int32();
  const minBytes = reader.int32();
  const maxBytes = reader.int32();
  const isolationLevel = reader.int8();
  const sessionId = version >= 7 ? reader.int32() : 0;
  const sessionEpoch = version >= 7 ? reader.int32() : -1;
  const topics: FetchTopic[] = [];
  for (let left = version >= 12 ? readCompactArrayLength(reader, 3) : readArrayLength(reader, 3); left > 0; left--) topics.push(readFetchTopic(reader, version));
  const forgottenTopicsData: ForgottenTopic[] = [];
  for (let left = version >= 12 ? readCompactArrayLength(reader, 3) : version >= 7 ? readArrayLength(reader, 3) : 0; left > 0; left--) forgottenTopicsData.push(readForgottenTopic(reader, version));
  const rackId = version >= 12 ? readCompactString(reader) : version >= 11 ? readString(reader) : "";
  let clusterId: string | null = null;
  let replicaState: ReplicaState = defaultReplicaState;
  let unknownTaggedFields: RawTaggedField[] | undefined;
  if (version >= 12) {
    for (let left = reader.uvarint(); left > 0; left--) {
      const tag = reader.uvarint();
      const end = readTaggedFieldEnd(reader);
      if (tag === 0) clusterId = readNullableCompactString(reader);
      else if (tag === 1 && version >= 15) replicaState = readReplicaState(reader, version);
      else unknownTaggedFields = keepTaggedField(unknownTaggedFields, reader, tag, end);
      checkTaggedFieldEnd(reader, tag, end);
    }
  }
  return { clusterId, replicaId, replicaState, maxWaitMs, minBytes, maxBytes, isolationLevel, sessionId, sessionEpoch, topics, forgottenTopicsData, rackId, unknownTaggedFields };
}

function writeFetchRequest(writer: ByteWriter, message: FetchRequest, version: number): void {
  if (version <= 14) writer.int32(message.replicaId);
  else if (message.replicaId !== -1) throw unsupportedField("FetchRequest.replicaId", version);
  writer.int32(message.maxWaitMs);
  writer.int32(message.minBytes);
  writer.int32(message.maxBytes);
  writer.int8(message.isolationLevel);
  if (version >= 7) writer.int32(message.sessionId);
  if (version >= 7) writer.int32(message.sessionEpoch);
  if (version >= 12) writeCompactArrayLength(writer, message.topics);
  else writeArrayLength(writer, message.topics);
  for (const element of message.topics) writeFetchTopic(writer, element, version);
  if (version >= 7) {
    if (version >= 12) writeCompactArrayLength(writer, message.forgottenTopicsData);
    else writeArrayLength(writer, message.forgottenTopicsData);
    for (const element of message.forgottenTopicsData) writeForgottenTopic(writer, element, version);
  } else if (message.forgottenTopicsData.length !== 0) throw unsupportedField("FetchRequest.forgottenTopicsData", version);
  if (version >= 11) {
    if (version >= 12) writeCompactString(writer, message.rackId);
    else writeString(writer, message.rackId);
  }
  if (version < 15 && !isDefaultReplicaState(message.replicaState)) throw unsupportedField("FetchRequest.replicaState", version);
  if (version >= 12) {
    let tagged: RawTaggedField[] | undefined;
    if (message.clusterId !== null) {
      const content = new ByteWriter();
      writeNullableCompactString(content, message.clusterId);
      tagged = addTaggedField(tagged, 0, content);
    }
    if (version >= 15 && !isDefaultReplicaState(message.replicaState)) {
      const content = new ByteWriter();
      writeReplicaState(content, message.replicaState, version);
      tagged = addTaggedField(tagged, 1, content);
    }
    writeTaggedFields(writer, tagged, message.unknownTaggedFields);
  }
}

export interface FetchResponse {
  readonly throttleTimeMs: number;
  /** Versions 7+. */
  readonly errorCode: number;
  /** Versions 7+. */
  readonly sessionId: number;
  readonly responses: readonly FetchableTopicResponse[];
  /** Versions 16+; tag 0. */
  readonly nodeEndpoints: readonly NodeEndpoint[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface NodeEndpoint {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface FetchableTopicResponse {
  /** Versions 4-12. */
  readonly topic: string;
  /** Versions 13+. */
  readonly topicId: string;
  readonly partitions: readonly PartitionData[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface PartitionData {
  readonly partitionIndex: number;
  readonly errorCode: number;
  readonly highWatermark: number;
  readonly lastStableOffset: number;
  /** Versions 5+. */
  readonly logStartOffset: number;
  /** Versions 12+; tag 0. */
  readonly divergingEpoch: EpochEndOffset;
  /** Versions 12+; tag 1. */
  readonly currentLeader: LeaderIdAndEpoch;
  /** Versions 12+; tag 2. */
  readonly snapshotId: SnapshotId;
  readonly abortedTransactions: readonly AbortedTransaction[] | null;
  /** Versions 11+. */
  readonly preferredReadReplica: number;
  readonly records: Records;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface SnapshotId {
  readonly endOffset: number;
  readonly epoch: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface LeaderIdAndEpoch {
  readonly leaderId: number;
  readonly leaderEpoch: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface EpochEndOffset {
  readonly epoch: number;
  readonly endOffset: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeFetchResponse(init: Partial<FetchResponse> = {}): FetchResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    errorCode: init.errorCode ?? 0,
    sessionId: init.sessionId ?? 0,
    responses: init.responses ?? [],
    nodeEndpoints: init.nodeEndpoints ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeNodeEndpoint(init: Partial<NodeEndpoint> = {}): NodeEndpoint {
  return {
    nodeId: init.nodeId ?? 0,
    host: init.host ?? "",
    port: init.port ?? 0,
    rack: init.rack ?? null,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeFetchableTopicResponse(init: Partial<FetchableTopicResponse> = {}): FetchableTopicResponse {
  return {
    topic: init.topic ?? "",
    topicId: init.topicId ?? NIL_UUID,
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makePartitionData(init: Partial<PartitionData> = {}): PartitionData {
  return {
    partitionIndex: init.partitionIndex ?? 0,
    errorCode: init.errorCode ?? 0,
    highWatermark: init.highWatermark ?? 0,
    lastStableOffset: init.lastStableOffset ?? -1,
    logStartOffset: init.logStartOffset ?? -1,
    divergingEpoch: init.divergingEpoch ?? defaultEpochEndOffset,
    currentLeader: init.currentLeader ?? defaultLeaderIdAndEpoch,
    snapshotId: init.snapshotId ?? defaultSnapshotId,
    abortedTransactions: init.abortedTransactions === undefined ? [] : init.abortedTransactions,
    preferredReadReplica: init.preferredReadReplica ?? -1,
    records: init.records ?? null,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeAbortedTransaction(init: Partial<AbortedTransaction> = {}): AbortedTransaction {
  return {
    producerId: init.producerId ?? 0,
    firstOffset: init.firstOffset ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeSnapshotId(init: Partial<SnapshotId> = {}): SnapshotId {
  return {
    endOffset: init.endOffset ?? -1,
    epoch: init.epoch ?? -1,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeLeaderIdAndEpoch(init: Partial<LeaderIdAndEpoch> = {}): LeaderIdAndEpoch {
  return {
    leaderId: init.leaderId ?? -1,
    leaderEpoch: init.leaderEpoch ?? -1,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeEpochEndOffset(init: Partial<EpochEndOffset> = {}): EpochEndOffset {
  return {
    epoch: init.epoch ?? -1,
    endOffset: init.endOffset ?? -1,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

const defaultEpochEndOffset: EpochEndOffset = makeEpochEndOffset();

function isDefaultEpochEndOffset(message: EpochEndOffset): boolean {
  return message === defaultEpochEndOffset || (message.epoch === -1 && message.endOffset === -1 && message.unknownTaggedFields === undefined);
}

const defaultLeaderIdAndEpoch: LeaderIdAndEpoch = makeLeaderIdAndEpoch();

function isDefaultLeaderIdAndEpoch(message: LeaderIdAndEpoch): boolean {
  return message === defaultLeaderIdAndEpoch || (message.leaderId === -1 && message.leaderEpoch === -1 && message.unknownTaggedFields === undefined);
}

const defaultSnapshotId: SnapshotId = makeSnapshotId();

function isDefaultSnapshotId(message: SnapshotId): boolean {
  return message === defaultSnapshotId || (message.endOffset === -1 && message.epoch === -1 && message.unknownTaggedFields === undefined);
}

function readEpochEndOffset(reader: ByteReader, _version: number): EpochEndOffset {
  const epoch = reader.int32();
  const endOffset = reader.int64();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { epoch, endOffset, unknownTaggedFields };
}

function writeEpochEndOffset(writer: ByteWriter, message: EpochEndOffset, _version: number): void {
  writer.int32(message.epoch);
  writer.int64(message.endOffset);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readLeaderIdAndEpoch(reader: ByteReader, _version: number): LeaderIdAndEpoch {
  const leaderId = reader.int32();
  const leaderEpoch = reader.int32();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { leaderId, leaderEpoch, unknownTaggedFields };
}

function writeLeaderIdAndEpoch(writer: ByteWriter, message: LeaderIdAndEpoch, _version: number): void {
  writer.int32(message.leaderId);
  writer.int32(message.leaderEpoch);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readSnapshotId(reader: ByteReader, _version: number): SnapshotId {
  const endOffset = reader.int64();
  const epoch = reader.int32();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { endOffset, epoch, unknownTaggedFields };
}

function writeSnapshotId(writer: ByteWriter, message: SnapshotId, _version: number): void {
  writer.int64(message.endOffset);
  writer.int32(message.epoch);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readAbortedTransaction(reader: ByteReader, version: number): AbortedTransaction {
  const producerId = reader.int64();
  const firstOffset = reader.int64();
  const unknownTaggedFields = version < 12 ? undefined : readUnknownTaggedFields(reader);
  return { producerId, firstOffset, unknownTaggedFields };
}

function writeAbortedTransaction(writer: ByteWriter, message: AbortedTransaction, version: number): void {
  writer.int64(message.producerId);
  writer.int64(message.firstOffset);
  if (version >= 12) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readPartitionData(reader: ByteReader, version: number): PartitionData {
  const partitionIndex = reader.int32();
  const errorCode = reader.int16();
  const highWatermark = reader.int64();
  const lastStableOffset = reader.int64();
  const logStartOffset = version >= 5 ? reader.int64() : -1;
  let abortedTransactions: AbortedTransaction[] | null = null;
  const abortedTransactionsLength = version >= 12 ? readNullableCompactArrayLength(reader, 16) : readNullableArrayLength(reader, 16);
  if (abortedTransactionsLength >= 0) {
    abortedTransactions = [];
    for (let left = abortedTransactionsLength; left > 0; left--) abortedTransactions.push(readAbortedTransaction(reader, version));
  }
  const preferredReadReplica = version >= 11 ? reader.int32() : -1;
  const records = version >= 12 ? readNullableCompactBytes(reader) : readNullableBytes(reader);
  let divergingEpoch: EpochEndOffset = defaultEpochEndOffset;
  let currentLeader: LeaderIdAndEpoch = defaultLeaderIdAndEpoch;
  let snapshotId: SnapshotId = defaultSnapshotId;
  let unknownTaggedFields: RawTaggedField[] | undefined;
  if (version >= 12) {
    for (let left = reader.uvarint(); left > 0; left--) {
      const tag = reader.uvarint();
      const end = readTaggedFieldEnd(reader);
      if (tag === 0) divergingEpoch = readEpochEndOffset(reader, version);
      else if (tag === 1) currentLeader = readLeaderIdAndEpoch(reader, version);
      else if (tag === 2) snapshotId = readSnapshotId(reader, version);
      else unknownTaggedFields = keepTaggedField(unknownTaggedFields, reader, tag, end);
      checkTaggedFieldEnd(reader, tag, end);
    }
  }
  return { partitionIndex, errorCode, highWatermark, lastStableOffset, logStartOffset, divergingEpoch, currentLeader, snapshotId, abortedTransactions, preferredReadReplica, records, unknownTaggedFields };
}

function writePartitionData(writer: ByteWriter, message: PartitionData, version: number): void {
  writer.int32(message.partitionIndex);
  writer.errorCode(message.errorCode);
  writer.int64(message.highWatermark);
  writer.int64(message.lastStableOffset);
  if (version >= 5) writer.int64(message.logStartOffset);
  if (version >= 12) writeNullableCompactArrayLength(writer, message.abortedTransactions);
  else writeNullableArrayLength(writer, message.abortedTransactions);
  if (message.abortedTransactions !== null) {
    for (const element of message.abortedTransactions) writeAbortedTransaction(writer, element, version);
  }
  if (version >= 11) writer.int32(message.preferredReadReplica);
  else if (message.preferredReadReplica !== -1) throw unsupportedField("PartitionData.preferredReadReplica", version);
  if (version >= 12) writeCompactRecords(writer, message.records);
  else writeRecords(writer, message.records);
  if (version < 12 && !isDefaultEpochEndOffset(message.divergingEpoch)) throw unsupportedField("PartitionData.divergingEpoch", version);
  if (version < 12 && !isDefaultLeaderIdAndEpoch(message.currentLeader)) throw unsupportedField("PartitionData.currentLeader", version);
  if (version < 12 && !isDefaultSnapshotId(message.snapshotId)) throw unsupportedField("PartitionData.snapshotId", version);
  if (version >= 12) {
    let tagged: RawTaggedField[] | undefined;
    if (!isDefaultEpochEndOffset(message.divergingEpoch)) {
      const content = new ByteWriter();
      writeEpochEndOffset(content, message.divergingEpoch, version);
      tagged = addTaggedField(tagged, 0, content);
    }
    if (!isDefaultLeaderIdAndEpoch(message.currentLeader)) {
      const content = new ByteWriter();
      writeLeaderIdAndEpoch(content, message.currentLeader, version);
      tagged = addTaggedField(tagged, 1, content);
    }
    if (!isDefaultSnapshotId(message.snapshotId)) {
      const content = new ByteWriter();
      writeSnapshotId(content, message.snapshotId, version);
      tagged = addTaggedField(tagged, 2, content);
    }
    writeTaggedFields(writer, tagged, message.unknownTaggedFields);
  }
}

function readFetchableTopicResponse(reader: ByteReader, version: number): FetchableTopicResponse {
  const topic = version >= 13 ? "" : version >= 12 ? readCompactString(reader) : readString(reader);
  const topicId = version >= 13 ? reader.uuid() : NIL_UUID;
  const partitions: PartitionData[] = [];
  for (let left = version >= 12 ? readCompactArrayLength(reader, 30) : readArrayLength(reader, 30); left > 0; left--) partitions.push(readPartitionData(reader, version));
  const unknownTaggedFields = version < 12 ? undefined : readUnknownTaggedFields(reader);
  return { topic, topicId, partitions, unknownTaggedFields };
}

function writeFetchableTopicResponse(writer: ByteWriter, message: FetchableTopicResponse, version: number): void {
  if (version <= 12) {
    if (version >= 12) writeCompactString(writer, message.topic);
    else writeString(writer, message.topic);
  }
  if (version >= 13) writer.uuid(message.topicId);
  if (version >= 12) writeCompactArrayLength(writer, message.partitions);
  else writeArrayLength(writer, message.partitions);
  for (const element of message.partitions) writePartitionData(writer, element, version);
  if (version >= 12) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readNodeEndpoint(reader: ByteReader, _version: number): NodeEndpoint {
  const nodeId = reader.int32();
  const host = readCompactString(reader);
  const port = reader.int32();
  const rack = readNullableCompactString(reader);
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { nodeId, host, port, rack, unknownTaggedFields };
}

function writeNodeEndpoint(writer: ByteWriter, message: NodeEndpoint, _version: number): void {
  writer.int32(message.nodeId);
  writeCompactString(writer, message.host);
  writer.int32(message.port);
  writeNullableCompactString(writer, message.rack);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readFetchResponse(reader: ByteReader, version: number): FetchResponse {
  const throttleTimeMs = reader.int32();
  const errorCode = version >= 7 ? reader.int16() : 0;
  const sessionId = version >= 7 ? reader.int32() : 0;
  const responses: FetchableTopicResponse[] = [];
  for (let left = version >= 12 ? readCompactArrayLength(reader, 3) : readArrayLength(reader, 3); left > 0; left--) responses.push(readFetchableTopicResponse(reader, version));
  let nodeEndpoints: readonly NodeEndpoint[] = [];
  let unknownTaggedFields: RawTaggedField[] | undefined;
  if (version >= 12) {
    for (let left = reader.uvarint(); left > 0; left--) {
      const tag = reader.uvarint();
      const end = readTaggedFieldEnd(reader);
      if (tag === 0 && version >= 16) {
        const elements: NodeEndpoint[] = [];
        for (let left = readCompactArrayLength(reader, 11); left > 0; left--) elements.push(readNodeEndpoint(reader, version));
        nodeEndpoints = elements;
      }
      else unknownTaggedFields = keepTaggedField(unknownTaggedFields, reader, tag, end);
      checkTaggedFieldEnd(reader, tag, end);
    }
  }
  return { throttleTimeMs, errorCode, sessionId, responses, nodeEndpoints, unknownTaggedFields };
}

function writeFetchResponse(writer: ByteWriter, message: FetchResponse, version: number): void {
  writer.int32(message.throttleTimeMs);
  if (version >= 7) writer.errorCode(message.errorCode);
  if (version >= 7) writer.int32(message.sessionId);
  else if (message.sessionId !== 0) throw unsupportedField("FetchResponse.sessionId", version);
  if (version >= 12) writeCompactArrayLength(writer, message.responses);
  else writeArrayLength(writer, message.responses);
  for (const element of message.responses) writeFetchableTopicResponse(writer, element, version);
  if (version < 16 && message.nodeEndpoints.length !== 0) throw unsupportedField("FetchResponse.nodeEndpoints", version);
  if (version >= 12) {
    let tagged: RawTaggedField[] | undefined;
    if (version >= 16 && message.nodeEndpoints.length !== 0) {
      const content = new ByteWriter();
      writeCompactArrayLength(content, message.nodeEndpoints);
      for (const element of message.nodeEndpoints) writeNodeEndpoint(content, element, version);
      tagged = addTaggedField(tagged, 0, content);
    }
    writeTaggedFields(writer, tagged, message.unknownTaggedFields);
  }
}

function* writePartitionDataInSteps(writer: ByteWriter, message: PartitionData, version: number): Generator<void, void> {
  writer.int32(message.partitionIndex);
  writer.errorCode(message.errorCode);
  writer.int64(message.highWatermark);
  writer.int64(message.lastStableOffset);
  if (version >= 5) writer.int64(message.logStartOffset);
  if (version >= 12) writeNullableCompactArrayLength(writer, message.abortedTransactions);
  else writeNullableArrayLength(writer, message.abortedTransactions);
  if (message.abortedTransactions !== null) {
    for (const element of message.abortedTransactions) {
      writeAbortedTransaction(writer, element, version);
      yield;
    }
  }
  if (version >= 11) writer.int32(message.preferredReadReplica);
  else if (message.preferredReadReplica !== -1) throw unsupportedField("PartitionData.preferredReadReplica", version);
  if (version >= 12) writeCompactRecords(writer, message.records);
  else writeRecords(writer, message.records);
  if (version < 12 && !isDefaultEpochEndOffset(message.divergingEpoch)) throw unsupportedField("PartitionData.divergingEpoch", version);
  if (version < 12 && !isDefaultLeaderIdAndEpoch(message.currentLeader)) throw unsupportedField("PartitionData.currentLeader", version);
  if (version < 12 && !isDefaultSnapshotId(message.snapshotId)) throw unsupportedField("PartitionData.snapshotId", version);
  if (version >= 12) {
    let tagged: RawTaggedField[] | undefined;
    if (!isDefaultEpochEndOffset(message.divergingEpoch)) {
      const content = new ByteWriter();
      writeEpochEndOffset(content, message.divergingEpoch, version);
      tagged = addTaggedField(tagged, 0, content);
    }
    if (!isDefaultLeaderIdAndEpoch(message.currentLeader)) {
      const content = new ByteWriter();
      writeLeaderIdAndEpoch(content, message.currentLeader, version);
      tagged = addTaggedField(tagged, 1, content);
    }
    if (!isDefaultSnapshotId(message.snapshotId)) {
      const content = new ByteWriter();
      writeSnapshotId(content, message.snapshotId, version);
      tagged = addTaggedField(tagged, 2, content);
    }
    writeTaggedFields(writer, tagged, message.unknownTaggedFields);
  }
}

function* writeFetchableTopicResponseInSteps(writer: ByteWriter, message: FetchableTopicResponse, version: number): Generator<void, void> {
  if (version <= 12) {
    if (version >= 12) writeCompactString(writer, message.topic);
    else writeString(writer, message.topic);
  }
  if (version >= 13) writer.uuid(message.topicId);
  if (version >= 12) writeCompactArrayLength(writer, message.partitions);
  else writeArrayLength(writer, message.partitions);
  for (const element of message.partitions) {
    yield* writePartitionDataInSteps(writer, element, version);
    yield;
  }
  if (version >= 12) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeFetchResponseInSteps(writer: ByteWriter, message: FetchResponse, version: number): Generator<void, void> {
  writer.int32(message.throttleTimeMs);
  if (version >= 7) writer.errorCode(message.errorCode);
  if (version >= 7) writer.int32(message.sessionId);
  else if (message.sessionId !== 0) throw unsupportedField("FetchResponse.sessionId", version);
  if (version >= 12) writeCompactArrayLength(writer, message.responses);
  else writeArrayLength(writer, message.responses);
  for (const element of message.responses) {
    yield* writeFetchableTopicResponseInSteps(writer, element, version);
    yield;
  }
  if (version < 16 && message.nodeEndpoints.length !== 0) throw unsupportedField("FetchResponse.nodeEndpoints", version);
  if (version >= 12) {
    let tagged: RawTaggedField[] | undefined;
    if (version >= 16 && message.nodeEndpoints.length !== 0) {
      const content = new ByteWriter();
      writeCompactArrayLength(content, message.nodeEndpoints);
      for (const element of message.nodeEndpoints) writeNodeEndpoint(content, element, version);
      tagged = addTaggedField(tagged, 0, content);
    }
    writeTaggedFields(writer, tagged, message.unknownTaggedFields);
  }
}

function* readPartitionDataInSteps(reader: ByteReader, version: number): Generator<void, PartitionData> {
  const partitionIndex = reader.int32();
  const errorCode = reader.int16();
  const highWatermark = reader.int64();
  const lastStableOffset = reader.int64();
  const logStartOffset = version >= 5 ? reader.int64() : -1;
  let abortedTransactions: AbortedTransaction[] | null = null;
  const abortedTransactionsLength = version >= 12 ? readNullableCompactArrayLength(reader, 16) : readNullableArrayLength(reader, 16);
  if (abortedTransactionsLength >= 0) {
    abortedTransactions = [];
    for (let left = abortedTransactionsLength; left > 0; left--) { abortedTransactions.push(readAbortedTransaction(reader, version)); yield; }
  }
  const preferredReadReplica = version >= 11 ? reader.int32() : -1;
  const records = version >= 12 ? readNullableCompactBytes(reader) : readNullableBytes(reader);
  let divergingEpoch: EpochEndOffset = defaultEpochEndOffset;
  let currentLeader: LeaderIdAndEpoch = defaultLeaderIdAndEpoch;
  let snapshotId: SnapshotId = defaultSnapshotId;
  let unknownTaggedFields: RawTaggedField[] | undefined;
  if (version >= 12) {
    for (let left = reader.uvarint(); left > 0; left--) {
      const tag = reader.uvarint();
      const end = readTaggedFieldEnd(reader);
      if (tag === 0) divergingEpoch = readEpochEndOffset(reader, version);
      else if (tag === 1) currentLeader = readLeaderIdAndEpoch(reader, version);
      else if (tag === 2) snapshotId = readSnapshotId(reader, version);
      else unknownTaggedFields = keepTaggedField(unknownTaggedFields, reader, tag, end);
      checkTaggedFieldEnd(reader, tag, end);
    }
  }
  return { partitionIndex, errorCode, highWatermark, lastStableOffset, logStartOffset, divergingEpoch, currentLeader, snapshotId, abortedTransactions, preferredReadReplica, records, unknownTaggedFields };
}

function* readFetchableTopicResponseInSteps(reader: ByteReader, version: number): Generator<void, FetchableTopicResponse> {
  const topic = version >= 13 ? "" : version >= 12 ? readCompactString(reader) : readString(reader);
  const topicId = version >= 13 ? reader.uuid() : NIL_UUID;
  const partitions: PartitionData[] = [];
  for (let left = version >= 12 ? readCompactArrayLength(reader, 30) : readArrayLength(reader, 30); left > 0; left--) { partitions.push(yield* readPartitionDataInSteps(reader, version)); yield; }
  const unknownTaggedFields = version < 12 ? undefined : readUnknownTaggedFields(reader);
  return { topic, topicId, partitions, unknownTaggedFields };
}

function* readFetchResponseInSteps(reader: ByteReader, version: number): Generator<void, FetchResponse> {
  const throttleTimeMs = reader.int32();
  const errorCode = version >= 7 ? reader.int16() : 0;
  const sessionId = version >= 7 ? reader.int32() : 0;
  const responses: FetchableTopicResponse[] = [];
  for (let left = version >= 12 ? readCompactArrayLength(reader, 3) : readArrayLength(reader, 3); left > 0; left--) { responses.push(yield* readFetchableTopicResponseInSteps(reader, version)); yield; }
  let nodeEndpoints: readonly NodeEndpoint[] = [];
  let unknownTaggedFields: RawTaggedField[] | undefined;
  if (version >= 12) {
    for (let left = reader.uvarint(); left > 0; left--) {
      const tag = reader.uvarint();
      const end = readTaggedFieldEnd(reader);
      if (tag === 0 && version >= 16) {
        const elements: NodeEndpoint[] = [];
        for (let left = readCompactArrayLength(reader, 11); left > 0; left--) elements.push(readNodeEndpoint(reader, version));
        nodeEndpoints = elements;
      }
      else unknownTaggedFields = keepTaggedField(unknownTaggedFields, reader, tag, end);
      checkTaggedFieldEnd(reader, tag, end);
    }
  }
  return { throttleTimeMs, errorCode, sessionId, responses, nodeEndpoints, unknownTaggedFields };
}

/** Fetch: key 1, versions 4-18. */
export const fetchApi: Api<FetchRequest, FetchResponse> = {
  key: 1,
  name: "Fetch",
  minVersion: 4,
  maxVersion: 18,
  firstFlexibleVersion: 12,
  readRequest: readFetchRequest,
  writeRequest: writeFetchRequest,
  readResponse: readFetchResponse,
  writeResponse: writeFetchResponse,
  writeResponseInSteps: writeFetchResponseInSteps,
  readResponseInSteps: readFetchResponseInSteps,
};
