// Generated from packages/protocol/spec/data/streams-group-current-member-assignment-value.json by `npm run gen`. Do not edit.

import { type ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readCompactArrayLength, readNullableCompactArrayLength, writeCompactArrayLength, writeNullableCompactArrayLength } from "../../codec/array-lengths.ts";
import { readInt32s } from "../../codec/int32-arrays.ts";
import { readCompactString, writeCompactString } from "../../codec/strings.ts";
import { addTaggedField, checkTaggedFieldEnd, keepTaggedField, readTaggedFieldEnd, readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface StreamsGroupCurrentMemberAssignmentValue {
  readonly memberEpoch: number;
  readonly previousMemberEpoch: number;
  readonly state: number;
  readonly activeTasks: readonly TaskIds[];
  readonly standbyTasks: readonly TaskIds[];
  readonly warmupTasks: readonly TaskIds[];
  readonly activeTasksPendingRevocation: readonly TaskIds[];
  readonly standbyTasksPendingRevocation: readonly TaskIds[];
  readonly warmupTasksPendingRevocation: readonly TaskIds[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface TaskIds {
  readonly subtopologyId: string;
  readonly partitions: readonly number[];
  /** Tag 0. */
  readonly assignmentEpochs: readonly number[] | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeStreamsGroupCurrentMemberAssignmentValue(init: Partial<StreamsGroupCurrentMemberAssignmentValue> = {}): StreamsGroupCurrentMemberAssignmentValue {
  return {
    memberEpoch: init.memberEpoch ?? 0,
    previousMemberEpoch: init.previousMemberEpoch ?? 0,
    state: init.state ?? 0,
    activeTasks: init.activeTasks ?? [],
    standbyTasks: init.standbyTasks ?? [],
    warmupTasks: init.warmupTasks ?? [],
    activeTasksPendingRevocation: init.activeTasksPendingRevocation ?? [],
    standbyTasksPendingRevocation: init.standbyTasksPendingRevocation ?? [],
    warmupTasksPendingRevocation: init.warmupTasksPendingRevocation ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeTaskIds(init: Partial<TaskIds> = {}): TaskIds {
  return {
    subtopologyId: init.subtopologyId ?? "",
    partitions: init.partitions ?? [],
    assignmentEpochs: init.assignmentEpochs === undefined ? [] : init.assignmentEpochs,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readTaskIds(reader: ByteReader, _version: number): TaskIds {
  const subtopologyId = readCompactString(reader);
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
  return { subtopologyId, partitions, assignmentEpochs, unknownTaggedFields };
}

function writeTaskIds(writer: ByteWriter, message: TaskIds, _version: number): void {
  writeCompactString(writer, message.subtopologyId);
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

function readStreamsGroupCurrentMemberAssignmentValue(reader: ByteReader, version: number): StreamsGroupCurrentMemberAssignmentValue {
  const memberEpoch = reader.int32();
  const previousMemberEpoch = reader.int32();
  const state = reader.int8();
  const activeTasks: TaskIds[] = [];
  for (let left = readCompactArrayLength(reader, 3); left > 0; left--) activeTasks.push(readTaskIds(reader, version));
  const standbyTasks: TaskIds[] = [];
  for (let left = readCompactArrayLength(reader, 3); left > 0; left--) standbyTasks.push(readTaskIds(reader, version));
  const warmupTasks: TaskIds[] = [];
  for (let left = readCompactArrayLength(reader, 3); left > 0; left--) warmupTasks.push(readTaskIds(reader, version));
  const activeTasksPendingRevocation: TaskIds[] = [];
  for (let left = readCompactArrayLength(reader, 3); left > 0; left--) activeTasksPendingRevocation.push(readTaskIds(reader, version));
  const standbyTasksPendingRevocation: TaskIds[] = [];
  for (let left = readCompactArrayLength(reader, 3); left > 0; left--) standbyTasksPendingRevocation.push(readTaskIds(reader, version));
  const warmupTasksPendingRevocation: TaskIds[] = [];
  for (let left = readCompactArrayLength(reader, 3); left > 0; left--) warmupTasksPendingRevocation.push(readTaskIds(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { memberEpoch, previousMemberEpoch, state, activeTasks, standbyTasks, warmupTasks, activeTasksPendingRevocation, standbyTasksPendingRevocation, warmupTasksPendingRevocation, unknownTaggedFields };
}

function writeStreamsGroupCurrentMemberAssignmentValue(writer: ByteWriter, message: StreamsGroupCurrentMemberAssignmentValue, version: number): void {
  writer.int32(message.memberEpoch);
  writer.int32(message.previousMemberEpoch);
  writer.int8(message.state);
  writeCompactArrayLength(writer, message.activeTasks);
  for (const element of message.activeTasks) writeTaskIds(writer, element, version);
  writeCompactArrayLength(writer, message.standbyTasks);
  for (const element of message.standbyTasks) writeTaskIds(writer, element, version);
  writeCompactArrayLength(writer, message.warmupTasks);
  for (const element of message.warmupTasks) writeTaskIds(writer, element, version);
  writeCompactArrayLength(writer, message.activeTasksPendingRevocation);
  for (const element of message.activeTasksPendingRevocation) writeTaskIds(writer, element, version);
  writeCompactArrayLength(writer, message.standbyTasksPendingRevocation);
  for (const element of message.standbyTasksPendingRevocation) writeTaskIds(writer, element, version);
  writeCompactArrayLength(writer, message.warmupTasksPendingRevocation);
  for (const element of message.warmupTasksPendingRevocation) writeTaskIds(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** StreamsGroupCurrentMemberAssignmentValue: versions 0, record type 22. */
export const streamsGroupCurrentMemberAssignmentValue: DataMessage<StreamsGroupCurrentMemberAssignmentValue> = {
  name: "StreamsGroupCurrentMemberAssignmentValue",
  recordType: 22,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: 0,
  read: readStreamsGroupCurrentMemberAssignmentValue,
  write: writeStreamsGroupCurrentMemberAssignmentValue,
};
