// Generated from packages/protocol/spec/data/share-update-key.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { NIL_UUID } from "../../codec/constants.ts";
import { readString, writeString } from "../../codec/strings.ts";

export interface ShareUpdateKey {
  readonly groupId: string;
  readonly topicId: string;
  readonly partition: number;
}

export function makeShareUpdateKey(init: Partial<ShareUpdateKey> = {}): ShareUpdateKey {
  return {
    groupId: init.groupId ?? "",
    topicId: init.topicId ?? NIL_UUID,
    partition: init.partition ?? 0,
  };
}

function readShareUpdateKey(reader: ByteReader, _version: number): ShareUpdateKey {
  const groupId = readString(reader);
  const topicId = reader.uuid();
  const partition = reader.int32();
  return { groupId, topicId, partition };
}

function writeShareUpdateKey(writer: ByteWriter, message: ShareUpdateKey, _version: number): void {
  writeString(writer, message.groupId);
  writer.uuid(message.topicId);
  writer.int32(message.partition);
}

/** ShareUpdateKey: versions 0, record type 1. */
export const shareUpdateKey: DataMessage<ShareUpdateKey> = {
  name: "ShareUpdateKey",
  recordType: 1,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: Number.POSITIVE_INFINITY,
  read: readShareUpdateKey,
  write: writeShareUpdateKey,
};
