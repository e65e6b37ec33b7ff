// Generated from packages/protocol/spec/data/streams-group-target-assignment-member-key.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readString, writeString } from "../../codec/strings.ts";

export interface StreamsGroupTargetAssignmentMemberKey {
  readonly groupId: string;
  readonly memberId: string;
}

export function makeStreamsGroupTargetAssignmentMemberKey(init: Partial<StreamsGroupTargetAssignmentMemberKey> = {}): StreamsGroupTargetAssignmentMemberKey {
  return {
    groupId: init.groupId ?? "",
    memberId: init.memberId ?? "",
  };
}

function readStreamsGroupTargetAssignmentMemberKey(reader: ByteReader, _version: number): StreamsGroupTargetAssignmentMemberKey {
  const groupId = readString(reader);
  const memberId = readString(reader);
  return { groupId, memberId };
}

function writeStreamsGroupTargetAssignmentMemberKey(writer: ByteWriter, message: StreamsGroupTargetAssignmentMemberKey, _version: number): void {
  writeString(writer, message.groupId);
  writeString(writer, message.memberId);
}

/** StreamsGroupTargetAssignmentMemberKey: versions 0, record type 21. */
export const streamsGroupTargetAssignmentMemberKey: DataMessage<StreamsGroupTargetAssignmentMemberKey> = {
  name: "StreamsGroupTargetAssignmentMemberKey",
  recordType: 21,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: Number.POSITIVE_INFINITY,
  read: readStreamsGroupTargetAssignmentMemberKey,
  write: writeStreamsGroupTargetAssignmentMemberKey,
};
