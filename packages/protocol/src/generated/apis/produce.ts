// Generated from packages/protocol/spec/apis/00-produce.json by `npm run gen`. Do not edit.

import { type ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readArrayLength, readCompactArrayLength, writeArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { readNullableBytes, readNullableCompactBytes, writeCompactRecords, writeRecords, type Records } from "../../codec/byte-fields.ts";
import { NIL_UUID } from "../../codec/constants.ts";
import { unsupportedField } from "../../codec/field-support.ts";
import { readCompactString, readNullableCompactString, readNullableString, readString, shortened, writeCompactString, writeNullableCompactString, writeNullableString, writeString } from "../../codec/strings.ts";
import { addTaggedField, checkTaggedFieldEnd, keepTaggedField, readTaggedFieldEnd, readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface ProduceRequest {
  readonly transactionalId: string | null;
  readonly acks: number;
  readonly timeoutMs: number;
  readonly topicData: readonly TopicProduceData[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface TopicProduceData {
  /** Versions 3-12. */
  readonly name: string;
  /** Versions 13+. */
  readonly topicId: string;
  readonly partitionData: readonly PartitionProduceData[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface PartitionProduceData {
  readonly index: number;
  readonly records: Records;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeProduceRequest(init: Partial<ProduceRequest> = {}): ProduceRequest {
  return {
    transactionalId: init.transactionalId ?? null,
    acks: init.acks ?? 0,
    timeoutMs: init.timeoutMs ?? 0,
    topicData: init.topicData ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeTopicProduceData(init: Partial<TopicProduceData> = {}): TopicProduceData {
  return {
    name: init.name ?? "",
    topicId: init.topicId ?? NIL_UUID,
    partitionData: init.partitionData ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makePartitionProduceData(init: Partial<PartitionProduceData> = {}): PartitionProduceData {
  return {
    index: init.index ?? 0,
    records: init.records ?? null,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readPartitionProduceData(reader: ByteReader, version: number): PartitionProduceData {
  const index = reader.int32();
  const records = version >= 9 ? readNullableCompactBytes(reader) : readNullableBytes(reader);
  const unknownTaggedFields = version < 9 ? undefined : readUnknownTaggedFields(reader);
  return { index, records, unknownTaggedFields };
}

function writePartitionProduceData(writer: ByteWriter, message: PartitionProduceData, version: number): void {
  writer.int32(message.index);
  if (version >= 9) writeCompactRecords(writer, message.records);
  else writeRecords(writer, message.records);
  if (version >= 9) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readTopicProduceData(reader: ByteReader, version: number): TopicProduceData {
  const name = version >= 13 ? "" : version >= 9 ? readCompactString(reader) : readString(reader);
  const topicId = version >= 13 ? reader.uuid() : NIL_UUID;
  const partitionData: PartitionProduceData[] = [];
  for (let left = version >= 9 ? readCompactArrayLength(reader, 6) : readArrayLength(reader, 6); left > 0; left--) partitionData.push(readPartitionProduceData(reader, version));
  const unknownTaggedFields = version < 9 ? undefined : readUnknownTaggedFields(reader);
  return { name, topicId, partitionData, unknownTaggedFields };
}

function writeTopicProduceData(writer: ByteWriter, message: TopicProduceData, version: number): void {
  if (version <= 12) {
    if (version >= 9) writeCompactString(writer, message.name);
    else writeString(writer, message.name);
  }
  if (version >= 13) writer.uuid(message.topicId);
  if (version >= 9) writeCompactArrayLength(writer, message.partitionData);
  else writeArrayLength(writer, message.partitionData);
  for (const element of message.partitionData) writePartitionProduceData(writer, element, version);
  if (version >= 9) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readProduceRequest(reader: ByteReader, version: number): ProduceRequest {
  const transactionalId = version >= 9 ? readNullableCompactString(reader) : readNullableString(reader);
  const acks = reader.int16();
  const timeoutMs = reader.int32();
  const topicData: TopicProduceData[] = [];
  for (let left = version >= 9 ? readCompactArrayLength(reader, 3) : readArrayLength(reader, 3); left > 0; left--) topicData.push(readTopicProduceData(reader, version));
  const unknownTaggedFields = version < 9 ? undefined : readUnknownTaggedFields(reader);
  return { transactionalId, acks, timeoutMs, topicData, unknownTaggedFields };
}

function writeProduceRequest(writer: ByteWriter, message: ProduceRequest, version: number): void {
  if (version >= 9) writeNullableCompactString(writer, message.transactionalId);
  else writeNullableString(writer, message.transactionalId);
  writer.int16(message.acks);
  writer.int32(message.timeoutMs);
  if (version >= 9) writeCompactArrayLength(writer, message.topicData);
  else writeArrayLength(writer, message.topicData);
  for (const element of message.topicData) writeTopicProduceData(writer, element, version);
  if (version >= 9) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface ProduceResponse {
  readonly responses: readonly TopicProduceResponse[];
  readonly throttleTimeMs: number;
  /** Versions 10+; tag 0. */
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

export interface TopicProduceResponse {
  /** Versions 3-12. */
  readonly name: string;
  /** Versions 13+. */
  readonly topicId: string;
  readonly partitionResponses: readonly PartitionProduceResponse[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface PartitionProduceResponse {
  readonly index: number;
  readonly errorCode: number;
  readonly baseOffset: number;
  readonly logAppendTimeMs: number;
  /** Versions 5+. */
  readonly logStartOffset: number;
  /** Versions 8+. */
  readonly recordErrors: readonly BatchIndexAndErrorMessage[];
  /** Versions 8+. */
  readonly errorMessage: string | null;
  /** Versions 10+; tag 0. */
  readonly currentLeader: LeaderIdAndEpoch;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface LeaderIdAndEpoch {
  readonly leaderId: number;
  readonly leaderEpoch: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface BatchIndexAndErrorMessage {
  readonly batchIndex: number;
  readonly batchIndexErrorMessage: string | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeProduceResponse(init: Partial<ProduceResponse> = {}): ProduceResponse {
  return {
    responses: init.responses ?? [],
    throttleTimeMs: init.throttleTimeMs ?? 0,
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

export function makeTopicProduceResponse(init: Partial<TopicProduceResponse> = {}): TopicProduceResponse {
  return {
    name: init.name ?? "",
    topicId: init.topicId ?? NIL_UUID,
    partitionResponses: init.partitionResponses ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makePartitionProduceResponse(init: Partial<PartitionProduceResponse> = {}): PartitionProduceResponse {
  return {
    index: init.index ?? 0,
    errorCode: init.errorCode ?? 0,
    baseOffset: init.baseOffset ?? 0,
    logAppendTimeMs: init.logAppendTimeMs ?? -1,
    logStartOffset: init.logStartOffset ?? -1,
    recordErrors: init.recordErrors ?? [],
    errorMessage: init.errorMessage ?? null,
    currentLeader: init.currentLeader ?? defaultLeaderIdAndEpoch,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeLeaderIdAndEpoch(init: Partial<LeaderIdAndEpoch> = {}): LeaderIdAndEpoch {
  return {
    leaderId: init.leaderId ?? -1,
    leaderEpoch: init.leaderEpoch ?? -1,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeBatchIndexAndErrorMessage(init: Partial<BatchIndexAndErrorMessage> = {}): BatchIndexAndErrorMessage {
  return {
    batchIndex: init.batchIndex ?? 0,
    batchIndexErrorMessage: init.batchIndexErrorMessage ?? null,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

const defaultLeaderIdAndEpoch: LeaderIdAndEpoch = makeLeaderIdAndEpoch();

function isDefaultLeaderIdAndEpoch(message: LeaderIdAndEpoch): boolean {
  return message === defaultLeaderIdAndEpoch || (message.leaderId === -1 && message.leaderEpoch === -1 && message.unknownTaggedFields === undefined);
}

function readBatchIndexAndErrorMessage(reader: ByteReader, version: number): BatchIndexAndErrorMessage {
  const batchIndex = reader.int32();
  const batchIndexErrorMessage = version >= 9 ? readNullableCompactString(reader) : readNullableString(reader);
  const unknownTaggedFields = version < 9 ? undefined : readUnknownTaggedFields(reader);
  return { batchIndex, batchIndexErrorMessage, unknownTaggedFields };
}

function writeBatchIndexAndErrorMessage(writer: ByteWriter, message: BatchIndexAndErrorMessage, version: number): void {
  writer.int32(message.batchIndex);
  if (version >= 9) writeNullableCompactString(writer, message.batchIndexErrorMessage);
  else writeNullableString(writer, message.batchIndexErrorMessage);
  if (version >= 9) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
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

function readPartitionProduceResponse(reader: ByteReader, version: number): PartitionProduceResponse {
  const index = reader.int32();
  const errorCode = reader.int16();
  const baseOffset = reader.int64();
  const logAppendTimeMs = reader.int64();
  const logStartOffset = version >= 5 ? reader.int64() : -1;
  const recordErrors: BatchIndexAndErrorMessage[] = [];
  for (let left = version >= 9 ? readCompactArrayLength(reader, 6) : version >= 8 ? readArrayLength(reader, 6) : 0; left > 0; left--) recordErrors.push(readBatchIndexAndErrorMessage(reader, version));
  const errorMessage = version >= 9 ? readNullableCompactString(reader) : version >= 8 ? readNullableString(reader) : null;
  let currentLeader: LeaderIdAndEpoch = defaultLeaderIdAndEpoch;
  let unknownTaggedFields: RawTaggedField[] | undefined;
  if (version >= 9) {
    for (let left = reader.uvarint(); left > 0; left--) {
      const tag = reader.uvarint();
      const end = readTaggedFieldEnd(reader);
      if (tag === 0 && version >= 10) currentLeader = readLeaderIdAndEpoch(reader, version);
      else unknownTaggedFields = keepTaggedField(unknownTaggedFields, reader, tag, end);
      checkTaggedFieldEnd(reader, tag, end);
    }
  }
  return { index, errorCode, baseOffset, logAppendTimeMs, logStartOffset, recordErrors, errorMessage, currentLeader, unknownTaggedFields };
}

function writePartitionProduceResponse(writer: ByteWriter, message: PartitionProduceResponse, version: number): void {
  writer.int32(message.index);
  writer.errorCode(message.errorCode);
  writer.int64(message.baseOffset);
  writer.int64(message.logAppendTimeMs);
  if (version >= 5) writer.int64(message.logStartOffset);
  if (version >= 8) {
    if (version >= 9) writeCompactArrayLength(writer, message.recordErrors);
    else writeArrayLength(writer, message.recordErrors);
    for (const element of message.recordErrors) writeBatchIndexAndErrorMessage(writer, element, version);
  }
  if (version >= 8) {
    if (version >= 9) writeNullableCompactString(writer, shortened(message.errorMessage));
    else writeNullableString(writer, shortened(message.errorMessage));
  }
  if (version < 10 && !isDefaultLeaderIdAndEpoch(message.currentLeader)) throw unsupportedField("PartitionProduceResponse.currentLeader", version);
  if (version >= 9) {
    let tagged: RawTaggedField[] | undefined;
    if (version >= 10 && !isDefaultLeaderIdAndEpoch(message.currentLeader)) {
      const content = new ByteWriter();
      writeLeaderIdAndEpoch(content, message.currentLeader, version);
      tagged = addTaggedField(tagged, 0, content);
    }
    writeTaggedFields(writer, tagged, message.unknownTaggedFields);
  }
}

function readTopicProduceResponse(reader: ByteReader, version: number): TopicProduceResponse {
  const name = version >= 13 ? "" : version >= 9 ? readCompactString(reader) : readString(reader);
  const topicId = version >= 13 ? reader.uuid() : NIL_UUID;
  const partitionResponses: PartitionProduceResponse[] = [];
  for (let left = version >= 9 ? readCompactArrayLength(reader, 22) : readArrayLength(reader, 22); left > 0; left--) partitionResponses.push(readPartitionProduceResponse(reader, version));
  const unknownTaggedFields = version < 9 ? undefined : readUnknownTaggedFields(reader);
  return { name, topicId, partitionResponses, unknownTaggedFields };
}

function writeTopicProduceResponse(writer: ByteWriter, message: TopicProduceResponse, version: number): void {
  if (version <= 12) {
    if (version >= 9) writeCompactString(writer, message.name);
    else writeString(writer, message.name);
  }
  if (version >= 13) writer.uuid(message.topicId);
  if (version >= 9) writeCompactArrayLength(writer, message.partitionResponses);
  else writeArrayLength(writer, message.partitionResponses);
  for (const element of message.partitionResponses) writePartitionProduceResponse(writer, element, version);
  if (version >= 9) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
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

function readProduceResponse(reader: ByteReader, version: number): ProduceResponse {
  const responses: TopicProduceResponse[] = [];
  for (let left = version >= 9 ? readCompactArrayLength(reader, 3) : readArrayLength(reader, 3); left > 0; left--) responses.push(readTopicProduceResponse(reader, version));
  const throttleTimeMs = reader.int32();
  let nodeEndpoints: readonly NodeEndpoint[] = [];
  let unknownTaggedFields: RawTaggedField[] | undefined;
  if (version >= 9) {
    for (let left = reader.uvarint(); left > 0; left--) {
      const tag = reader.uvarint();
      const end = readTaggedFieldEnd(reader);
      if (tag === 0 && version >= 10) {
        const elements: NodeEndpoint[] = [];
        for (let left = readCompactArrayLength(reader, 11); left > 0; left--) elements.push(readNodeEndpoint(reader, version));
        nodeEndpoints = elements;
      }
      else unknownTaggedFields = keepTaggedField(unknownTaggedFields, reader, tag, end);
      checkTaggedFieldEnd(reader, tag, end);
    }
  }
  return { responses, throttleTimeMs, nodeEndpoints, unknownTaggedFields };
}

function writeProduceResponse(writer: ByteWriter, message: ProduceResponse, version: number): void {
  if (version >= 9) writeCompactArrayLength(writer, message.responses);
  else writeArrayLength(writer, message.responses);
  for (const element of message.responses) writeTopicProduceResponse(writer, element, version);
  writer.int32(message.throttleTimeMs);
  if (version < 10 && message.nodeEndpoints.length !== 0) throw unsupportedField("ProduceResponse.nodeEndpoints", version);
  if (version >= 9) {
    let tagged: RawTaggedField[] | undefined;
    if (version >= 10 && message.nodeEndpoints.length !== 0) {
      const content = new ByteWriter();
      writeCompactArrayLength(content, message.nodeEndpoints);
      for (const element of message.nodeEndpoints) writeNodeEndpoint(content, element, version);
      tagged = addTaggedField(tagged, 0, content);
    }
    writeTaggedFields(writer, tagged, message.unknownTaggedFields);
  }
}

function* writePartitionProduceResponseInSteps(writer: ByteWriter, message: PartitionProduceResponse, version: number): Generator<void, void> {
  writer.int32(message.index);
  writer.errorCode(message.errorCode);
  writer.int64(message.baseOffset);
  writer.int64(message.logAppendTimeMs);
  if (version >= 5) writer.int64(message.logStartOffset);
  if (version >= 8) {
    if (version >= 9) writeCompactArrayLength(writer, message.recordErrors);
    else writeArrayLength(writer, message.recordErrors);
    for (const element of message.recordErrors) {
      writeBatchIndexAndErrorMessage(writer, element, version);
      yield;
    }
  }
  if (version >= 8) {
    if (version >= 9) writeNullableCompactString(writer, shortened(message.errorMessage));
    else writeNullableString(writer, shortened(message.errorMessage));
  }
  if (version < 10 && !isDefaultLeaderIdAndEpoch(message.currentLeader)) throw unsupportedField("PartitionProduceResponse.currentLeader", version);
  if (version >= 9) {
    let tagged: RawTaggedField[] | undefined;
    if (version >= 10 && !isDefaultLeaderIdAndEpoch(message.currentLeader)) {
      const content = new ByteWriter();
      writeLeaderIdAndEpoch(content, message.currentLeader, version);
      tagged = addTaggedField(tagged, 0, content);
    }
    writeTaggedFields(writer, tagged, message.unknownTaggedFields);
  }
}

function* writeTopicProduceResponseInSteps(writer: ByteWriter, message: TopicProduceResponse, version: number): Generator<void, void> {
  if (version <= 12) {
    if (version >= 9) writeCompactString(writer, message.name);
    else writeString(writer, message.name);
  }
  if (version >= 13) writer.uuid(message.topicId);
  if (version >= 9) writeCompactArrayLength(writer, message.partitionResponses);
  else writeArrayLength(writer, message.partitionResponses);
  for (const element of message.partitionResponses) {
    yield* writePartitionProduceResponseInSteps(writer, element, version);
    yield;
  }
  if (version >= 9) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeProduceResponseInSteps(writer: ByteWriter, message: ProduceResponse, version: number): Generator<void, void> {
  if (version >= 9) writeCompactArrayLength(writer, message.responses);
  else writeArrayLength(writer, message.responses);
  for (const element of message.responses) {
    yield* writeTopicProduceResponseInSteps(writer, element, version);
    yield;
  }
  writer.int32(message.throttleTimeMs);
  if (version < 10 && message.nodeEndpoints.length !== 0) throw unsupportedField("ProduceResponse.nodeEndpoints", version);
  if (version >= 9) {
    let tagged: RawTaggedField[] | undefined;
    if (version >= 10 && message.nodeEndpoints.length !== 0) {
      const content = new ByteWriter();
      writeCompactArrayLength(content, message.nodeEndpoints);
      for (const element of message.nodeEndpoints) writeNodeEndpoint(content, element, version);
      tagged = addTaggedField(tagged, 0, content);
    }
    writeTaggedFields(writer, tagged, message.unknownTaggedFields);
  }
}

/** Produce: key 0, versions 3-13. */
export const produceApi: Api<ProduceRequest, ProduceResponse> = {
  key: 0,
  name: "Produce",
  minVersion: 3,
  maxVersion: 13,
  firstFlexibleVersion: 9,
  readRequest: readProduceRequest,
  writeRequest: writeProduceRequest,
  readResponse: readProduceResponse,
  writeResponse: writeProduceResponse,
  writeResponseInSteps: writeProduceResponseInSteps,
};
