// Generated from packages/protocol/spec/data/consumer-group-partition-metadata-value.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readCompactArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { NIL_UUID } from "../../codec/constants.ts";
import { readCompactString, writeCompactString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface ConsumerGroupPartitionMetadataValue {
  readonly topics: readonly TopicMetadata[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface TopicMetadata {
  readonly topicId: string;
  readonly topicName: string;
  readonly numPartitions: number;
  readonly partitionMetadata: readonly PartitionMetadata[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface PartitionMetadata {
  readonly partition: number;
  readonly racks: readonly string[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeConsumerGroupPartitionMetadataValue(init: Partial<ConsumerGroupPartitionMetadataValue> = {}): ConsumerGroupPartitionMetadataValue {
  return {
    topics: init.topics ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeTopicMetadata(init: Partial<TopicMetadata> = {}): TopicMetadata {
  return {
    topicId: init.topicId ?? NIL_UUID,
    topicName: init.topicName ?? "",
    numPartitions: init.numPartitions ?? 0,
    partitionMetadata: init.partitionMetadata ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makePartitionMetadata(init: Partial<PartitionMetadata> = {}): PartitionMetadata {
  return {
    partition: init.partition ?? 0,
    racks: init.racks ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readPartitionMetadata(reader: ByteReader, _version: number): PartitionMetadata {
  const partition = reader.int32();
  const racks: string[] = [];
  for (let left = readCompactArrayLength(reader, 1); left > 0; left--) racks.push(readCompactString(reader));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { partition, racks, unknownTaggedFields };
}

function writePartitionMetadata(writer: ByteWriter, message: PartitionMetadata, _version: number): void {
  writer.int32(message.partition);
  writeCompactArrayLength(writer, message.racks);
  for (const element of message.racks) writeCompactString(writer, element);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readTopicMetadata(reader: ByteReader, version: number): TopicMetadata {
  const topicId = reader.uuid();
  const topicName = readCompactString(reader);
  const numPartitions = reader.int32();
  const partitionMetadata: PartitionMetadata[] = [];
  for (let left = readCompactArrayLength(reader, 6); left > 0; left--) partitionMetadata.push(readPartitionMetadata(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { topicId, topicName, numPartitions, partitionMetadata, unknownTaggedFields };
}

function writeTopicMetadata(writer: ByteWriter, message: TopicMetadata, version: number): void {
  writer.uuid(message.topicId);
  writeCompactString(writer, message.topicName);
  writer.int32(message.numPartitions);
  writeCompactArrayLength(writer, message.partitionMetadata);
  for (const element of message.partitionMetadata) writePartitionMetadata(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readConsumerGroupPartitionMetadataValue(reader: ByteReader, version: number): ConsumerGroupPartitionMetadataValue {
  const topics: TopicMetadata[] = [];
  for (let left = readCompactArrayLength(reader, 23); left > 0; left--) topics.push(readTopicMetadata(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { topics, unknownTaggedFields };
}

function writeConsumerGroupPartitionMetadataValue(writer: ByteWriter, message: ConsumerGroupPartitionMetadataValue, version: number): void {
  writeCompactArrayLength(writer, message.topics);
  for (const element of message.topics) writeTopicMetadata(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** ConsumerGroupPartitionMetadataValue: versions 0, record type 4. */
export const consumerGroupPartitionMetadataValue: DataMessage<ConsumerGroupPartitionMetadataValue> = {
  name: "ConsumerGroupPartitionMetadataValue",
  recordType: 4,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: 0,
  read: readConsumerGroupPartitionMetadataValue,
  write: writeConsumerGroupPartitionMetadataValue,
};
