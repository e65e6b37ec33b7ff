// Generated from packages/protocol/spec/data/share-snapshot-value.json by `npm run gen`. Do not edit.

import { type ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readCompactArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { addTaggedField, checkTaggedFieldEnd, keepTaggedField, readTaggedFieldEnd, readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface ShareSnapshotValue {
  readonly snapshotEpoch: number;
  readonly stateEpoch: number;
  readonly leaderEpoch: number;
  readonly startOffset: number;
  /** Tag 0. */
  readonly deliveryCompleteCount: number;
  readonly createTimestamp: number;
  readonly writeTimestamp: number;
  readonly stateBatches: readonly SnapshotStateBatch[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface SnapshotStateBatch {
  readonly firstOffset: number;
  readonly lastOffset: number;
  readonly deliveryState: number;
  readonly deliveryCount: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeShareSnapshotValue(init: Partial<ShareSnapshotValue> = {}): ShareSnapshotValue {
  return {
    snapshotEpoch: init.snapshotEpoch ?? 0,
    stateEpoch: init.stateEpoch ?? 0,
    leaderEpoch: init.leaderEpoch ?? 0,
    startOffset: init.startOffset ?? 0,
    deliveryCompleteCount: init.deliveryCompleteCount ?? -1,
    createTimestamp: init.createTimestamp ?? 0,
    writeTimestamp: init.writeTimestamp ?? 0,
    stateBatches: init.stateBatches ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeSnapshotStateBatch(init: Partial<SnapshotStateBatch> = {}): SnapshotStateBatch {
  return {
    firstOffset: init.firstOffset ?? 0,
    lastOffset: init.lastOffset ?? 0,
    deliveryState: init.deliveryState ?? 0,
    deliveryCount: init.deliveryCount ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readSnapshotStateBatch(reader: ByteReader, _version: number): SnapshotStateBatch {
  const firstOffset = reader.int64();
  const lastOffset = reader.int64();
  const deliveryState = reader.int8();
  const deliveryCount = reader.int16();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { firstOffset, lastOffset, deliveryState, deliveryCount, unknownTaggedFields };
}

function writeSnapshotStateBatch(writer: ByteWriter, message: SnapshotStateBatch, _version: number): void {
  writer.int64(message.firstOffset);
  writer.int64(message.lastOffset);
  writer.int8(message.deliveryState);
  writer.int16(message.deliveryCount);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readShareSnapshotValue(reader: ByteReader, version: number): ShareSnapshotValue {
  const snapshotEpoch = reader.int32();
  const stateEpoch = reader.int32();
  const leaderEpoch = reader.int32();
  const startOffset = reader.int64();
  const createTimestamp = reader.int64();
  const writeTimestamp = reader.int64();
  const stateBatches: SnapshotStateBatch[] = [];
  for (let left = readCompactArrayLength(reader, 20); left > 0; left--) stateBatches.push(readSnapshotStateBatch(reader, version));
  let deliveryCompleteCount: number = -1;
  let unknownTaggedFields: RawTaggedField[] | undefined;
  for (let left = reader.uvarint(); left > 0; left--) {
    const tag = reader.uvarint();
    const end = readTaggedFieldEnd(reader);
    if (tag === 0) deliveryCompleteCount = reader.int32();
    else unknownTaggedFields = keepTaggedField(unknownTaggedFields, reader, tag, end);
    checkTaggedFieldEnd(reader, tag, end);
  }
  return { snapshotEpoch, stateEpoch, leaderEpoch, startOffset, deliveryCompleteCount, createTimestamp, writeTimestamp, stateBatches, unknownTaggedFields };
}

function writeShareSnapshotValue(writer: ByteWriter, message: ShareSnapshotValue, version: number): void {
  writer.int32(message.snapshotEpoch);
  writer.int32(message.stateEpoch);
  writer.int32(message.leaderEpoch);
  writer.int64(message.startOffset);
  writer.int64(message.createTimestamp);
  writer.int64(message.writeTimestamp);
  writeCompactArrayLength(writer, message.stateBatches);
  for (const element of message.stateBatches) writeSnapshotStateBatch(writer, element, version);
  let tagged: RawTaggedField[] | undefined;
  if (message.deliveryCompleteCount !== -1) {
    const content = new ByteWriter();
    content.int32(message.deliveryCompleteCount);
    tagged = addTaggedField(tagged, 0, content);
  }
  writeTaggedFields(writer, tagged, message.unknownTaggedFields);
}

/** ShareSnapshotValue: versions 0, record type 0. */
export const shareSnapshotValue: DataMessage<ShareSnapshotValue> = {
  name: "ShareSnapshotValue",
  recordType: 0,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: 0,
  read: readShareSnapshotValue,
  write: writeShareSnapshotValue,
};
