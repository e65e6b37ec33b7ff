// Generated from packages/protocol/spec/apis/43-elect-leaders.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readArrayLength, readCompactArrayLength, readNullableArrayLength, readNullableCompactArrayLength, writeArrayLength, writeCompactArrayLength, writeNullableArrayLength, writeNullableCompactArrayLength } from "../../codec/array-lengths.ts";
import { unsupportedField } from "../../codec/field-support.ts";
import { readInt32s } from "../../codec/int32-arrays.ts";
import { readCompactString, readNullableCompactString, readNullableString, readString, shortened, writeCompactString, writeNullableCompactString, writeNullableString, writeString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface ElectLeadersRequest {
  /** Versions 1+. */
  readonly electionType: number;
  readonly topicPartitions: readonly TopicPartitions[] | null;
  readonly timeoutMs: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface TopicPartitions {
  readonly topic: string;
  readonly partitions: readonly number[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeElectLeadersRequest(init: Partial<ElectLeadersRequest> = {}): ElectLeadersRequest {
  return {
    electionType: init.electionType ?? 0,
    topicPartitions: init.topicPartitions === undefined ? [] : init.topicPartitions,
    timeoutMs: init.timeoutMs ?? 60000,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeTopicPartitions(init: Partial<TopicPartitions> = {}): TopicPartitions {
  return {
    topic: init.topic ?? "",
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readTopicPartitions(reader: ByteReader, version: number): TopicPartitions {
  const topic = version >= 2 ? readCompactString(reader) : readString(reader);
  const partitions = readInt32s(reader, version >= 2 ? readCompactArrayLength(reader, 4) : readArrayLength(reader, 4));
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { topic, partitions, unknownTaggedFields };
}

function writeTopicPartitions(writer: ByteWriter, message: TopicPartitions, version: number): void {
  if (version >= 2) writeCompactString(writer, message.topic);
  else writeString(writer, message.topic);
  if (version >= 2) writeCompactArrayLength(writer, message.partitions);
  else writeArrayLength(writer, message.partitions);
  for (const element of message.partitions) writer.int32(element);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readElectLeadersRequest(reader: ByteReader, version: number): ElectLeadersRequest {
  const electionType = version >= 1 ? reader.int8() : 0;
  let topicPartitions: TopicPartitions[] | null = null;
  const topicPartitionsLength = version >= 2 ? readNullableCompactArrayLength(reader, 3) : readNullableArrayLength(reader, 3);
  if (topicPartitionsLength >= 0) {
    topicPartitions = [];
    for (let left = topicPartitionsLength; left > 0; left--) topicPartitions.push(readTopicPartitions(reader, version));
  }
  const timeoutMs = reader.int32();
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { electionType, topicPartitions, timeoutMs, unknownTaggedFields };
}

function writeElectLeadersRequest(writer: ByteWriter, message: ElectLeadersRequest, version: number): void {
  if (version >= 1) writer.int8(message.electionType);
  else if (message.electionType !== 0) throw unsupportedField("ElectLeadersRequest.electionType", version);
  if (version >= 2) writeNullableCompactArrayLength(writer, message.topicPartitions);
  else writeNullableArrayLength(writer, message.topicPartitions);
  if (message.topicPartitions !== null) {
    for (const element of message.topicPartitions) writeTopicPartitions(writer, element, version);
  }
  writer.int32(message.timeoutMs);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface ElectLeadersResponse {
  readonly throttleTimeMs: number;
  /** Versions 1+. */
  readonly errorCode: number;
  readonly replicaElectionResults: readonly ReplicaElectionResult[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface ReplicaElectionResult {
  readonly topic: string;
  readonly partitionResult: readonly PartitionResult[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface PartitionResult {
  readonly partitionId: number;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeElectLeadersResponse(init: Partial<ElectLeadersResponse> = {}): ElectLeadersResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    errorCode: init.errorCode ?? 0,
    replicaElectionResults: init.replicaElectionResults ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeReplicaElectionResult(init: Partial<ReplicaElectionResult> = {}): ReplicaElectionResult {
  return {
    topic: init.topic ?? "",
    partitionResult: init.partitionResult ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makePartitionResult(init: Partial<PartitionResult> = {}): PartitionResult {
  return {
    partitionId: init.partitionId ?? 0,
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readPartitionResult(reader: ByteReader, version: number): PartitionResult {
  const partitionId = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = version >= 2 ? readNullableCompactString(reader) : readNullableString(reader);
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { partitionId, errorCode, errorMessage, unknownTaggedFields };
}

function writePartitionResult(writer: ByteWriter, message: PartitionResult, version: number): void {
  writer.int32(message.partitionId);
  writer.errorCode(message.errorCode);
  if (version >= 2) writeNullableCompactString(writer, shortened(message.errorMessage));
  else writeNullableString(writer, shortened(message.errorMessage));
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readReplicaElectionResult(reader: ByteReader, version: number): ReplicaElectionResult {
  const topic = version >= 2 ? readCompactString(reader) : readString(reader);
  const partitionResult: PartitionResult[] = [];
  for (let left = version >= 2 ? readCompactArrayLength(reader, 8) : readArrayLength(reader, 8); left > 0; left--) partitionResult.push(readPartitionResult(reader, version));
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { topic, partitionResult, unknownTaggedFields };
}

function writeReplicaElectionResult(writer: ByteWriter, message: ReplicaElectionResult, version: number): void {
  if (version >= 2) writeCompactString(writer, message.topic);
  else writeString(writer, message.topic);
  if (version >= 2) writeCompactArrayLength(writer, message.partitionResult);
  else writeArrayLength(writer, message.partitionResult);
  for (const element of message.partitionResult) writePartitionResult(writer, element, version);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readElectLeadersResponse(reader: ByteReader, version: number): ElectLeadersResponse {
  const throttleTimeMs = reader.int32();
  const errorCode = version >= 1 ? reader.int16() : 0;
  const replicaElectionResults: ReplicaElectionResult[] = [];
  for (let left = version >= 2 ? readCompactArrayLength(reader, 3) : readArrayLength(reader, 3); left > 0; left--) replicaElectionResults.push(readReplicaElectionResult(reader, version));
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { throttleTimeMs, errorCode, replicaElectionResults, unknownTaggedFields };
}

function writeElectLeadersResponse(writer: ByteWriter, message: ElectLeadersResponse, version: number): void {
  writer.int32(message.throttleTimeMs);
  if (version >= 1) writer.errorCode(message.errorCode);
  else if (message.errorCode !== 0) throw unsupportedField("ElectLeadersResponse.errorCode", version);
  if (version >= 2) writeCompactArrayLength(writer, message.replicaElectionResults);
  else writeArrayLength(writer, message.replicaElectionResults);
  for (const element of message.replicaElectionResults) writeReplicaElectionResult(writer, element, version);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeReplicaElectionResultInSteps(writer: ByteWriter, message: ReplicaElectionResult, version: number): Generator<void, void> {
  if (version >= 2) writeCompactString(writer, message.topic);
  else writeString(writer, message.topic);
  if (version >= 2) writeCompactArrayLength(writer, message.partitionResult);
  else writeArrayLength(writer, message.partitionResult);
  for (const element of message.partitionResult) {
    writePartitionResult(writer, element, version);
    yield;
  }
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeElectLeadersResponseInSteps(writer: ByteWriter, message: ElectLeadersResponse, version: number): Generator<void, void> {
  writer.int32(message.throttleTimeMs);
  if (version >= 1) writer.errorCode(message.errorCode);
  else if (message.errorCode !== 0) throw unsupportedField("ElectLeadersResponse.errorCode", version);
  if (version >= 2) writeCompactArrayLength(writer, message.replicaElectionResults);
  else writeArrayLength(writer, message.replicaElectionResults);
  for (const element of message.replicaElectionResults) {
    yield* writeReplicaElectionResultInSteps(writer, element, version);
    yield;
  }
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** ElectLeaders: key 43, versions 0-2. */
export const electLeadersApi: Api<ElectLeadersRequest, ElectLeadersResponse> = {
  key: 43,
  name: "ElectLeaders",
  minVersion: 0,
  maxVersion: 2,
  firstFlexibleVersion: 2,
  readRequest: readElectLeadersRequest,
  writeRequest: writeElectLeadersRequest,
  readResponse: readElectLeadersResponse,
  writeResponse: writeElectLeadersResponse,
  writeResponseInSteps: writeElectLeadersResponseInSteps,
};
