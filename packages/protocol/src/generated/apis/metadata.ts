// Generated from packages/protocol/spec/apis/03-metadata.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readArrayLength, readCompactArrayLength, readNullableArrayLength, readNullableCompactArrayLength, writeArrayLength, writeCompactArrayLength, writeNullableArrayLength, writeNullableCompactArrayLength } from "../../codec/array-lengths.ts";
import { NIL_UUID } from "../../codec/constants.ts";
import { notNull, unsupportedField } from "../../codec/field-support.ts";
import { readInt32s } from "../../codec/int32-arrays.ts";
import { readCompactString, readNullableCompactString, readNullableString, readString, writeCompactString, writeNullableCompactString, writeNullableString, writeString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface MetadataRequest {
  /** Null in 1+. */
  readonly topics: readonly MetadataRequestTopic[] | null;
  /** Versions 4+. */
  readonly allowAutoTopicCreation: boolean;
  /** Versions 8-10. */
  readonly includeClusterAuthorizedOperations: boolean;
  /** Versions 8+. */
  readonly includeTopicAuthorizedOperations: boolean;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface MetadataRequestTopic {
  /** Versions 10+. */
  readonly topicId: string;
  /** Null in 10+. */
  readonly name: string | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeMetadataRequest(init: Partial<MetadataRequest> = {}): MetadataRequest {
  return {
    topics: init.topics === undefined ? [] : init.topics,
    allowAutoTopicCreation: init.allowAutoTopicCreation ?? true,
    includeClusterAuthorizedOperations: init.includeClusterAuthorizedOperations ?? false,
    includeTopicAuthorizedOperations: init.includeTopicAuthorizedOperations ?? false,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeMetadataRequestTopic(init: Partial<MetadataRequestTopic> = {}): MetadataRequestTopic {
  return {
    topicId: init.topicId ?? NIL_UUID,
    name: init.name === undefined ? "" : init.name,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readMetadataRequestTopic(reader: ByteReader, version: number): MetadataRequestTopic {
  const topicId = version >= 10 ? reader.uuid() : NIL_UUID;
  const name = version >= 10 ? readNullableCompactString(reader) : version >= 9 ? readCompactString(reader) : readString(reader);
  const unknownTaggedFields = version < 9 ? undefined : readUnknownTaggedFields(reader);
  return { topicId, name, unknownTaggedFields };
}

function writeMetadataRequestTopic(writer: ByteWriter, message: MetadataRequestTopic, version: number): void {
  if (version >= 10) writer.uuid(message.topicId);
  if (version >= 10) writeNullableCompactString(writer, message.name);
  else if (version >= 9) writeCompactString(writer, notNull(message.name, "MetadataRequestTopic.name", version));
  else writeString(writer, notNull(message.name, "MetadataRequestTopic.name", version));
  if (version >= 9) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readMetadataRequest(reader: ByteReader, version: number): MetadataRequest {
  let topics: MetadataRequestTopic[] | null = null;
  const topicsLength = version >= 9 ? readNullableCompactArrayLength(reader, 2) : version >= 1 ? readNullableArrayLength(reader, 2) : readArrayLength(reader, 2);
  if (topicsLength >= 0) {
    topics = [];
    for (let left = topicsLength; left > 0; left--) topics.push(readMetadataRequestTopic(reader, version));
  }
  const allowAutoTopicCreation = version >= 4 ? reader.bool() : true;
  const includeClusterAuthorizedOperations = version >= 11 ? false : version >= 8 ? reader.bool() : false;
  const includeTopicAuthorizedOperations = version >= 8 ? reader.bool() : false;
  const unknownTaggedFields = version < 9 ? undefined : readUnknownTaggedFields(reader);
  return { topics, allowAutoTopicCreation, includeClusterAuthorizedOperations, includeTopicAuthorizedOperations, unknownTaggedFields };
}

function writeMetadataRequest(writer: ByteWriter, message: MetadataRequest, version: number): void {
  if (version >= 9) writeNullableCompactArrayLength(writer, message.topics);
  else if (version >= 1) writeNullableArrayLength(writer, message.topics);
  else writeArrayLength(writer, notNull(message.topics, "MetadataRequest.topics", version));
  if (message.topics !== null) {
    for (const element of message.topics) writeMetadataRequestTopic(writer, element, version);
  }
  if (version >= 4) writer.bool(message.allowAutoTopicCreation);
  else if (message.allowAutoTopicCreation !== true) throw unsupportedField("MetadataRequest.allowAutoTopicCreation", version);
  if (version >= 8 && version <= 10) writer.bool(message.includeClusterAuthorizedOperations);
  else if (message.includeClusterAuthorizedOperations !== false) throw unsupportedField("MetadataRequest.includeClusterAuthorizedOperations", version);
  if (version >= 8) writer.bool(message.includeTopicAuthorizedOperations);
  else if (message.includeTopicAuthorizedOperations !== false) throw unsupportedField("MetadataRequest.includeTopicAuthorizedOperations", version);
  if (version >= 9) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface MetadataResponse {
  /** Versions 3+. */
  readonly throttleTimeMs: number;
  readonly brokers: readonly MetadataResponseBroker[];
  /** Versions 2+. */
  readonly clusterId: string | null;
  /** Versions 1+. */
  readonly controllerId: number;
  readonly topics: readonly MetadataResponseTopic[];
  /** Versions 8-10. */
  readonly clusterAuthorizedOperations: number;
  /** Versions 13+. */
  readonly errorCode: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface MetadataResponseTopic {
  readonly errorCode: number;
  /** Null in 12+. */
  readonly name: string | null;
  /** Versions 10+. */
  readonly topicId: string;
  /** Versions 1+. */
  readonly isInternal: boolean;
  readonly partitions: readonly MetadataResponsePartition[];
  /** Versions 8+. */
  readonly topicAuthorizedOperations: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface MetadataResponsePartition {
  readonly errorCode: number;
  readonly partitionIndex: number;
  readonly leaderId: number;
  /** Versions 7+. */
  readonly leaderEpoch: number;
  readonly replicaNodes: readonly number[];
  readonly isrNodes: readonly number[];
  /** Versions 5+. */
  readonly offlineReplicas: readonly number[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface MetadataResponseBroker {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
  /** Versions 1+. */
  readonly rack: string | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeMetadataResponse(init: Partial<MetadataResponse> = {}): MetadataResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    brokers: init.brokers ?? [],
    clusterId: init.clusterId ?? null,
    controllerId: init.controllerId ?? -1,
    topics: init.topics ?? [],
    clusterAuthorizedOperations: init.clusterAuthorizedOperations ?? -2147483648,
    errorCode: init.errorCode ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeMetadataResponseTopic(init: Partial<MetadataResponseTopic> = {}): MetadataResponseTopic {
  return {
    errorCode: init.errorCode ?? 0,
    name: init.name === undefined ? "" : init.name,
    topicId: init.topicId ?? NIL_UUID,
    isInternal: init.isInternal ?? false,
    partitions: init.partitions ?? [],
    topicAuthorizedOperations: init.topicAuthorizedOperations ?? -2147483648,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeMetadataResponsePartition(init: Partial<MetadataResponsePartition> = {}): MetadataResponsePartition {
  return {
    errorCode: init.errorCode ?? 0,
    partitionIndex: init.partitionIndex ?? 0,
    leaderId: init.leaderId ?? 0,
    leaderEpoch: init.leaderEpoch ?? -1,
    replicaNodes: init.replicaNodes ?? [],
    isrNodes: init.isrNodes ?? [],
    offlineReplicas: init.offlineReplicas ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeMetadataResponseBroker(init: Partial<MetadataResponseBroker> = {}): MetadataResponseBroker {
  return {
    nodeId: init.nodeId ?? 0,
    host: init.host ?? "",
    port: init.port ?? 0,
    rack: init.rack ?? null,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readMetadataResponseBroker(reader: ByteReader, version: number): MetadataResponseBroker {
  const nodeId = reader.int32();
  const host = version >= 9 ? readCompactString(reader) : readString(reader);
  const port = reader.int32();
  const rack = version >= 9 ? readNullableCompactString(reader) : version >= 1 ? readNullableString(reader) : null;
  const unknownTaggedFields = version < 9 ? undefined : readUnknownTaggedFields(reader);
  return { nodeId, host, port, rack, unknownTaggedFields };
}

function writeMetadataResponseBroker(writer: ByteWriter, message: MetadataResponseBroker, version: number): void {
  writer.int32(message.nodeId);
  if (version >= 9) writeCompactString(writer, message.host);
  else writeString(writer, message.host);
  writer.int32(message.port);
  if (version >= 1) {
    if (version >= 9) writeNullableCompactString(writer, message.rack);
    else writeNullableString(writer, message.rack);
  }
  if (version >= 9) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readMetadataResponsePartition(reader: ByteReader, version: number): MetadataResponsePartition {
  const errorCode = reader.int16();
  const partitionIndex = reader.int32();
  const leaderId = reader.int32();
  const leaderEpoch = version >= 7 ? reader.int32() : -1;
  const replicaNodes = readInt32s(reader, version >= 9 ? readCompactArrayLength(reader, 4) : readArrayLength(reader, 4));
  const isrNodes = readInt32s(reader, version >= 9 ? readCompactArrayLength(reader, 4) : readArrayLength(reader, 4));
  const offlineReplicas = readInt32s(reader, version >= 9 ? readCompactArrayLength(reader, 4) : version >= 5 ? readArrayLength(reader, 4) : 0);
  const unknownTaggedFields = version < 9 ? undefined : readUnknownTaggedFields(reader);
  return { errorCode, partitionIndex, leaderId, leaderEpoch, replicaNodes, isrNodes, offlineReplicas, unknownTaggedFields };
}

function writeMetadataResponsePartition(writer: ByteWriter, message: MetadataResponsePartition, version: number): void {
  writer.errorCode(message.errorCode);
  writer.int32(message.partitionIndex);
  writer.int32(message.leaderId);
  if (version >= 7) writer.int32(message.leaderEpoch);
  if (version >= 9) writeCompactArrayLength(writer, message.replicaNodes);
  else writeArrayLength(writer, message.replicaNodes);
  for (const element of message.replicaNodes) writer.int32(element);
  if (version >= 9) writeCompactArrayLength(writer, message.isrNodes);
  else writeArrayLength(writer, message.isrNodes);
  for (const element of message.isrNodes) writer.int32(element);
  if (version >= 5) {
    if (version >= 9) writeCompactArrayLength(writer, message.offlineReplicas);
    else writeArrayLength(writer, message.offlineReplicas);
    for (const element of message.offlineReplicas) writer.int32(element);
  }
  if (version >= 9) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readMetadataResponseTopic(reader: ByteReader, version: number): MetadataResponseTopic {
  const errorCode = reader.int16();
  const name = version >= 12 ? readNullableCompactString(reader) : version >= 9 ? readCompactString(reader) : readString(reader);
  const topicId = version >= 10 ? reader.uuid() : NIL_UUID;
  const isInternal = version >= 1 ? reader.bool() : false;
  const partitions: MetadataResponsePartition[] = [];
  for (let left = version >= 9 ? readCompactArrayLength(reader, 18) : readArrayLength(reader, 18); left > 0; left--) partitions.push(readMetadataResponsePartition(reader, version));
  const topicAuthorizedOperations = version >= 8 ? reader.int32() : -2147483648;
  const unknownTaggedFields = version < 9 ? undefined : readUnknownTaggedFields(reader);
  return { errorCode, name, topicId, isInternal, partitions, topicAuthorizedOperations, unknownTaggedFields };
}

function writeMetadataResponseTopic(writer: ByteWriter, message: MetadataResponseTopic, version: number): void {
  writer.errorCode(message.errorCode);
  if (version >= 12) writeNullableCompactString(writer, message.name);
  else if (version >= 9) writeCompactString(writer, notNull(message.name, "MetadataResponseTopic.name", version));
  else writeString(writer, notNull(message.name, "MetadataResponseTopic.name", version));
  if (version >= 10) writer.uuid(message.topicId);
  if (version >= 1) writer.bool(message.isInternal);
  if (version >= 9) writeCompactArrayLength(writer, message.partitions);
  else writeArrayLength(writer, message.partitions);
  for (const element of message.partitions) writeMetadataResponsePartition(writer, element, version);
  if (version >= 8) writer.int32(message.topicAuthorizedOperations);
  else if (message.topicAuthorizedOperations !== -2147483648) throw unsupportedField("MetadataResponseTopic.topicAuthorizedOperations", version);
  if (version >= 9) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readMetadataResponse(reader: ByteReader, version: number): MetadataResponse {
  const throttleTimeMs = version >= 3 ? reader.int32() : 0;
  const brokers: MetadataResponseBroker[] = [];
  for (let left = version >= 9 ? readCompactArrayLength(reader, 10) : readArrayLength(reader, 10); left > 0; left--) brokers.push(readMetadataResponseBroker(reader, version));
  const clusterId = version >= 9 ? readNullableCompactString(reader) : version >= 2 ? readNullableString(reader) : null;
  const controllerId = version >= 1 ? reader.int32() : -1;
  const topics: MetadataResponseTopic[] = [];
  for (let left = version >= 9 ? readCompactArrayLength(reader, 8) : readArrayLength(reader, 8); left > 0; left--) topics.push(readMetadataResponseTopic(reader, version));
  const clusterAuthorizedOperations = version >= 11 ? -2147483648 : version >= 8 ? reader.int32() : -2147483648;
  const errorCode = version >= 13 ? reader.int16() : 0;
  const unknownTaggedFields = version < 9 ? undefined : readUnknownTaggedFields(reader);
  return { throttleTimeMs, brokers, clusterId, controllerId, topics, clusterAuthorizedOperations, errorCode, unknownTaggedFields };
}

function writeMetadataResponse(writer: ByteWriter, message: MetadataResponse, version: number): void {
  if (version >= 3) writer.int32(message.throttleTimeMs);
  if (version >= 9) writeCompactArrayLength(writer, message.brokers);
  else writeArrayLength(writer, message.brokers);
  for (const element of message.brokers) writeMetadataResponseBroker(writer, element, version);
  if (version >= 2) {
    if (version >= 9) writeNullableCompactString(writer, message.clusterId);
    else writeNullableString(writer, message.clusterId);
  }
  if (version >= 1) writer.int32(message.controllerId);
  if (version >= 9) writeCompactArrayLength(writer, message.topics);
  else writeArrayLength(writer, message.topics);
  for (const element of message.topics) writeMetadataResponseTopic(writer, element, version);
  if (version >= 8 && version <= 10) writer.int32(message.clusterAuthorizedOperations);
  else if (message.clusterAuthorizedOperations !== -2147483648) throw unsupportedField("MetadataResponse.clusterAuthorizedOperations", version);
  if (version >= 13) writer.errorCode(message.errorCode);
  if (version >= 9) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeMetadataResponseTopicInSteps(writer: ByteWriter, message: MetadataResponseTopic, version: number): Generator<void, void> {
  writer.errorCode(message.errorCode);
  if (version >= 12) writeNullableCompactString(writer, message.name);
  else if (version >= 9) writeCompactString(writer, notNull(message.name, "MetadataResponseTopic.name", version));
  else writeString(writer, notNull(message.name, "MetadataResponseTopic.name", version));
  if (version >= 10) writer.uuid(message.topicId);
  if (version >= 1) writer.bool(message.isInternal);
  if (version >= 9) writeCompactArrayLength(writer, message.partitions);
  else writeArrayLength(writer, message.partitions);
  for (const element of message.partitions) {
    writeMetadataResponsePartition(writer, element, version);
    yield;
  }
  if (version >= 8) writer.int32(message.topicAuthorizedOperations);
  else if (message.topicAuthorizedOperations !== -2147483648) throw unsupportedField("MetadataResponseTopic.topicAuthorizedOperations", version);
  if (version >= 9) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeMetadataResponseInSteps(writer: ByteWriter, message: MetadataResponse, version: number): Generator<void, void> {
  if (version >= 3) writer.int32(message.throttleTimeMs);
  if (version >= 9) writeCompactArrayLength(writer, message.brokers);
  else writeArrayLength(writer, message.brokers);
  for (const element of message.brokers) {
    writeMetadataResponseBroker(writer, element, version);
    yield;
  }
  if (version >= 2) {
    if (version >= 9) writeNullableCompactString(writer, message.clusterId);
    else writeNullableString(writer, message.clusterId);
  }
  if (version >= 1) writer.int32(message.controllerId);
  if (version >= 9) writeCompactArrayLength(writer, message.topics);
  else writeArrayLength(writer, message.topics);
  for (const element of message.topics) {
    yield* writeMetadataResponseTopicInSteps(writer, element, version);
    yield;
  }
  if (version >= 8 && version <= 10) writer.int32(message.clusterAuthorizedOperations);
  else if (message.clusterAuthorizedOperations !== -2147483648) throw unsupportedField("MetadataResponse.clusterAuthorizedOperations", version);
  if (version >= 13) writer.errorCode(message.errorCode);
  if (version >= 9) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* readMetadataResponseTopicInSteps(reader: ByteReader, version: number): Generator<void, MetadataResponseTopic> {
  const errorCode = reader.int16();
  const name = version >= 12 ? readNullableCompactString(reader) : version >= 9 ? readCompactString(reader) : readString(reader);
  const topicId = version >= 10 ? reader.uuid() : NIL_UUID;
  const isInternal = version >= 1 ? reader.bool() : false;
  const partitions: MetadataResponsePartition[] = [];
  for (let left = version >= 9 ? readCompactArrayLength(reader, 18) : readArrayLength(reader, 18); left > 0; left--) { partitions.push(readMetadataResponsePartition(reader, version)); yield; }
  const topicAuthorizedOperations = version >= 8 ? reader.int32() : -2147483648;
  const unknownTaggedFields = version < 9 ? undefined : readUnknownTaggedFields(reader);
  return { errorCode, name, topicId, isInternal, partitions, topicAuthorizedOperations, unknownTaggedFields };
}

function* readMetadataResponseInSteps(reader: ByteReader, version: number): Generator<void, MetadataResponse> {
  const throttleTimeMs = version >= 3 ? reader.int32() : 0;
  const brokers: MetadataResponseBroker[] = [];
  for (let left = version >= 9 ? readCompactArrayLength(reader, 10) : readArrayLength(reader, 10); left > 0; left--) { brokers.push(readMetadataResponseBroker(reader, version)); yield; }
  const clusterId = version >= 9 ? readNullableCompactString(reader) : version >= 2 ? readNullableString(reader) : null;
  const controllerId = version >= 1 ? reader.int32() : -1;
  const topics: MetadataResponseTopic[] = [];
  for (let left = version >= 9 ? readCompactArrayLength(reader, 8) : readArrayLength(reader, 8); left > 0; left--) { topics.push(yield* readMetadataResponseTopicInSteps(reader, version)); yield; }
  const clusterAuthorizedOperations = version >= 11 ? -2147483648 : version >= 8 ? reader.int32() : -2147483648;
  const errorCode = version >= 13 ? reader.int16() : 0;
  const unknownTaggedFields = version < 9 ? undefined : readUnknownTaggedFields(reader);
  return { throttleTimeMs, brokers, clusterId, controllerId, topics, clusterAuthorizedOperations, errorCode, unknownTaggedFields };
}

/** Metadata: key 3, versions 0-13. */
export const metadataApi: Api<MetadataRequest, MetadataResponse> = {
  key: 3,
  name: "Metadata",
  minVersion: 0,
  maxVersion: 13,
  firstFlexibleVersion: 9,
  readRequest: readMetadataRequest,
  writeRequest: writeMetadataRequest,
  readResponse: readMetadataResponse,
  writeResponse: writeMetadataResponse,
  writeResponseInSteps: writeMetadataResponseInSteps,
  readResponseInSteps: readMetadataResponseInSteps,
};
