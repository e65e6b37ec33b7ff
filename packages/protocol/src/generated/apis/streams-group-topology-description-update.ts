// Generated from packages/protocol/spec/apis/93-streams-group-topology-description-update.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readCompactArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { readCompactString, readNullableCompactString, shortened, writeCompactString, writeNullableCompactString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface StreamsGroupTopologyDescriptionUpdateRequest {
  readonly groupId: string;
  readonly memberId: string;
  readonly topologyEpoch: number;
  readonly topologyDescription: TopologyDescription;
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

export function makeStreamsGroupTopologyDescriptionUpdateRequest(init: Partial<StreamsGroupTopologyDescriptionUpdateRequest> = {}): StreamsGroupTopologyDescriptionUpdateRequest {
  return {
    groupId: init.groupId ?? "",
    memberId: init.memberId ?? "",
    topologyEpoch: init.topologyEpoch ?? 0,
    topologyDescription: init.topologyDescription ?? defaultTopologyDescription,
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

const defaultTopologyDescriptionNode: TopologyDescriptionNode = makeTopologyDescriptionNode();

function isDefaultTopologyDescriptionNode(message: TopologyDescriptionNode): boolean {
  return message === defaultTopologyDescriptionNode || (message.name === "" && message.nodeType === 0 && message.sourceTopics.length === 0 && message.sinkTopic === null && message.stores.length === 0 && message.successors.length === 0 && message.unknownTaggedFields === undefined);
}

const defaultTopologyDescription: TopologyDescription = makeTopologyDescription();

function isDefaultTopologyDescription(message: TopologyDescription): boolean {
  return message === defaultTopologyDescription || (message.subtopologies.length === 0 && message.globalStores.length === 0 && message.unknownTaggedFields === undefined);
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

function readStreamsGroupTopologyDescriptionUpdateRequest(reader: ByteReader, version: number): StreamsGroupTopologyDescriptionUpdateRequest {
  const groupId = readCompactString(reader);
  const memberId = readCompactString(reader);
  const topologyEpoch = reader.int32();
  const topologyDescription = readTopologyDescription(reader, version);
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { groupId, memberId, topologyEpoch, topologyDescription, unknownTaggedFields };
}

function writeStreamsGroupTopologyDescriptionUpdateRequest(writer: ByteWriter, message: StreamsGroupTopologyDescriptionUpdateRequest, version: number): void {
  writeCompactString(writer, message.groupId);
  writeCompactString(writer, message.memberId);
  writer.int32(message.topologyEpoch);
  writeTopologyDescription(writer, message.topologyDescription, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface StreamsGroupTopologyDescriptionUpdateResponse {
  readonly throttleTimeMs: number;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeStreamsGroupTopologyDescriptionUpdateResponse(init: Partial<StreamsGroupTopologyDescriptionUpdateResponse> = {}): StreamsGroupTopologyDescriptionUpdateResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readStreamsGroupTopologyDescriptionUpdateResponse(reader: ByteReader, _version: number): StreamsGroupTopologyDescriptionUpdateResponse {
  const throttleTimeMs = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = readNullableCompactString(reader);
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { throttleTimeMs, errorCode, errorMessage, unknownTaggedFields };
}

function writeStreamsGroupTopologyDescriptionUpdateResponse(writer: ByteWriter, message: StreamsGroupTopologyDescriptionUpdateResponse, _version: number): void {
  writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** StreamsGroupTopologyDescriptionUpdate: key 93, versions 0. */
export const streamsGroupTopologyDescriptionUpdateApi: Api<StreamsGroupTopologyDescriptionUpdateRequest, StreamsGroupTopologyDescriptionUpdateResponse> = {
  key: 93,
  name: "StreamsGroupTopologyDescriptionUpdate",
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: 0,
  readRequest: readStreamsGroupTopologyDescriptionUpdateRequest,
  writeRequest: writeStreamsGroupTopologyDescriptionUpdateRequest,
  readResponse: readStreamsGroupTopologyDescriptionUpdateResponse,
  writeResponse: writeStreamsGroupTopologyDescriptionUpdateResponse,
};
