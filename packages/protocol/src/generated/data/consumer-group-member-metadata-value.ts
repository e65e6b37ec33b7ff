// Generated from packages/protocol/spec/data/consumer-group-member-metadata-value.json by `npm run gen`. Do not edit.

import { type ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readCompactArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { noBytes, readCompactBytes, writeCompactBytes } from "../../codec/byte-fields.ts";
import { readCompactString, readNullableCompactString, writeCompactString, writeNullableCompactString } from "../../codec/strings.ts";
import { addTaggedField, checkTaggedFieldEnd, keepTaggedField, readTaggedFieldEnd, readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface ConsumerGroupMemberMetadataValue {
  readonly instanceId: string | null;
  readonly rackId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly subscribedTopicNames: readonly string[];
  readonly subscribedTopicRegex: string | null;
  readonly rebalanceTimeoutMs: number;
  readonly serverAssignor: string | null;
  /** Tag 0. */
  readonly classicMemberMetadata: ClassicMemberMetadata | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface ClassicMemberMetadata {
  readonly sessionTimeoutMs: number;
  readonly supportedProtocols: readonly ClassicProtocol[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface ClassicProtocol {
  readonly name: string;
  readonly metadata: Buffer;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeConsumerGroupMemberMetadataValue(init: Partial<ConsumerGroupMemberMetadataValue> = {}): ConsumerGroupMemberMetadataValue {
  return {
    instanceId: init.instanceId === undefined ? "" : init.instanceId,
    rackId: init.rackId === undefined ? "" : init.rackId,
    clientId: init.clientId ?? "",
    clientHost: init.clientHost ?? "",
    subscribedTopicNames: init.subscribedTopicNames ?? [],
    subscribedTopicRegex: init.subscribedTopicRegex === undefined ? "" : init.subscribedTopicRegex,
    rebalanceTimeoutMs: init.rebalanceTimeoutMs ?? -1,
    serverAssignor: init.serverAssignor === undefined ? "" : init.serverAssignor,
    classicMemberMetadata: init.classicMemberMetadata === undefined ? defaultClassicMemberMetadata : init.classicMemberMetadata,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeClassicMemberMetadata(init: Partial<ClassicMemberMetadata> = {}): ClassicMemberMetadata {
  return {
    sessionTimeoutMs: init.sessionTimeoutMs ?? 0,
    supportedProtocols: init.supportedProtocols ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeClassicProtocol(init: Partial<ClassicProtocol> = {}): ClassicProtocol {
  return {
    name: init.name ?? "",
    metadata: init.metadata ?? noBytes,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

const defaultClassicMemberMetadata: ClassicMemberMetadata = makeClassicMemberMetadata();

function isDefaultClassicMemberMetadata(message: ClassicMemberMetadata): boolean {
  return message === defaultClassicMemberMetadata || (message.sessionTimeoutMs === 0 && message.supportedProtocols.length === 0 && message.unknownTaggedFields === undefined);
}

function readClassicProtocol(reader: ByteReader, _version: number): ClassicProtocol {
  const name = readCompactString(reader);
  const metadata = readCompactBytes(reader);
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { name, metadata, unknownTaggedFields };
}

function writeClassicProtocol(writer: ByteWriter, message: ClassicProtocol, _version: number): void {
  writeCompactString(writer, message.name);
  writeCompactBytes(writer, message.metadata);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readClassicMemberMetadata(reader: ByteReader, version: number): ClassicMemberMetadata {
  const sessionTimeoutMs = reader.int32();
  const supportedProtocols: ClassicProtocol[] = [];
  for (let left = readCompactArrayLength(reader, 3); left > 0; left--) supportedProtocols.push(readClassicProtocol(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { sessionTimeoutMs, supportedProtocols, unknownTaggedFields };
}

function writeClassicMemberMetadata(writer: ByteWriter, message: ClassicMemberMetadata, version: number): void {
  writer.int32(message.sessionTimeoutMs);
  writeCompactArrayLength(writer, message.supportedProtocols);
  for (const element of message.supportedProtocols) writeClassicProtocol(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readConsumerGroupMemberMetadataValue(reader: ByteReader, version: number): ConsumerGroupMemberMetadataValue {
  const instanceId = readNullableCompactString(reader);
  const rackId = readNullableCompactString(reader);
  const clientId = readCompactString(reader);
  const clientHost = readCompactString(reader);
  const subscribedTopicNames: string[] = [];
  for (let left = readCompactArrayLength(reader, 1); left > 0; left--) subscribedTopicNames.push(readCompactString(reader));
  const subscribedTopicRegex = readNullableCompactString(reader);
  const rebalanceTimeoutMs = reader.int32();
  const serverAssignor = readNullableCompactString(reader);
  let classicMemberMetadata: ClassicMemberMetadata | null = defaultClassicMemberMetadata;
  let unknownTaggedFields: RawTaggedField[] | undefined;
  for (let left = reader.uvarint(); left > 0; left--) {
    const tag = reader.uvarint();
    const end = readTaggedFieldEnd(reader);
    if (tag === 0) classicMemberMetadata = reader.uvarint() === 0 ? null : readClassicMemberMetadata(reader, version);
    else unknownTaggedFields = keepTaggedField(unknownTaggedFields, reader, tag, end);
    checkTaggedFieldEnd(reader, tag, end);
  }
  return { instanceId, rackId, clientId, clientHost, subscribedTopicNames, subscribedTopicRegex, rebalanceTimeoutMs, serverAssignor, classicMemberMetadata, unknownTaggedFields };
}

function writeConsumerGroupMemberMetadataValue(writer: ByteWriter, message: ConsumerGroupMemberMetadataValue, version: number): void {
  writeNullableCompactString(writer, message.instanceId);
  writeNullableCompactString(writer, message.rackId);
  writeCompactString(writer, message.clientId);
  writeCompactString(writer, message.clientHost);
  writeCompactArrayLength(writer, message.subscribedTopicNames);
  for (const element of message.subscribedTopicNames) writeCompactString(writer, element);
  writeNullableCompactString(writer, message.subscribedTopicRegex);
  writer.int32(message.rebalanceTimeoutMs);
  writeNullableCompactString(writer, message.serverAssignor);
  let tagged: RawTaggedField[] | undefined;
  if (message.classicMemberMetadata === null || !isDefaultClassicMemberMetadata(message.classicMemberMetadata)) {
    const content = new ByteWriter();
    if (message.classicMemberMetadata === null) {
      content.uvarint(0);
    } else {
      content.uvarint(1);
      writeClassicMemberMetadata(content, message.classicMemberMetadata, version);
    }
    tagged = addTaggedField(tagged, 0, content);
  }
  writeTaggedFields(writer, tagged, message.unknownTaggedFields);
}

/** ConsumerGroupMemberMetadataValue: versions 0, record type 5. */
export const consumerGroupMemberMetadataValue: DataMessage<ConsumerGroupMemberMetadataValue> = {
  name: "ConsumerGroupMemberMetadataValue",
  recordType: 5,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: 0,
  read: readConsumerGroupMemberMetadataValue,
  write: writeConsumerGroupMemberMetadataValue,
};
