// Generated from packages/protocol/spec/data/consumer-protocol-assignment.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readArrayLength, writeArrayLength } from "../../codec/array-lengths.ts";
import { readNullableBytes, writeNullableBytes } from "../../codec/byte-fields.ts";
import { readInt32s } from "../../codec/int32-arrays.ts";
import { readString, writeString } from "../../codec/strings.ts";

export interface ConsumerProtocolAssignment {
  readonly assignedPartitions: readonly TopicPartition[];
  readonly userData: Buffer | null;
}

export interface TopicPartition {
  readonly topic: string;
  readonly partitions: readonly number[];
}

export function makeConsumerProtocolAssignment(init: Partial<ConsumerProtocolAssignment> = {}): ConsumerProtocolAssignment {
  return {
    assignedPartitions: init.assignedPartitions ?? [],
    userData: init.userData ?? null,
  };
}

export function makeTopicPartition(init: Partial<TopicPartition> = {}): TopicPartition {
  return {
    topic: init.topic ?? "",
    partitions: init.partitions ?? [],
  };
}

function readTopicPartition(reader: ByteReader, _version: number): TopicPartition {
  const topic = readString(reader);
  const partitions = readInt32s(reader, readArrayLength(reader, 4));
  return { topic, partitions };
}

function writeTopicPartition(writer: ByteWriter, message: TopicPartition, _version: number): void {
  writeString(writer, message.topic);
  writeArrayLength(writer, message.partitions);
  for (const element of message.partitions) writer.int32(element);
}

function readConsumerProtocolAssignment(reader: ByteReader, version: number): ConsumerProtocolAssignment {
  const assignedPartitions: TopicPartition[] = [];
  for (let left = readArrayLength(reader, 6); left > 0; left--) assignedPartitions.push(readTopicPartition(reader, version));
  const userData = readNullableBytes(reader);
  return { assignedPartitions, userData };
}

function writeConsumerProtocolAssignment(writer: ByteWriter, message: ConsumerProtocolAssignment, version: number): void {
  writeArrayLength(writer, message.assignedPartitions);
  for (const element of message.assignedPartitions) writeTopicPartition(writer, element, version);
  writeNullableBytes(writer, message.userData);
}

/** ConsumerProtocolAssignment: versions 0-3. */
export const consumerProtocolAssignment: DataMessage<ConsumerProtocolAssignment> = {
  name: "ConsumerProtocolAssignment",
  recordType: undefined,
  minVersion: 0,
  maxVersion: 3,
  firstFlexibleVersion: Number.POSITIVE_INFINITY,
  read: readConsumerProtocolAssignment,
  write: writeConsumerProtocolAssignment,
};
