// Generated from packages/protocol/spec/data/consumer-group-partition-metadata-key.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readString, writeString } from "../../codec/strings.ts";

export interface ConsumerGroupPartitionMetadataKey {
  readonly groupId: string;
}

export function makeConsumerGroupPartitionMetadataKey(init: Partial<ConsumerGroupPartitionMetadataKey> = {}): ConsumerGroupPartitionMetadataKey {
  return {
    groupId: init.groupId ?? "",
  };
}

function readConsumerGroupPartitionMetadataKey(reader: ByteReader, _version: number): ConsumerGroupPartitionMetadataKey {
  const groupId = readString(reader);
  return { groupId };
}

function writeConsumerGroupPartitionMetadataKey(writer: ByteWriter, message: ConsumerGroupPartitionMetadataKey, _version: number): void {
  writeString(writer, message.groupId);
}

/** ConsumerGroupPartitionMetadataKey: versions 0, record type 4. */
export const consumerGroupPartitionMetadataKey: DataMessage<ConsumerGroupPartitionMetadataKey> = {
  name: "ConsumerGroupPartitionMetadataKey",
  recordType: 4,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: Number.POSITIVE_INFINITY,
  read: readConsumerGroupPartitionMetadataKey,
  write: writeConsumerGroupPartitionMetadataKey,
};
