// Generated from packages/protocol/spec/data/consumer-group-current-member-assignment-value.json by `npm run gen`. Do not edit.

import { type ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readCompactArrayLength, readNullableCompactArrayLength, writeCompactArrayLength, writeNullableCompactArrayLength } from "../../codec/array-lengths.ts";
import { NIL_UUID } from "../../codec/constants.ts";
import { readInt32s } from "../../codec/int32-arrays.ts";
import { addTaggedField, checkTaggedFieldEnd, keepTaggedField, readTaggedFieldEnd, readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface ConsumerGroupCurrentMemberAssignmentValue {
  readonly memberEpoch: number;
  readonly previousMemberEpoch: number;
  readonly state: number;
  readonly assignedPartitions: readonly TopicPartitions[];
  readonly partitionsPendingRevocation: readonly TopicPartitions[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface TopicPartitions {
  readonly topicId: string;
  readonly partitions: readonly number[];
  /** Tag 0. */
  readonly assignmentEpochs: readonly number[] | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeConsumerGroupCurrentMemberAssignmentValue(init: Partial<ConsumerGroupCurrentMemberAssignmentValue> = {}): ConsumerGroupCurrentMemberAssignmentValue {
  return {
    memberEpoch: init.memberEpoch ?? 0,
    previousMemberEpoch: init.previousMemberEpoch ?? 0,
    state: init.state ?? 0,
    assignedPartitions: init.assignedPartitions ?? [],
    partitionsPendingRevocation: init.partitionsPendingRevocation ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeTopicPartitions(init: Partial<TopicPartitions> = {}): TopicPartitions {
  return {
    topicId: init.topicId ?? NIL_UUID,
    partitions: init.partitions ?? [],
    assignmentEpochs: init.assignmentEpochs === undefined ? [] : init.assignmentEpochs,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readTopicPartitions(reader: ByteReader, _version: number): TopicPartitions {
  const topicId = reader.uuid();
  const partitions = readInt32s(reader, readCompactArrayLength(reader, 4));
  let assignmentEpochs: readonly number[] | null = [];
  let unknownTaggedFields: RawTaggedField[] | undefined;
  for (let left = reader.uvarint(); left > 0; left--) {
    const tag = reader.uvarint();
    const end = readTaggedFieldEnd(reader);
    if (tag === 0) {
      let elements: number[] | null = null;
      const elementsLength = readNullableCompactArrayLength(reader, 4);
      if (elementsLength >= 0) {
        elements = [];
        for (let left = elementsLength; left > 0; left--) elements.push(reader.int32());
      }
      assignmentEpochs = elements;
    }
    else unknownTaggedFields = keepTaggedField(unknownTaggedFields, reader, tag, end);
    checkTaggedFieldEnd(reader, tag, end);
  }
  return { topicId, partitions, assignmentEpochs, unknownTaggedFields };
}

function writeTopicPartitions(writer: ByteWriter, message: TopicPartitions, _version: number): void {
  writer.uuid(message.topicId);
  writeCompactArrayLength(writer, message.partitions);
  for (const element of message.partitions) writer.int32(element);
  let tagged: RawTaggedField[] | undefined;
  if (message.assignmentEpochs === null || message.assignmentEpochs.length !== 0) {
    const content = new ByteWriter();
    writeNullableCompactArrayLength(content, message.assignmentEpochs);
    if (message.assignmentEpochs !== null) {
      for (const element of message.assignmentEpochs) content.int32(element);
    }
    tagged = addTaggedField(tagged, 0, content);
  }
  writeTaggedFields(writer, tagged, message.unknownTaggedFields);
}

function readConsumerGroupCurrentMemberAssignmentValue(reader: ByteReader, version: number): ConsumerGroupCurrentMemberAssignmentValue {
  const memberEpoch = reader.int32();
  const previousMemberEpoch = reader.int32();
  const state = reader.int8();
  const assignedPartitions: TopicPartitions[] = [];
  for (let left = readCompactArrayLength(reader, 18); left > 0; left--) assignedPartitions.push(readTopicPartitions(reader, version));
  const partitionsPendingRevocation: TopicPartitions[] = [];
  for (let left = readCompactArrayLength(reader, 18); left > 0; left--) partitionsPendingRevocation.push(readTopicPartitions(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { memberEpoch, previousMemberEpoch, state, assignedPartitions, partitionsPendingRevocation, unknownTaggedFields };
}

function writeConsumerGroupCurrentMemberAssignmentValue(writer: ByteWriter, message: ConsumerGroupCurrentMemberAssignmentValue, version: number): void {
  writer.int32(message.memberEpoch);
  writer.int32(message.previousMemberEpoch);
  writer.int8(message.state);
  writeCompactArrayLength(writer, message.assignedPartitions);
  for (const element of message.assignedPartitions) writeTopicPartitions(writer, element, version);
  writeCompactArrayLength(writer, message.partitionsPendingRevocation);
  for (const element of message.partitionsPendingRevocation) writeTopicPartitions(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** ConsumerGroupCurrentMemberAssignmentValue: versions 0, record type 8. */
export const consumerGroupCurrentMemberAssignmentValue: DataMessage<ConsumerGroupCurrentMemberAssignmentValue> = {
  name: "ConsumerGroupCurrentMemberAssignmentValue",
  recordType: 8,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: 0,
  read: readConsumerGroupCurrentMemberAssignmentValue,
  write: writeConsumerGroupCurrentMemberAssignmentValue,
};
