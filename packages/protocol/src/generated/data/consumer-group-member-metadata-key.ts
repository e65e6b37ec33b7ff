// Generated from packages/protocol/spec/data/consumer-group-member-metadata-key.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readString, writeString } from "../../codec/strings.ts";

export interface ConsumerGroupMemberMetadataKey {
  readonly groupId: string;
  readonly memberId: string;
}

export function makeConsumerGroupMemberMetadataKey(init: Partial<ConsumerGroupMemberMetadataKey> = {}): ConsumerGroupMemberMetadataKey {
  return {
    groupId: init.groupId ?? "",
    memberId: init.memberId ?? "",
  };
}

function readConsumerGroupMemberMetadataKey(reader: ByteReader, _version: number): ConsumerGroupMemberMetadataKey {
  const groupId = readString(reader);
  const memberId = readString(reader);
  return { groupId, memberId };
}

function writeConsumerGroupMemberMetadataKey(writer: ByteWriter, message: ConsumerGroupMemberMetadataKey, _version: number): void {
  writeString(writer, message.groupId);
  writeString(writer, message.memberId);
}

/** ConsumerGroupMemberMetadataKey: versions 0, record type 5. */
export const consumerGroupMemberMetadataKey: DataMessage<ConsumerGroupMemberMetadataKey> = {
  name: "ConsumerGroupMemberMetadataKey",
  recordType: 5,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: Number.POSITIVE_INFINITY,
  read: readConsumerGroupMemberMetadataKey,
  write: writeConsumerGroupMemberMetadataKey,
};
