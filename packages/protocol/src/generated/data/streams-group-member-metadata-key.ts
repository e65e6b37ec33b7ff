// Generated from packages/protocol/spec/data/streams-group-member-metadata-key.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readString, writeString } from "../../codec/strings.ts";

export interface StreamsGroupMemberMetadataKey {
  readonly groupId: string;
  readonly memberId: string;
}

export function makeStreamsGroupMemberMetadataKey(init: Partial<StreamsGroupMemberMetadataKey> = {}): StreamsGroupMemberMetadataKey {
  return {
    groupId: init.groupId ?? "",
    memberId: init.memberId ?? "",
  };
}

function readStreamsGroupMemberMetadataKey(reader: ByteReader, _version: number): StreamsGroupMemberMetadataKey {
  const groupId = readString(reader);
  const memberId = readString(reader);
  return { groupId, memberId };
}

function writeStreamsGroupMemberMetadataKey(writer: ByteWriter, message: StreamsGroupMemberMetadataKey, _version: number): void {
  writeString(writer, message.groupId);
  writeString(writer, message.memberId);
}

/** StreamsGroupMemberMetadataKey: versions 0, record type 19. */
export const streamsGroupMemberMetadataKey: DataMessage<StreamsGroupMemberMetadataKey> = {
  name: "StreamsGroupMemberMetadataKey",
  recordType: 19,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: Number.POSITIVE_INFINITY,
  read: readStreamsGroupMemberMetadataKey,
  write: writeStreamsGroupMemberMetadataKey,
};
