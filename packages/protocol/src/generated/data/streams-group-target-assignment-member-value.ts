// Generated from packages/protocol/spec/data/streams-group-target-assignment-member-value.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readCompactArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { readInt32s } from "../../codec/int32-arrays.ts";
import { readCompactString, writeCompactString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface StreamsGroupTargetAssignmentMemberValue {
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

export function makeStreamsGroupTargetAssignmentMemberValue(init: Partial<StreamsGroupTargetAssignmentMemberValue> = {}): StreamsGroupTargetAssignmentMemberValue {
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

function readStreamsGroupTargetAssignmentMemberValue(reader: ByteReader, version: number): StreamsGroupTargetAssignmentMemberValue {
  const activeTasks: TaskIds[] = [];
  for (let left = readCompactArrayLength(reader, 3); left > 0; left--) activeTasks.push(readTaskIds(reader, version));
  const standbyTasks: TaskIds[] = [];
  for (let left = readCompactArrayLength(reader, 3); left > 0; left--) standbyTasks.push(readTaskIds(reader, version));
  const warmupTasks: TaskIds[] = [];
  for (let left = readCompactArrayLength(reader, 3); left > 0; left--) warmupTasks.push(readTaskIds(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { activeTasks, standbyTasks, warmupTasks, unknownTaggedFields };
}

function writeStreamsGroupTargetAssignmentMemberValue(writer: ByteWriter, message: StreamsGroupTargetAssignmentMemberValue, version: number): void {
  writeCompactArrayLength(writer, message.activeTasks);
  for (const element of message.activeTasks) writeTaskIds(writer, element, version);
  writeCompactArrayLength(writer, message.standbyTasks);
  for (const element of message.standbyTasks) writeTaskIds(writer, element, version);
  writeCompactArrayLength(writer, message.warmupTasks);
  for (const element of message.warmupTasks) writeTaskIds(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** StreamsGroupTargetAssignmentMemberValue: versions 0, record type 21. */
export const streamsGroupTargetAssignmentMemberValue: DataMessage<StreamsGroupTargetAssignmentMemberValue> = {
  name: "StreamsGroupTargetAssignmentMemberValue",
  recordType: 21,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: 0,
  read: readStreamsGroupTargetAssignmentMemberValue,
  write: writeStreamsGroupTargetAssignmentMemberValue,
};
