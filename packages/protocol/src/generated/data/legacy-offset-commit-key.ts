// Generated from packages/protocol/spec/data/legacy-offset-commit-key.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readString, writeString } from "../../codec/strings.ts";

export interface LegacyOffsetCommitKey {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
}

export function makeLegacyOffsetCommitKey(init: Partial<LegacyOffsetCommitKey> = {}): LegacyOffsetCommitKey {
  return {
    group: init.group ?? "",
    topic: init.topic ?? "",
    partition: init.partition ?? 0,
  };
}

function readLegacyOffsetCommitKey(reader: ByteReader, _version: number): LegacyOffsetCommitKey {
  const group = readString(reader);
  const topic = readString(reader);
  const partition = reader.int32();
  return { group, topic, partition };
}

function writeLegacyOffsetCommitKey(writer: ByteWriter, message: LegacyOffsetCommitKey, _version: number): void {
  writeString(writer, message.group);
  writeString(writer, message.topic);
  writer.int32(message.partition);
}

/** LegacyOffsetCommitKey: versions 0, record type 0. */
export const legacyOffsetCommitKey: DataMessage<LegacyOffsetCommitKey> = {
  name: "LegacyOffsetCommitKey",
  recordType: 0,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: Number.POSITIVE_INFINITY,
  read: readLegacyOffsetCommitKey,
  write: writeLegacyOffsetCommitKey,
};
