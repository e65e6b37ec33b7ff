// Generated from packages/protocol/spec/data/group-metadata-key.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readString, writeString } from "../../codec/strings.ts";

export interface GroupMetadataKey {
  readonly group: string;
}

export function makeGroupMetadataKey(init: Partial<GroupMetadataKey> = {}): GroupMetadataKey {
  return {
    group: init.group ?? "",
  };
}

function readGroupMetadataKey(reader: ByteReader, _version: number): GroupMetadataKey {
  const group = readString(reader);
  return { group };
}

function writeGroupMetadataKey(writer: ByteWriter, message: GroupMetadataKey, _version: number): void {
  writeString(writer, message.group);
}

/** GroupMetadataKey: versions 0, record type 2. */
export const groupMetadataKey: DataMessage<GroupMetadataKey> = {
  name: "GroupMetadataKey",
  recordType: 2,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: Number.POSITIVE_INFINITY,
  read: readGroupMetadataKey,
  write: writeGroupMetadataKey,
};
