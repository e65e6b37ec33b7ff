// Generated from packages/protocol/spec/data/streams-group-current-member-assignment-key.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readString, writeString } from "../../codec/strings.ts";

export interface StreamsGroupCurrentMemberAssignmentKey {
  readonly groupId: string;
  readonly memberId: string;
}

export function makeStreamsGroupCurrentMemberAssignmentKey(init: Partial<StreamsGroupCurrentMemberAssignmentKey> = {}): StreamsGroupCurrentMemberAssignmentKey {
  return {
    groupId: init.groupId ?? "",
    memberId: init.memberId ?? "",
  };
}

function readStreamsGroupCurrentMemberAssignmentKey(reader: ByteReader, _version: number): StreamsGroupCurrentMemberAssignmentKey {
  const groupId = readString(reader);
  const memberId = readString(reader);
  return { groupId, memberId };
}

function writeStreamsGroupCurrentMemberAssignmentKey(writer: ByteWriter, message: StreamsGroupCurrentMemberAssignmentKey, _version: number): void {
  writeString(writer, message.groupId);
  writeString(writer, message.memberId);
}

/** StreamsGroupCurrentMemberAssignmentKey: versions 0, record type 22. */
export const streamsGroupCurrentMemberAssignmentKey: DataMessage<StreamsGroupCurrentMemberAssignmentKey> = {
  name: "StreamsGroupCurrentMemberAssignmentKey",
  recordType: 22,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: Number.POSITIVE_INFINITY,
  read: readStreamsGroupCurrentMemberAssignmentKey,
  write: writeStreamsGroupCurrentMemberAssignmentKey,
};
