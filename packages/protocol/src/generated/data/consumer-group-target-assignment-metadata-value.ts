// Generated from packages/protocol/spec/data/consumer-group-target-assignment-metadata-value.json by `npm run gen`. Do not edit.

import { type ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { addTaggedField, checkTaggedFieldEnd, keepTaggedField, readTaggedFieldEnd, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface ConsumerGroupTargetAssignmentMetadataValue {
  readonly assignmentEpoch: number;
  /** Tag 0. */
  readonly assignmentTimestamp: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeConsumerGroupTargetAssignmentMetadataValue(init: Partial<ConsumerGroupTargetAssignmentMetadataValue> = {}): ConsumerGroupTargetAssignmentMetadataValue {
  return {
    assignmentEpoch: init.assignmentEpoch ?? 0,
    assignmentTimestamp: init.assignmentTimestamp ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readConsumerGroupTargetAssignmentMetadataValue(reader: ByteReader, _version: number): ConsumerGroupTargetAssignmentMetadataValue {
  const assignmentEpoch = reader.int32();
  let assignmentTimestamp: number = 0;
  let unknownTaggedFields: RawTaggedField[] | undefined;
  for (let left = reader.uvarint(); left > 0; left--) {
    const tag = reader.uvarint();
    const end = readTaggedFieldEnd(reader);
    if (tag === 0) assignmentTimestamp = reader.int64();
    else unknownTaggedFields = keepTaggedField(unknownTaggedFields, reader, tag, end);
    checkTaggedFieldEnd(reader, tag, end);
  }
  return { assignmentEpoch, assignmentTimestamp, unknownTaggedFields };
}

function writeConsumerGroupTargetAssignmentMetadataValue(writer: ByteWriter, message: ConsumerGroupTargetAssignmentMetadataValue, _version: number): void {
  writer.int32(message.assignmentEpoch);
  let tagged: RawTaggedField[] | undefined;
  if (message.assignmentTimestamp !== 0) {
    const content = new ByteWriter();
    content.int64(message.assignmentTimestamp);
    tagged = addTaggedField(tagged, 0, content);
  }
  writeTaggedFields(writer, tagged, message.unknownTaggedFields);
}

/** ConsumerGroupTargetAssignmentMetadataValue: versions 0, record type 6. */
export const consumerGroupTargetAssignmentMetadataValue: DataMessage<ConsumerGroupTargetAssignmentMetadataValue> = {
  name: "ConsumerGroupTargetAssignmentMetadataValue",
  recordType: 6,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: 0,
  read: readConsumerGroupTargetAssignmentMetadataValue,
  write: writeConsumerGroupTargetAssignmentMetadataValue,
};
