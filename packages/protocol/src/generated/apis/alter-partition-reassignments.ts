// Generated from packages/protocol/spec/apis/45-alter-partition-reassignments.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readCompactArrayLength, readNullableCompactArrayLength, writeCompactArrayLength, writeNullableCompactArrayLength } from "../../codec/array-lengths.ts";
import { unsupportedField } from "../../codec/field-support.ts";
import { readCompactString, readNullableCompactString, shortened, writeCompactString, writeNullableCompactString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface AlterPartitionReassignmentsRequest {
  readonly timeoutMs: number;
  /** Versions 1+. */
  readonly allowReplicationFactorChange: boolean;
  readonly topics: readonly ReassignableTopic[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface ReassignableTopic {
  readonly name: string;
  readonly partitions: readonly ReassignablePartition[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface ReassignablePartition {
  readonly partitionIndex: number;
  readonly replicas: readonly number[] | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeAlterPartitionReassignmentsRequest(init: Partial<AlterPartitionReassignmentsRequest> = {}): AlterPartitionReassignmentsRequest {
  return {
    timeoutMs: init.timeoutMs ?? 60000,
    allowReplicationFactorChange: init.allowReplicationFactorChange ?? true,
    topics: init.topics ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeReassignableTopic(init: Partial<ReassignableTopic> = {}): ReassignableTopic {
  return {
    name: init.name ?? "",
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeReassignablePartition(init: Partial<ReassignablePartition> = {}): ReassignablePartition {
  return {
    partitionIndex: init.partitionIndex ?? 0,
    replicas: init.replicas ?? null,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readReassignablePartition(reader: ByteReader, _version: number): ReassignablePartition {
  const partitionIndex = reader.int32();
  let replicas: number[] | null = null;
  const replicasLength = readNullableCompactArrayLength(reader, 4);
  if (replicasLength >= 0) {
    replicas = [];
    for (let left = replicasLength; left > 0; left--) replicas.push(reader.int32());
  }
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { partitionIndex, replicas, unknownTaggedFields };
}

function writeReassignablePartition(writer: ByteWriter, message: ReassignablePartition, _version: number): void {
  writer.int32(message.partitionIndex);
  writeNullableCompactArrayLength(writer, message.replicas);
  if (message.replicas !== null) {
    for (const element of message.replicas) writer.int32(element);
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readReassignableTopic(reader: ByteReader, version: number): ReassignableTopic {
  const name = readCompactString(reader);
  const partitions: ReassignablePartition[] = [];
  for (let left = readCompactArrayLength(reader, 6); left > 0; left--) partitions.push(readReassignablePartition(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { name, partitions, unknownTaggedFields };
}

function writeReassignableTopic(writer: ByteWriter, message: ReassignableTopic, version: number): void {
  writeCompactString(writer, message.name);
  writeCompactArrayLength(writer, message.partitions);
  for (const element of message.partitions) writeReassignablePartition(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readAlterPartitionReassignmentsRequest(reader: ByteReader, version: number): AlterPartitionReassignmentsRequest {
  const timeoutMs = reader.int32();
  const allowReplicationFactorChange = version >= 1 ? reader.bool() : true;
  const topics: ReassignableTopic[] = [];
  for (let left = readCompactArrayLength(reader, 3); left > 0; left--) topics.push(readReassignableTopic(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { timeoutMs, allowReplicationFactorChange, topics, unknownTaggedFields };
}

function writeAlterPartitionReassignmentsRequest(writer: ByteWriter, message: AlterPartitionReassignmentsRequest, version: number): void {
  writer.int32(message.timeoutMs);
  if (version >= 1) writer.bool(message.allowReplicationFactorChange);
  else if (message.allowReplicationFactorChange !== true) throw unsupportedField("AlterPartitionReassignmentsRequest.allowReplicationFactorChange", version);
  writeCompactArrayLength(writer, message.topics);
  for (const element of message.topics) writeReassignableTopic(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface AlterPartitionReassignmentsResponse {
  readonly throttleTimeMs: number;
  /** Versions 1+. */
  readonly allowReplicationFactorChange: boolean;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly responses: readonly ReassignableTopicResponse[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface ReassignableTopicResponse {
  readonly name: string;
  readonly partitions: readonly ReassignablePartitionResponse[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface ReassignablePartitionResponse {
  readonly partitionIndex: number;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeAlterPartitionReassignmentsResponse(init: Partial<AlterPartitionReassignmentsResponse> = {}): AlterPartitionReassignmentsResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    allowReplicationFactorChange: init.allowReplicationFactorChange ?? true,
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    responses: init.responses ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeReassignableTopicResponse(init: Partial<ReassignableTopicResponse> = {}): ReassignableTopicResponse {
  return {
    name: init.name ?? "",
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeReassignablePartitionResponse(init: Partial<ReassignablePartitionResponse> = {}): ReassignablePartitionResponse {
  return {
    partitionIndex: init.partitionIndex ?? 0,
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readReassignablePartitionResponse(reader: ByteReader, _version: number): ReassignablePartitionResponse {
  const partitionIndex = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = readNullableCompactString(reader);
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { partitionIndex, errorCode, errorMessage, unknownTaggedFields };
}

function writeReassignablePartitionResponse(writer: ByteWriter, message: ReassignablePartitionResponse, _version: number): void {
  writer.int32(message.partitionIndex);
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readReassignableTopicResponse(reader: ByteReader, version: number): ReassignableTopicResponse {
  const name = readCompactString(reader);
  const partitions: ReassignablePartitionResponse[] = [];
  for (let left = readCompactArrayLength(reader, 8); left > 0; left--) partitions.push(readReassignablePartitionResponse(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { name, partitions, unknownTaggedFields };
}

function writeReassignableTopicResponse(writer: ByteWriter, message: ReassignableTopicResponse, version: number): void {
  writeCompactString(writer, message.name);
  writeCompactArrayLength(writer, message.partitions);
  for (const element of message.partitions) writeReassignablePartitionResponse(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readAlterPartitionReassignmentsResponse(reader: ByteReader, version: number): AlterPartitionReassignmentsResponse {
  const throttleTimeMs = reader.int32();
  const allowReplicationFactorChange = version >= 1 ? reader.bool() : true;
  const errorCode = reader.int16();
  const errorMessage = readNullableCompactString(reader);
  const responses: ReassignableTopicResponse[] = [];
  for (let left = readCompactArrayLength(reader, 3); left > 0; left--) responses.push(readReassignableTopicResponse(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { throttleTimeMs, allowReplicationFactorChange, errorCode, errorMessage, responses, unknownTaggedFields };
}

function writeAlterPartitionReassignmentsResponse(writer: ByteWriter, message: AlterPartitionReassignmentsResponse, version: number): void {
  writer.int32(message.throttleTimeMs);
  if (version >= 1) writer.bool(message.allowReplicationFactorChange);
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  writeCompactArrayLength(writer, message.responses);
  for (const element of message.responses) writeReassignableTopicResponse(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeReassignableTopicResponseInSteps(writer: ByteWriter, message: ReassignableTopicResponse, version: number): Generator<void, void> {
  writeCompactString(writer, message.name);
  writeCompactArrayLength(writer, message.partitions);
  for (const element of message.partitions) {
    writeReassignablePartitionResponse(writer, element, version);
    yield;
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeAlterPartitionReassignmentsResponseInSteps(writer: ByteWriter, message: AlterPartitionReassignmentsResponse, version: number): Generator<void, void> {
  writer.int32(message.throttleTimeMs);
  if (version >= 1) writer.bool(message.allowReplicationFactorChange);
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  writeCompactArrayLength(writer, message.responses);
  for (const element of message.responses) {
    yield* writeReassignableTopicResponseInSteps(writer, element, version);
    yield;
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** AlterPartitionReassignments: key 45, versions 0-1. */
export const alterPartitionReassignmentsApi: Api<AlterPartitionReassignmentsRequest, AlterPartitionReassignmentsResponse> = {
  key: 45,
  name: "AlterPartitionReassignments",
  minVersion: 0,
  maxVersion: 1,
  firstFlexibleVersion: 0,
  readRequest: readAlterPartitionReassignmentsRequest,
  writeRequest: writeAlterPartitionReassignmentsRequest,
  readResponse: readAlterPartitionReassignmentsResponse,
  writeResponse: writeAlterPartitionReassignmentsResponse,
  writeResponseInSteps: writeAlterPartitionReassignmentsResponseInSteps,
};
