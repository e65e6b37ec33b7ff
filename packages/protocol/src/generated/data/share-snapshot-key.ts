// Generated from packages/protocol/spec/data/share-snapshot-key.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { NIL_UUID } from "../../codec/constants.ts";
import { readString, writeString } from "../../codec/strings.ts";

export interface ShareSnapshotKey {
  readonly groupId: string;
  readonly topicId: string;
  readonly partition: number;
}

export function makeShareSnapshotKey(init: Partial<ShareSnapshotKey> = {}): ShareSnapshotKey {
  return {
    groupId: init.groupId ?? "",
    topicId: init.topicId ?? NIL_UUID,
    partition: init.partition ?? 0,
  };
}

function readShareSnapshotKey(reader: ByteReader, _version: number): ShareSnapshotKey {
  const groupId = readString(reader);
  const topicId = reader.uuid();
  const partition = reader.int32();
  return { groupId, topicId, partition };
}

function writeShareSnapshotKey(writer: ByteWriter, message: ShareSnapshotKey, _version: number): void {
  writeString(writer, message.groupId);
  writer.uuid(message.topicId);
  writer.int32(message.partition);
}

/** ShareSnapshotKey: versions 0, record type 0. */
export const shareSnapshotKey: DataMessage<ShareSnapshotKey> = {
  name: "ShareSnapshotKey",
  recordType: 0,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: Number.POSITIVE_INFINITY,
  read: readShareSnapshotKey,
  write: writeShareSnapshotKey,
};
