// Generated from packages/protocol/spec/data/consumer-group-target-assignment-member-key.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readString, writeString } from "../../codec/strings.ts";

export interface ConsumerGroupTargetAssignmentMemberKey {
  readonly groupId: string;
  readonly memberId: string;
}

export function makeConsumerGroupTargetAssignmentMemberKey(init: Partial<ConsumerGroupTargetAssignmentMemberKey> = {}): ConsumerGroupTargetAssignmentMemberKey {
  return {
    groupId: init.groupId ?? "",
    memberId: init.memberId ?? "",
  };
}

function readConsumerGroupTargetAssignmentMemberKey(reader: ByteReader, _version: number): ConsumerGroupTargetAssignmentMemberKey {
  const groupId = readString(reader);
  const memberId = readString(reader);
  return { groupId, memberId };
}

function writeConsumerGroupTargetAssignmentMemberKey(writer: ByteWriter, message: ConsumerGroupTargetAssignmentMemberKey, _version: number): void {
  writeString(writer, message.groupId);
  writeString(writer, message.memberId);
}

/** ConsumerGroupTargetAssignmentMemberKey: versions 0, record type 7. */
export const consumerGroupTargetAssignmentMemberKey: DataMessage<ConsumerGroupTargetAssignmentMemberKey> = {
  name: "ConsumerGroupTargetAssignmentMemberKey",
  recordType: 7,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: Number.POSITIVE_INFINITY,
  read: readConsumerGroupTargetAssignmentMemberKey,
  write: writeConsumerGroupTargetAssignmentMemberKey,
};
