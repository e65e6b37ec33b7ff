// Generated from packages/protocol/spec/apis/76-share-group-heartbeat.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readCompactArrayLength, readNullableCompactArrayLength, writeCompactArrayLength, writeNullableCompactArrayLength } from "../../codec/array-lengths.ts";
import { NIL_UUID } from "../../codec/constants.ts";
import { readInt32s } from "../../codec/int32-arrays.ts";
import { readCompactString, readNullableCompactString, shortened, writeCompactString, writeNullableCompactString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface ShareGroupHeartbeatRequest {
  readonly groupId: string;
  readonly memberId: string;
  readonly memberEpoch: number;
  readonly rackId: string | null;
  readonly subscribedTopicNames: readonly string[] | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeShareGroupHeartbeatRequest(init: Partial<ShareGroupHeartbeatRequest> = {}): ShareGroupHeartbeatRequest {
  return {
    groupId: init.groupId ?? "",
    memberId: init.memberId ?? "",
    memberEpoch: init.memberEpoch ?? 0,
    rackId: init.rackId ?? null,
    subscribedTopicNames: init.subscribedTopicNames ?? null,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readShareGroupHeartbeatRequest(reader: ByteReader, _version: number): ShareGroupHeartbeatRequest {
  const groupId = readCompactString(reader);
  const memberId = readCompactString(reader);
  const memberEpoch = reader.int32();
  const rackId = readNullableCompactString(reader);
  let subscribedTopicNames: string[] | null = null;
  const subscribedTopicNamesLength = readNullableCompactArrayLength(reader, 1);
  if (subscribedTopicNamesLength >= 0) {
    subscribedTopicNames = [];
    for (let left = subscribedTopicNamesLength; left > 0; left--) subscribedTopicNames.push(readCompactString(reader));
  }
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { groupId, memberId, memberEpoch, rackId, subscribedTopicNames, unknownTaggedFields };
}

function writeShareGroupHeartbeatRequest(writer: ByteWriter, message: ShareGroupHeartbeatRequest, _version: number): void {
  writeCompactString(writer, message.groupId);
  writeCompactString(writer, message.memberId);
  writer.int32(message.memberEpoch);
  writeNullableCompactString(writer, message.rackId);
  writeNullableCompactArrayLength(writer, message.subscribedTopicNames);
  if (message.subscribedTopicNames !== null) {
    for (const element of message.subscribedTopicNames) writeCompactString(writer, element);
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface ShareGroupHeartbeatResponse {
  readonly throttleTimeMs: number;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly memberId: string | null;
  readonly memberEpoch: number;
  readonly heartbeatIntervalMs: number;
  readonly assignment: Assignment | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface Assignment {
  readonly topicPartitions: readonly TopicPartitions[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface TopicPartitions {
  readonly topicId: string;
  readonly partitions: readonly number[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeShareGroupHeartbeatResponse(init: Partial<ShareGroupHeartbeatResponse> = {}): ShareGroupHeartbeatResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    memberId: init.memberId ?? null,
    memberEpoch: init.memberEpoch ?? 0,
    heartbeatIntervalMs: init.heartbeatIntervalMs ?? 0,
    assignment: init.assignment ?? null,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeAssignment(init: Partial<Assignment> = {}): Assignment {
  return {
    topicPartitions: init.topicPartitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeTopicPartitions(init: Partial<TopicPartitions> = {}): TopicPartitions {
  return {
    topicId: init.topicId ?? NIL_UUID,
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readTopicPartitions(reader: ByteReader, _version: number): TopicPartitions {
  const topicId = reader.uuid();
  const partitions = readInt32s(reader, readCompactArrayLength(reader, 4));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { topicId, partitions, unknownTaggedFields };
}

function writeTopicPartitions(writer: ByteWriter, message: TopicPartitions, _version: number): void {
  writer.uuid(message.topicId);
  writeCompactArrayLength(writer, message.partitions);
  for (const element of message.partitions) writer.int32(element);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readAssignment(reader: ByteReader, version: number): Assignment {
  const topicPartitions: TopicPartitions[] = [];
  for (let left = readCompactArrayLength(reader, 18); left > 0; left--) topicPartitions.push(readTopicPartitions(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { topicPartitions, unknownTaggedFields };
}

function writeAssignment(writer: ByteWriter, message: Assignment, version: number): void {
  writeCompactArrayLength(writer, message.topicPartitions);
  for (const element of message.topicPartitions) writeTopicPartitions(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readShareGroupHeartbeatResponse(reader: ByteReader, version: number): ShareGroupHeartbeatResponse {
  const throttleTimeMs = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = readNullableCompactString(reader);
  const memberId = readNullableCompactString(reader);
  const memberEpoch = reader.int32();
  const heartbeatIntervalMs = reader.int32();
  const assignment = reader.int8() < 0 ? null : readAssignment(reader, version);
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { throttleTimeMs, errorCode, errorMessage, memberId, memberEpoch, heartbeatIntervalMs, assignment, unknownTaggedFields };
}

function writeShareGroupHeartbeatResponse(writer: ByteWriter, message: ShareGroupHeartbeatResponse, version: number): void {
  writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  writeNullableCompactString(writer, message.memberId);
  writer.int32(message.memberEpoch);
  writer.int32(message.heartbeatIntervalMs);
  if (message.assignment === null) {
    writer.int8(-1);
  } else {
    writer.int8(1);
    writeAssignment(writer, message.assignment, version);
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** ShareGroupHeartbeat: key 76, versions 1. */
export const shareGroupHeartbeatApi: Api<ShareGroupHeartbeatRequest, ShareGroupHeartbeatResponse> = {
  key: 76,
  name: "ShareGroupHeartbeat",
  minVersion: 1,
  maxVersion: 1,
  firstFlexibleVersion: 1,
  readRequest: readShareGroupHeartbeatRequest,
  writeRequest: writeShareGroupHeartbeatRequest,
  readResponse: readShareGroupHeartbeatResponse,
  writeResponse: writeShareGroupHeartbeatResponse,
};
