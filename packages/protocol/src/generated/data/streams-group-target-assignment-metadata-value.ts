// Generated from packages/protocol/spec/data/streams-group-target-assignment-metadata-value.json by `npm run gen`. Do not edit.

import { type ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { addTaggedField, checkTaggedFieldEnd, keepTaggedField, readTaggedFieldEnd, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface StreamsGroupTargetAssignmentMetadataValue {
  readonly assignmentEpoch: number;
  /** Tag 0. */
  readonly assignmentTimestamp: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeStreamsGroupTargetAssignmentMetadataValue(init: Partial<StreamsGroupTargetAssignmentMetadataValue> = {}): StreamsGroupTargetAssignmentMetadataValue {
  return {
    assignmentEpoch: init.assignmentEpoch ?? 0,
    assignmentTimestamp: init.assignmentTimestamp ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readStreamsGroupTargetAssignmentMetadataValue(reader: ByteReader, _version: number): StreamsGroupTargetAssignmentMetadataValue {
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

function writeStreamsGroupTargetAssignmentMetadataValue(writer: ByteWriter, message: StreamsGroupTargetAssignmentMetadataValue, _version: number): void {
  writer.int32(message.assignmentEpoch);
  let tagged: RawTaggedField[] | undefined;
  if (message.assignmentTimestamp !== 0) {
    const content = new ByteWriter();
    content.int64(message.assignmentTimestamp);
    tagged = addTaggedField(tagged, 0, content);
  }
  writeTaggedFields(writer, tagged, message.unknownTaggedFields);
}

/** StreamsGroupTargetAssignmentMetadataValue: versions 0, record type 20. */
export const streamsGroupTargetAssignmentMetadataValue: DataMessage<StreamsGroupTargetAssignmentMetadataValue> = {
  name: "StreamsGroupTargetAssignmentMetadataValue",
  recordType: 20,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: 0,
  read: readStreamsGroupTargetAssignmentMetadataValue,
  write: writeStreamsGroupTargetAssignmentMetadataValue,
};
