// Generated from packages/protocol/spec/apis/89-streams-group-describe.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readCompactArrayLength, readNullableCompactArrayLength, writeCompactArrayLength, writeNullableCompactArrayLength } from "../../codec/array-lengths.ts";
import { unsupportedField } from "../../codec/field-support.ts";
import { readInt32s } from "../../codec/int32-arrays.ts";
import { readCompactString, readNullableCompactString, shortened, writeCompactString, writeNullableCompactString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface StreamsGroupDescribeRequest {
  readonly groupIds: readonly string[];
  readonly includeAuthorizedOperations: boolean;
  /** Versions 1+. */
  readonly includeTopologyDescription: boolean;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeStreamsGroupDescribeRequest(init: Partial<StreamsGroupDescribeRequest> = {}): StreamsGroupDescribeRequest {
  return {
    groupIds: init.groupIds ?? [],
    includeAuthorizedOperations: init.includeAuthorizedOperations ?? false,
    includeTopologyDescription: init.includeTopologyDescription ?? false,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readStreamsGroupDescribeRequest(reader: ByteReader, version: number): StreamsGroupDescribeRequest {
  const groupIds: string[] = [];
  for (let left = readCompactArrayLength(reader, 1); left > 0; left--) groupIds.push(readCompactString(reader));
  const includeAuthorizedOperations = reader.bool();
  const includeTopologyDescription = version >= 1 ? reader.bool() : false;
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { groupIds, includeAuthorizedOperations, includeTopologyDescription, unknownTaggedFields };
}

function writeStreamsGroupDescribeRequest(writer: ByteWriter, message: StreamsGroupDescribeRequest, version: number): void {
  writeCompactArrayLength(writer, message.groupIds);
  for (const element of message.groupIds) writeCompactString(writer, element);
  writer.bool(message.includeAuthorizedOperations);
  if (version >= 1) writer.bool(message.includeTopologyDescription);
  else if (message.includeTopologyDescription !== false) throw unsupportedField("StreamsGroupDescribeRequest.includeTopologyDescription", version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface StreamsGroupDescribeResponse {
  readonly throttleTimeMs: number;
  readonly groups: readonly DescribedGroup[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface DescribedGroup {
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly groupId: string;
  readonly groupState: string;
  readonly groupEpoch: number;
  readonly assignmentEpoch: number;
  readonly topology: Topology | null;
  readonly members: readonly Member[];
  readonly authorizedOperations: number;
  /** Versions 1+. */
  readonly topologyDescription: TopologyDescription | null;
  /** Versions 1+. */
  readonly topologyDescriptionStatus: number;
  /** Versions 1+. */
  readonly assignorName: string | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface TopologyDescription {
  readonly subtopologies: readonly TopologyDescriptionSubtopology[];
  readonly globalStores: readonly TopologyDescriptionGlobalStore[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface TopologyDescriptionGlobalStore {
  readonly source: TopologyDescriptionNode;
  readonly processor: TopologyDescriptionNode;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface TopologyDescriptionSubtopology {
  readonly subtopologyId: string;
  readonly nodes: readonly TopologyDescriptionNode[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface TopologyDescriptionNode {
  readonly name: string;
  readonly nodeType: number;
  readonly sourceTopics: readonly string[];
  readonly sinkTopic: string | null;
  readonly stores: readonly string[];
  readonly successors: readonly string[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface Member {
  readonly memberId: string;
  readonly memberEpoch: number;
  readonly instanceId: string | null;
  readonly rackId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly topologyEpoch: number;
  readonly processId: string;
  readonly userEndpoint: Endpoint | null;
  readonly clientTags: readonly KeyValue[];
  readonly taskOffsets: readonly TaskOffset[];
  readonly taskEndOffsets: readonly TaskOffset[];
  readonly assignment: Assignment;
  readonly targetAssignment: Assignment;
  readonly isClassic: boolean;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface Assignment {
  readonly activeTasks: readonly TaskIds[];
  readonly standbyTasks: readonly TaskIds[];
  readonly warmupTasks: readonly TaskIds[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface TaskIds {
  readonly subtopologyId: string;
  readonly partitions: readonly number[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface TaskOffset {
  readonly subtopologyId: string;
  readonly partition: number;
  readonly offset: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface Topology {
  readonly epoch: number;
  readonly subtopologies: readonly Subtopology[] | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface Subtopology {
  readonly subtopologyId: string;
  readonly sourceTopics: readonly string[];
  readonly repartitionSinkTopics: readonly string[];
  readonly stateChangelogTopics: readonly TopicInfo[];
  readonly repartitionSourceTopics: readonly TopicInfo[];
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

export function makeStreamsGroupDescribeResponse(init: Partial<StreamsGroupDescribeResponse> = {}): StreamsGroupDescribeResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    groups: init.groups ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeDescribedGroup(init: Partial<DescribedGroup> = {}): DescribedGroup {
  return {
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    groupId: init.groupId ?? "",
    groupState: init.groupState ?? "",
    groupEpoch: init.groupEpoch ?? 0,
    assignmentEpoch: init.assignmentEpoch ?? 0,
    topology: init.topology ?? null,
    members: init.members ?? [],
    authorizedOperations: init.authorizedOperations ?? -2147483648,
    topologyDescription: init.topologyDescription ?? null,
    topologyDescriptionStatus: init.topologyDescriptionStatus ?? 0,
    assignorName: init.assignorName ?? null,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeTopologyDescription(init: Partial<TopologyDescription> = {}): TopologyDescription {
  return {
    subtopologies: init.subtopologies ?? [],
    globalStores: init.globalStores ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeTopologyDescriptionGlobalStore(init: Partial<TopologyDescriptionGlobalStore> = {}): TopologyDescriptionGlobalStore {
  return {
    source: init.source ?? defaultTopologyDescriptionNode,
    processor: init.processor ?? defaultTopologyDescriptionNode,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeTopologyDescriptionSubtopology(init: Partial<TopologyDescriptionSubtopology> = {}): TopologyDescriptionSubtopology {
  return {
    subtopologyId: init.subtopologyId ?? "",
    nodes: init.nodes ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeTopologyDescriptionNode(init: Partial<TopologyDescriptionNode> = {}): TopologyDescriptionNode {
  return {
    name: init.name ?? "",
    nodeType: init.nodeType ?? 0,
    sourceTopics: init.sourceTopics ?? [],
    sinkTopic: init.sinkTopic ?? null,
    stores: init.stores ?? [],
    successors: init.successors ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeMember(init: Partial<Member> = {}): Member {
  return {
    memberId: init.memberId ?? "",
    memberEpoch: init.memberEpoch ?? 0,
    instanceId: init.instanceId ?? null,
    rackId: init.rackId ?? null,
    clientId: init.clientId ?? "",
    clientHost: init.clientHost ?? "",
    topologyEpoch: init.topologyEpoch ?? 0,
    processId: init.processId ?? "",
    userEndpoint: init.userEndpoint ?? null,
    clientTags: init.clientTags ?? [],
    taskOffsets: init.taskOffsets ?? [],
    taskEndOffsets: init.taskEndOffsets ?? [],
    assignment: init.assignment ?? defaultAssignment,
    targetAssignment: init.targetAssignment ?? defaultAssignment,
    isClassic: init.isClassic ?? false,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeAssignment(init: Partial<Assignment> = {}): Assignment {
  return {
    activeTasks: init.activeTasks ?? [],
    standbyTasks: init.standbyTasks ?? [],
    warmupTasks: init.warmupTasks ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeTaskIds(init: Partial<TaskIds> = {}): TaskIds {
  return {
    subtopologyId: init.subtopologyId ?? "",
    partitions: init.partitions ?? [],
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

export function makeEndpoint(init: Partial<Endpoint> = {}): Endpoint {
  return {
    host: init.host ?? "",
    port: init.port ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeTopology(init: Partial<Topology> = {}): Topology {
  return {
    epoch: init.epoch ?? 0,
    subtopologies: init.subtopologies ?? null,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeSubtopology(init: Partial<Subtopology> = {}): Subtopology {
  return {
    subtopologyId: init.subtopologyId ?? "",
    sourceTopics: init.sourceTopics ?? [],
    repartitionSinkTopics: init.repartitionSinkTopics ?? [],
    stateChangelogTopics: init.stateChangelogTopics ?? [],
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

const defaultAssignment: Assignment = makeAssignment();

function isDefaultAssignment(message: Assignment): boolean {
  return message === defaultAssignment || (message.activeTasks.length === 0 && message.standbyTasks.length === 0 && message.warmupTasks.length === 0 && message.unknownTaggedFields === undefined);
}

const defaultTopologyDescriptionNode: TopologyDescriptionNode = makeTopologyDescriptionNode();

function isDefaultTopologyDescriptionNode(message: TopologyDescriptionNode): boolean {
  return message === defaultTopologyDescriptionNode || (message.name === "" && message.nodeType === 0 && message.sourceTopics.length === 0 && message.sinkTopic === null && message.stores.length === 0 && message.successors.length === 0 && message.unknownTaggedFields === undefined);
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

function readSubtopology(reader: ByteReader, version: number): Subtopology {
  const subtopologyId = readCompactString(reader);
  const sourceTopics: string[] = [];
  for (let left = readCompactArrayLength(reader, 1); left > 0; left--) sourceTopics.push(readCompactString(reader));
  const repartitionSinkTopics: string[] = [];
  for (let left = readCompactArrayLength(reader, 1); left > 0; left--) repartitionSinkTopics.push(readCompactString(reader));
  const stateChangelogTopics: TopicInfo[] = [];
  for (let left = readCompactArrayLength(reader, 9); left > 0; left--) stateChangelogTopics.push(readTopicInfo(reader, version));
  const repartitionSourceTopics: TopicInfo[] = [];
  for (let left = readCompactArrayLength(reader, 9); left > 0; left--) repartitionSourceTopics.push(readTopicInfo(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { subtopologyId, sourceTopics, repartitionSinkTopics, stateChangelogTopics, repartitionSourceTopics, unknownTaggedFields };
}

function writeSubtopology(writer: ByteWriter, message: Subtopology, version: number): void {
  writeCompactString(writer, message.subtopologyId);
  writeCompactArrayLength(writer, message.sourceTopics);
  for (const element of message.sourceTopics) writeCompactString(writer, element);
  writeCompactArrayLength(writer, message.repartitionSinkTopics);
  for (const element of message.repartitionSinkTopics) writeCompactString(writer, element);
  writeCompactArrayLength(writer, message.stateChangelogTopics);
  for (const element of message.stateChangelogTopics) writeTopicInfo(writer, element, version);
  writeCompactArrayLength(writer, message.repartitionSourceTopics);
  for (const element of message.repartitionSourceTopics) writeTopicInfo(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readTopology(reader: ByteReader, version: number): Topology {
  const epoch = reader.int32();
  let subtopologies: Subtopology[] | null = null;
  const subtopologiesLength = readNullableCompactArrayLength(reader, 6);
  if (subtopologiesLength >= 0) {
    subtopologies = [];
    for (let left = subtopologiesLength; left > 0; left--) subtopologies.push(readSubtopology(reader, version));
  }
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { epoch, subtopologies, unknownTaggedFields };
}

function writeTopology(writer: ByteWriter, message: Topology, version: number): void {
  writer.int32(message.epoch);
  writeNullableCompactArrayLength(writer, message.subtopologies);
  if (message.subtopologies !== null) {
    for (const element of message.subtopologies) writeSubtopology(writer, element, version);
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readEndpoint(reader: ByteReader, _version: number): Endpoint {
  const host = readCompactString(reader);
  const port = reader.uint16();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { host, port, unknownTaggedFields };
}

function writeEndpoint(writer: ByteWriter, message: Endpoint, _version: number): void {
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

function readTaskIds(reader: ByteReader, _version: number): TaskIds {
  const subtopologyId = readCompactString(reader);
  const partitions = readInt32s(reader, readCompactArrayLength(reader, 4));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { subtopologyId, partitions, unknownTaggedFields };
}

function writeTaskIds(writer: ByteWriter, message: TaskIds, _version: number): void {
  writeCompactString(writer, message.subtopologyId);
  writeCompactArrayLength(writer, message.partitions);
  for (const element of message.partitions) writer.int32(element);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readAssignment(reader: ByteReader, version: number): Assignment {
  const activeTasks: TaskIds[] = [];
  for (let left = readCompactArrayLength(reader, 3); left > 0; left--) activeTasks.push(readTaskIds(reader, version));
  const standbyTasks: TaskIds[] = [];
  for (let left = readCompactArrayLength(reader, 3); left > 0; left--) standbyTasks.push(readTaskIds(reader, version));
  const warmupTasks: TaskIds[] = [];
  for (let left = readCompactArrayLength(reader, 3); left > 0; left--) warmupTasks.push(readTaskIds(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { activeTasks, standbyTasks, warmupTasks, unknownTaggedFields };
}

function writeAssignment(writer: ByteWriter, message: Assignment, version: number): void {
  writeCompactArrayLength(writer, message.activeTasks);
  for (const element of message.activeTasks) writeTaskIds(writer, element, version);
  writeCompactArrayLength(writer, message.standbyTasks);
  for (const element of message.standbyTasks) writeTaskIds(writer, element, version);
  writeCompactArrayLength(writer, message.warmupTasks);
  for (const element of message.warmupTasks) writeTaskIds(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readMember(reader: ByteReader, version: number): Member {
  const memberId = readCompactString(reader);
  const memberEpoch = reader.int32();
  const instanceId = readNullableCompactString(reader);
  const rackId = readNullableCompactString(reader);
  const clientId = readCompactString(reader);
  const clientHost = readCompactString(reader);
  const topologyEpoch = reader.int32();
  const processId = readCompactString(reader);
  const userEndpoint = reader.int8() < 0 ? null : readEndpoint(reader, version);
  const clientTags: KeyValue[] = [];
  for (let left = readCompactArrayLength(reader, 3); left > 0; left--) clientTags.push(readKeyValue(reader, version));
  const taskOffsets: TaskOffset[] = [];
  for (let left = readCompactArrayLength(reader, 14); left > 0; left--) taskOffsets.push(readTaskOffset(reader, version));
  const taskEndOffsets: TaskOffset[] = [];
  for (let left = readCompactArrayLength(reader, 14); left > 0; left--) taskEndOffsets.push(readTaskOffset(reader, version));
  const assignment = readAssignment(reader, version);
  const targetAssignment = readAssignment(reader, version);
  const isClassic = reader.bool();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { memberId, memberEpoch, instanceId, rackId, clientId, clientHost, topologyEpoch, processId, userEndpoint, clientTags, taskOffsets, taskEndOffsets, assignment, targetAssignment, isClassic, unknownTaggedFields };
}

function writeMember(writer: ByteWriter, message: Member, version: number): void {
  writeCompactString(writer, message.memberId);
  writer.int32(message.memberEpoch);
  writeNullableCompactString(writer, message.instanceId);
  writeNullableCompactString(writer, message.rackId);
  writeCompactString(writer, message.clientId);
  writeCompactString(writer, message.clientHost);
  writer.int32(message.topologyEpoch);
  writeCompactString(writer, message.processId);
  if (message.userEndpoint === null) {
    writer.int8(-1);
  } else {
    writer.int8(1);
    writeEndpoint(writer, message.userEndpoint, version);
  }
  writeCompactArrayLength(writer, message.clientTags);
  for (const element of message.clientTags) writeKeyValue(writer, element, version);
  writeCompactArrayLength(writer, message.taskOffsets);
  for (const element of message.taskOffsets) writeTaskOffset(writer, element, version);
  writeCompactArrayLength(writer, message.taskEndOffsets);
  for (const element of message.taskEndOffsets) writeTaskOffset(writer, element, version);
  writeAssignment(writer, message.assignment, version);
  writeAssignment(writer, message.targetAssignment, version);
  writer.bool(message.isClassic);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readTopologyDescriptionNode(reader: ByteReader, _version: number): TopologyDescriptionNode {
  const name = readCompactString(reader);
  const nodeType = reader.int8();
  const sourceTopics: string[] = [];
  for (let left = readCompactArrayLength(reader, 1); left > 0; left--) sourceTopics.push(readCompactString(reader));
  const sinkTopic = readNullableCompactString(reader);
  const stores: string[] = [];
  for (let left = readCompactArrayLength(reader, 1); left > 0; left--) stores.push(readCompactString(reader));
  const successors: string[] = [];
  for (let left = readCompactArrayLength(reader, 1); left > 0; left--) successors.push(readCompactString(reader));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { name, nodeType, sourceTopics, sinkTopic, stores, successors, unknownTaggedFields };
}

function writeTopologyDescriptionNode(writer: ByteWriter, message: TopologyDescriptionNode, _version: number): void {
  writeCompactString(writer, message.name);
  writer.int8(message.nodeType);
  writeCompactArrayLength(writer, message.sourceTopics);
  for (const element of message.sourceTopics) writeCompactString(writer, element);
  writeNullableCompactString(writer, message.sinkTopic);
  writeCompactArrayLength(writer, message.stores);
  for (const element of message.stores) writeCompactString(writer, element);
  writeCompactArrayLength(writer, message.successors);
  for (const element of message.successors) writeCompactString(writer, element);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readTopologyDescriptionSubtopology(reader: ByteReader, version: number): TopologyDescriptionSubtopology {
  const subtopologyId = readCompactString(reader);
  const nodes: TopologyDescriptionNode[] = [];
  for (let left = readCompactArrayLength(reader, 7); left > 0; left--) nodes.push(readTopologyDescriptionNode(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { subtopologyId, nodes, unknownTaggedFields };
}

function writeTopologyDescriptionSubtopology(writer: ByteWriter, message: TopologyDescriptionSubtopology, version: number): void {
  writeCompactString(writer, message.subtopologyId);
  writeCompactArrayLength(writer, message.nodes);
  for (const element of message.nodes) writeTopologyDescriptionNode(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readTopologyDescriptionGlobalStore(reader: ByteReader, version: number): TopologyDescriptionGlobalStore {
  const source = readTopologyDescriptionNode(reader, version);
  const processor = readTopologyDescriptionNode(reader, version);
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { source, processor, unknownTaggedFields };
}

function writeTopologyDescriptionGlobalStore(writer: ByteWriter, message: TopologyDescriptionGlobalStore, version: number): void {
  writeTopologyDescriptionNode(writer, message.source, version);
  writeTopologyDescriptionNode(writer, message.processor, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readTopologyDescription(reader: ByteReader, version: number): TopologyDescription {
  const subtopologies: TopologyDescriptionSubtopology[] = [];
  for (let left = readCompactArrayLength(reader, 3); left > 0; left--) subtopologies.push(readTopologyDescriptionSubtopology(reader, version));
  const globalStores: TopologyDescriptionGlobalStore[] = [];
  for (let left = readCompactArrayLength(reader, 15); left > 0; left--) globalStores.push(readTopologyDescriptionGlobalStore(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { subtopologies, globalStores, unknownTaggedFields };
}

function writeTopologyDescription(writer: ByteWriter, message: TopologyDescription, version: number): void {
  writeCompactArrayLength(writer, message.subtopologies);
  for (const element of message.subtopologies) writeTopologyDescriptionSubtopology(writer, element, version);
  writeCompactArrayLength(writer, message.globalStores);
  for (const element of message.globalStores) writeTopologyDescriptionGlobalStore(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDescribedGroup(reader: ByteReader, version: number): DescribedGroup {
  const errorCode = reader.int16();
  const errorMessage = readNullableCompactString(reader);
  const groupId = readCompactString(reader);
  const groupState = readCompactString(reader);
  const groupEpoch = reader.int32();
  const assignmentEpoch = reader.int32();
  const topology = reader.int8() < 0 ? null : readTopology(reader, version);
  const members: Member[] = [];
  for (let left = readCompactArrayLength(reader, 28); left > 0; left--) members.push(readMember(reader, version));
  const authorizedOperations = reader.int32();
  const topologyDescription = version >= 1 ? (reader.int8() < 0 ? null : readTopologyDescription(reader, version)) : null;
  const topologyDescriptionStatus = version >= 1 ? reader.int8() : 0;
  const assignorName = version >= 1 ? readNullableCompactString(reader) : null;
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { errorCode, errorMessage, groupId, groupState, groupEpoch, assignmentEpoch, topology, members, authorizedOperations, topologyDescription, topologyDescriptionStatus, assignorName, unknownTaggedFields };
}

function writeDescribedGroup(writer: ByteWriter, message: DescribedGroup, version: number): void {
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  writeCompactString(writer, message.groupId);
  writeCompactString(writer, message.groupState);
  writer.int32(message.groupEpoch);
  writer.int32(message.assignmentEpoch);
  if (message.topology === null) {
    writer.int8(-1);
  } else {
    writer.int8(1);
    writeTopology(writer, message.topology, version);
  }
  writeCompactArrayLength(writer, message.members);
  for (const element of message.members) writeMember(writer, element, version);
  writer.int32(message.authorizedOperations);
  if (version >= 1) {
    if (message.topologyDescription === null) {
      writer.int8(-1);
    } else {
      writer.int8(1);
      writeTopologyDescription(writer, message.topologyDescription, version);
    }
  } else if (message.topologyDescription !== null) throw unsupportedField("DescribedGroup.topologyDescription", version);
  if (version >= 1) writer.int8(message.topologyDescriptionStatus);
  else if (message.topologyDescriptionStatus !== 0) throw unsupportedField("DescribedGroup.topologyDescriptionStatus", version);
  if (version >= 1) writeNullableCompactString(writer, message.assignorName);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readStreamsGroupDescribeResponse(reader: ByteReader, version: number): StreamsGroupDescribeResponse {
  const throttleTimeMs = reader.int32();
  const groups: DescribedGroup[] = [];
  for (let left = readCompactArrayLength(reader, 20); left > 0; left--) groups.push(readDescribedGroup(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { throttleTimeMs, groups, unknownTaggedFields };
}

function writeStreamsGroupDescribeResponse(writer: ByteWriter, message: StreamsGroupDescribeResponse, version: number): void {
  writer.int32(message.throttleTimeMs);
  writeCompactArrayLength(writer, message.groups);
  for (const element of message.groups) writeDescribedGroup(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeMemberInSteps(writer: ByteWriter, message: Member, version: number): Generator<void, void> {
  writeCompactString(writer, message.memberId);
  writer.int32(message.memberEpoch);
  writeNullableCompactString(writer, message.instanceId);
  writeNullableCompactString(writer, message.rackId);
  writeCompactString(writer, message.clientId);
  writeCompactString(writer, message.clientHost);
  writer.int32(message.topologyEpoch);
  writeCompactString(writer, message.processId);
  if (message.userEndpoint === null) {
    writer.int8(-1);
  } else {
    writer.int8(1);
    writeEndpoint(writer, message.userEndpoint, version);
  }
  writeCompactArrayLength(writer, message.clientTags);
  for (const element of message.clientTags) {
    writeKeyValue(writer, element, version);
    yield;
  }
  writeCompactArrayLength(writer, message.taskOffsets);
  for (const element of message.taskOffsets) {
    writeTaskOffset(writer, element, version);
    yield;
  }
  writeCompactArrayLength(writer, message.taskEndOffsets);
  for (const element of message.taskEndOffsets) {
    writeTaskOffset(writer, element, version);
    yield;
  }
  writeAssignment(writer, message.assignment, version);
  writeAssignment(writer, message.targetAssignment, version);
  writer.bool(message.isClassic);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeDescribedGroupInSteps(writer: ByteWriter, message: DescribedGroup, version: number): Generator<void, void> {
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  writeCompactString(writer, message.groupId);
  writeCompactString(writer, message.groupState);
  writer.int32(message.groupEpoch);
  writer.int32(message.assignmentEpoch);
  if (message.topology === null) {
    writer.int8(-1);
  } else {
    writer.int8(1);
    writeTopology(writer, message.topology, version);
  }
  writeCompactArrayLength(writer, message.members);
  for (const element of message.members) {
    yield* writeMemberInSteps(writer, element, version);
    yield;
  }
  writer.int32(message.authorizedOperations);
  if (version >= 1) {
    if (message.topologyDescription === null) {
      writer.int8(-1);
    } else {
      writer.int8(1);
      writeTopologyDescription(writer, message.topologyDescription, version);
    }
  } else if (message.topologyDescription !== null) throw unsupportedField("DescribedGroup.topologyDescription", version);
  if (version >= 1) writer.int8(message.topologyDescriptionStatus);
  else if (message.topologyDescriptionStatus !== 0) throw unsupportedField("DescribedGroup.topologyDescriptionStatus", version);
  if (version >= 1) writeNullableCompactString(writer, message.assignorName);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeStreamsGroupDescribeResponseInSteps(writer: ByteWriter, message: StreamsGroupDescribeResponse, version: number): Generator<void, void> {
  writer.int32(message.throttleTimeMs);
  writeCompactArrayLength(writer, message.groups);
  for (const element of message.groups) {
    yield* writeDescribedGroupInSteps(writer, element, version);
    yield;
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** StreamsGroupDescribe: key 89, versions 0-1. */
export const streamsGroupDescribeApi: Api<StreamsGroupDescribeRequest, StreamsGroupDescribeResponse> = {
  key: 89,
  name: "StreamsGroupDescribe",
  minVersion: 0,
  maxVersion: 1,
  firstFlexibleVersion: 0,
  readRequest: readStreamsGroupDescribeRequest,
  writeRequest: writeStreamsGroupDescribeRequest,
  readResponse: readStreamsGroupDescribeResponse,
  writeResponse: writeStreamsGroupDescribeResponse,
  writeResponseInSteps: writeStreamsGroupDescribeResponseInSteps,
};
