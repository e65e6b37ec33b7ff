// Generated from packages/protocol/spec/apis/69-consumer-group-describe.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readCompactArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { NIL_UUID } from "../../codec/constants.ts";
import { readInt32s } from "../../codec/int32-arrays.ts";
import { readCompactString, readNullableCompactString, shortened, writeCompactString, writeNullableCompactString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface ConsumerGroupDescribeRequest {
  readonly groupIds: readonly string[];
  readonly includeAuthorizedOperations: boolean;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeConsumerGroupDescribeRequest(init: Partial<ConsumerGroupDescribeRequest> = {}): ConsumerGroupDescribeRequest {
  return {
    groupIds: init.groupIds ?? [],
    includeAuthorizedOperations: init.includeAuthorizedOperations ?? false,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readConsumerGroupDescribeRequest(reader: ByteReader, _version: number): ConsumerGroupDescribeRequest {
  const groupIds: string[] = [];
  for (let left = readCompactArrayLength(reader, 1); left > 0; left--) groupIds.push(readCompactString(reader));
  const includeAuthorizedOperations = reader.bool();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { groupIds, includeAuthorizedOperations, unknownTaggedFields };
}

function writeConsumerGroupDescribeRequest(writer: ByteWriter, message: ConsumerGroupDescribeRequest, _version: number): void {
  writeCompactArrayLength(writer, message.groupIds);
  for (const element of message.groupIds) writeCompactString(writer, element);
  writer.bool(message.includeAuthorizedOperations);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface ConsumerGroupDescribeResponse {
  readonly throttleTimeMs: number;
  readonly groups: readonly DescribedGroup[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface DescribedGroup {
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly groupId: string;
  readonly groupState: string;
  readonly groupEpoch: number;
  readonly assignmentEpoch: number;
  readonly assignorName: string;
  readonly members: readonly Member[];
  readonly authorizedOperations: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface Member {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly rackId: string | null;
  readonly memberEpoch: number;
  readonly clientId: string;
  readonly clientHost: string;
  readonly subscribedTopicNames: readonly string[];
  readonly subscribedTopicRegex: string | null;
  readonly assignment: Assignment;
  readonly targetAssignment: Assignment;
  /** Versions 1+. */
  readonly memberType: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface Assignment {
  readonly topicPartitions: readonly TopicPartitions[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface TopicPartitions {
  readonly topicId: string;
  readonly topicName: string;
  readonly partitions: readonly number[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeConsumerGroupDescribeResponse(init: Partial<ConsumerGroupDescribeResponse> = {}): ConsumerGroupDescribeResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    groups: init.groups ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeDescribedGroup(init: Partial<DescribedGroup> = {}): DescribedGroup {
  return {
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    groupId: init.groupId ?? "",
    groupState: init.groupState ?? "",
    groupEpoch: init.groupEpoch ?? 0,
    assignmentEpoch: init.assignmentEpoch ?? 0,
    assignorName: init.assignorName ?? "",
    members: init.members ?? [],
    authorizedOperations: init.authorizedOperations ?? -2147483648,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeMember(init: Partial<Member> = {}): Member {
  return {
    memberId: init.memberId ?? "",
    instanceId: init.instanceId ?? null,
    rackId: init.rackId ?? null,
    memberEpoch: init.memberEpoch ?? 0,
    clientId: init.clientId ?? "",
    clientHost: init.clientHost ?? "",
    subscribedTopicNames: init.subscribedTopicNames ?? [],
    subscribedTopicRegex: init.subscribedTopicRegex ?? null,
    assignment: init.assignment ?? defaultAssignment,
    targetAssignment: init.targetAssignment ?? defaultAssignment,
    memberType: init.memberType ?? -1,
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
    topicName: init.topicName ?? "",
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

const defaultAssignment: Assignment = makeAssignment();

function isDefaultAssignment(message: Assignment): boolean {
  return message === defaultAssignment || (message.topicPartitions.length === 0 && message.unknownTaggedFields === undefined);
}

function readTopicPartitions(reader: ByteReader, _version: number): TopicPartitions {
  const topicId = reader.uuid();
  const topicName = readCompactString(reader);
  const partitions = readInt32s(reader, readCompactArrayLength(reader, 4));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { topicId, topicName, partitions, unknownTaggedFields };
}

function writeTopicPartitions(writer: ByteWriter, message: TopicPartitions, _version: number): void {
  writer.uuid(message.topicId);
  writeCompactString(writer, message.topicName);
  writeCompactArrayLength(writer, message.partitions);
  for (const element of message.partitions) writer.int32(element);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readAssignment(reader: ByteReader, version: number): Assignment {
  const topicPartitions: TopicPartitions[] = [];
  for (let left = readCompactArrayLength(reader, 19); left > 0; left--) topicPartitions.push(readTopicPartitions(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { topicPartitions, unknownTaggedFields };
}

function writeAssignment(writer: ByteWriter, message: Assignment, version: number): void {
  writeCompactArrayLength(writer, message.topicPartitions);
  for (const element of message.topicPartitions) writeTopicPartitions(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readMember(reader: ByteReader, version: number): Member {
  const memberId = readCompactString(reader);
  const instanceId = readNullableCompactString(reader);
  const rackId = readNullableCompactString(reader);
  const memberEpoch = reader.int32();
  const clientId = readCompactString(reader);
  const clientHost = readCompactString(reader);
  const subscribedTopicNames: string[] = [];
  for (let left = readCompactArrayLength(reader, 1); left > 0; left--) subscribedTopicNames.push(readCompactString(reader));
  const subscribedTopicRegex = readNullableCompactString(reader);
  const assignment = readAssignment(reader, version);
  const targetAssignment = readAssignment(reader, version);
  const memberType = version >= 1 ? reader.int8() : -1;
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { memberId, instanceId, rackId, memberEpoch, clientId, clientHost, subscribedTopicNames, subscribedTopicRegex, assignment, targetAssignment, memberType, unknownTaggedFields };
}

function writeMember(writer: ByteWriter, message: Member, version: number): void {
  writeCompactString(writer, message.memberId);
  writeNullableCompactString(writer, message.instanceId);
  writeNullableCompactString(writer, message.rackId);
  writer.int32(message.memberEpoch);
  writeCompactString(writer, message.clientId);
  writeCompactString(writer, message.clientHost);
  writeCompactArrayLength(writer, message.subscribedTopicNames);
  for (const element of message.subscribedTopicNames) writeCompactString(writer, element);
  writeNullableCompactString(writer, message.subscribedTopicRegex);
  writeAssignment(writer, message.assignment, version);
  writeAssignment(writer, message.targetAssignment, version);
  if (version >= 1) writer.int8(message.memberType);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDescribedGroup(reader: ByteReader, version: number): DescribedGroup {
  const errorCode = reader.int16();
  const errorMessage = readNullableCompactString(reader);
  const groupId = readCompactString(reader);
  const groupState = readCompactString(reader);
  const groupEpoch = reader.int32();
  const assignmentEpoch = reader.int32();
  const assignorName = readCompactString(reader);
  const members: Member[] = [];
  for (let left = readCompactArrayLength(reader, 16); left > 0; left--) members.push(readMember(reader, version));
  const authorizedOperations = reader.int32();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { errorCode, errorMessage, groupId, groupState, groupEpoch, assignmentEpoch, assignorName, members, authorizedOperations, unknownTaggedFields };
}

function writeDescribedGroup(writer: ByteWriter, message: DescribedGroup, version: number): void {
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  writeCompactString(writer, message.groupId);
  writeCompactString(writer, message.groupState);
  writer.int32(message.groupEpoch);
  writer.int32(message.assignmentEpoch);
  writeCompactString(writer, message.assignorName);
  writeCompactArrayLength(writer, message.members);
  for (const element of message.members) writeMember(writer, element, version);
  writer.int32(message.authorizedOperations);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readConsumerGroupDescribeResponse(reader: ByteReader, version: number): ConsumerGroupDescribeResponse {
  const throttleTimeMs = reader.int32();
  const groups: DescribedGroup[] = [];
  for (let left = readCompactArrayLength(reader, 20); left > 0; left--) groups.push(readDescribedGroup(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { throttleTimeMs, groups, unknownTaggedFields };
}

function writeConsumerGroupDescribeResponse(writer: ByteWriter, message: ConsumerGroupDescribeResponse, version: number): void {
  writer.int32(message.throttleTimeMs);
  writeCompactArrayLength(writer, message.groups);
  for (const element of message.groups) writeDescribedGroup(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeDescribedGroupInSteps(writer: ByteWriter, message: DescribedGroup, version: number): Generator<void, void> {
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  writeCompactString(writer, message.groupId);
  writeCompactString(writer, message.groupState);
  writer.int32(message.groupEpoch);
  writer.int32(message.assignmentEpoch);
  writeCompactString(writer, message.assignorName);
  writeCompactArrayLength(writer, message.members);
  for (const element of message.members) {
    writeMember(writer, element, version);
    yield;
  }
  writer.int32(message.authorizedOperations);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeConsumerGroupDescribeResponseInSteps(writer: ByteWriter, message: ConsumerGroupDescribeResponse, version: number): Generator<void, void> {
  writer.int32(message.throttleTimeMs);
  writeCompactArrayLength(writer, message.groups);
  for (const element of message.groups) {
    yield* writeDescribedGroupInSteps(writer, element, version);
    yield;
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* readDescribedGroupInSteps(reader: ByteReader, version: number): Generator<void, DescribedGroup> {
  const errorCode = reader.int16();
  const errorMessage = readNullableCompactString(reader);
  const groupId = readCompactString(reader);
  const groupState = readCompactString(reader);
  const groupEpoch = reader.int32();
  const assignmentEpoch = reader.int32();
  const assignorName = readCompactString(reader);
  const members: Member[] = [];
  for (let left = readCompactArrayLength(reader, 16); left > 0; left--) { members.push(readMember(reader, version)); yield; }
  const authorizedOperations = reader.int32();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { errorCode, errorMessage, groupId, groupState, groupEpoch, assignmentEpoch, assignorName, members, authorizedOperations, unknownTaggedFields };
}

function* readConsumerGroupDescribeResponseInSteps(reader: ByteReader, version: number): Generator<void, ConsumerGroupDescribeResponse> {
  const throttleTimeMs = reader.int32();
  const groups: DescribedGroup[] = [];
  for (let left = readCompactArrayLength(reader, 20); left > 0; left--) { groups.push(yield* readDescribedGroupInSteps(reader, version)); yield; }
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { throttleTimeMs, groups, unknownTaggedFields };
}

/** ConsumerGroupDescribe: key 69, versions 0-1. */
export const consumerGroupDescribeApi: Api<ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse> = {
  key: 69,
  name: "ConsumerGroupDescribe",
  minVersion: 0,
  maxVersion: 1,
  firstFlexibleVersion: 0,
  readRequest: readConsumerGroupDescribeRequest,
  writeRequest: writeConsumerGroupDescribeRequest,
  readResponse: readConsumerGroupDescribeResponse,
  writeResponse: writeConsumerGroupDescribeResponse,
  writeResponseInSteps: writeConsumerGroupDescribeResponseInSteps,
  readResponseInSteps: readConsumerGroupDescribeResponseInSteps,
};
