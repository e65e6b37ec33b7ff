// Generated from packages/protocol/spec/apis/37-create-partitions.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readArrayLength, readCompactArrayLength, readNullableArrayLength, readNullableCompactArrayLength, writeArrayLength, writeCompactArrayLength, writeNullableArrayLength, writeNullableCompactArrayLength } from "../../codec/array-lengths.ts";
import { readInt32s } from "../../codec/int32-arrays.ts";
import { readCompactString, readNullableCompactString, readNullableString, readString, shortened, writeCompactString, writeNullableCompactString, writeNullableString, writeString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface CreatePartitionsRequest {
  readonly topics: readonly CreatePartitionsTopic[];
  readonly timeoutMs: number;
  readonly validateOnly: boolean;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface CreatePartitionsTopic {
  readonly name: string;
  readonly count: number;
  readonly assignments: readonly CreatePartitionsAssignment[] | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface CreatePartitionsAssignment {
  readonly brokerIds: readonly number[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeCreatePartitionsRequest(init: Partial<CreatePartitionsRequest> = {}): CreatePartitionsRequest {
  return {
    topics: init.topics ?? [],
    timeoutMs: init.timeoutMs ?? 0,
    validateOnly: init.validateOnly ?? false,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeCreatePartitionsTopic(init: Partial<CreatePartitionsTopic> = {}): CreatePartitionsTopic {
  return {
    name: init.name ?? "",
    count: init.count ?? 0,
    assignments: init.assignments === undefined ? [] : init.assignments,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeCreatePartitionsAssignment(init: Partial<CreatePartitionsAssignment> = {}): CreatePartitionsAssignment {
  return {
    brokerIds: init.brokerIds ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readCreatePartitionsAssignment(reader: ByteReader, version: number): CreatePartitionsAssignment {
  const brokerIds = readInt32s(reader, version >= 2 ? readCompactArrayLength(reader, 4) : readArrayLength(reader, 4));
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { brokerIds, unknownTaggedFields };
}

function writeCreatePartitionsAssignment(writer: ByteWriter, message: CreatePartitionsAssignment, version: number): void {
  if (version >= 2) writeCompactArrayLength(writer, message.brokerIds);
  else writeArrayLength(writer, message.brokerIds);
  for (const element of message.brokerIds) writer.int32(element);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readCreatePartitionsTopic(reader: ByteReader, version: number): CreatePartitionsTopic {
  const name = version >= 2 ? readCompactString(reader) : readString(reader);
  const count = reader.int32();
  let assignments: CreatePartitionsAssignment[] | null = null;
  const assignmentsLength = version >= 2 ? readNullableCompactArrayLength(reader, 2) : readNullableArrayLength(reader, 2);
  if (assignmentsLength >= 0) {
    assignments = [];
    for (let left = assignmentsLength; left > 0; left--) assignments.push(readCreatePartitionsAssignment(reader, version));
  }
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { name, count, assignments, unknownTaggedFields };
}

function writeCreatePartitionsTopic(writer: ByteWriter, message: CreatePartitionsTopic, version: number): void {
  if (version >= 2) writeCompactString(writer, message.name);
  else writeString(writer, message.name);
  writer.int32(message.count);
  if (version >= 2) writeNullableCompactArrayLength(writer, message.assignments);
  else writeNullableArrayLength(writer, message.assignments);
  if (message.assignments !== null) {
    for (const element of message.assignments) writeCreatePartitionsAssignment(writer, element, version);
  }
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readCreatePartitionsRequest(reader: ByteReader, version: number): CreatePartitionsRequest {
  const topics: CreatePartitionsTopic[] = [];
  for (let left = version >= 2 ? readCompactArrayLength(reader, 7) : readArrayLength(reader, 7); left > 0; left--) topics.push(readCreatePartitionsTopic(reader, version));
  const timeoutMs = reader.int32();
  const validateOnly = reader.bool();
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { topics, timeoutMs, validateOnly, unknownTaggedFields };
}

function writeCreatePartitionsRequest(writer: ByteWriter, message: CreatePartitionsRequest, version: number): void {
  if (version >= 2) writeCompactArrayLength(writer, message.topics);
  else writeArrayLength(writer, message.topics);
  for (const element of message.topics) writeCreatePartitionsTopic(writer, element, version);
  writer.int32(message.timeoutMs);
  writer.bool(message.validateOnly);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface CreatePartitionsResponse {
  readonly throttleTimeMs: number;
  readonly results: readonly CreatePartitionsTopicResult[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface CreatePartitionsTopicResult {
  readonly name: string;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeCreatePartitionsResponse(init: Partial<CreatePartitionsResponse> = {}): CreatePartitionsResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    results: init.results ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeCreatePartitionsTopicResult(init: Partial<CreatePartitionsTopicResult> = {}): CreatePartitionsTopicResult {
  return {
    name: init.name ?? "",
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readCreatePartitionsTopicResult(reader: ByteReader, version: number): CreatePartitionsTopicResult {
  const name = version >= 2 ? readCompactString(reader) : readString(reader);
  const errorCode = reader.int16();
  const errorMessage = version >= 2 ? readNullableCompactString(reader) : readNullableString(reader);
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { name, errorCode, errorMessage, unknownTaggedFields };
}

function writeCreatePartitionsTopicResult(writer: ByteWriter, message: CreatePartitionsTopicResult, version: number): void {
  if (version >= 2) writeCompactString(writer, message.name);
  else writeString(writer, message.name);
  writer.errorCode(message.errorCode);
  if (version >= 2) writeNullableCompactString(writer, shortened(message.errorMessage));
  else writeNullableString(writer, shortened(message.errorMessage));
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readCreatePartitionsResponse(reader: ByteReader, version: number): CreatePartitionsResponse {
  const throttleTimeMs = reader.int32();
  const results: CreatePartitionsTopicResult[] = [];
  for (let left = version >= 2 ? readCompactArrayLength(reader, 5) : readArrayLength(reader, 5); left > 0; left--) results.push(readCreatePartitionsTopicResult(reader, version));
  const unknownTaggedFields = version < 2 ? undefined : readUnknownTaggedFields(reader);
  return { throttleTimeMs, results, unknownTaggedFields };
}

function writeCreatePartitionsResponse(writer: ByteWriter, message: CreatePartitionsResponse, version: number): void {
  writer.int32(message.throttleTimeMs);
  if (version >= 2) writeCompactArrayLength(writer, message.results);
  else writeArrayLength(writer, message.results);
  for (const element of message.results) writeCreatePartitionsTopicResult(writer, element, version);
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeCreatePartitionsResponseInSteps(writer: ByteWriter, message: CreatePartitionsResponse, version: number): Generator<void, void> {
  writer.int32(message.throttleTimeMs);
  if (version >= 2) writeCompactArrayLength(writer, message.results);
  else writeArrayLength(writer, message.results);
  for (const element of message.results) {
    writeCreatePartitionsTopicResult(writer, element, version);
    yield;
  }
  if (version >= 2) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** CreatePartitions: key 37, versions 0-3. */
export const createPartitionsApi: Api<CreatePartitionsRequest, CreatePartitionsResponse> = {
  key: 37,
  name: "CreatePartitions",
  minVersion: 0,
  maxVersion: 3,
  firstFlexibleVersion: 2,
  readRequest: readCreatePartitionsRequest,
  writeRequest: writeCreatePartitionsRequest,
  readResponse: readCreatePartitionsResponse,
  writeResponse: writeCreatePartitionsResponse,
  writeResponseInSteps: writeCreatePartitionsResponseInSteps,
};
