// Generated from packages/protocol/spec/apis/78-share-fetch.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readCompactArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { readCompactBytes, writeCompactRecords, type Records } from "../../codec/byte-fields.ts";
import { NIL_UUID } from "../../codec/constants.ts";
import { unsupportedField } from "../../codec/field-support.ts";
import { readInt32s } from "../../codec/int32-arrays.ts";
import { readCompactString, readNullableCompactString, shortened, writeCompactString, writeNullableCompactString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface ShareFetchRequest {
  readonly groupId: string | null;
  readonly memberId: string | null;
  readonly shareSessionEpoch: number;
  readonly maxWaitMs: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly maxRecords: number;
  readonly batchSize: number;
  /** Versions 2+. */
  readonly shareAcquireMode: number;
  /** Versions 2+. */
  readonly isRenewAck: boolean;
  readonly topics: readonly FetchTopic[];
  readonly forgottenTopicsData: readonly ForgottenTopic[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface ForgottenTopic {
  readonly topicId: string;
  readonly partitions: readonly number[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface FetchTopic {
  readonly topicId: string;
  readonly partitions: readonly FetchPartition[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface FetchPartition {
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

export function makeShareFetchRequest(init: Partial<ShareFetchRequest> = {}): ShareFetchRequest {
  return {
    groupId: init.groupId ?? null,
    memberId: init.memberId === undefined ? "" : init.memberId,
    shareSessionEpoch: init.shareSessionEpoch ?? 0,
    maxWaitMs: init.maxWaitMs ?? 0,
    minBytes: init.minBytes ?? 0,
    maxBytes: init.maxBytes ?? 2147483647,
    maxRecords: init.maxRecords ?? 0,
    batchSize: init.batchSize ?? 0,
    shareAcquireMode: init.shareAcquireMode ?? 0,
    isRenewAck: init.isRenewAck ?? false,
    topics: init.topics ?? [],
    forgottenTopicsData: init.forgottenTopicsData ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeForgottenTopic(init: Partial<ForgottenTopic> = {}): ForgottenTopic {
  return {
    topicId: init.topicId ?? NIL_UUID,
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeFetchTopic(init: Partial<FetchTopic> = {}): FetchTopic {
  return {
    topicId: init.topicId ?? NIL_UUID,
    partitions: init.partitions ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeFetchPartition(init: Partial<FetchPartition> = {}): FetchPartition {
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

function readFetchPartition(reader: ByteReader, version: number): FetchPartition {
  const partitionIndex = reader.int32();
  const acknowledgementBatches: AcknowledgementBatch[] = [];
  for (let left = readCompactArrayLength(reader, 18); left > 0; left--) acknowledgementBatches.push(readAcknowledgementBatch(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { partitionIndex, acknowledgementBatches, unknownTaggedFields };
}

function writeFetchPartition(writer: ByteWriter, message: FetchPartition, version: number): void {
  writer.int32(message.partitionIndex);
  writeCompactArrayLength(writer, message.acknowledgementBatches);
  for (const element of message.acknowledgementBatches) writeAcknowledgementBatch(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readFetchTopic(reader: ByteReader, version: number): FetchTopic {
  const topicId = reader.uuid();
  const partitions: FetchPartition[] = [];
  for (let left = readCompactArrayLength(reader, 6); left > 0; left--) partitions.push(readFetchPartition(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { topicId, partitions, unknownTaggedFields };
}

function writeFetchTopic(writer: ByteWriter, message: FetchTopic, version: number): void {
  writer.uuid(message.topicId);
  writeCompactArrayLength(writer, message.partitions);
  for (const element of message.partitions) writeFetchPartition(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readForgottenTopic(reader: ByteReader, _version: number): ForgottenTopic {
  const topicId = reader.uuid();
  const partitions = readInt32s(reader, readCompactArrayLength(reader, 4));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { topicId, partitions, unknownTaggedFields };
}

function writeForgottenTopic(writer: ByteWriter, message: ForgottenTopic, _version: number): void {
  writer.uuid(message.topicId);
  writeCompactArrayLength(writer, message.partitions);
  for (const element of message.partitions) writer.int32(element);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readShareFetchRequest(reader: ByteReader, version: number): ShareFetchRequest {
  const groupId = readNullableCompactString(reader);
  const memberId = readNullableCompactString(reader);
  const shareSessionEpoch = reader.int32();
  const maxWaitMs = reader.int32();
  const minBytes = reader.int32();
  const maxBytes = reader.int32();
  const maxRecords = reader.int32();
  const batchSize = reader.int32();
  const shareAcquireMode = version >= 2 ? reader.int8() : 0;
  const isRenewAck = version >= 2 ? reader.bool() : false;
  const topics: FetchTopic[] = [];
  for (let left = readCompactArrayLength(reader, 18); left > 0; left--) topics.push(readFetchTopic(reader, version));
  const forgottenTopicsData: ForgottenTopic[] = [];
  for (let left = readCompactArrayLength(reader, 18); left > 0; left--) forgottenTopicsData.push(readForgottenTopic(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { groupId, memberId, shareSessionEpoch, maxWaitMs, minBytes, maxBytes, maxRecords, batchSize, shareAcquireMode, isRenewAck, topics, forgottenTopicsData, unknownTaggedFields };
}

function writeShareFetchRequest(writer: ByteWriter, message: ShareFetchRequest, version: number): void {
  writeNullableCompactString(writer, message.groupId);
  writeNullableCompactString(writer, message.memberId);
  writer.int32(message.shareSessionEpoch);
  writer.int32(message.maxWaitMs);
  writer.int32(message.minBytes);
  writer.int32(message.maxBytes);
  writer.int32(message.maxRecords);
  writer.int32(message.batchSize);
  if (version >= 2) writer.int8(message.shareAcquireMode);
  if (version >= 2) writer.bool(message.isRenewAck);
  else if (message.isRenewAck !== false) throw unsupportedField("ShareFetchRequest.isRenewAck", version);
  writeCompactArrayLength(writer, message.topics);
  for (const element of message.topics) writeFetchTopic(writer, element, version);
  writeCompactArrayLength(writer, message.forgottenTopicsData);
  for (const element of message.forgottenTopicsData) writeForgottenTopic(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface ShareFetchResponse {
  readonly throttleTimeMs: number;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly acquisitionLockTimeoutMs: number;
  readonly responses: readonly ShareFetchableTopicResponse[];
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

export interface ShareFetchableTopicResponse {
  readonly topicId: string;
  readonly partitions: readonly PartitionData[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface PartitionData {
  readonly partitionIndex: number;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly acknowledgeErrorCode: number;
  readonly acknowledgeErrorMessage: string | null;
  readonly currentLeader: LeaderIdAndEpoch;
  readonly records: Records;
  readonly acquiredRecords: readonly AcquiredRecords[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface AcquiredRecords {
  readonly firstOffset: number;
  readonly lastOffset: number;
  readonly deliveryCount: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface LeaderIdAndEpoch {
  readonly leaderId: number;
  readonly leaderEpoch: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeShareFetchResponse(init: Partial<ShareFetchResponse> = {}): ShareFetchResponse {
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

export function makeShareFetchableTopicResponse(init: Partial<ShareFetchableTopicResponse> = {}): ShareFetchableTopicResponse {
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
    acknowledgeErrorCode: init.acknowledgeErrorCode ?? 0,
    acknowledgeErrorMessage: init.acknowledgeErrorMessage ?? null,
    currentLeader: init.currentLeader ?? defaultLeaderIdAndEpoch,
    records: init.records ?? null,
    acquiredRecords: init.acquiredRecords ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeAcquiredRecords(init: Partial<AcquiredRecords> = {}): AcquiredRecords {
  return {
    firstOffset: init.firstOffset ?? 0,
    lastOffset: init.lastOffset ?? 0,
    deliveryCount: init.deliveryCount ?? 0,
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

function readAcquiredRecords(reader: ByteReader, _version: number): AcquiredRecords {
  const firstOffset = reader.int64();
  const lastOffset = reader.int64();
  const deliveryCount = reader.int16();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { firstOffset, lastOffset, deliveryCount, unknownTaggedFields };
}

function writeAcquiredRecords(writer: ByteWriter, message: AcquiredRecords, _version: number): void {
  writer.int64(message.firstOffset);
  writer.int64(message.lastOffset);
  writer.int16(message.deliveryCount);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readPartitionData(reader: ByteReader, version: number): PartitionData {
  const partitionIndex = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = readNullableCompactString(reader);
  const acknowledgeErrorCode = reader.int16();
  const acknowledgeErrorMessage = readNullableCompactString(reader);
  const currentLeader = readLeaderIdAndEpoch(reader, version);
  const records = readCompactBytes(reader);
  const acquiredRecords: AcquiredRecords[] = [];
  for (let left = readCompactArrayLength(reader, 19); left > 0; left--) acquiredRecords.push(readAcquiredRecords(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { partitionIndex, errorCode, errorMessage, acknowledgeErrorCode, acknowledgeErrorMessage, currentLeader, records, acquiredRecords, unknownTaggedFields };
}

function writePartitionData(writer: ByteWriter, message: PartitionData, version: number): void {
  writer.int32(message.partitionIndex);
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  writer.int16(message.acknowledgeErrorCode);
  writeNullableCompactString(writer, message.acknowledgeErrorMessage);
  writeLeaderIdAndEpoch(writer, message.currentLeader, version);
  writeCompactRecords(writer, message.records);
  writeCompactArrayLength(writer, message.acquiredRecords);
  for (const element of message.acquiredRecords) writeAcquiredRecords(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readShareFetchableTopicResponse(reader: ByteReader, version: number): ShareFetchableTopicResponse {
  const topicId = reader.uuid();
  const partitions: PartitionData[] = [];
  for (let left = readCompactArrayLength(reader, 22); left > 0; left--) partitions.push(readPartitionData(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { topicId, partitions, unknownTaggedFields };
}

function writeShareFetchableTopicResponse(writer: ByteWriter, message: ShareFetchableTopicResponse, version: number): void {
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

function readShareFetchResponse(reader: ByteReader, version: number): ShareFetchResponse {
  const throttleTimeMs = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = readNullableCompactString(reader);
  const acquisitionLockTimeoutMs = reader.int32();
  const responses: ShareFetchableTopicResponse[] = [];
  for (let left = readCompactArrayLength(reader, 18); left > 0; left--) responses.push(readShareFetchableTopicResponse(reader, version));
  const nodeEndpoints: NodeEndpoint[] = [];
  for (let left = readCompactArrayLength(reader, 11); left > 0; left--) nodeEndpoints.push(readNodeEndpoint(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { throttleTimeMs, errorCode, errorMessage, acquisitionLockTimeoutMs, responses, nodeEndpoints, unknownTaggedFields };
}

function writeShareFetchResponse(writer: ByteWriter, message: ShareFetchResponse, version: number): void {
  writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  writer.int32(message.acquisitionLockTimeoutMs);
  writeCompactArrayLength(writer, message.responses);
  for (const element of message.responses) writeShareFetchableTopicResponse(writer, element, version);
  writeCompactArrayLength(writer, message.nodeEndpoints);
  for (const element of message.nodeEndpoints) writeNodeEndpoint(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writePartitionDataInSteps(writer: ByteWriter, message: PartitionData, version: number): Generator<void, void> {
  writer.int32(message.partitionIndex);
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  writer.int16(message.acknowledgeErrorCode);
  writeNullableCompactString(writer, message.acknowledgeErrorMessage);
  writeLeaderIdAndEpoch(writer, message.currentLeader, version);
  writeCompactRecords(writer, message.records);
  writeCompactArrayLength(writer, message.acquiredRecords);
  for (const element of message.acquiredRecords) {
    writeAcquiredRecords(writer, element, version);
    yield;
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeShareFetchableTopicResponseInSteps(writer: ByteWriter, message: ShareFetchableTopicResponse, version: number): Generator<void, void> {
  writer.uuid(message.topicId);
  writeCompactArrayLength(writer, message.partitions);
  for (const element of message.partitions) {
    yield* writePartitionDataInSteps(writer, element, version);
    yield;
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeShareFetchResponseInSteps(writer: ByteWriter, message: ShareFetchResponse, version: number): Generator<void, void> {
  writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  writer.int32(message.acquisitionLockTimeoutMs);
  writeCompactArrayLength(writer, message.responses);
  for (const element of message.responses) {
    yield* writeShareFetchableTopicResponseInSteps(writer, element, version);
    yield;
  }
  writeCompactArrayLength(writer, message.nodeEndpoints);
  for (const element of message.nodeEndpoints) {
    writeNodeEndpoint(writer, element, version);
    yield;
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** ShareFetch: key 78, versions 1-2. */
export const shareFetchApi: Api<ShareFetchRequest, ShareFetchResponse> = {
  key: 78,
  name: "ShareFetch",
  minVersion: 1,
  maxVersion: 2,
  firstFlexibleVersion: 1,
  readRequest: readShareFetchRequest,
  writeRequest: writeShareFetchRequest,
  readResponse: readShareFetchResponse,
  writeResponse: writeShareFetchResponse,
  writeResponseInSteps: writeShareFetchResponseInSteps,
};
