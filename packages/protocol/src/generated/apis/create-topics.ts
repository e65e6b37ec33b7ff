// Generated from packages/protocol/spec/apis/19-create-topics.json by `npm run gen`. Do not edit.

import { type ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readArrayLength, readCompactArrayLength, readNullableCompactArrayLength, writeArrayLength, writeCompactArrayLength, writeNullableCompactArrayLength } from "../../codec/array-lengths.ts";
import { NIL_UUID } from "../../codec/constants.ts";
import { readInt32s } from "../../codec/int32-arrays.ts";
import { readCompactString, readNullableCompactString, readNullableString, readString, shortened, writeCompactString, writeNullableCompactString, writeNullableString, writeString } from "../../codec/strings.ts";
import { addTaggedField, checkTaggedFieldEnd, keepTaggedField, readTaggedFieldEnd, readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface CreateTopicsRequest {
  readonly topics: readonly CreatableTopic[];
  readonly timeoutMs: number;
  readonly validateOnly: boolean;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface CreatableTopic {
  readonly name: string;
  readonly numPartitions: number;
  readonly replicationFactor: number;
  readonly assignments: readonly CreatableReplicaAssignment[];
  readonly configs: readonly CreatableTopicConfig[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface CreatableTopicConfig {
  readonly name: string;
  readonly value: string | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface CreatableReplicaAssignment {
  readonly partitionIndex: number;
  readonly brokerIds: readonly number[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeCreateTopicsRequest(init: Partial<CreateTopicsRequest> = {}): CreateTopicsRequest {
  return {
    topics: init.topics ?? [],
    timeoutMs: init.timeoutMs ?? 60000,
    validateOnly: init.validateOnly ?? false,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeCreatableTopic(init: Partial<CreatableTopic> = {}): CreatableTopic {
  return {
    name: init.name ?? "",
    numPartitions: init.numPartitions ?? 0,
    replicationFactor: init.replicationFactor ?? 0,
    assignments: init.assignments ?? [],
    configs: init.configs ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeCreatableTopicConfig(init: Partial<CreatableTopicConfig> = {}): CreatableTopicConfig {
  return {
    name: init.name ?? "",
    value: init.value === undefined ? "" : init.value,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeCreatableReplicaAssignment(init: Partial<CreatableReplicaAssignment> = {}): CreatableReplicaAssignment {
  return {
    partitionIndex: init.partitionIndex ?? 0,
    brokerIds: init.brokerIds ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readCreatableReplicaAssignment(reader: ByteReader, version: number): CreatableReplicaAssignment {
  const partitionIndex = reader.int32();
  const brokerIds = readInt32s(reader, version >= 5 ? readCompactArrayLength(reader, 4) : readArrayLength(reader, 4));
  const unknownTaggedFields = version < 5 ? undefined : readUnknownTaggedFields(reader);
  return { partitionIndex, brokerIds, unknownTaggedFields };
}

function writeCreatableReplicaAssignment(writer: ByteWriter, message: CreatableReplicaAssignment, version: number): void {
  writer.int32(message.partitionIndex);
  if (version >= 5) writeCompactArrayLength(writer, message.brokerIds);
  else writeArrayLength(writer, message.brokerIds);
  for (const element of message.brokerIds) writer.int32(element);
  if (version >= 5) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readCreatableTopicConfig(reader: ByteReader, version: number): CreatableTopicConfig {
  const name = version >= 5 ? readCompactString(reader) : readString(reader);
  const value = version >= 5 ? readNullableCompactString(reader) : readNullableString(reader);
  const unknownTaggedFields = version < 5 ? undefined : readUnknownTaggedFields(reader);
  return { name, value, unknownTaggedFields };
}

function writeCreatableTopicConfig(writer: ByteWriter, message: CreatableTopicConfig, version: number): void {
  if (version >= 5) writeCompactString(writer, message.name);
  else writeString(writer, message.name);
  if (version >= 5) writeNullableCompactString(writer, message.value);
  else writeNullableString(writer, message.value);
  if (version >= 5) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readCreatableTopic(reader: ByteReader, version: number): CreatableTopic {
  const name = version >= 5 ? readCompactString(reader) : readString(reader);
  const numPartitions = reader.int32();
  const replicationFactor = reader.int16();
  const assignments: CreatableReplicaAssignment[] = [];
  for (let left = version >= 5 ? readCompactArrayLength(reader, 6) : readArrayLength(reader, 6); left > 0; left--) assignments.push(readCreatableReplicaAssignment(reader, version));
  const configs: CreatableTopicConfig[] = [];
  for (let left = version >= 5 ? readCompactArrayLength(reader, 3) : readArrayLength(reader, 3); left > 0; left--) configs.push(readCreatableTopicConfig(reader, version));
  const unknownTaggedFields = version < 5 ? undefined : readUnknownTaggedFields(reader);
  return { name, numPartitions, replicationFactor, assignments, configs, unknownTaggedFields };
}

function writeCreatableTopic(writer: ByteWriter, message: CreatableTopic, version: number): void {
  if (version >= 5) writeCompactString(writer, message.name);
  else writeString(writer, message.name);
  writer.int32(message.numPartitions);
  writer.int16(message.replicationFactor);
  if (version >= 5) writeCompactArrayLength(writer, message.assignments);
  else writeArrayLength(writer, message.assignments);
  for (const element of message.assignments) writeCreatableReplicaAssignment(writer, element, version);
  if (version >= 5) writeCompactArrayLength(writer, message.configs);
  else writeArrayLength(writer, message.configs);
  for (const element of message.configs) writeCreatableTopicConfig(writer, element, version);
  if (version >= 5) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readCreateTopicsRequest(reader: ByteReader, version: number): CreateTopicsRequest {
  const topics: CreatableTopic[] = [];
  for (let left = version >= 5 ? readCompactArrayLength(reader, 10) : readArrayLength(reader, 10); left > 0; left--) topics.push(readCreatableTopic(reader, version));
  const timeoutMs = reader.int32();
  const validateOnly = reader.bool();
  const unknownTaggedFields = version < 5 ? undefined : readUnknownTaggedFields(reader);
  return { topics, timeoutMs, validateOnly, unknownTaggedFields };
}

function writeCreateTopicsRequest(writer: ByteWriter, message: CreateTopicsRequest, version: number): void {
  if (version >= 5) writeCompactArrayLength(writer, message.topics);
  else writeArrayLength(writer, message.topics);
  for (const element of message.topics) writeCreatableTopic(writer, element, version);
  writer.int32(message.timeoutMs);
  writer.bool(message.validateOnly);
  if (version >= 5) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface CreateTopicsResponse {
  readonly throttleTimeMs: number;
  readonly topics: readonly CreatableTopicResult[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface CreatableTopicResult {
  readonly name: string;
  /** Versions 7+. */
  readonly topicId: string;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  /** Versions 5+; tag 0. */
  readonly topicConfigErrorCode: number;
  /** Versions 5+. */
  readonly numPartitions: number;
  /** Versions 5+. */
  readonly replicationFactor: number;
  /** Versions 5+. */
  readonly configs: readonly CreatableTopicConfigs[] | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface CreatableTopicConfigs {
  readonly name: string;
  readonly value: string | null;
  readonly readOnly: boolean;
  readonly configSource: number;
  readonly isSensitive: boolean;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeCreateTopicsResponse(init: Partial<CreateTopicsResponse> = {}): CreateTopicsResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    topics: init.topics ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeCreatableTopicResult(init: Partial<CreatableTopicResult> = {}): CreatableTopicResult {
  return {
    name: init.name ?? "",
    topicId: init.topicId ?? NIL_UUID,
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    topicConfigErrorCode: init.topicConfigErrorCode ?? 0,
    numPartitions: init.numPartitions ?? -1,
    replicationFactor: init.replicationFactor ?? -1,
    configs: init.configs === undefined ? [] : init.configs,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeCreatableTopicConfigs(init: Partial<CreatableTopicConfigs> = {}): CreatableTopicConfigs {
  return {
    name: init.name ?? "",
    value: init.value === undefined ? "" : init.value,
    readOnly: init.readOnly ?? false,
    configSource: init.configSource ?? -1,
    isSensitive: init.isSensitive ?? false,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readCreatableTopicConfigs(reader: ByteReader, _version: number): CreatableTopicConfigs {
  const name = readCompactString(reader);
  const value = readNullableCompactString(reader);
  const readOnly = reader.bool();
  const configSource = reader.int8();
  const isSensitive = reader.bool();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { name, value, readOnly, configSource, isSensitive, unknownTaggedFields };
}

function writeCreatableTopicConfigs(writer: ByteWriter, message: CreatableTopicConfigs, _version: number): void {
  writeCompactString(writer, message.name);
  writeNullableCompactString(writer, message.value);
  writer.bool(message.readOnly);
  writer.int8(message.configSource);
  writer.bool(message.isSensitive);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readCreatableTopicResult(reader: ByteReader, version: number): CreatableTopicResult {
  const name = version >= 5 ? readCompactString(reader) : readString(reader);
  const topicId = version >= 7 ? reader.uuid() : NIL_UUID;
  const errorCode = reader.int16();
  const errorMessage = version >= 5 ? readNullableCompactString(reader) : readNullableString(reader);
  const numPartitions = version >= 5 ? reader.int32() : -1;
  const replicationFactor = version >= 5 ? reader.int16() : -1;
  let configs: CreatableTopicConfigs[] | null = null;
  const configsLength = version >= 5 ? readNullableCompactArrayLength(reader, 6) : 0;
  if (configsLength >= 0) {
    configs = [];
    for (let left = configsLength; left > 0; left--) configs.push(readCreatableTopicConfigs(reader, version));
  }
  let topicConfigErrorCode: number = 0;
  let unknownTaggedFields: RawTaggedField[] | undefined;
  if (version >= 5) {
    for (let left = reader.uvarint(); left > 0; left--) {
      const tag = reader.uvarint();
      const end = readTaggedFieldEnd(reader);
      if (tag === 0) topicConfigErrorCode = reader.int16();
      else unknownTaggedFields = keepTaggedField(unknownTaggedFields, reader, tag, end);
      checkTaggedFieldEnd(reader, tag, end);
    }
  }
  return { name, topicId, errorCode, errorMessage, topicConfigErrorCode, numPartitions, replicationFactor, configs, unknownTaggedFields };
}

function writeCreatableTopicResult(writer: ByteWriter, message: CreatableTopicResult, version: number): void {
  if (version >= 5) writeCompactString(writer, message.name);
  else writeString(writer, message.name);
  if (version >= 7) writer.uuid(message.topicId);
  writer.errorCode(message.errorCode);
  if (version >= 5) writeNullableCompactString(writer, shortened(message.errorMessage));
  else writeNullableString(writer, shortened(message.errorMessage));
  if (version >= 5) writer.int32(message.numPartitions);
  if (version >= 5) writer.int16(message.replicationFactor);
  if (version >= 5) {
    writeNullableCompactArrayLength(writer, message.configs);
    if (message.configs !== null) {
      for (const element of message.configs) writeCreatableTopicConfigs(writer, element, version);
    }
  }
  if (version >= 5) {
    let tagged: RawTaggedField[] | undefined;
    if (message.topicConfigErrorCode !== 0) {
      const content = new ByteWriter();
      content.int16(message.topicConfigErrorCode);
      tagged = addTaggedField(tagged, 0, content);
    }
    writeTaggedFields(writer, tagged, message.unknownTaggedFields);
  }
}

function readCreateTopicsResponse(reader: ByteReader, version: number): CreateTopicsResponse {
  const throttleTimeMs = reader.int32();
  const topics: CreatableTopicResult[] = [];
  for (let left = version >= 5 ? readCompactArrayLength(reader, 6) : readArrayLength(reader, 6); left > 0; left--) topics.push(readCreatableTopicResult(reader, version));
  const unknownTaggedFields = version < 5 ? undefined : readUnknownTaggedFields(reader);
  return { throttleTimeMs, topics, unknownTaggedFields };
}

function writeCreateTopicsResponse(writer: ByteWriter, message: CreateTopicsResponse, version: number): void {
  writer.int32(message.throttleTimeMs);
  if (version >= 5) writeCompactArrayLength(writer, message.topics);
  else writeArrayLength(writer, message.topics);
  for (const element of message.topics) writeCreatableTopicResult(writer, element, version);
  if (version >= 5) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeCreatableTopicResultInSteps(writer: ByteWriter, message: CreatableTopicResult, version: number): Generator<void, void> {
  if (version >= 5) writeCompactString(writer, message.name);
  else writeString(writer, message.name);
  if (version >= 7) writer.uuid(message.topicId);
  writer.errorCode(message.errorCode);
  if (version >= 5) writeNullableCompactString(writer, shortened(message.errorMessage));
  else writeNullableString(writer, shortened(message.errorMessage));
  if (version >= 5) writer.int32(message.numPartitions);
  if (version >= 5) writer.int16(message.replicationFactor);
  if (version >= 5) {
    writeNullableCompactArrayLength(writer, message.configs);
    if (message.configs !== null) {
      for (const element of message.configs) {
        writeCreatableTopicConfigs(writer, element, version);
        yield;
      }
    }
  }
  if (version >= 5) {
    let tagged: RawTaggedField[] | undefined;
    if (message.topicConfigErrorCode !== 0) {
      const content = new ByteWriter();
      content.int16(message.topicConfigErrorCode);
      tagged = addTaggedField(tagged, 0, content);
    }
    writeTaggedFields(writer, tagged, message.unknownTaggedFields);
  }
}

function* writeCreateTopicsResponseInSteps(writer: ByteWriter, message: CreateTopicsResponse, version: number): Generator<void, void> {
  writer.int32(message.throttleTimeMs);
  if (version >= 5) writeCompactArrayLength(writer, message.topics);
  else writeArrayLength(writer, message.topics);
  for (const element of message.topics) {
    yield* writeCreatableTopicResultInSteps(writer, element, version);
    yield;
  }
  if (version >= 5) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** CreateTopics: key 19, versions 2-7. */
export const createTopicsApi: Api<CreateTopicsRequest, CreateTopicsResponse> = {
  key: 19,
  name: "CreateTopics",
  minVersion: 2,
  maxVersion: 7,
  firstFlexibleVersion: 5,
  readRequest: readCreateTopicsRequest,
  writeRequest: writeCreateTopicsRequest,
  readResponse: readCreateTopicsResponse,
  writeResponse: writeCreateTopicsResponse,
  writeResponseInSteps: writeCreateTopicsResponseInSteps,
};
