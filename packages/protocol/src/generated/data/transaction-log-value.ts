// Generated from packages/protocol/spec/data/transaction-log-value.json by `npm run gen`. Do not edit.

import { type ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readArrayLength, readCompactArrayLength, readNullableArrayLength, readNullableCompactArrayLength, writeArrayLength, writeCompactArrayLength, writeNullableArrayLength, writeNullableCompactArrayLength } from "../../codec/array-lengths.ts";
import { unsupportedField } from "../../codec/field-support.ts";
import { readInt32s } from "../../codec/int32-arrays.ts";
import { readCompactString, readString, writeCompactString, writeString } from "../../codec/strings.ts";
import { addTaggedField, checkTaggedFieldEnd, keepTaggedField, readTaggedFieldEnd, readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface TransactionLogValue {
  readonly producerId: number;
  /** Versions 1+; tag 0. */
  readonly previousProducerId: number;
  /** Versions 1+; tag 1. */
  readonly nextProducerId: number;
  readonly producerEpoch: number;
  /** Versions 1+; tag 3. */
  readonly nextProducerEpoch: number;
  readonly transactionTimeoutMs: number;
  readonly transactionStatus: number;
  readonly transactionPartitions: readonly PartitionsSchema[] | null;
  readonly transactionLastUpdateTimestampMs: number;
  readonly transactionStartTimestampMs: number;
  /** Versions 1+; tag 2. */
  readonly clientTransactionVersion: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface PartitionsSchema {
  readonly topic: string;
  readonly partitionIds: readonly number[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeTransactionLogValue(init: Partial<TransactionLogValue> = {}): TransactionLogValue {
  return {
    producerId: init.producerId ?? 0,
    previousProducerId: init.previousProducerId ?? -1,
    nextProducerId: init.nextProducerId ?? -1,
    producerEpoch: init.producerEpoch ?? 0,
    nextProducerEpoch: init.nextProducerEpoch ?? -1,
    transactionTimeoutMs: init.transactionTimeoutMs ?? 0,
    transactionStatus: init.transactionStatus ?? 0,
    transactionPartitions: init.transactionPartitions === undefined ? [] : init.transactionPartitions,
    transactionLastUpdateTimestampMs: init.transactionLastUpdateTimestampMs ?? 0,
    transactionStartTimestampMs: init.transactionStartTimestampMs ?? 0,
    clientTransactionVersion: init.clientTransactionVersion ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makePartitionsSchema(init: Partial<PartitionsSchema> = {}): PartitionsSchema {
  return {
    topic: init.topic ?? "",
    partitionIds: init.partitionIds ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readPartitionsSchema(reader: ByteReader, version: number): PartitionsSchema {
  const topic = version >= 1 ? readCompactString(reader) : readString(reader);
  const partitionIds = readInt32s(reader, version >= 1 ? readCompactArrayLength(reader, 4) : readArrayLength(reader, 4));
  const unknownTaggedFields = version < 1 ? undefined : readUnknownTaggedFields(reader);
  return { topic, partitionIds, unknownTaggedFields };
}

function writePartitionsSchema(writer: ByteWriter, message: PartitionsSchema, version: number): void {
  if (version >= 1) writeCompactString(writer, message.topic);
  else writeString(writer, message.topic);
  if (version >= 1) writeCompactArrayLength(writer, message.partitionIds);
  else writeArrayLength(writer, message.partitionIds);
  for (const element of message.partitionIds) writer.int32(element);
  if (version >= 1) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readTransactionLogValue(reader: ByteReader, version: number): TransactionLogValue {
  const producerId = reader.int64();
  const producerEpoch = reader.int16();
  const transactionTimeoutMs = reader.int32();
  const transactionStatus = reader.int8();
  let transactionPartitions: PartitionsSchema[] | null = null;
  const transactionPartitionsLength = version >= 1 ? readNullableCompactArrayLength(reader, 3) : readNullableArrayLength(reader, 3);
  if (transactionPartitionsLength >= 0) {
    transactionPartitions = [];
    for (let left = transactionPartitionsLength; left > 0; left--) transactionPartitions.push(readPartitionsSchema(reader, version));
  }
  const transactionLastUpdateTimestampMs = reader.int64();
  const transactionStartTimestampMs = reader.int64();
  let previousProducerId: number = -1;
  let nextProducerId: number = -1;
  let nextProducerEpoch: number = -1;
  let clientTransactionVersion: number = 0;
  let unknownTaggedFields: RawTaggedField[] | undefined;
  if (version >= 1) {
    for (let left = reader.uvarint(); left > 0; left--) {
      const tag = reader.uvarint();
      const end = readTaggedFieldEnd(reader);
      if (tag === 0) previousProducerId = reader.int64();
      else if (tag === 1) nextProducerId = reader.int64();
      else if (tag === 3) nextProducerEpoch = reader.int16();
      else if (tag === 2) clientTransactionVersion = reader.int16();
      else unknownTaggedFields = keepTaggedField(unknownTaggedFields, reader, tag, end);
      checkTaggedFieldEnd(reader, tag, end);
    }
  }
  return { producerId, previousProducerId, nextProducerId, producerEpoch, nextProducerEpoch, transactionTimeoutMs, transactionStatus, transactionPartitions, transactionLastUpdateTimestampMs, transactionStartTimestampMs, clientTransactionVersion, unknownTaggedFields };
}

function writeTransactionLogValue(writer: ByteWriter, message: TransactionLogValue, version: number): void {
  writer.int64(message.producerId);
  writer.int16(message.producerEpoch);
  writer.int32(message.transactionTimeoutMs);
  writer.int8(message.transactionStatus);
  if (version >= 1) writeNullableCompactArrayLength(writer, message.transactionPartitions);
  else writeNullableArrayLength(writer, message.transactionPartitions);
  if (message.transactionPartitions !== null) {
    for (const element of message.transactionPartitions) writePartitionsSchema(writer, element, version);
  }
  writer.int64(message.transactionLastUpdateTimestampMs);
  writer.int64(message.transactionStartTimestampMs);
  if (version < 1 && message.previousProducerId !== -1) throw unsupportedField("TransactionLogValue.previousProducerId", version);
  if (version < 1 && message.nextProducerId !== -1) throw unsupportedField("TransactionLogValue.nextProducerId", version);
  if (version < 1 && message.nextProducerEpoch !== -1) throw unsupportedField("TransactionLogValue.nextProducerEpoch", version);
  if (version < 1 && message.clientTransactionVersion !== 0) throw unsupportedField("TransactionLogValue.clientTransactionVersion", version);
  if (version >= 1) {
    let tagged: RawTaggedField[] | undefined;
    if (message.previousProducerId !== -1) {
      const content = new ByteWriter();
      content.int64(message.previousProducerId);
      tagged = addTaggedField(tagged, 0, content);
    }
    if (message.nextProducerId !== -1) {
      const content = new ByteWriter();
      content.int64(message.nextProducerId);
      tagged = addTaggedField(tagged, 1, content);
    }
    if (message.nextProducerEpoch !== -1) {
      const content = new ByteWriter();
      content.int16(message.nextProducerEpoch);
      tagged = addTaggedField(tagged, 3, content);
    }
    if (message.clientTransactionVersion !== 0) {
      const content = new ByteWriter();
      content.int16(message.clientTransactionVersion);
      tagged = addTaggedField(tagged, 2, content);
    }
    writeTaggedFields(writer, tagged, message.unknownTaggedFields);
  }
}

/** TransactionLogValue: versions 0-1, record type 0. */
export const transactionLogValue: DataMessage<TransactionLogValue> = {
  name: "TransactionLogValue",
  recordType: 0,
  minVersion: 0,
  maxVersion: 1,
  firstFlexibleVersion: 1,
  read: readTransactionLogValue,
  write: writeTransactionLogValue,
};
