// Generated from packages/protocol/spec/data/consumer-protocol-subscription.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readArrayLength, writeArrayLength } from "../../codec/array-lengths.ts";
import { readNullableBytes, writeNullableBytes } from "../../codec/byte-fields.ts";
import { readInt32s } from "../../codec/int32-arrays.ts";
import { readNullableString, readString, writeNullableString, writeString } from "../../codec/strings.ts";

export interface ConsumerProtocolSubscription {
  readonly topics: readonly string[];
  readonly userData: Buffer | null;
  /** Versions 1+. */
  readonly ownedPartitions: readonly TopicPartition[];
  /** Versions 2+. */
  readonly generationId: number;
  /** Versions 3+. */
  readonly rackId: string | null;
}

export interface TopicPartition {
  readonly topic: string;
  readonly partitions: readonly number[];
}

export function makeConsumerProtocolSubscription(init: Partial<ConsumerProtocolSubscription> = {}): ConsumerProtocolSubscription {
  return {
    topics: init.topics ?? [],
    userData: init.userData ?? null,
    ownedPartitions: init.ownedPartitions ?? [],
    generationId: init.generationId ?? -1,
    rackId: init.rackId ?? null,
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

function readConsumerProtocolSubscription(reader: ByteReader, version: number): ConsumerProtocolSubscription {
  const topics: string[] = [];
  for (let left = readArrayLength(reader, 2); left > 0; left--) topics.push(readString(reader));
  const userData = readNullableBytes(reader);
  const ownedPartitions: TopicPartition[] = [];
  for (let left = version >= 1 ? readArrayLength(reader, 6) : 0; left > 0; left--) ownedPartitions.push(readTopicPartition(reader, version));
  const generationId = version >= 2 ? reader.int32() : -1;
  const rackId = version >= 3 ? readNullableString(reader) : null;
  return { topics, userData, ownedPartitions, generationId, rackId };
}

function writeConsumerProtocolSubscription(writer: ByteWriter, message: ConsumerProtocolSubscription, version: number): void {
  writeArrayLength(writer, message.topics);
  for (const element of message.topics) writeString(writer, element);
  writeNullableBytes(writer, message.userData);
  if (version >= 1) {
    writeArrayLength(writer, message.ownedPartitions);
    for (const element of message.ownedPartitions) writeTopicPartition(writer, element, version);
  }
  if (version >= 2) writer.int32(message.generationId);
  if (version >= 3) writeNullableString(writer, message.rackId);
}

/** ConsumerProtocolSubscription: versions 0-3. */
export const consumerProtocolSubscription: DataMessage<ConsumerProtocolSubscription> = {
  name: "ConsumerProtocolSubscription",
  recordType: undefined,
  minVersion: 0,
  maxVersion: 3,
  firstFlexibleVersion: Number.POSITIVE_INFINITY,
  read: readConsumerProtocolSubscription,
  write: writeConsumerProtocolSubscription,
};
