// Generated from packages/protocol/spec/apis/88-streams-group-heartbeat.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readCompactArrayLength, readNullableCompactArrayLength, writeCompactArrayLength, writeNullableCompactArrayLength } from "../../codec/array-lengths.ts";
import { unsupportedField } from "../../codec/field-support.ts";
import { readInt32s } from "../../codec/int32-arrays.ts";
import { readCompactString, readNullableCompactString, shortened, writeCompactString, writeNullableCompactString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface StreamsGroupHeartbeatRequest {
  readonly groupId: string;
  readonly memberId: string;
  readonly memberEpoch: number;
  readonly endpointInformationEpoch: number;
  readonly instanceId: string | null;
  readonly rackId: string | null;
  readonly rebalanceTimeoutMs: number;
  readonly topology: Topology | null;
  readonly activeTasks: readonly StreamsGroupHeartbeatRequestTaskIds[] | null;
  readonly standbyTasks: readonly StreamsGroupHeartbeatRequestTaskIds[] | null;
  readonly warmupTasks: readonly StreamsGroupHeartbeatRequestTaskIds[] | null;
  readonly processId: string | null;
  readonly userEndpoint: StreamsGroupHeartbeatRequestEndpoint | null;
  readonly clientTags: readonly KeyValue[] | null;
  readonly taskOffsets: readonly TaskOffset[] | null;
  readonly taskEndOffsets: readonly TaskOffset[] | null;
  readonly shutdownApplication: boolean;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface TaskOffset {
  readonly subtopologyId: string;
  readonly partition: number;
  readonly offset: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface StreamsGroupHeartbeatRequestEndpoint {
  readonly host: string;
  readonly port: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface StreamsGroupHeartbeatRequestTaskIds {
  readonly subtopologyId: string;
  readonly partitions: readonly number[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface Topology {
  readonly epoch: number;
  readonly subtopologies: readonly Subtopology[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface Subtopology {
  readonly subtopologyId: string;
  readonly sourceTopics: readonly string[];
  readonly sourceTopicRegex: readonly string[];
  readonly stateChangelogTopics: readonly TopicInfo[];
  readonly repartitionSinkTopics: readonly string[];
  readonly repartitionSourceTopics: readonly TopicInfo[];
  readonly copartitionGroups: readonly CopartitionGroup[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface CopartitionGroup {
  readonly sourceTopics: readonly number[];
  readonly sourceTopicRegex: readonly number[];
  readonly repartitionSourceTopics: readonly number[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface TopicInfo {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly topicConfigs: readonly KeyValue[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface KeyValue {
  readonly key: string;
  readonly value: string;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeStreamsGroupHeartbeatRequest(init: Partial<StreamsGroupHeartbeatRequest> = {}): StreamsGroupHeartbeatRequest {
  return {
    groupId: init.groupId ?? "",
    memberId: init.memberId ?? "",
    memberEpoch: init.memberEpoch ?? 0,
    endpointInformationEpoch: init.endpointInformationEpoch ?? 0,
    instanceId: init.instanceId ?? null,
    rackId: init.rackId ?? null,
    rebalanceTimeoutMs: init.rebalanceTimeoutMs ?? -1,
    topology: init.topology ?? null,
    activeTasks: init.activeTasks ?? null,
    standbyTasks: init.standbyTasks ?? null,
    warmupTasks: init.warmupTasks ?? null,
    processId: init.processId ?? null,
    userEndpoint: init.userEndpoint ?? null,
    clientTags: init.clientTags ?? null,
    taskOffsets: init.taskOffsets ?? null,
    taskEndOffsets: init.taskEndOffsets ?? null,
    shutdownApplication: init.shutdownApplication ?? false,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeTaskOffset(init: Partial<TaskOffset> = {}): TaskOffset {
  return {
    subtopologyId: init.subtopologyId ?? "",
    partition: init.partition ?? 0,
    offset: init.offset ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeStreamsGroupHeartbeatRequestEndpoint(init: Partial<StreamsGroupHeartbeatRequestEndpoint> = {}): StreamsGroupHeartbeatRequestEndpoint {
  return {
    host: init.host ?? "",
    port: init.port ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeStreamsGroupHeartbeatRequestTaskIds(init: Partial<StreamsGroupHeartbeatRequestTaskIds> = {}): StreamsGroupHeartbeatRequestTaskIds {
  return {
    subtopologyId: init.subtopologyId ?? "",
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeTopology(init: Partial<Topology> = {}): Topology {
  return {
    epoch: init.epoch ?? 0,
    subtopologies: init.subtopologies ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeSubtopology(init: Partial<Subtopology> = {}): Subtopology {
  return {
    subtopologyId: init.subtopologyId ?? "",
    sourceTopics: init.sourceTopics ?? [],
    sourceTopicRegex: init.sourceTopicRegex ?? [],
    stateChangelogTopics: init.stateChangelogTopics ?? [],
    repartitionSinkTopics: init.repartitionSinkTopics ?? [],
    repartitionSourceTopics: init.repartitionSourceTopics ?? [],
    copartitionGroups: init.copartitionGroups ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeCopartitionGroup(init: Partial<CopartitionGroup> = {}): CopartitionGroup {
  return {
    sourceTopics: init.sourceTopics ?? [],
    sourceTopicRegex: init.sourceTopicRegex ?? [],
    repartitionSourceTopics: init.repartitionSourceTopics ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeTopicInfo(init: Partial<TopicInfo> = {}): TopicInfo {
  return {
    name: init.name ?? "",
    partitions: init.partitions ?? 0,
    replicationFactor: init.replicationFactor ?? 0,
    topicConfigs: init.topicConfigs ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeKeyValue(init: Partial<KeyValue> = {}): KeyValue {
  return {
    key: init.key ?? "",
    value: init.value ?? "",
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readKeyValue(reader: ByteReader, _version: number): KeyValue {
  const key = readCompactString(reader);
  const value = readCompactString(reader);
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { key, value, unknownTaggedFields };
}

function writeKeyValue(writer: ByteWriter, message: KeyValue, _version: number): void {
  writeCompactString(writer, message.key);
  writeCompactString(writer, message.value);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readTopicInfo(reader: ByteReader, version: number): TopicInfo {
  const name = readCompactString(reader);
  const partitions = reader.int32();
  const replicationFactor = reader.int16();
  const topicConfigs: KeyValue[] = [];
  for (let left = readCompactArrayLength(reader, 3); left > 0; left--) topicConfigs.push(readKeyValue(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { name, partitions, replicationFactor, topicConfigs, unknownTaggedFields };
}

function writeTopicInfo(writer: ByteWriter, message: TopicInfo, version: number): void {
  writeCompactString(writer, message.name);
  writer.int32(message.partitions);
  writer.int16(message.replicationFactor);
  writeCompactArrayLength(writer, message.topicConfigs);
  for (const element of message.topicConfigs) writeKeyValue(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readCopartitionGroup(reader: ByteReader, _version: number): CopartitionGroup {
  const sourceTopics: number[] = [];
  for (let left = readCompactArrayLength(reader, 2); left > 0; left--) sourceTopics.push(reader.int16());
  const sourceTopicRegex: number[] = [];
  for (let left = readCompactArrayLength(reader, 2); left > 0; left--) sourceTopicRegex.push(reader.int16());
  const repartitionSourceTopics: number[] = [];
  for (let left = readCompactArrayLength(reader, 2); left > 0; left--) repartitionSourceTopics.push(reader.int16());
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { sourceTopics, sourceTopicRegex, repartitionSourceTopics, unknownTaggedFields };
}

function writeCopartitionGroup(writer: ByteWriter, message: CopartitionGroup, _version: number): void {
  writeCompactArrayLength(writer, message.sourceTopics);
  for (const element of message.sourceTopics) writer.int16(element);
  writeCompactArrayLength(writer, message.sourceTopicRegex);
  for (const element of message.sourceTopicRegex) writer.int16(element);
  writeCompactArrayLength(writer, message.repartitionSourceTopics);
  for (const element of message.repartitionSourceTopics) writer.int16(element);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readSubtopology(reader: ByteReader, version: number): Subtopology {
  const subtopologyId = readCompactString(reader);
  const sourceTopics: string[] = [];
  for (let left = readCompactArrayLength(reader, 1); left > 0; left--) sourceTopics.push(readCompactString(reader));
  const sourceTopicRegex: string[] = [];
  for (let left = readCompactArrayLength(reader, 1); left > 0; left--) sourceTopicRegex.push(readCompactString(reader));
  const stateChangelogTopics: TopicInfo[] = [];
  for (let left = readCompactArrayLength(reader, 9); left > 0; left--) stateChangelogTopics.push(readTopicInfo(reader, version));
  const repartitionSinkTopics: string[] = [];
  for (let left = readCompactArrayLength(reader, 1); left > 0; left--) repartitionSinkTopics.push(readCompactString(reader));
  const repartitionSourceTopics: TopicInfo[] = [];
  for (let left = readCompactArrayLength(reader, 9); left > 0; left--) repartitionSourceTopics.push(readTopicInfo(reader, version));
  const copartitionGroups: CopartitionGroup[] = [];
  for (let left = readCompactArrayLength(reader, 4); left > 0; left--) copartitionGroups.push(readCopartitionGroup(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { subtopologyId, sourceTopics, sourceTopicRegex, stateChangelogTopics, repartitionSinkTopics, repartitionSourceTopics, copartitionGroups, unknownTaggedFields };
}

function writeSubtopology(writer: ByteWriter, message: Subtopology, version: number): void {
  writeCompactString(writer, message.subtopologyId);
  writeCompactArrayLength(writer, message.sourceTopics);
  for (const element of message.sourceTopics) writeCompactString(writer, element);
  writeCompactArrayLength(writer, message.sourceTopicRegex);
  for (const element of message.sourceTopicRegex) writeCompactString(writer, element);
  writeCompactArrayLength(writer, message.stateChangelogTopics);
  for (const element of message.stateChangelogTopics) writeTopicInfo(writer, element, version);
  writeCompactArrayLength(writer, message.repartitionSinkTopics);
  for (const element of message.repartitionSinkTopics) writeCompactString(writer, element);
  writeCompactArrayLength(writer, message.repartitionSourceTopics);
  for (const element of message.repartitionSourceTopics) writeTopicInfo(writer, element, version);
  writeCompactArrayLength(writer, message.copartitionGroups);
  for (const element of message.copartitionGroups) writeCopartitionGroup(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readTopology(reader: ByteReader, version: number): Topology {
  const epoch = reader.int32();
  const subtopologies: Subtopology[] = [];
  for (let left = readCompactArrayLength(reader, 8); left > 0; left--) subtopologies.push(readSubtopology(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { epoch, subtopologies, unknownTaggedFields };
}

function writeTopology(writer: ByteWriter, message: Topology, version: number): void {
  writer.int32(message.epoch);
  writeCompactArrayLength(writer, message.subtopologies);
  for (const element of message.subtopologies) writeSubtopology(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readStreamsGroupHeartbeatRequestTaskIds(reader: ByteReader, _version: number): StreamsGroupHeartbeatRequestTaskIds {
  const subtopologyId = readCompactString(reader);
  const partitions = readInt32s(reader, readCompactArrayLength(reader, 4));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { subtopologyId, partitions, unknownTaggedFields };
}

function writeStreamsGroupHeartbeatRequestTaskIds(writer: ByteWriter, message: StreamsGroupHeartbeatRequestTaskIds, _version: number): void {
  writeCompactString(writer, message.subtopologyId);
  writeCompactArrayLength(writer, message.partitions);
  for (const element of message.partitions) writer.int32(element);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readStreamsGroupHeartbeatRequestEndpoint(reader: ByteReader, _version: number): StreamsGroupHeartbeatRequestEndpoint {
  const host = readCompactString(reader);
  const port = reader.uint16();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { host, port, unknownTaggedFields };
}

function writeStreamsGroupHeartbeatRequestEndpoint(writer: ByteWriter, message: StreamsGroupHeartbeatRequestEndpoint, _version: number): void {
  writeCompactString(writer, message.host);
  writer.uint16(message.port);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readTaskOffset(reader: ByteReader, _version: number): TaskOffset {
  const subtopologyId = readCompactString(reader);
  const partition = reader.int32();
  const offset = reader.int64();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { subtopologyId, partition, offset, unknownTaggedFields };
}

function writeTaskOffset(writer: ByteWriter, message: TaskOffset, _version: number): void {
  writeCompactString(writer, message.subtopologyId);
  writer.int32(message.partition);
  writer.int64(message.offset);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readStreamsGroupHeartbeatRequest(reader: ByteReader, version: number): StreamsGroupHeartbeatRequest {
  const groupId = readCompactString(reader);
  const memberId = readCompactString(reader);
  const memberEpoch = reader.int32();
  const endpointInformationEpoch = reader.int32();
  const instanceId = readNullableCompactString(reader);
  const rackId = readNullableCompactString(reader);
  const rebalanceTimeoutMs = reader.int32();
  const topology = reader.int8() < 0 ? null : readTopology(reader, version);
  let activeTasks: StreamsGroupHeartbeatRequestTaskIds[] | null = null;
  const activeTasksLength = readNullableCompactArrayLength(reader, 3);
  if (activeTasksLength >= 0) {
    activeTasks = [];
    for (let left = activeTasksLength; left > 0; left--) activeTasks.push(readStreamsGroupHeartbeatRequestTaskIds(reader, version));
  }
  let standbyTasks: StreamsGroupHeartbeatRequestTaskIds[] | null = null;
  const standbyTasksLength = readNullableCompactArrayLength(reader, 3);
  if (standbyTasksLength >= 0) {
    standbyTasks = [];
    for (let left = standbyTasksLength; left > 0; left--) standbyTasks.push(readStreamsGroupHeartbeatRequestTaskIds(reader, version));
  }
  let warmupTasks: StreamsGroupHeartbeatRequestTaskIds[] | null = null;
  const warmupTasksLength = readNullableCompactArrayLength(reader, 3);
  if (warmupTasksLength >= 0) {
    warmupTasks = [];
    for (let left = warmupTasksLength; left > 0; left--) warmupTasks.push(readStreamsGroupHeartbeatRequestTaskIds(reader, version));
  }
  const processId = readNullableCompactString(reader);
  const userEndpoint = reader.int8() < 0 ? null : readStreamsGroupHeartbeatRequestEndpoint(reader, version);
  let clientTags: KeyValue[] | null = null;
  const clientTagsLength = readNullableCompactArrayLength(reader, 3);
  if (clientTagsLength >= 0) {
    clientTags = [];
    for (let left = clientTagsLength; left > 0; left--) clientTags.push(readKeyValue(reader, version));
  }
  let taskOffsets: TaskOffset[] | null = null;
  const taskOffsetsLength = readNullableCompactArrayLength(reader, 14);
  if (taskOffsetsLength >= 0) {
    taskOffsets = [];
    for (let left = taskOffsetsLength; left > 0; left--) taskOffsets.push(readTaskOffset(reader, version));
  }
  let taskEndOffsets: TaskOffset[] | null = null;
  const taskEndOffsetsLength = readNullableCompactArrayLength(reader, 14);
  if (taskEndOffsetsLength >= 0) {
    taskEndOffsets = [];
    for (let left = taskEndOffsetsLength; left > 0; left--) taskEndOffsets.push(readTaskOffset(reader, version));
  }
  const shutdownApplication = reader.bool();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { groupId, memberId, memberEpoch, endpointInformationEpoch, instanceId, rackId, rebalanceTimeoutMs, topology, activeTasks, standbyTasks, warmupTasks, processId, userEndpoint, clientTags, taskOffsets, taskEndOffsets, shutdownApplication, unknownTaggedFields };
}

function writeStreamsGroupHeartbeatRequest(writer: ByteWriter, message: StreamsGroupHeartbeatRequest, version: number): void {
  writeCompactString(writer, message.groupId);
  writeCompactString(writer, message.memberId);
  writer.int32(message.memberEpoch);
  writer.int32(message.endpointInformationEpoch);
  writeNullableCompactString(writer, message.instanceId);
  writeNullableCompactString(writer, message.rackId);
  writer.int32(message.rebalanceTimeoutMs);
  if (message.topology === null) {
    writer.int8(-1);
  } else {
    writer.int8(1);
    writeTopology(writer, message.topology, version);
  }
  writeNullableCompactArrayLength(writer, message.activeTasks);
  if (message.activeTasks !== null) {
    for (const element of message.activeTasks) writeStreamsGroupHeartbeatRequestTaskIds(writer, element, version);
  }
  writeNullableCompactArrayLength(writer, message.standbyTasks);
  if (message.standbyTasks !== null) {
    for (const element of message.standbyTasks) writeStreamsGroupHeartbeatRequestTaskIds(writer, element, version);
  }
  writeNullableCompactArrayLength(writer, message.warmupTasks);
  if (message.warmupTasks !== null) {
    for (const element of message.warmupTasks) writeStreamsGroupHeartbeatRequestTaskIds(writer, element, version);
  }
  writeNullableCompactString(writer, message.processId);
  if (message.userEndpoint === null) {
    writer.int8(-1);
  } else {
    writer.int8(1);
    writeStreamsGroupHeartbeatRequestEndpoint(writer, message.userEndpoint, version);
  }
  writeNullableCompactArrayLength(writer, message.clientTags);
  if (message.clientTags !== null) {
    for (const element of message.clientTags) writeKeyValue(writer, element, version);
  }
  writeNullableCompactArrayLength(writer, message.taskOffsets);
  if (message.taskOffsets !== null) {
    for (const element of message.taskOffsets) writeTaskOffset(writer, element, version);
  }
  writeNullableCompactArrayLength(writer, message.taskEndOffsets);
  if (message.taskEndOffsets !== null) {
    for (const element of message.taskEndOffsets) writeTaskOffset(writer, element, version);
  }
  writer.bool(message.shutdownApplication);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface StreamsGroupHeartbeatResponse {
  readonly throttleTimeMs: number;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly memberId: string;
  readonly memberEpoch: number;
  readonly heartbeatIntervalMs: number;
  /** Versions 0. */
  readonly acceptableRecoveryLagLegacy: number;
  readonly taskOffsetIntervalMs: number;
  /** Versions 1+. */
  readonly acceptableRecoveryLag: number;
  readonly status: readonly Status[] | null;
  readonly activeTasks: readonly StreamsGroupHeartbeatResponseTaskIds[] | null;
  readonly standbyTasks: readonly StreamsGroupHeartbeatResponseTaskIds[] | null;
  readonly warmupTasks: readonly StreamsGroupHeartbeatResponseTaskIds[] | null;
  /** Versions 1+. */
  readonly topologyDescriptionRequired: boolean;
  readonly endpointInformationEpoch: number;
  readonly partitionsByUserEndpoint: readonly EndpointToPartitions[] | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface EndpointToPartitions {
  readonly userEndpoint: StreamsGroupHeartbeatResponseEndpoint;
  readonly activePartitions: readonly TopicPartition[];
  readonly standbyPartitions: readonly TopicPartition[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface TopicPartition {
  readonly topic: string;
  readonly partitions: readonly number[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface StreamsGroupHeartbeatResponseEndpoint {
  readonly host: string;
  readonly port: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface StreamsGroupHeartbeatResponseTaskIds {
  readonly subtopologyId: string;
  readonly partitions: readonly number[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface Status {
  readonly statusCode: number;
  readonly statusDetail: string;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeStreamsGroupHeartbeatResponse(init: Partial<StreamsGroupHeartbeatResponse> = {}): StreamsGroupHeartbeatResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    memberId: init.memberId ?? "",
    memberEpoch: init.memberEpoch ?? 0,
    heartbeatIntervalMs: init.heartbeatIntervalMs ?? 0,
    acceptableRecoveryLagLegacy: init.acceptableRecoveryLagLegacy ?? 0,
    taskOffsetIntervalMs: init.taskOffsetIntervalMs ?? 0,
    acceptableRecoveryLag: init.acceptableRecoveryLag ?? -1,
    status: init.status === undefined ? [] : init.status,
    activeTasks: init.activeTasks ?? null,
    standbyTasks: init.standbyTasks ?? null,
    warmupTasks: init.warmupTasks ?? null,
    topologyDescriptionRequired: init.topologyDescriptionRequired ?? false,
    endpointInformationEpoch: init.endpointInformationEpoch ?? 0,
    partitionsByUserEndpoint: init.partitionsByUserEndpoint ?? null,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeEndpointToPartitions(init: Partial<EndpointToPartitions> = {}): EndpointToPartitions {
  return {
    userEndpoint: init.userEndpoint ?? defaultStreamsGroupHeartbeatResponseEndpoint,
    activePartitions: init.activePartitions ?? [],
    standbyPartitions: init.standbyPartitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeTopicPartition(init: Partial<TopicPartition> = {}): TopicPartition {
  return {
    topic: init.topic ?? "",
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeStreamsGroupHeartbeatResponseEndpoint(init: Partial<StreamsGroupHeartbeatResponseEndpoint> = {}): StreamsGroupHeartbeatResponseEndpoint {
  return {
    host: init.host ?? "",
    port: init.port ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeStreamsGroupHeartbeatResponseTaskIds(init: Partial<StreamsGroupHeartbeatResponseTaskIds> = {}): StreamsGroupHeartbeatResponseTaskIds {
  return {
    subtopologyId: init.subtopologyId ?? "",
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeStatus(init: Partial<Status> = {}): Status {
  return {
    statusCode: init.statusCode ?? 0,
    statusDetail: init.statusDetail ?? "",
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

const defaultStreamsGroupHeartbeatResponseEndpoint: StreamsGroupHeartbeatResponseEndpoint = makeStreamsGroupHeartbeatResponseEndpoint();

function isDefaultStreamsGroupHeartbeatResponseEndpoint(message: StreamsGroupHeartbeatResponseEndpoint): boolean {
  return message === defaultStreamsGroupHeartbeatResponseEndpoint || (message.host === "" && message.port === 0 && message.unknownTaggedFields === undefined);
}

function readStatus(reader: ByteReader, _version: number): Status {
  const statusCode = reader.int8();
  const statusDetail = readCompactString(reader);
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { statusCode, statusDetail, unknownTaggedFields };
}

function writeStatus(writer: ByteWriter, message: Status, _version: number): void {
  writer.int8(message.statusCode);
  writeCompactString(writer, message.statusDetail);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readStreamsGroupHeartbeatResponseTaskIds(reader: ByteReader, _version: number): StreamsGroupHeartbeatResponseTaskIds {
  const subtopologyId = readCompactString(reader);
  const partitions = readInt32s(reader, readCompactArrayLength(reader, 4));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { subtopologyId, partitions, unknownTaggedFields };
}

function writeStreamsGroupHeartbeatResponseTaskIds(writer: ByteWriter, message: StreamsGroupHeartbeatResponseTaskIds, _version: number): void {
  writeCompactString(writer, message.subtopologyId);
  writeCompactArrayLength(writer, message.partitions);
  for (const element of message.partitions) writer.int32(element);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readStreamsGroupHeartbeatResponseEndpoint(reader: ByteReader, _version: number): StreamsGroupHeartbeatResponseEndpoint {
  const host = readCompactString(reader);
  const port = reader.uint16();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { host, port, unknownTaggedFields };
}

function writeStreamsGroupHeartbeatResponseEndpoint(writer: ByteWriter, message: StreamsGroupHeartbeatResponseEndpoint, _version: number): void {
  writeCompactString(writer, message.host);
  writer.uint16(message.port);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readTopicPartition(reader: ByteReader, _version: number): TopicPartition {
  const topic = readCompactString(reader);
  const partitions = readInt32s(reader, readCompactArrayLength(reader, 4));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { topic, partitions, unknownTaggedFields };
}

function writeTopicPartition(writer: ByteWriter, message: TopicPartition, _version: number): void {
  writeCompactString(writer, message.topic);
  writeCompactArrayLength(writer, message.partitions);
  for (const element of message.partitions) writer.int32(element);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readEndpointToPartitions(reader: ByteReader, version: number): EndpointToPartitions {
  const userEndpoint = readStreamsGroupHeartbeatResponseEndpoint(reader, version);
  const activePartitions: TopicPartition[] = [];
  for (let left = readCompactArrayLength(reader, 3); left > 0; left--) activePartitions.push(readTopicPartition(reader, version));
  const standbyPartitions: TopicPartition[] = [];
  for (let left = readCompactArrayLength(reader, 3); left > 0; left--) standbyPartitions.push(readTopicPartition(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { userEndpoint, activePartitions, standbyPartitions, unknownTaggedFields };
}

function writeEndpointToPartitions(writer: ByteWriter, message: EndpointToPartitions, version: number): void {
  writeStreamsGroupHeartbeatResponseEndpoint(writer, message.userEndpoint, version);
  writeCompactArrayLength(writer, message.activePartitions);
  for (const element of message.activePartitions) writeTopicPartition(writer, element, version);
  writeCompactArrayLength(writer, message.standbyPartitions);
  for (const element of message.standbyPartitions) writeTopicPartition(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readStreamsGroupHeartbeatResponse(reader: ByteReader, version: number): StreamsGroupHeartbeatResponse {
  const throttleTimeMs = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = readNullableCompactString(reader);
  const memberId = readCompactString(reader);
  const memberEpoch = reader.int32();
  const heartbeatIntervalMs = reader.int32();
  const acceptableRecoveryLagLegacy = version >= 1 ? 0 : reader.int32();
  const taskOffsetIntervalMs = reader.int32();
  const acceptableRecoveryLag = version >= 1 ? reader.int64() : -1;
  let status: Status[] | null = null;
  const statusLength = readNullableCompactArrayLength(reader, 3);
  if (statusLength >= 0) {
    status = [];
    for (let left = statusLength; left > 0; left--) status.push(readStatus(reader, version));
  }
  let activeTasks: StreamsGroupHeartbeatResponseTaskIds[] | null = null;
  const activeTasksLength = readNullableCompactArrayLength(reader, 3);
  if (activeTasksLength >= 0) {
    activeTasks = [];
    for (let left = activeTasksLength; left > 0; left--) activeTasks.push(readStreamsGroupHeartbeatResponseTaskIds(reader, version));
  }
  let standbyTasks: StreamsGroupHeartbeatResponseTaskIds[] | null = null;
  const standbyTasksLength = readNullableCompactArrayLength(reader, 3);
  if (standbyTasksLength >= 0) {
    standbyTasks = [];
    for (let left = standbyTasksLength; left > 0; left--) standbyTasks.push(readStreamsGroupHeartbeatResponseTaskIds(reader, version));
  }
  let warmupTasks: StreamsGroupHeartbeatResponseTaskIds[] | null = null;
  const warmupTasksLength = readNullableCompactArrayLength(reader, 3);
  if (warmupTasksLength >= 0) {
    warmupTasks = [];
    for (let left = warmupTasksLength; left > 0; left--) warmupTasks.push(readStreamsGroupHeartbeatResponseTaskIds(reader, version));
  }
  const topologyDescriptionRequired = version >= 1 ? reader.bool() : false;
  const endpointInformationEpoch = reader.int32();
  let partitionsByUserEndpoint: EndpointToPartitions[] | null = null;
  const partitionsByUserEndpointLength = readNullableCompactArrayLength(reader, 7);
  if (partitionsByUserEndpointLength >= 0) {
    partitionsByUserEndpoint = [];
    for (let left = partitionsByUserEndpointLength; left > 0; left--) partitionsByUserEndpoint.push(readEndpointToPartitions(reader, version));
  }
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { throttleTimeMs, errorCode, errorMessage, memberId, memberEpoch, heartbeatIntervalMs, acceptableRecoveryLagLegacy, taskOffsetIntervalMs, acceptableRecoveryLag, status, activeTasks, standbyTasks, warmupTasks, topologyDescriptionRequired, endpointInformationEpoch, partitionsByUserEndpoint, unknownTaggedFields };
}

function writeStreamsGroupHeartbeatResponse(writer: ByteWriter, message: StreamsGroupHeartbeatResponse, version: number): void {
  writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  writeCompactString(writer, message.memberId);
  writer.int32(message.memberEpoch);
  writer.int32(message.heartbeatIntervalMs);
  if (version <= 0) writer.int32(message.acceptableRecoveryLagLegacy);
  else if (message.acceptableRecoveryLagLegacy !== 0) throw unsupportedField("StreamsGroupHeartbeatResponse.acceptableRecoveryLagLegacy", version);
  writer.int32(message.taskOffsetIntervalMs);
  if (version >= 1) writer.int64(message.acceptableRecoveryLag);
  writeNullableCompactArrayLength(writer, message.status);
  if (message.status !== null) {
    for (const element of message.status) writeStatus(writer, element, version);
  }
  writeNullableCompactArrayLength(writer, message.activeTasks);
  if (message.activeTasks !== null) {
    for (const element of message.activeTasks) writeStreamsGroupHeartbeatResponseTaskIds(writer, element, version);
  }
  writeNullableCompactArrayLength(writer, message.standbyTasks);
  if (message.standbyTasks !== null) {
    for (const element of message.standbyTasks) writeStreamsGroupHeartbeatResponseTaskIds(writer, element, version);
  }
  writeNullableCompactArrayLength(writer, message.warmupTasks);
  if (message.warmupTasks !== null) {
    for (const element of message.warmupTasks) writeStreamsGroupHeartbeatResponseTaskIds(writer, element, version);
  }
  if (version >= 1) writer.bool(message.topologyDescriptionRequired);
  else if (message.topologyDescriptionRequired !== false) throw unsupportedField("StreamsGroupHeartbeatResponse.topologyDescriptionRequired", version);
  writer.int32(message.endpointInformationEpoch);
  writeNullableCompactArrayLength(writer, message.partitionsByUserEndpoint);
  if (message.partitionsByUserEndpoint !== null) {
    for (const element of message.partitionsByUserEndpoint) writeEndpointToPartitions(writer, element, version);
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeEndpointToPartitionsInSteps(writer: ByteWriter, message: EndpointToPartitions, version: number): Generator<void, void> {
  writeStreamsGroupHeartbeatResponseEndpoint(writer, message.userEndpoint, version);
  writeCompactArrayLength(writer, message.activePartitions);
  for (const element of message.activePartitions) {
    writeTopicPartition(writer, element, version);
    yield;
  }
  writeCompactArrayLength(writer, message.standbyPartitions);
  for (const element of message.standbyPartitions) {
    writeTopicPartition(writer, element, version);
    yield;
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeStreamsGroupHeartbeatResponseInSteps(writer: ByteWriter, message: StreamsGroupHeartbeatResponse, version: number): Generator<void, void> {
  writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  writeCompactString(writer, message.memberId);
  writer.int32(message.memberEpoch);
  writer.int32(message.heartbeatIntervalMs);
  if (version <= 0) writer.int32(message.acceptableRecoveryLagLegacy);
  else if (message.acceptableRecoveryLagLegacy !== 0) throw unsupportedField("StreamsGroupHeartbeatResponse.acceptableRecoveryLagLegacy", version);
  writer.int32(message.taskOffsetIntervalMs);
  if (version >= 1) writer.int64(message.acceptableRecoveryLag);
  writeNullableCompactArrayLength(writer, message.status);
  if (message.status !== null) {
    for (const element of message.status) {
      writeStatus(writer, element, version);
      yield;
    }
  }
  writeNullableCompactArrayLength(writer, message.activeTasks);
  if (message.activeTasks !== null) {
    for (const element of message.activeTasks) {
      writeStreamsGroupHeartbeatResponseTaskIds(writer, element, version);
      yield;
    }
  }
  writeNullableCompactArrayLength(writer, message.standbyTasks);
  if (message.standbyTasks !== null) {
    for (const element of message.standbyTasks) {
      writeStreamsGroupHeartbeatResponseTaskIds(writer, element, version);
      yield;
    }
  }
  writeNullableCompactArrayLength(writer, message.warmupTasks);
  if (message.warmupTasks !== null) {
    for (const element of message.warmupTasks) {
      writeStreamsGroupHeartbeatResponseTaskIds(writer, element, version);
      yield;
    }
  }
  if (version >= 1) writer.bool(message.topologyDescriptionRequired);
  else if (message.topologyDescriptionRequired !== false) throw unsupportedField("StreamsGroupHeartbeatResponse.topologyDescriptionRequired", version);
  writer.int32(message.endpointInformationEpoch);
  writeNullableCompactArrayLength(writer, message.partitionsByUserEndpoint);
  if (message.partitionsByUserEndpoint !== null) {
    for (const element of message.partitionsByUserEndpoint) {
      yield* writeEndpointToPartitionsInSteps(writer, element, version);
      yield;
    }
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** StreamsGroupHeartbeat: key 88, versions 0-1. */
export const streamsGroupHeartbeatApi: Api<StreamsGroupHeartbeatRequest, StreamsGroupHeartbeatResponse> = {
  key: 88,
  name: "StreamsGroupHeartbeat",
  minVersion: 0,
  maxVersion: 1,
  firstFlexibleVersion: 0,
  readRequest: readStreamsGroupHeartbeatRequest,
  writeRequest: writeStreamsGroupHeartbeatRequest,
  readResponse: readStreamsGroupHeartbeatResponse,
  writeResponse: writeStreamsGroupHeartbeatResponse,
  writeResponseInSteps: writeStreamsGroupHeartbeatResponseInSteps,
};
