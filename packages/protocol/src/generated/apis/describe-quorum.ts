// Generated from packages/protocol/spec/apis/55-describe-quorum.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readCompactArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { NIL_UUID } from "../../codec/constants.ts";
import { unsupportedField } from "../../codec/field-support.ts";
import { readCompactString, readNullableCompactString, shortened, writeCompactString, writeNullableCompactString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface DescribeQuorumRequest {
  readonly topics: readonly DescribeQuorumRequestTopicData[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface DescribeQuorumRequestTopicData {
  readonly topicName: string;
  readonly partitions: readonly DescribeQuorumRequestPartitionData[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface DescribeQuorumRequestPartitionData {
  readonly partitionIndex: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeDescribeQuorumRequest(init: Partial<DescribeQuorumRequest> = {}): DescribeQuorumRequest {
  return {
    topics: init.topics ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeDescribeQuorumRequestTopicData(init: Partial<DescribeQuorumRequestTopicData> = {}): DescribeQuorumRequestTopicData {
  return {
    topicName: init.topicName ?? "",
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeDescribeQuorumRequestPartitionData(init: Partial<DescribeQuorumRequestPartitionData> = {}): DescribeQuorumRequestPartitionData {
  return {
    partitionIndex: init.partitionIndex ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readDescribeQuorumRequestPartitionData(reader: ByteReader, _version: number): DescribeQuorumRequestPartitionData {
  const partitionIndex = reader.int32();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { partitionIndex, unknownTaggedFields };
}

function writeDescribeQuorumRequestPartitionData(writer: ByteWriter, message: DescribeQuorumRequestPartitionData, _version: number): void {
  writer.int32(message.partitionIndex);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDescribeQuorumRequestTopicData(reader: ByteReader, version: number): DescribeQuorumRequestTopicData {
  const topicName = readCompactString(reader);
  const partitions: DescribeQuorumRequestPartitionData[] = [];
  for (let left = readCompactArrayLength(reader, 5); left > 0; left--) partitions.push(readDescribeQuorumRequestPartitionData(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { topicName, partitions, unknownTaggedFields };
}

function writeDescribeQuorumRequestTopicData(writer: ByteWriter, message: DescribeQuorumRequestTopicData, version: number): void {
  writeCompactString(writer, message.topicName);
  writeCompactArrayLength(writer, message.partitions);
  for (const element of message.partitions) writeDescribeQuorumRequestPartitionData(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDescribeQuorumRequest(reader: ByteReader, version: number): DescribeQuorumRequest {
  const topics: DescribeQuorumRequestTopicData[] = [];
  for (let left = readCompactArrayLength(reader, 3); left > 0; left--) topics.push(readDescribeQuorumRequestTopicData(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { topics, unknownTaggedFields };
}

function writeDescribeQuorumRequest(writer: ByteWriter, message: DescribeQuorumRequest, version: number): void {
  writeCompactArrayLength(writer, message.topics);
  for (const element of message.topics) writeDescribeQuorumRequestTopicData(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface DescribeQuorumResponse {
  readonly errorCode: number;
  /** Versions 2+. */
  readonly errorMessage: string | null;
  readonly topics: readonly DescribeQuorumResponseTopicData[];
  /** Versions 2+. */
  readonly nodes: readonly Node[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface Node {
  readonly nodeId: number;
  readonly listeners: readonly Listener[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface Listener {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface DescribeQuorumResponseTopicData {
  readonly topicName: string;
  readonly partitions: readonly DescribeQuorumResponsePartitionData[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface DescribeQuorumResponsePartitionData {
  readonly partitionIndex: number;
  readonly errorCode: number;
  /** Versions 2+. */
  readonly errorMessage: string | null;
  readonly leaderId: number;
  readonly leaderEpoch: number;
  readonly highWatermark: number;
  readonly currentVoters: readonly ReplicaState[];
  readonly observers: readonly ReplicaState[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface ReplicaState {
  readonly replicaId: number;
  /** Versions 2+. */
  readonly replicaDirectoryId: string;
  readonly logEndOffset: number;
  /** Versions 1+. */
  readonly lastFetchTimestamp: number;
  /** Versions 1+. */
  readonly lastCaughtUpTimestamp: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeDescribeQuorumResponse(init: Partial<DescribeQuorumResponse> = {}): DescribeQuorumResponse {
  return {
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    topics: init.topics ?? [],
    nodes: init.nodes ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeNode(init: Partial<Node> = {}): Node {
  return {
    nodeId: init.nodeId ?? 0,
    listeners: init.listeners ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeListener(init: Partial<Listener> = {}): Listener {
  return {
    name: init.name ?? "",
    host: init.host ?? "",
    port: init.port ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeDescribeQuorumResponseTopicData(init: Partial<DescribeQuorumResponseTopicData> = {}): DescribeQuorumResponseTopicData {
  return {
    topicName: init.topicName ?? "",
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeDescribeQuorumResponsePartitionData(init: Partial<DescribeQuorumResponsePartitionData> = {}): DescribeQuorumResponsePartitionData {
  return {
    partitionIndex: init.partitionIndex ?? 0,
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    leaderId: init.leaderId ?? 0,
    leaderEpoch: init.leaderEpoch ?? 0,
    highWatermark: init.highWatermark ?? 0,
    currentVoters: init.currentVoters ?? [],
    observers: init.observers ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeReplicaState(init: Partial<ReplicaState> = {}): ReplicaState {
  return {
    replicaId: init.replicaId ?? 0,
    replicaDirectoryId: init.replicaDirectoryId ?? NIL_UUID,
    logEndOffset: init.logEndOffset ?? 0,
    lastFetchTimestamp: init.lastFetchTimestamp ?? -1,
    lastCaughtUpTimestamp: init.lastCaughtUpTimestamp ?? -1,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readReplicaState(reader: ByteReader, version: number): ReplicaState {
  const replicaId = reader.int32();
  const replicaDirectoryId = version >= 2 ? reader.uuid() : NIL_UUID;
  const logEndOffset = reader.int64();
  const lastFetchTimestamp = version >= 1 ? reader.int64() : -1;
  const lastCaughtUpTimestamp = version >= 1 ? reader.int64() : -1;
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { replicaId, replicaDirectoryId, logEndOffset, lastFetchTimestamp, lastCaughtUpTimestamp, unknownTaggedFields };
}

function writeReplicaState(writer: ByteWriter, message: ReplicaState, version: number): void {
  writer.int32(message.replicaId);
  if (version >= 2) writer.uuid(message.replicaDirectoryId);
  else if (message.replicaDirectoryId !== NIL_UUID) throw unsupportedField("ReplicaState.replicaDirectoryId", version);
  writer.int64(message.logEndOffset);
  if (version >= 1) writer.int64(message.lastFetchTimestamp);
  if (version >= 1) writer.int64(message.lastCaughtUpTimestamp);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDescribeQuorumResponsePartitionData(reader: ByteReader, version: number): DescribeQuorumResponsePartitionData {
  const partitionIndex = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = version >= 2 ? readNullableCompactString(reader) : "";
  const leaderId = reader.int32();
  const leaderEpoch = reader.int32();
  const highWatermark = reader.int64();
  const currentVoters: ReplicaState[] = [];
  for (let left = readCompactArrayLength(reader, 13); left > 0; left--) currentVoters.push(readReplicaState(reader, version));
  const observers: ReplicaState[] = [];
  for (let left = readCompactArrayLength(reader, 13); left > 0; left--) observers.push(readReplicaState(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { partitionIndex, errorCode, errorMessage, leaderId, leaderEpoch, highWatermark, currentVoters, observers, unknownTaggedFields };
}

function writeDescribeQuorumResponsePartitionData(writer: ByteWriter, message: DescribeQuorumResponsePartitionData, version: number): void {
  writer.int32(message.partitionIndex);
  writer.errorCode(message.errorCode);
  if (version >= 2) writeNullableCompactString(writer, shortened(message.errorMessage));
  writer.int32(message.leaderId);
  writer.int32(message.leaderEpoch);
  writer.int64(message.highWatermark);
  writeCompactArrayLength(writer, message.currentVoters);
  for (const element of message.currentVoters) writeReplicaState(writer, element, version);
  writeCompactArrayLength(writer, message.observers);
  for (const element of message.observers) writeReplicaState(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDescribeQuorumResponseTopicData(reader: ByteReader, version: number): DescribeQuorumResponseTopicData {
  const topicName = readCompactString(reader);
  const partitions: DescribeQuorumResponsePartitionData[] = [];
  for (let left = readCompactArrayLength(reader, 25); left > 0; left--) partitions.push(readDescribeQuorumResponsePartitionData(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { topicName, partitions, unknownTaggedFields };
}

function writeDescribeQuorumResponseTopicData(writer: ByteWriter, message: DescribeQuorumResponseTopicData, version: number): void {
  writeCompactString(writer, message.topicName);
  writeCompactArrayLength(writer, message.partitions);
  for (const element of message.partitions) writeDescribeQuorumResponsePartitionData(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readListener(reader: ByteReader, _version: number): Listener {
  const name = readCompactString(reader);
  const host = readCompactString(reader);
  const port = reader.uint16();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { name, host, port, unknownTaggedFields };
}

function writeListener(writer: ByteWriter, message: Listener, _version: number): void {
  writeCompactString(writer, message.name);
  writeCompactString(writer, message.host);
  writer.uint16(message.port);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readNode(reader: ByteReader, version: number): Node {
  const nodeId = reader.int32();
  const listeners: Listener[] = [];
  for (let left = readCompactArrayLength(reader, 5); left > 0; left--) listeners.push(readListener(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { nodeId, listeners, unknownTaggedFields };
}

function writeNode(writer: ByteWriter, message: Node, version: number): void {
  writer.int32(message.nodeId);
  writeCompactArrayLength(writer, message.listeners);
  for (const element of message.listeners) writeListener(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDescribeQuorumResponse(reader: ByteReader, version: number): DescribeQuorumResponse {
  const errorCode = reader.int16();
  const errorMessage = version >= 2 ? readNullableCompactString(reader) : "";
  const topics: DescribeQuorumResponseTopicData[] = [];
  for (let left = readCompactArrayLength(reader, 3); left > 0; left--) topics.push(readDescribeQuorumResponseTopicData(reader, version));
  const nodes: Node[] = [];
  for (let left = version >= 2 ? readCompactArrayLength(reader, 6) : 0; left > 0; left--) nodes.push(readNode(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { errorCode, errorMessage, topics, nodes, unknownTaggedFields };
}

function writeDescribeQuorumResponse(writer: ByteWriter, message: DescribeQuorumResponse, version: number): void {
  writer.errorCode(message.errorCode);
  if (version >= 2) writeNullableCompactString(writer, shortened(message.errorMessage));
  writeCompactArrayLength(writer, message.topics);
  for (const element of message.topics) writeDescribeQuorumResponseTopicData(writer, element, version);
  if (version >= 2) {
    writeCompactArrayLength(writer, message.nodes);
    for (const element of message.nodes) writeNode(writer, element, version);
  } else if (message.nodes.length !== 0) throw unsupportedField("DescribeQuorumResponse.nodes", version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeDescribeQuorumResponsePartitionDataInSteps(writer: ByteWriter, message: DescribeQuorumResponsePartitionData, version: number): Generator<void, void> {
  writer.int32(message.partitionIndex);
  writer.errorCode(message.errorCode);
  if (version >= 2) writeNullableCompactString(writer, shortened(message.errorMessage));
  writer.int32(message.leaderId);
  writer.int32(message.leaderEpoch);
  writer.int64(message.highWatermark);
  writeCompactArrayLength(writer, message.currentVoters);
  for (const element of message.currentVoters) {
    writeReplicaState(writer, element, version);
    yield;
  }
  writeCompactArrayLength(writer, message.observers);
  for (const element of message.observers) {
    writeReplicaState(writer, element, version);
    yield;
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeDescribeQuorumResponseTopicDataInSteps(writer: ByteWriter, message: DescribeQuorumResponseTopicData, version: number): Generator<void, void> {
  writeCompactString(writer, message.topicName);
  writeCompactArrayLength(writer, message.partitions);
  for (const element of message.partitions) {
    yield* writeDescribeQuorumResponsePartitionDataInSteps(writer, element, version);
    yield;
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeNodeInSteps(writer: ByteWriter, message: Node, version: number): Generator<void, void> {
  writer.int32(message.nodeId);
  writeCompactArrayLength(writer, message.listeners);
  for (const element of message.listeners) {
    writeListener(writer, element, version);
    yield;
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeDescribeQuorumResponseInSteps(writer: ByteWriter, message: DescribeQuorumResponse, version: number): Generator<void, void> {
  writer.errorCode(message.errorCode);
  if (version >= 2) writeNullableCompactString(writer, shortened(message.errorMessage));
  writeCompactArrayLength(writer, message.topics);
  for (const element of message.topics) {
    yield* writeDescribeQuorumResponseTopicDataInSteps(writer, element, version);
    yield;
  }
  if (version >= 2) {
    writeCompactArrayLength(writer, message.nodes);
    for (const element of message.nodes) {
      yield* writeNodeInSteps(writer, element, version);
      yield;
    }
  } else if (message.nodes.length !== 0) throw unsupportedField("DescribeQuorumResponse.nodes", version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** DescribeQuorum: key 55, versions 0-2. */
export const describeQuorumApi: Api<DescribeQuorumRequest, DescribeQuorumResponse> = {
  key: 55,
  name: "DescribeQuorum",
  minVersion: 0,
  maxVersion: 2,
  firstFlexibleVersion: 0,
  readRequest: readDescribeQuorumRequest,
  writeRequest: writeDescribeQuorumRequest,
  readResponse: readDescribeQuorumResponse,
  writeResponse: writeDescribeQuorumResponse,
  writeResponseInSteps: writeDescribeQuorumResponseInSteps,
};
