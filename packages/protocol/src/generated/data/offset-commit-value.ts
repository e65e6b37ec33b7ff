// Generated from packages/protocol/spec/data/offset-commit-value.json by `npm run gen`. Do not edit.

import { type ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { NIL_UUID } from "../../codec/constants.ts";
import { readCompactString, readString, writeCompactString, writeString } from "../../codec/strings.ts";
import { addTaggedField, checkTaggedFieldEnd, keepTaggedField, readTaggedFieldEnd, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface OffsetCommitValue {
  readonly offset: number;
  /** Versions 3+. */
  readonly leaderEpoch: number;
  readonly metadata: string;
  readonly commitTimestamp: number;
  /** Versions 1. */
  readonly expireTimestamp: number;
  /** Versions 4+; tag 0. */
  readonly topicId: string;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeOffsetCommitValue(init: Partial<OffsetCommitValue> = {}): OffsetCommitValue {
  return {
    offset: init.offset ?? 0,
    leaderEpoch: init.leaderEpoch ?? -1,
    metadata: init.metadata ?? "",
    commitTimestamp: init.commitTimestamp ?? 0,
    expireTimestamp: init.expireTimestamp ?? -1,
    topicId: init.topicId ?? NIL_UUID,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readOffsetCommitValue(reader: ByteReader, version: number): OffsetCommitValue {
  const offset = reader.int64();
  const leaderEpoch = version >= 3 ? reader.int32() : -1;
  const metadata = version >= 4 ? readCompactString(reader) : readString(reader);
  const commitTimestamp = reader.int64();
  const expireTimestamp = version >= 2 ? -1 : version >= 1 ? reader.int64() : -1;
  let topicId: string = NIL_UUID;
  let unknownTaggedFields: RawTaggedField[] | undefined;
  if (version >= 4) {
    for (let left = reader.uvarint(); left > 0; left--) {
      const tag = reader.uvarint();
      const end = readTaggedFieldEnd(reader);
      if (tag === 0) topicId = reader.uuid();
      else unknownTaggedFields = keepTaggedField(unknownTaggedFields, reader, tag, end);
      checkTaggedFieldEnd(reader, tag, end);
    }
  }
  return { offset, leaderEpoch, metadata, commitTimestamp, expireTimestamp, topicId, unknownTaggedFields };
}

function writeOffsetCommitValue(writer: ByteWriter, message: OffsetCommitValue, version: number): void {
  writer.int64(message.offset);
  if (version >= 3) writer.int32(message.leaderEpoch);
  if (version >= 4) writeCompactString(writer, message.metadata);
  else writeString(writer, message.metadata);
  writer.int64(message.commitTimestamp);
  if (version >= 1 && version <= 1) writer.int64(message.expireTimestamp);
  if (version >= 4) {
    let tagged: RawTaggedField[] | undefined;
    if (message.topicId !== NIL_UUID) {
      const content = new ByteWriter();
      content.uuid(message.topicId);
      tagged = addTaggedField(tagged, 0, content);
    }
    writeTaggedFields(writer, tagged, message.unknownTaggedFields);
  }
}

/** OffsetCommitValue: versions 0-4, record type 1. */
export const offsetCommitValue: DataMessage<OffsetCommitValue> = {
  name: "OffsetCommitValue",
  recordType: 1,
  minVersion: 0,
  maxVersion: 4,
  firstFlexibleVersion: 4,
  read: readOffsetCommitValue,
  write: writeOffsetCommitValue,
};
