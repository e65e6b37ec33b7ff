// Generated from packages/protocol/spec/data/share-group-current-member-assignment-value.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readCompactArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { NIL_UUID } from "../../codec/constants.ts";
import { readInt32s } from "../../codec/int32-arrays.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface ShareGroupCurrentMemberAssignmentValue {
  readonly memberEpoch: number;
  readonly previousMemberEpoch: number;
  readonly state: number;
  readonly assignedPartitions: readonly TopicPartitions[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface TopicPartitions {
  readonly topicId: string;
  readonly partitions: readonly number[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeShareGroupCurrentMemberAssignmentValue(init: Partial<ShareGroupCurrentMemberAssignmentValue> = {}): ShareGroupCurrentMemberAssignmentValue {
  return {
    memberEpoch: init.memberEpoch ?? 0,
    previousMemberEpoch: init.previousMemberEpoch ?? 0,
    state: init.state ?? 0,
    assignedPartitions: init.assignedPartitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeTopicPartitions(init: Partial<TopicPartitions> = {}): TopicPartitions {
  return {
    topicId: init.topicId ?? NIL_UUID,
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readTopicPartitions(reader: ByteReader, _version: number): TopicPartitions {
  const topicId = reader.uuid();
  const partitions = readInt32s(reader, readCompactArrayLength(reader, 4));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { topicId, partitions, unknownTaggedFields };
}

function writeTopicPartitions(writer: ByteWriter, message: TopicPartitions, _version: number): void {
  writer.uuid(message.topicId);
  writeCompactArrayLength(writer, message.partitions);
  for (const element of message.partitions) writer.int32(element);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readShareGroupCurrentMemberAssignmentValue(reader: ByteReader, version: number): ShareGroupCurrentMemberAssignmentValue {
  const memberEpoch = reader.int32();
  const previousMemberEpoch = reader.int32();
  const state = reader.int8();
  const assignedPartitions: TopicPartitions[] = [];
  for (let left = readCompactArrayLength(reader, 18); left > 0; left--) assignedPartitions.push(readTopicPartitions(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { memberEpoch, previousMemberEpoch, state, assignedPartitions, unknownTaggedFields };
}

function writeShareGroupCurrentMemberAssignmentValue(writer: ByteWriter, message: ShareGroupCurrentMemberAssignmentValue, version: number): void {
  writer.int32(message.memberEpoch);
  writer.int32(message.previousMemberEpoch);
  writer.int8(message.state);
  writeCompactArrayLength(writer, message.assignedPartitions);
  for (const element of message.assignedPartitions) writeTopicPartitions(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** ShareGroupCurrentMemberAssignmentValue: versions 0, record type 14. */
export const shareGroupCurrentMemberAssignmentValue: DataMessage<ShareGroupCurrentMemberAssignmentValue> = {
  name: "ShareGroupCurrentMemberAssignmentValue",
  recordType: 14,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: 0,
  read: readShareGroupCurrentMemberAssignmentValue,
  write: writeShareGroupCurrentMemberAssignmentValue,
};
