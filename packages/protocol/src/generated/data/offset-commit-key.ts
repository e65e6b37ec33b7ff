// Generated from packages/protocol/spec/data/offset-commit-key.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readString, writeString } from "../../codec/strings.ts";

export interface OffsetCommitKey {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
}

export function makeOffsetCommitKey(init: Partial<OffsetCommitKey> = {}): OffsetCommitKey {
  return {
    group: init.group ?? "",
    topic: init.topic ?? "",
    partition: init.partition ?? 0,
  };
}

function readOffsetCommitKey(reader: ByteReader, _version: number): OffsetCommitKey {
  const group = readString(reader);
  const topic = readString(reader);
  const partition = reader.int32();
  return { group, topic, partition };
}

function writeOffsetCommitKey(writer: ByteWriter, message: OffsetCommitKey, _version: number): void {
  writeString(writer, message.group);
  writeString(writer, message.topic);
  writer.int32(message.partition);
}

/** OffsetCommitKey: versions 0, record type 1. */
export const offsetCommitKey: DataMessage<OffsetCommitKey> = {
  name: "OffsetCommitKey",
  recordType: 1,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: Number.POSITIVE_INFINITY,
  read: readOffsetCommitKey,
  write: writeOffsetCommitKey,
};
