// Generated from packages/protocol/spec/data/streams-group-metadata-value.json by `npm run gen`. Do not edit.

import { type ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readNullableCompactArrayLength, writeNullableCompactArrayLength } from "../../codec/array-lengths.ts";
import { readCompactString, writeCompactString } from "../../codec/strings.ts";
import { addTaggedField, checkTaggedFieldEnd, keepTaggedField, readTaggedFieldEnd, readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface StreamsGroupMetadataValue {
  readonly epoch: number;
  readonly metadataHash: number;
  /** Tag 0. */
  readonly validatedTopologyEpoch: number;
  /** Tag 1. */
  readonly lastAssignmentConfigs: readonly LastAssignmentConfig[] | null;
  /** Tag 2. */
  readonly storedDescriptionTopologyEpoch: number;
  /** Tag 3. */
  readonly failedDescriptionTopologyEpoch: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface LastAssignmentConfig {
  readonly key: string;
  readonly value: string;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeStreamsGroupMetadataValue(init: Partial<StreamsGroupMetadataValue> = {}): StreamsGroupMetadataValue {
  return {
    epoch: init.epoch ?? 0,
    metadataHash: init.metadataHash ?? 0,
    validatedTopologyEpoch: init.validatedTopologyEpoch ?? -1,
    lastAssignmentConfigs: init.lastAssignmentConfigs === undefined ? [] : init.lastAssignmentConfigs,
    storedDescriptionTopologyEpoch: init.storedDescriptionTopologyEpoch ?? -1,
    failedDescriptionTopologyEpoch: init.failedDescriptionTopologyEpoch ?? -1,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeLastAssignmentConfig(init: Partial<LastAssignmentConfig> = {}): LastAssignmentConfig {
  return {
    key: init.key ?? "",
    value: init.value ?? "",
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readLastAssignmentConfig(reader: ByteReader, _version: number): LastAssignmentConfig {
  const key = readCompactString(reader);
  const value = readCompactString(reader);
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { key, value, unknownTaggedFields };
}

function writeLastAssignmentConfig(writer: ByteWriter, message: LastAssignmentConfig, _version: number): void {
  writeCompactString(writer, message.key);
  writeCompactString(writer, message.value);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readStreamsGroupMetadataValue(reader: ByteReader, version: number): StreamsGroupMetadataValue {
  const epoch = reader.int32();
  const metadataHash = reader.int64();
  let validatedTopologyEpoch: number = -1;
  let lastAssignmentConfigs: readonly LastAssignmentConfig[] | null = [];
  let storedDescriptionTopologyEpoch: number = -1;
  let failedDescriptionTopologyEpoch: number = -1;
  let unknownTaggedFields: RawTaggedField[] | undefined;
  for (let left = reader.uvarint(); left > 0; left--) {
    const tag = reader.uvarint();
    const end = readTaggedFieldEnd(reader);
    if (tag === 0) validatedTopologyEpoch = reader.int32();
    else if (tag === 1) {
      let elements: LastAssignmentConfig[] | null = null;
      const elementsLength = readNullableCompactArrayLength(reader, 3);
      if (elementsLength >= 0) {
        elements = [];
        for (let left = elementsLength; left > 0; left--) elements.push(readLastAssignmentConfig(reader, version));
      }
      lastAssignmentConfigs = elements;
    }
    else if (tag === 2) storedDescriptionTopologyEpoch = reader.int32();
    else if (tag === 3) failedDescriptionTopologyEpoch = reader.int32();
    else unknownTaggedFields = keepTaggedField(unknownTaggedFields, reader, tag, end);
    checkTaggedFieldEnd(reader, tag, end);
  }
  return { epoch, metadataHash, validatedTopologyEpoch, lastAssignmentConfigs, storedDescriptionTopologyEpoch, failedDescriptionTopologyEpoch, unknownTaggedFields };
}

function writeStreamsGroupMetadataValue(writer: ByteWriter, message: StreamsGroupMetadataValue, version: number): void {
  writer.int32(message.epoch);
  writer.int64(message.metadataHash);
  let tagged: RawTaggedField[] | undefined;
  if (message.validatedTopologyEpoch !== -1) {
    const content = new ByteWriter();
    content.int32(message.validatedTopologyEpoch);
    tagged = addTaggedField(tagged, 0, content);
  }
  if (message.lastAssignmentConfigs === null || message.lastAssignmentConfigs.length !== 0) {
    const content = new ByteWriter();
    writeNullableCompactArrayLength(content, message.lastAssignmentConfigs);
    if (message.lastAssignmentConfigs !== null) {
      for (const element of message.lastAssignmentConfigs) writeLastAssignmentConfig(content, element, version);
    }
    tagged = addTaggedField(tagged, 1, content);
  }
  if (message.storedDescriptionTopologyEpoch !== -1) {
    const content = new ByteWriter();
    content.int32(message.storedDescriptionTopologyEpoch);
    tagged = addTaggedField(tagged, 2, content);
  }
  if (message.failedDescriptionTopologyEpoch !== -1) {
    const content = new ByteWriter();
    content.int32(message.failedDescriptionTopologyEpoch);
    tagged = addTaggedField(tagged, 3, content);
  }
  writeTaggedFields(writer, tagged, message.unknownTaggedFields);
}

/** StreamsGroupMetadataValue: versions 0, record type 17. */
export const streamsGroupMetadataValue: DataMessage<StreamsGroupMetadataValue> = {
  name: "StreamsGroupMetadataValue",
  recordType: 17,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: 0,
  read: readStreamsGroupMetadataValue,
  write: writeStreamsGroupMetadataValue,
};
