// Generated from packages/protocol/spec/data/streams-group-topology-value.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readCompactArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { readCompactString, writeCompactString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface StreamsGroupTopologyValue {
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
  readonly topicConfigs: readonly TopicConfig[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface TopicConfig {
  readonly key: string;
  readonly value: string;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeStreamsGroupTopologyValue(init: Partial<StreamsGroupTopologyValue> = {}): StreamsGroupTopologyValue {
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

export function makeTopicConfig(init: Partial<TopicConfig> = {}): TopicConfig {
  return {
    key: init.key ?? "",
    value: init.value ?? "",
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readTopicConfig(reader: ByteReader, _version: number): TopicConfig {
  const key = readCompactString(reader);
  const value = readCompactString(reader);
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { key, value, unknownTaggedFields };
}

function writeTopicConfig(writer: ByteWriter, message: TopicConfig, _version: number): void {
  writeCompactString(writer, message.key);
  writeCompactString(writer, message.value);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readTopicInfo(reader: ByteReader, version: number): TopicInfo {
  const name = readCompactString(reader);
  const partitions = reader.int32();
  const replicationFactor = reader.int16();
  const topicConfigs: TopicConfig[] = [];
  for (let left = readCompactArrayLength(reader, 3); left > 0; left--) topicConfigs.push(readTopicConfig(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { name, partitions, replicationFactor, topicConfigs, unknownTaggedFields };
}

function writeTopicInfo(writer: ByteWriter, message: TopicInfo, version: number): void {
  writeCompactString(writer, message.name);
  writer.int32(message.partitions);
  writer.int16(message.replicationFactor);
  writeCompactArrayLength(writer, message.topicConfigs);
  for (const element of message.topicConfigs) writeTopicConfig(writer, element, version);
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

function readStreamsGroupTopologyValue(reader: ByteReader, version: number): StreamsGroupTopologyValue {
  const epoch = reader.int32();
  const subtopologies: Subtopology[] = [];
  for (let left = readCompactArrayLength(reader, 8); left > 0; left--) subtopologies.push(readSubtopology(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { epoch, subtopologies, unknownTaggedFields };
}

function writeStreamsGroupTopologyValue(writer: ByteWriter, message: StreamsGroupTopologyValue, version: number): void {
  writer.int32(message.epoch);
  writeCompactArrayLength(writer, message.subtopologies);
  for (const element of message.subtopologies) writeSubtopology(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** StreamsGroupTopologyValue: versions 0, record type 23. */
export const streamsGroupTopologyValue: DataMessage<StreamsGroupTopologyValue> = {
  name: "StreamsGroupTopologyValue",
  recordType: 23,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: 0,
  read: readStreamsGroupTopologyValue,
  write: writeStreamsGroupTopologyValue,
};
