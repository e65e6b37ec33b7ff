// Generated from packages/protocol/spec/data/consumer-group-metadata-value.json by `npm run gen`. Do not edit.

import { type ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { addTaggedField, checkTaggedFieldEnd, keepTaggedField, readTaggedFieldEnd, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface ConsumerGroupMetadataValue {
  readonly epoch: number;
  /** Tag 0. */
  readonly metadataHash: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeConsumerGroupMetadataValue(init: Partial<ConsumerGroupMetadataValue> = {}): ConsumerGroupMetadataValue {
  return {
    epoch: init.epoch ?? 0,
    metadataHash: init.metadataHash ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readConsumerGroupMetadataValue(reader: ByteReader, _version: number): ConsumerGroupMetadataValue {
  const epoch = reader.int32();
  let metadataHash: number = 0;
  let unknownTaggedFields: RawTaggedField[] | undefined;
  for (let left = reader.uvarint(); left > 0; left--) {
    const tag = reader.uvarint();
    const end = readTaggedFieldEnd(reader);
    if (tag === 0) metadataHash = reader.int64();
    else unknownTaggedFields = keepTaggedField(unknownTaggedFields, reader, tag, end);
    checkTaggedFieldEnd(reader, tag, end);
  }
  return { epoch, metadataHash, unknownTaggedFields };
}

function writeConsumerGroupMetadataValue(writer: ByteWriter, message: ConsumerGroupMetadataValue, _version: number): void {
  writer.int32(message.epoch);
  let tagged: RawTaggedField[] | undefined;
  if (message.metadataHash !== 0) {
    const content = new ByteWriter();
    content.int64(message.metadataHash);
    tagged = addTaggedField(tagged, 0, content);
  }
  writeTaggedFields(writer, tagged, message.unknownTaggedFields);
}

/** ConsumerGroupMetadataValue: versions 0, record type 3. */
export const consumerGroupMetadataValue: DataMessage<ConsumerGroupMetadataValue> = {
  name: "ConsumerGroupMetadataValue",
  recordType: 3,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: 0,
  read: readConsumerGroupMetadataValue,
  write: writeConsumerGroupMetadataValue,
};
