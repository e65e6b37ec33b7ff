// Generated from packages/protocol/spec/data/share-group-current-member-assignment-key.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readString, writeString } from "../../codec/strings.ts";

export interface ShareGroupCurrentMemberAssignmentKey {
  readonly groupId: string;
  readonly memberId: string;
}

export function makeShareGroupCurrentMemberAssignmentKey(init: Partial<ShareGroupCurrentMemberAssignmentKey> = {}): ShareGroupCurrentMemberAssignmentKey {
  return {
    groupId: init.groupId ?? "",
    memberId: init.memberId ?? "",
  };
}

function readShareGroupCurrentMemberAssignmentKey(reader: ByteReader, _version: number): ShareGroupCurrentMemberAssignmentKey {
  const groupId = readString(reader);
  const memberId = readString(reader);
  return { groupId, memberId };
}

function writeShareGroupCurrentMemberAssignmentKey(writer: ByteWriter, message: ShareGroupCurrentMemberAssignmentKey, _version: number): void {
  writeString(writer, message.groupId);
  writeString(writer, message.memberId);
}

/** ShareGroupCurrentMemberAssignmentKey: versions 0, record type 14. */
export const shareGroupCurrentMemberAssignmentKey: DataMessage<ShareGroupCurrentMemberAssignmentKey> = {
  name: "ShareGroupCurrentMemberAssignmentKey",
  recordType: 14,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: Number.POSITIVE_INFINITY,
  read: readShareGroupCurrentMemberAssignmentKey,
  write: writeShareGroupCurrentMemberAssignmentKey,
};
