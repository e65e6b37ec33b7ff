// Generated from packages/protocol/spec/data/share-group-target-assignment-metadata-key.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readString, writeString } from "../../codec/strings.ts";

export interface ShareGroupTargetAssignmentMetadataKey {
  readonly groupId: string;
}

export function makeShareGroupTargetAssignmentMetadataKey(init: Partial<ShareGroupTargetAssignmentMetadataKey> = {}): ShareGroupTargetAssignmentMetadataKey {
  return {
    groupId: init.groupId ?? "",
  };
}

function readShareGroupTargetAssignmentMetadataKey(reader: ByteReader, _version: number): ShareGroupTargetAssignmentMetadataKey {
  const groupId = readString(reader);
  return { groupId };
}

function writeShareGroupTargetAssignmentMetadataKey(writer: ByteWriter, message: ShareGroupTargetAssignmentMetadataKey, _version: number): void {
  writeString(writer, message.groupId);
}

/** ShareGroupTargetAssignmentMetadataKey: versions 0, record type 12. */
export const shareGroupTargetAssignmentMetadataKey: DataMessage<ShareGroupTargetAssignmentMetadataKey> = {
  name: "ShareGroupTargetAssignmentMetadataKey",
  recordType: 12,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: Number.POSITIVE_INFINITY,
  read: readShareGroupTargetAssignmentMetadataKey,
  write: writeShareGroupTargetAssignmentMetadataKey,
};
