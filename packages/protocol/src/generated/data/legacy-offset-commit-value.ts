// Generated from packages/protocol/spec/data/legacy-offset-commit-value.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readString, writeString } from "../../codec/strings.ts";

export interface LegacyOffsetCommitValue {
  readonly offset: number;
  readonly metadata: string;
  readonly commitTimestamp: number;
}

export function makeLegacyOffsetCommitValue(init: Partial<LegacyOffsetCommitValue> = {}): LegacyOffsetCommitValue {
  return {
    offset: init.offset ?? 0,
    metadata: init.metadata ?? "",
    commitTimestamp: init.commitTimestamp ?? 0,
  };
}

function readLegacyOffsetCommitValue(reader: ByteReader, _version: number): LegacyOffsetCommitValue {
  const offset = reader.int64();
  const metadata = readString(reader);
  const commitTimestamp = reader.int64();
  return { offset, metadata, commitTimestamp };
}

function writeLegacyOffsetCommitValue(writer: ByteWriter, message: LegacyOffsetCommitValue, _version: number): void {
  writer.int64(message.offset);
  writeString(writer, message.metadata);
  writer.int64(message.commitTimestamp);
}

/** LegacyOffsetCommitValue: versions 0, record type 0. */
export const legacyOffsetCommitValue: DataMessage<LegacyOffsetCommitValue> = {
  name: "LegacyOffsetCommitValue",
  recordType: 0,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: Number.POSITIVE_INFINITY,
  read: readLegacyOffsetCommitValue,
  write: writeLegacyOffsetCommitValue,
};
