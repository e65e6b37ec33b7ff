// Generated from packages/protocol/spec/data/share-group-state-partition-metadata-value.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readCompactArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { NIL_UUID } from "../../codec/constants.ts";
import { readInt32s } from "../../codec/int32-arrays.ts";
import { readCompactString, writeCompactString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface ShareGroupStatePartitionMetadataValue {
  readonly initializingTopics: readonly TopicPartitionsInfo[];
  readonly initializedTopics: readonly TopicPartitionsInfo[];
  readonly deletingTopics: readonly TopicInfo[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface TopicInfo {
  readonly topicId: string;
  readonly topicName: string;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface TopicPartitionsInfo {
  readonly topicId: string;
  readonly topicName: string;
  readonly partitions: readonly number[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeShareGroupStatePartitionMetadataValue(init: Partial<ShareGroupStatePartitionMetadataValue> = {}): ShareGroupStatePartitionMetadataValue {
  return {
    initializingTopics: init.initializingTopics ?? [],
    initializedTopics: init.initializedTopics ?? [],
    deletingTopics: init.deletingTopics ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeTopicInfo(init: Partial<TopicInfo> = {}): TopicInfo {
  return {
    topicId: init.topicId ?? NIL_UUID,
    topicName: init.topicName ?? "",
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeTopicPartitionsInfo(init: Partial<TopicPartitionsInfo> = {}): TopicPartitionsInfo {
  return {
    topicId: init.topicId ?? NIL_UUID,
    topicName: init.topicName ?? "",
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readTopicPartitionsInfo(reader: ByteReader, _version: number): TopicPartitionsInfo {
  const topicId = reader.uuid();
  const topicName = readCompactString(reader);
  const partitions = readInt32s(reader, readCompactArrayLength(reader, 4));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { topicId, topicName, partitions, unknownTaggedFields };
}

function writeTopicPartitionsInfo(writer: ByteWriter, message: TopicPartitionsInfo, _version: number): void {
  writer.uuid(message.topicId);
  writeCompactString(writer, message.topicName);
  writeCompactArrayLength(writer, message.partitions);
  for (const element of message.partitions) writer.int32(element);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readTopicInfo(reader: ByteReader, _version: number): TopicInfo {
  const topicId = reader.uuid();
  const topicName = readCompactString(reader);
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { topicId, topicName, unknownTaggedFields };
}

function writeTopicInfo(writer: ByteWriter, message: TopicInfo, _version: number): void {
  writer.uuid(message.topicId);
  writeCompactString(writer, message.topicName);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readShareGroupStatePartitionMetadataValue(reader: ByteReader, version: number): ShareGroupStatePartitionMetadataValue {
  const initializingTopics: TopicPartitionsInfo[] = [];
  for (let left = readCompactArrayLength(reader, 19); left > 0; left--) initializingTopics.push(readTopicPartitionsInfo(reader, version));
  const initializedTopics: TopicPartitionsInfo[] = [];
  for (let left = readCompactArrayLength(reader, 19); left > 0; left--) initializedTopics.push(readTopicPartitionsInfo(reader, version));
  const deletingTopics: TopicInfo[] = [];
  for (let left = readCompactArrayLength(reader, 18); left > 0; left--) deletingTopics.push(readTopicInfo(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { initializingTopics, initializedTopics, deletingTopics, unknownTaggedFields };
}

function writeShareGroupStatePartitionMetadataValue(writer: ByteWriter, message: ShareGroupStatePartitionMetadataValue, version: number): void {
  writeCompactArrayLength(writer, message.initializingTopics);
  for (const element of message.initializingTopics) writeTopicPartitionsInfo(writer, element, version);
  writeCompactArrayLength(writer, message.initializedTopics);
  for (const element of message.initializedTopics) writeTopicPartitionsInfo(writer, element, version);
  writeCompactArrayLength(writer, message.deletingTopics);
  for (const element of message.deletingTopics) writeTopicInfo(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** ShareGroupStatePartitionMetadataValue: versions 0, record type 15. */
export const shareGroupStatePartitionMetadataValue: DataMessage<ShareGroupStatePartitionMetadataValue> = {
  name: "ShareGroupStatePartitionMetadataValue",
  recordType: 15,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: 0,
  read: readShareGroupStatePartitionMetadataValue,
  write: writeShareGroupStatePartitionMetadataValue,
};
