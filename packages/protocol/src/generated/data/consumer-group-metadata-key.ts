// Generated from packages/protocol/spec/data/consumer-group-metadata-key.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readString, writeString } from "../../codec/strings.ts";

export interface ConsumerGroupMetadataKey {
  readonly groupId: string;
}

export function makeConsumerGroupMetadataKey(init: Partial<ConsumerGroupMetadataKey> = {}): ConsumerGroupMetadataKey {
  return {
    groupId: init.groupId ?? "",
  };
}

function readConsumerGroupMetadataKey(reader: ByteReader, _version: number): ConsumerGroupMetadataKey {
  const groupId = readString(reader);
  return { groupId };
}

function writeConsumerGroupMetadataKey(writer: ByteWriter, message: ConsumerGroupMetadataKey, _version: number): void {
  writeString(writer, message.groupId);
}

/** ConsumerGroupMetadataKey: versions 0, record type 3. */
export const consumerGroupMetadataKey: DataMessage<ConsumerGroupMetadataKey> = {
  name: "ConsumerGroupMetadataKey",
  recordType: 3,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: Number.POSITIVE_INFINITY,
  read: readConsumerGroupMetadataKey,
  write: writeConsumerGroupMetadataKey,
};
