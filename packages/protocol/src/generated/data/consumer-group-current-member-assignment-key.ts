// Generated from packages/protocol/spec/data/consumer-group-current-member-assignment-key.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readString, writeString } from "../../codec/strings.ts";

export interface ConsumerGroupCurrentMemberAssignmentKey {
  readonly groupId: string;
  readonly memberId: string;
}

export function makeConsumerGroupCurrentMemberAssignmentKey(init: Partial<ConsumerGroupCurrentMemberAssignmentKey> = {}): ConsumerGroupCurrentMemberAssignmentKey {
  return {
    groupId: init.groupId ?? "",
    memberId: init.memberId ?? "",
  };
}

function readConsumerGroupCurrentMemberAssignmentKey(reader: ByteReader, _version: number): ConsumerGroupCurrentMemberAssignmentKey {
  const groupId = readString(reader);
  const memberId = readString(reader);
  return { groupId, memberId };
}

function writeConsumerGroupCurrentMemberAssignmentKey(writer: ByteWriter, message: ConsumerGroupCurrentMemberAssignmentKey, _version: number): void {
  writeString(writer, message.groupId);
  writeString(writer, message.memberId);
}

/** ConsumerGroupCurrentMemberAssignmentKey: versions 0, record type 8. */
export const consumerGroupCurrentMemberAssignmentKey: DataMessage<ConsumerGroupCurrentMemberAssignmentKey> = {
  name: "ConsumerGroupCurrentMemberAssignmentKey",
  recordType: 8,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: Number.POSITIVE_INFINITY,
  read: readConsumerGroupCurrentMemberAssignmentKey,
  write: writeConsumerGroupCurrentMemberAssignmentKey,
};
