// Generated from packages/protocol/spec/data/consumer-group-target-assignment-metadata-key.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readString, writeString } from "../../codec/strings.ts";

export interface ConsumerGroupTargetAssignmentMetadataKey {
  readonly groupId: string;
}

export function makeConsumerGroupTargetAssignmentMetadataKey(init: Partial<ConsumerGroupTargetAssignmentMetadataKey> = {}): ConsumerGroupTargetAssignmentMetadataKey {
  return {
    groupId: init.groupId ?? "",
  };
}

function readConsumerGroupTargetAssignmentMetadataKey(reader: ByteReader, _version: number): ConsumerGroupTargetAssignmentMetadataKey {
  const groupId = readString(reader);
  return { groupId };
}

function writeConsumerGroupTargetAssignmentMetadataKey(writer: ByteWriter, message: ConsumerGroupTargetAssignmentMetadataKey, _version: number): void {
  writeString(writer, message.groupId);
}

/** ConsumerGroupTargetAssignmentMetadataKey: versions 0, record type 6. */
export const consumerGroupTargetAssignmentMetadataKey: DataMessage<ConsumerGroupTargetAssignmentMetadataKey> = {
  name: "ConsumerGroupTargetAssignmentMetadataKey",
  recordType: 6,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: Number.POSITIVE_INFINITY,
  read: readConsumerGroupTargetAssignmentMetadataKey,
  write: writeConsumerGroupTargetAssignmentMetadataKey,
};
