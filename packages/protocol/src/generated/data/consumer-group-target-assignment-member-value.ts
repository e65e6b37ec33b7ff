// Generated from packages/protocol/spec/data/consumer-group-target-assignment-member-value.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readCompactArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { NIL_UUID } from "../../codec/constants.ts";
import { readInt32s } from "../../codec/int32-arrays.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface ConsumerGroupTargetAssignmentMemberValue {
  readonly topicPartitions: readonly TopicPartition[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface TopicPartition {
  readonly topicId: string;
  readonly partitions: readonly number[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeConsumerGroupTargetAssignmentMemberValue(init: Partial<ConsumerGroupTargetAssignmentMemberValue> = {}): ConsumerGroupTargetAssignmentMemberValue {
  return {
    topicPartitions: init.topicPartitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeTopicPartition(init: Partial<TopicPartition> = {}): TopicPartition {
  return {
    topicId: init.topicId ?? NIL_UUID,
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readTopicPartition(reader: ByteReader, _version: number): TopicPartition {
  const topicId = reader.uuid();
  const partitions = readInt32s(reader, readCompactArrayLength(reader, 4));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { topicId, partitions, unknownTaggedFields };
}

function writeTopicPartition(writer: ByteWriter, message: TopicPartition, _version: number): void {
  writer.uuid(message.topicId);
  writeCompactArrayLength(writer, message.partitions);
  for (const element of message.partitions) writer.int32(element);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readConsumerGroupTargetAssignmentMemberValue(reader: ByteReader, version: number): ConsumerGroupTargetAssignmentMemberValue {
  const topicPartitions: TopicPartition[] = [];
  for (let left = readCompactArrayLength(reader, 18); left > 0; left--) topicPartitions.push(readTopicPartition(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { topicPartitions, unknownTaggedFields };
}

function writeConsumerGroupTargetAssignmentMemberValue(writer: ByteWriter, message: ConsumerGroupTargetAssignmentMemberValue, version: number): void {
  writeCompactArrayLength(writer, message.topicPartitions);
  for (const element of message.topicPartitions) writeTopicPartition(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** ConsumerGroupTargetAssignmentMemberValue: versions 0, record type 7. */
export const consumerGroupTargetAssignmentMemberValue: DataMessage<ConsumerGroupTargetAssignmentMemberValue> = {
  name: "ConsumerGroupTargetAssignmentMemberValue",
  recordType: 7,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: 0,
  read: readConsumerGroupTargetAssignmentMemberValue,
  write: writeConsumerGroupTargetAssignmentMemberValue,
};
