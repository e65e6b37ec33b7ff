// Generated from packages/protocol/spec/data/streams-group-member-metadata-value.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readCompactArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { readCompactString, readNullableCompactString, writeCompactString, writeNullableCompactString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface StreamsGroupMemberMetadataValue {
  readonly instanceId: string | null;
  readonly rackId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly rebalanceTimeoutMs: number;
  readonly topologyEpoch: number;
  readonly processId: string;
  readonly userEndpoint: Endpoint | null;
  readonly clientTags: readonly KeyValue[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface KeyValue {
  readonly key: string;
  readonly value: string;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeStreamsGroupMemberMetadataValue(init: Partial<StreamsGroupMemberMetadataValue> = {}): StreamsGroupMemberMetadataValue {
  return {
    instanceId: init.instanceId === undefined ? "" : init.instanceId,
    rackId: init.rackId === undefined ? "" : init.rackId,
    clientId: init.clientId ?? "",
    clientHost: init.clientHost ?? "",
    rebalanceTimeoutMs: init.rebalanceTimeoutMs ?? -1,
    topologyEpoch: init.topologyEpoch ?? 0,
    processId: init.processId ?? "",
    userEndpoint: init.userEndpoint ?? null,
    clientTags: init.clientTags ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeKeyValue(init: Partial<KeyValue> = {}): KeyValue {
  return {
    key: init.key ?? "",
    value: init.value ?? "",
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeEndpoint(init: Partial<Endpoint> = {}): Endpoint {
  return {
    host: init.host ?? "",
    port: init.port ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readEndpoint(reader: ByteReader, _version: number): Endpoint {
  const host = readCompactString(reader);
  const port = reader.uint16();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { host, port, unknownTaggedFields };
}

function writeEndpoint(writer: ByteWriter, message: Endpoint, _version: number): void {
  writeCompactString(writer, message.host);
  writer.uint16(message.port);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readKeyValue(reader: ByteReader, _version: number): KeyValue {
  const key = readCompactString(reader);
  const value = readCompactString(reader);
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { key, value, unknownTaggedFields };
}

function writeKeyValue(writer: ByteWriter, message: KeyValue, _version: number): void {
  writeCompactString(writer, message.key);
  writeCompactString(writer, message.value);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readStreamsGroupMemberMetadataValue(reader: ByteReader, version: number): StreamsGroupMemberMetadataValue {
  const instanceId = readNullableCompactString(reader);
  const rackId = readNullableCompactString(reader);
  const clientId = readCompactString(reader);
  const clientHost = readCompactString(reader);
  const rebalanceTimeoutMs = reader.int32();
  const topologyEpoch = reader.int32();
  const processId = readCompactString(reader);
  const userEndpoint = reader.int8() < 0 ? null : readEndpoint(reader, version);
  const clientTags: KeyValue[] = [];
  for (let left = readCompactArrayLength(reader, 3); left > 0; left--) clientTags.push(readKeyValue(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { instanceId, rackId, clientId, clientHost, rebalanceTimeoutMs, topologyEpoch, processId, userEndpoint, clientTags, unknownTaggedFields };
}

function writeStreamsGroupMemberMetadataValue(writer: ByteWriter, message: StreamsGroupMemberMetadataValue, version: number): void {
  writeNullableCompactString(writer, message.instanceId);
  writeNullableCompactString(writer, message.rackId);
  writeCompactString(writer, message.clientId);
  writeCompactString(writer, message.clientHost);
  writer.int32(message.rebalanceTimeoutMs);
  writer.int32(message.topologyEpoch);
  writeCompactString(writer, message.processId);
  if (message.userEndpoint === null) {
    writer.int8(-1);
  } else {
    writer.int8(1);
    writeEndpoint(writer, message.userEndpoint, version);
  }
  writeCompactArrayLength(writer, message.clientTags);
  for (const element of message.clientTags) writeKeyValue(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** StreamsGroupMemberMetadataValue: versions 0, record type 19. */
export const streamsGroupMemberMetadataValue: DataMessage<StreamsGroupMemberMetadataValue> = {
  name: "StreamsGroupMemberMetadataValue",
  recordType: 19,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: 0,
  read: readStreamsGroupMemberMetadataValue,
  write: writeStreamsGroupMemberMetadataValue,
};
