// Generated from packages/protocol/spec/data/share-group-state-partition-metadata-key.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readString, writeString } from "../../codec/strings.ts";

export interface ShareGroupStatePartitionMetadataKey {
  readonly groupId: string;
}

export function makeShareGroupStatePartitionMetadataKey(init: Partial<ShareGroupStatePartitionMetadataKey> = {}): ShareGroupStatePartitionMetadataKey {
  return {
    groupId: init.groupId ?? "",
  };
}

function readShareGroupStatePartitionMetadataKey(reader: ByteReader, _version: number): ShareGroupStatePartitionMetadataKey {
  const groupId = readString(reader);
  return { groupId };
}

function writeShareGroupStatePartitionMetadataKey(writer: ByteWriter, message: ShareGroupStatePartitionMetadataKey, _version: number): void {
  writeString(writer, message.groupId);
}

/** ShareGroupStatePartitionMetadataKey: versions 0, record type 15. */
export const shareGroupStatePartitionMetadataKey: DataMessage<ShareGroupStatePartitionMetadataKey> = {
  name: "ShareGroupStatePartitionMetadataKey",
  recordType: 15,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: Number.POSITIVE_INFINITY,
  read: readShareGroupStatePartitionMetadataKey,
  write: writeShareGroupStatePartitionMetadataKey,
};
