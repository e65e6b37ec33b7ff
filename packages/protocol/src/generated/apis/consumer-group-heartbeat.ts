// Generated from packages/protocol/spec/apis/68-consumer-group-heartbeat.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readCompactArrayLength, readNullableCompactArrayLength, writeCompactArrayLength, writeNullableCompactArrayLength } from "../../codec/array-lengths.ts";
import { NIL_UUID } from "../../codec/constants.ts";
import { unsupportedField } from "../../codec/field-support.ts";
import { readInt32s } from "../../codec/int32-arrays.ts";
import { readCompactString, readNullableCompactString, shortened, writeCompactString, writeNullableCompactString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface ConsumerGroupHeartbeatRequest {
  readonly groupId: string;
  readonly memberId: string;
  readonly memberEpoch: number;
  readonly instanceId: string | null;
  readonly rackId: string | null;
  readonly rebalanceTimeoutMs: number;
  readonly subscribedTopicNames: readonly string[] | null;
  /** Versions 1+. */
  readonly subscribedTopicRegex: string | null;
  readonly serverAssignor: string | null;
  readonly topicPartitions: readonly ConsumerGroupHeartbeatRequestTopicPartitions[] | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface ConsumerGroupHeartbeatRequestTopicPartitions {
  readonly topicId: string;
  readonly partitions: readonly number[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeConsumerGroupHeartbeatRequest(init: Partial<ConsumerGroupHeartbeatRequest> = {}): ConsumerGroupHeartbeatRequest {
  return {
    groupId: init.groupId ?? "",
    memberId: init.memberId ?? "",
    memberEpoch: init.memberEpoch ?? 0,
    instanceId: init.instanceId ?? null,
    rackId: init.rackId ?? null,
    rebalanceTimeoutMs: init.rebalanceTimeoutMs ?? -1,
    subscribedTopicNames: init.subscribedTopicNames ?? null,
    subscribedTopicRegex: init.subscribedTopicRegex ?? null,
    serverAssignor: init.serverAssignor ?? null,
    topicPartitions: init.topicPartitions ?? null,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeConsumerGroupHeartbeatRequestTopicPartitions(init: Partial<ConsumerGroupHeartbeatRequestTopicPartitions> = {}): ConsumerGroupHeartbeatRequestTopicPartitions {
  return {
    topicId: init.topicId ?? NIL_UUID,
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readConsumerGroupHeartbeatRequestTopicPartitions(reader: ByteReader, _version: number): ConsumerGroupHeartbeatRequestTopicPartitions {
  const topicId = reader.uuid();
  const partitions = readInt32s(reader, readCompactArrayLength(reader, 4));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { topicId, partitions, unknownTaggedFields };
}

function writeConsumerGroupHeartbeatRequestTopicPartitions(writer: ByteWriter, message: ConsumerGroupHeartbeatRequestTopicPartitions, _version: number): void {
  writer.uuid(message.topicId);
  writeCompactArrayLength(writer, message.partitions);
  for (const element of message.partitions) writer.int32(element);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readConsumerGroupHeartbeatRequest(reader: ByteReader, version: number): ConsumerGroupHeartbeatRequest {
  const groupId = readCompactString(reader);
  const memberId = readCompactString(reader);
  const memberEpoch = reader.int32();
  const instanceId = readNullableCompactString(reader);
  const rackId = readNullableCompactString(reader);
  const rebalanceTimeoutMs = reader.int32();
  let subscribedTopicNames: string[] | null = null;
  const subscribedTopicNamesLength = readNullableCompactArrayLength(reader, 1);
  if (subscribedTopicNamesLength >= 0) {
    subscribedTopicNames = [];
    for (let left = subscribedTopicNamesLength; left > 0; left--) subscribedTopicNames.push(readCompactString(reader));
  }
  const subscribedTopicRegex = version >= 1 ? readNullableCompactString(reader) : null;
  const serverAssignor = readNullableCompactString(reader);
  let topicPartitions: ConsumerGroupHeartbeatRequestTopicPartitions[] | null = null;
  const topicPartitionsLength = readNullableCompactArrayLength(reader, 18);
  if (topicPartitionsLength >= 0) {
    topicPartitions = [];
    for (let left = topicPartitionsLength; left > 0; left--) topicPartitions.push(readConsumerGroupHeartbeatRequestTopicPartitions(reader, version));
  }
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { groupId, memberId, memberEpoch, instanceId, rackId, rebalanceTimeoutMs, subscribedTopicNames, subscribedTopicRegex, serverAssignor, topicPartitions, unknownTaggedFields };
}

function writeConsumerGroupHeartbeatRequest(writer: ByteWriter, message: ConsumerGroupHeartbeatRequest, version: number): void {
  writeCompactString(writer, message.groupId);
  writeCompactString(writer, message.memberId);
  writer.int32(message.memberEpoch);
  writeNullableCompactString(writer, message.instanceId);
  writeNullableCompactString(writer, message.rackId);
  writer.int32(message.rebalanceTimeoutMs);
  writeNullableCompactArrayLength(writer, message.subscribedTopicNames);
  if (message.subscribedTopicNames !== null) {
    for (const element of message.subscribedTopicNames) writeCompactString(writer, element);
  }
  if (version >= 1) writeNullableCompactString(writer, message.subscribedTopicRegex);
  else if (message.subscribedTopicRegex !== null) throw unsupportedField("ConsumerGroupHeartbeatRequest.subscribedTopicRegex", version);
  writeNullableCompactString(writer, message.serverAssignor);
  writeNullableCompactArrayLength(writer, message.topicPartitions);
  if (message.topicPartitions !== null) {
    for (const element of message.topicPartitions) writeConsumerGroupHeartbeatRequestTopicPartitions(writer, element, version);
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface ConsumerGroupHeartbeatResponse {
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
  readonly topicPartitions: readonly ConsumerGroupHeartbeatResponseTopicPartitions[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface ConsumerGroupHeartbeatResponseTopicPartitions {
  readonly topicId: string;
  readonly partitions: readonly number[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeConsumerGroupHeartbeatResponse(init: Partial<ConsumerGroupHeartbeatResponse> = {}): ConsumerGroupHeartbeatResponse {
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

export function makeConsumerGroupHeartbeatResponseTopicPartitions(init: Partial<ConsumerGroupHeartbeatResponseTopicPartitions> = {}): ConsumerGroupHeartbeatResponseTopicPartitions {
  return {
    topicId: init.topicId ?? NIL_UUID,
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readConsumerGroupHeartbeatResponseTopicPartitions(reader: ByteReader, _version: number): ConsumerGroupHeartbeatResponseTopicPartitions {
  const topicId = reader.uuid();
  const partitions = readInt32s(reader, readCompactArrayLength(reader, 4));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { topicId, partitions, unknownTaggedFields };
}

function writeConsumerGroupHeartbeatResponseTopicPartitions(writer: ByteWriter, message: ConsumerGroupHeartbeatResponseTopicPartitions, _version: number): void {
  writer.uuid(message.topicId);
  writeCompactArrayLength(writer, message.partitions);
  for (const element of message.partitions) writer.int32(element);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readAssignment(reader: ByteReader, version: number): Assignment {
  const topicPartitions: ConsumerGroupHeartbeatResponseTopicPartitions[] = [];
  for (let left = readCompactArrayLength(reader, 18); left > 0; left--) topicPartitions.push(readConsumerGroupHeartbeatResponseTopicPartitions(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { topicPartitions, unknownTaggedFields };
}

function writeAssignment(writer: ByteWriter, message: Assignment, version: number): void {
  writeCompactArrayLength(writer, message.topicPartitions);
  for (const element of message.topicPartitions) writeConsumerGroupHeartbeatResponseTopicPartitions(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readConsumerGroupHeartbeatResponse(reader: ByteReader, version: number): ConsumerGroupHeartbeatResponse {
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

function writeConsumerGroupHeartbeatResponse(writer: ByteWriter, message: ConsumerGroupHeartbeatResponse, version: number): void {
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

/** ConsumerGroupHeartbeat: key 68, versions 0-1. */
export const consumerGroupHeartbeatApi: Api<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse> = {
  key: 68,
  name: "ConsumerGroupHeartbeat",
  minVersion: 0,
  maxVersion: 1,
  firstFlexibleVersion: 0,
  readRequest: readConsumerGroupHeartbeatRequest,
  writeRequest: writeConsumerGroupHeartbeatRequest,
  readResponse: readConsumerGroupHeartbeatResponse,
  writeResponse: writeConsumerGroupHeartbeatResponse,
};
