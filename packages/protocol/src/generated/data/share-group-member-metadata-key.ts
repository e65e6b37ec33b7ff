// Generated from packages/protocol/spec/data/share-group-member-metadata-key.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readString, writeString } from "../../codec/strings.ts";

export interface ShareGroupMemberMetadataKey {
  readonly groupId: string;
  readonly memberId: string;
}

export function makeShareGroupMemberMetadataKey(init: Partial<ShareGroupMemberMetadataKey> = {}): ShareGroupMemberMetadataKey {
  return {
    groupId: init.groupId ?? "",
    memberId: init.memberId ?? "",
  };
}

function readShareGroupMemberMetadataKey(reader: ByteReader, _version: number): ShareGroupMemberMetadataKey {
  const groupId = readString(reader);
  const memberId = readString(reader);
  return { groupId, memberId };
}

function writeShareGroupMemberMetadataKey(writer: ByteWriter, message: ShareGroupMemberMetadataKey, _version: number): void {
  writeString(writer, message.groupId);
  writeString(writer, message.memberId);
}

/** ShareGroupMemberMetadataKey: versions 0, record type 10. */
export const shareGroupMemberMetadataKey: DataMessage<ShareGroupMemberMetadataKey> = {
  name: "ShareGroupMemberMetadataKey",
  recordType: 10,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: Number.POSITIVE_INFINITY,
  read: readShareGroupMemberMetadataKey,
  write: writeShareGroupMemberMetadataKey,
};
