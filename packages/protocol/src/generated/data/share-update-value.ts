// Generated from packages/protocol/spec/data/share-update-value.json by `npm run gen`. Do not edit.

import { type ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readCompactArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { addTaggedField, checkTaggedFieldEnd, keepTaggedField, readTaggedFieldEnd, readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface ShareUpdateValue {
  readonly snapshotEpoch: number;
  readonly leaderEpoch: number;
  readonly startOffset: number;
  /** Tag 0. */
  readonly deliveryCompleteCount: number;
  readonly stateBatches: readonly UpdateStateBatch[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface UpdateStateBatch {
  readonly firstOffset: number;
  readonly lastOffset: number;
  readonly deliveryState: number;
  readonly deliveryCount: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeShareUpdateValue(init: Partial<ShareUpdateValue> = {}): ShareUpdateValue {
  return {
    snapshotEpoch: init.snapshotEpoch ?? 0,
    leaderEpoch: init.leaderEpoch ?? 0,
    startOffset: init.startOffset ?? 0,
    deliveryCompleteCount: init.deliveryCompleteCount ?? -1,
    stateBatches: init.stateBatches ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeUpdateStateBatch(init: Partial<UpdateStateBatch> = {}): UpdateStateBatch {
  return {
    firstOffset: init.firstOffset ?? 0,
    lastOffset: init.lastOffset ?? 0,
    deliveryState: init.deliveryState ?? 0,
    deliveryCount: init.deliveryCount ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readUpdateStateBatch(reader: ByteReader, _version: number): UpdateStateBatch {
  const firstOffset = reader.int64();
  const lastOffset = reader.int64();
  const deliveryState = reader.int8();
  const deliveryCount = reader.int16();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { firstOffset, lastOffset, deliveryState, deliveryCount, unknownTaggedFields };
}

function writeUpdateStateBatch(writer: ByteWriter, message: UpdateStateBatch, _version: number): void {
  writer.int64(message.firstOffset);
  writer.int64(message.lastOffset);
  writer.int8(message.deliveryState);
  writer.int16(message.deliveryCount);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readShareUpdateValue(reader: ByteReader, version: number): ShareUpdateValue {
  const snapshotEpoch = reader.int32();
  const leaderEpoch = reader.int32();
  const startOffset = reader.int64();
  const stateBatches: UpdateStateBatch[] = [];
  for (let left = readCompactArrayLength(reader, 20); left > 0; left--) stateBatches.push(readUpdateStateBatch(reader, version));
  let deliveryCompleteCount: number = -1;
  let unknownTaggedFields: RawTaggedField[] | undefined;
  for (let left = reader.uvarint(); left > 0; left--) {
    const tag = reader.uvarint();
    const end = readTaggedFieldEnd(reader);
    if (tag === 0) deliveryCompleteCount = reader.int32();
    else unknownTaggedFields = keepTaggedField(unknownTaggedFields, reader, tag, end);
    checkTaggedFieldEnd(reader, tag, end);
  }
  return { snapshotEpoch, leaderEpoch, startOffset, deliveryCompleteCount, stateBatches, unknownTaggedFields };
}

function writeShareUpdateValue(writer: ByteWriter, message: ShareUpdateValue, version: number): void {
  writer.int32(message.snapshotEpoch);
  writer.int32(message.leaderEpoch);
  writer.int64(message.startOffset);
  writeCompactArrayLength(writer, message.stateBatches);
  for (const element of message.stateBatches) writeUpdateStateBatch(writer, element, version);
  let tagged: RawTaggedField[] | undefined;
  if (message.deliveryCompleteCount !== -1) {
    const content = new ByteWriter();
    content.int32(message.deliveryCompleteCount);
    tagged = addTaggedField(tagged, 0, content);
  }
  writeTaggedFields(writer, tagged, message.unknownTaggedFields);
}

/** ShareUpdateValue: versions 0, record type 1. */
export const shareUpdateValue: DataMessage<ShareUpdateValue> = {
  name: "ShareUpdateValue",
  recordType: 1,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: 0,
  read: readShareUpdateValue,
  write: writeShareUpdateValue,
};
