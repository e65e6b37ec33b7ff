// Generated from packages/protocol/spec/data/share-group-target-assignment-member-key.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readString, writeString } from "../../codec/strings.ts";

export interface ShareGroupTargetAssignmentMemberKey {
  readonly groupId: string;
  readonly memberId: string;
}

export function makeShareGroupTargetAssignmentMemberKey(init: Partial<ShareGroupTargetAssignmentMemberKey> = {}): ShareGroupTargetAssignmentMemberKey {
  return {
    groupId: init.groupId ?? "",
    memberId: init.memberId ?? "",
  };
}

function readShareGroupTargetAssignmentMemberKey(reader: ByteReader, _version: number): ShareGroupTargetAssignmentMemberKey {
  const groupId = readString(reader);
  const memberId = readString(reader);
  return { groupId, memberId };
}

function writeShareGroupTargetAssignmentMemberKey(writer: ByteWriter, message: ShareGroupTargetAssignmentMemberKey, _version: number): void {
  writeString(writer, message.groupId);
  writeString(writer, message.memberId);
}

/** ShareGroupTargetAssignmentMemberKey: versions 0, record type 13. */
export const shareGroupTargetAssignmentMemberKey: DataMessage<ShareGroupTargetAssignmentMemberKey> = {
  name: "ShareGroupTargetAssignmentMemberKey",
  recordType: 13,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: Number.POSITIVE_INFINITY,
  read: readShareGroupTargetAssignmentMemberKey,
  write: writeShareGroupTargetAssignmentMemberKey,
};
