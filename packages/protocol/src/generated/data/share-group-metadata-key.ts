// Generated from packages/protocol/spec/data/share-group-metadata-key.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readString, writeString } from "../../codec/strings.ts";

export interface ShareGroupMetadataKey {
  readonly groupId: string;
}

export function makeShareGroupMetadataKey(init: Partial<ShareGroupMetadataKey> = {}): ShareGroupMetadataKey {
  return {
    groupId: init.groupId ?? "",
  };
}

function readShareGroupMetadataKey(reader: ByteReader, _version: number): ShareGroupMetadataKey {
  const groupId = readString(reader);
  return { groupId };
}

function writeShareGroupMetadataKey(writer: ByteWriter, message: ShareGroupMetadataKey, _version: number): void {
  writeString(writer, message.groupId);
}

/** ShareGroupMetadataKey: versions 0, record type 11. */
export const shareGroupMetadataKey: DataMessage<ShareGroupMetadataKey> = {
  name: "ShareGroupMetadataKey",
  recordType: 11,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: Number.POSITIVE_INFINITY,
  read: readShareGroupMetadataKey,
  write: writeShareGroupMetadataKey,
};
