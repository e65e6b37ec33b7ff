// Generated from packages/protocol/spec/apis/79-share-acknowledge.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readCompactArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { NIL_UUID } from "../../codec/constants.ts";
import { unsupportedField } from "../../codec/field-support.ts";
import { readCompactString, readNullableCompactString, shortened, writeCompactString, writeNullableCompactString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface ShareAcknowledgeRequest {
  readonly groupId: string | null;
  readonly memberId: string | null;
  readonly shareSessionEpoch: number;
  /** Versions 2+. */
  readonly isRenewAck: boolean;
  readonly topics: readonly AcknowledgeTopic[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface AcknowledgeTopic {
  readonly topicId: string;
  readonly partitions: readonly AcknowledgePartition[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface AcknowledgePartition {
  readonly partitionIndex: number;
  readonly acknowledgementBatches: readonly AcknowledgementBatch[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface AcknowledgementBatch {
  readonly firstOffset: number;
  readonly lastOffset: number;
  readonly acknowledgeTypes: readonly number[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeShareAcknowledgeRequest(init: Partial<ShareAcknowledgeRequest> = {}): ShareAcknowledgeRequest {
  return {
    groupId: init.groupId ?? null,
    memberId: init.memberId === undefined ? "" : init.memberId,
    shareSessionEpoch: init.shareSessionEpoch ?? 0,
    isRenewAck: init.isRenewAck ?? false,
    topics: init.topics ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeAcknowledgeTopic(init: Partial<AcknowledgeTopic> = {}): AcknowledgeTopic {
  return {
    topicId: init.topicId ?? NIL_UUID,
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeAcknowledgePartition(init: Partial<AcknowledgePartition> = {}): AcknowledgePartition {
  return {
    partitionIndex: init.partitionIndex ?? 0,
    acknowledgementBatches: init.acknowledgementBatches ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeAcknowledgementBatch(init: Partial<AcknowledgementBatch> = {}): AcknowledgementBatch {
  return {
    firstOffset: init.firstOffset ?? 0,
    lastOffset: init.lastOffset ?? 0,
    acknowledgeTypes: init.acknowledgeTypes ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readAcknowledgementBatch(reader: ByteReader, _version: number): AcknowledgementBatch {
  const firstOffset = reader.int64();
  const lastOffset = reader.int64();
  const acknowledgeTypes: number[] = [];
  for (let left = readCompactArrayLength(reader, 1); left > 0; left--) acknowledgeTypes.push(reader.int8());
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { firstOffset, lastOffset, acknowledgeTypes, unknownTaggedFields };
}

function writeAcknowledgementBatch(writer: ByteWriter, message: AcknowledgementBatch, _version: number): void {
  writer.int64(message.firstOffset);
  writer.int64(message.lastOffset);
  writeCompactArrayLength(writer, message.acknowledgeTypes);
  for (const element of message.acknowledgeTypes) writer.int8(element);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readAcknowledgePartition(reader: ByteReader, version: number): AcknowledgePartition {
  const partitionIndex = reader.int32();
  const acknowledgementBatches: AcknowledgementBatch[] = [];
  for (let left = readCompactArrayLength(reader, 18); left > 0; left--) acknowledgementBatches.push(readAcknowledgementBatch(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { partitionIndex, acknowledgementBatches, unknownTaggedFields };
}

function writeAcknowledgePartition(writer: ByteWriter, message: AcknowledgePartition, version: number): void {
  writer.int32(message.partitionIndex);
  writeCompactArrayLength(writer, message.acknowledgementBatches);
  for (const element of message.acknowledgementBatches) writeAcknowledgementBatch(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readAcknowledgeTopic(reader: ByteReader, version: number): AcknowledgeTopic {
  const topicId = reader.uuid();
  const partitions: AcknowledgePartition[] = [];
  for (let left = readCompactArrayLength(reader, 6); left > 0; left--) partitions.push(readAcknowledgePartition(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { topicId, partitions, unknownTaggedFields };
}

function writeAcknowledgeTopic(writer: ByteWriter, message: AcknowledgeTopic, version: number): void {
  writer.uuid(message.topicId);
  writeCompactArrayLength(writer, message.partitions);
  for (const element of message.partitions) writeAcknowledgePartition(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readShareAcknowledgeRequest(reader: ByteReader, version: number): ShareAcknowledgeRequest {
  const groupId = readNullableCompactString(reader);
  const memberId = readNullableCompactString(reader);
  const shareSessionEpoch = reader.int32();
  const isRenewAck = version >= 2 ? reader.bool() : false;
  const topics: AcknowledgeTopic[] = [];
  for (let left = readCompactArrayLength(reader, 18); left > 0; left--) topics.push(readAcknowledgeTopic(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { groupId, memberId, shareSessionEpoch, isRenewAck, topics, unknownTaggedFields };
}

function writeShareAcknowledgeRequest(writer: ByteWriter, message: ShareAcknowledgeRequest, version: number): void {
  writeNullableCompactString(writer, message.groupId);
  writeNullableCompactString(writer, message.memberId);
  writer.int32(message.shareSessionEpoch);
  if (version >= 2) writer.bool(message.isRenewAck);
  else if (message.isRenewAck !== false) throw unsupportedField("ShareAcknowledgeRequest.isRenewAck", version);
  writeCompactArrayLength(writer, message.topics);
  for (const element of message.topics) writeAcknowledgeTopic(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface ShareAcknowledgeResponse {
  readonly throttleTimeMs: number;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  /** Versions 2+. */
  readonly acquisitionLockTimeoutMs: number;
  readonly responses: readonly ShareAcknowledgeTopicResponse[];
  readonly nodeEndpoints: readonly NodeEndpoint[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface NodeEndpoint {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface ShareAcknowledgeTopicResponse {
  readonly topicId: string;
  readonly partitions: readonly PartitionData[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface PartitionData {
  readonly partitionIndex: number;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly currentLeader: LeaderIdAndEpoch;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface LeaderIdAndEpoch {
  readonly leaderId: number;
  readonly leaderEpoch: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeShareAcknowledgeResponse(init: Partial<ShareAcknowledgeResponse> = {}): ShareAcknowledgeResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    acquisitionLockTimeoutMs: init.acquisitionLockTimeoutMs ?? 0,
    responses: init.responses ?? [],
    nodeEndpoints: init.nodeEndpoints ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeNodeEndpoint(init: Partial<NodeEndpoint> = {}): NodeEndpoint {
  return {
    nodeId: init.nodeId ?? 0,
    host: init.host ?? "",
    port: init.port ?? 0,
    rack: init.rack ?? null,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeShareAcknowledgeTopicResponse(init: Partial<ShareAcknowledgeTopicResponse> = {}): ShareAcknowledgeTopicResponse {
  return {
    topicId: init.topicId ?? NIL_UUID,
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makePartitionData(init: Partial<PartitionData> = {}): PartitionData {
  return {
    partitionIndex: init.partitionIndex ?? 0,
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    currentLeader: init.currentLeader ?? defaultLeaderIdAndEpoch,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeLeaderIdAndEpoch(init: Partial<LeaderIdAndEpoch> = {}): LeaderIdAndEpoch {
  return {
    leaderId: init.leaderId ?? 0,
    leaderEpoch: init.leaderEpoch ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

const defaultLeaderIdAndEpoch: LeaderIdAndEpoch = makeLeaderIdAndEpoch();

function isDefaultLeaderIdAndEpoch(message: LeaderIdAndEpoch): boolean {
  return message === defaultLeaderIdAndEpoch || (message.leaderId === 0 && message.leaderEpoch === 0 && message.unknownTaggedFields === undefined);
}

function readLeaderIdAndEpoch(reader: ByteReader, _version: number): LeaderIdAndEpoch {
  const leaderId = reader.int32();
  const leaderEpoch = reader.int32();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { leaderId, leaderEpoch, unknownTaggedFields };
}

function writeLeaderIdAndEpoch(writer: ByteWriter, message: LeaderIdAndEpoch, _version: number): void {
  writer.int32(message.leaderId);
  writer.int32(message.leaderEpoch);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readPartitionData(reader: ByteReader, version: number): PartitionData {
  const partitionIndex = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = readNullableCompactString(reader);
  const currentLeader = readLeaderIdAndEpoch(reader, version);
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { partitionIndex, errorCode, errorMessage, currentLeader, unknownTaggedFields };
}

function writePartitionData(writer: ByteWriter, message: PartitionData, version: number): void {
  writer.int32(message.partitionIndex);
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  writeLeaderIdAndEpoch(writer, message.currentLeader, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readShareAcknowledgeTopicResponse(reader: ByteReader, version: number): ShareAcknowledgeTopicResponse {
  const topicId = reader.uuid();
  const partitions: PartitionData[] = [];
  for (let left = readCompactArrayLength(reader, 17); left > 0; left--) partitions.push(readPartitionData(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { topicId, partitions, unknownTaggedFields };
}

function writeShareAcknowledgeTopicResponse(writer: ByteWriter, message: ShareAcknowledgeTopicResponse, version: number): void {
  writer.uuid(message.topicId);
  writeCompactArrayLength(writer, message.partitions);
  for (const element of message.partitions) writePartitionData(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readNodeEndpoint(reader: ByteReader, _version: number): NodeEndpoint {
  const nodeId = reader.int32();
  const host = readCompactString(reader);
  const port = reader.int32();
  const rack = readNullableCompactString(reader);
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { nodeId, host, port, rack, unknownTaggedFields };
}

function writeNodeEndpoint(writer: ByteWriter, message: NodeEndpoint, _version: number): void {
  writer.int32(message.nodeId);
  writeCompactString(writer, message.host);
  writer.int32(message.port);
  writeNullableCompactString(writer, message.rack);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readShareAcknowledgeResponse(reader: ByteReader, version: number): ShareAcknowledgeResponse {
  const throttleTimeMs = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = readNullableCompactString(reader);
  const acquisitionLockTimeoutMs = version >= 2 ? reader.int32() : 0;
  const responses: ShareAcknowledgeTopicResponse[] = [];
  for (let left = readCompactArrayLength(reader, 18); left > 0; left--) responses.push(readShareAcknowledgeTopicResponse(reader, version));
  const nodeEndpoints: NodeEndpoint[] = [];
  for (let left = readCompactArrayLength(reader, 11); left > 0; left--) nodeEndpoints.push(readNodeEndpoint(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { throttleTimeMs, errorCode, errorMessage, acquisitionLockTimeoutMs, responses, nodeEndpoints, unknownTaggedFields };
}

function writeShareAcknowledgeResponse(writer: ByteWriter, message: ShareAcknowledgeResponse, version: number): void {
  writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  if (version >= 2) writer.int32(message.acquisitionLockTimeoutMs);
  writeCompactArrayLength(writer, message.responses);
  for (const element of message.responses) writeShareAcknowledgeTopicResponse(writer, element, version);
  writeCompactArrayLength(writer, message.nodeEndpoints);
  for (const element of message.nodeEndpoints) writeNodeEndpoint(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeShareAcknowledgeTopicResponseInSteps(writer: ByteWriter, message: ShareAcknowledgeTopicResponse, version: number): Generator<void, void> {
  writer.uuid(message.topicId);
  writeCompactArrayLength(writer, message.partitions);
  for (const element of message.partitions) {
    writePartitionData(writer, element, version);
    yield;
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeShareAcknowledgeResponseInSteps(writer: ByteWriter, message: ShareAcknowledgeResponse, version: number): Generator<void, void> {
  writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  if (version >= 2) writer.int32(message.acquisitionLockTimeoutMs);
  writeCompactArrayLength(writer, message.responses);
  for (const element of message.responses) {
    yield* writeShareAcknowledgeTopicResponseInSteps(writer, element, version);
    yield;
  }
  writeCompactArrayLength(writer, message.nodeEndpoints);
  for (const element of message.nodeEndpoints) {
    writeNodeEndpoint(writer, element, version);
    yield;
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** ShareAcknowledge: key 79, versions 1-2. */
export const shareAcknowledgeApi: Api<ShareAcknowledgeRequest, ShareAcknowledgeResponse> = {
  key: 79,
  name: "ShareAcknowledge",
  minVersion: 1,
  maxVersion: 2,
  firstFlexibleVersion: 1,
  readRequest: readShareAcknowledgeRequest,
  writeRequest: writeShareAcknowledgeRequest,
  readResponse: readShareAcknowledgeResponse,
  writeResponse: writeShareAcknowledgeResponse,
  writeResponseInSteps: writeShareAcknowledgeResponseInSteps,
};
