// Generated from packages/protocol/spec/apis/20-delete-topics.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readArrayLength, readCompactArrayLength, writeArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { NIL_UUID } from "../../codec/constants.ts";
import { notNull, unsupportedField } from "../../codec/field-support.ts";
import { readCompactString, readNullableCompactString, readString, shortened, writeCompactString, writeNullableCompactString, writeString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface DeleteTopicsRequest {
  /** Versions 6+. */
  readonly topics: readonly DeleteTopicState[];
  /** Versions 1-5. */
  readonly topicNames: readonly string[];
  readonly timeoutMs: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface DeleteTopicState {
  readonly name: string | null;
  readonly topicId: string;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeDeleteTopicsRequest(init: Partial<DeleteTopicsRequest> = {}): DeleteTopicsRequest {
  return {
    topics: init.topics ?? [],
    topicNames: init.topicNames ?? [],
    timeoutMs: init.timeoutMs ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeDeleteTopicState(init: Partial<DeleteTopicState> = {}): DeleteTopicState {
  return {
    name: init.name ?? null,
    topicId: init.topicId ?? NIL_UUID,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readDeleteTopicState(reader: ByteReader, _version: number): DeleteTopicState {
  const name = readNullableCompactString(reader);
  const topicId = reader.uuid();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { name, topicId, unknownTaggedFields };
}

function writeDeleteTopicState(writer: ByteWriter, message: DeleteTopicState, _version: number): void {
  writeNullableCompactString(writer, message.name);
  writer.uuid(message.topicId);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDeleteTopicsRequest(reader: ByteReader, version: number): DeleteTopicsRequest {
  const topics: DeleteTopicState[] = [];
  for (let left = version >= 6 ? readCompactArrayLength(reader, 18) : 0; left > 0; left--) topics.push(readDeleteTopicState(reader, version));
  const topicNames: string[] = [];
  for (let left = version >= 6 ? 0 : version >= 4 ? readCompactArrayLength(reader, 1) : readArrayLength(reader, 1); left > 0; left--) topicNames.push(version >= 4 ? readCompactString(reader) : readString(reader));
  const timeoutMs = reader.int32();
  const unknownTaggedFields = version < 4 ? undefined : readUnknownTaggedFields(reader);
  return { topics, topicNames, timeoutMs, unknownTaggedFields };
}

function writeDeleteTopicsRequest(writer: ByteWriter, message: DeleteTopicsRequest, version: number): void {
  if (version >= 6) {
    writeCompactArrayLength(writer, message.topics);
    for (const element of message.topics) writeDeleteTopicState(writer, element, version);
  } else if (message.topics.length !== 0) throw unsupportedField("DeleteTopicsRequest.topics", version);
  if (version <= 5) {
    if (version >= 4) writeCompactArrayLength(writer, message.topicNames);
    else writeArrayLength(writer, message.topicNames);
    for (const element of message.topicNames) {
      if (version >= 4) writeCompactString(writer, element);
      else writeString(writer, element);
    }
  }
  writer.int32(message.timeoutMs);
  if (version >= 4) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface DeleteTopicsResponse {
  readonly throttleTimeMs: number;
  readonly responses: readonly DeletableTopicResult[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface DeletableTopicResult {
  /** Null in 6+. */
  readonly name: string | null;
  /** Versions 6+. */
  readonly topicId: string;
  readonly errorCode: number;
  /** Versions 5+. */
  readonly errorMessage: string | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeDeleteTopicsResponse(init: Partial<DeleteTopicsResponse> = {}): DeleteTopicsResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    responses: init.responses ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeDeletableTopicResult(init: Partial<DeletableTopicResult> = {}): DeletableTopicResult {
  return {
    name: init.name === undefined ? "" : init.name,
    topicId: init.topicId ?? NIL_UUID,
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readDeletableTopicResult(reader: ByteReader, version: number): DeletableTopicResult {
  const name = version >= 6 ? readNullableCompactString(reader) : version >= 4 ? readCompactString(reader) : readString(reader);
  const topicId = version >= 6 ? reader.uuid() : NIL_UUID;
  const errorCode = reader.int16();
  const errorMessage = version >= 5 ? readNullableCompactString(reader) : null;
  const unknownTaggedFields = version < 4 ? undefined : readUnknownTaggedFields(reader);
  return { name, topicId, errorCode, errorMessage, unknownTaggedFields };
}

function writeDeletableTopicResult(writer: ByteWriter, message: DeletableTopicResult, version: number): void {
  if (version >= 6) writeNullableCompactString(writer, message.name);
  else if (version >= 4) writeCompactString(writer, notNull(message.name, "DeletableTopicResult.name", version));
  else writeString(writer, notNull(message.name, "DeletableTopicResult.name", version));
  if (version >= 6) writer.uuid(message.topicId);
  writer.errorCode(message.errorCode);
  if (version >= 5) writeNullableCompactString(writer, shortened(message.errorMessage));
  if (version >= 4) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDeleteTopicsResponse(reader: ByteReader, version: number): DeleteTopicsResponse {
  const throttleTimeMs = reader.int32();
  const responses: DeletableTopicResult[] = [];
  for (let left = version >= 4 ? readCompactArrayLength(reader, 4) : readArrayLength(reader, 4); left > 0; left--) responses.push(readDeletableTopicResult(reader, version));
  const unknownTaggedFields = version < 4 ? undefined : readUnknownTaggedFields(reader);
  return { throttleTimeMs, responses, unknownTaggedFields };
}

function writeDeleteTopicsResponse(writer: ByteWriter, message: DeleteTopicsResponse, version: number): void {
  writer.int32(message.throttleTimeMs);
  if (version >= 4) writeCompactArrayLength(writer, message.responses);
  else writeArrayLength(writer, message.responses);
  for (const element of message.responses) writeDeletableTopicResult(writer, element, version);
  if (version >= 4) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeDeleteTopicsResponseInSteps(writer: ByteWriter, message: DeleteTopicsResponse, version: number): Generator<void, void> {
  writer.int32(message.throttleTimeMs);
  if (version >= 4) writeCompactArrayLength(writer, message.responses);
  else writeArrayLength(writer, message.responses);
  for (const element of message.responses) {
    writeDeletableTopicResult(writer, element, version);
    yield;
  }
  if (version >= 4) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** DeleteTopics: key 20, versions 1-6. */
export const deleteTopicsApi: Api<DeleteTopicsRequest, DeleteTopicsResponse> = {
  key: 20,
  name: "DeleteTopics",
  minVersion: 1,
  maxVersion: 6,
  firstFlexibleVersion: 4,
  readRequest: readDeleteTopicsRequest,
  writeRequest: writeDeleteTopicsRequest,
  readResponse: readDeleteTopicsResponse,
  writeResponse: writeDeleteTopicsResponse,
  writeResponseInSteps: writeDeleteTopicsResponseInSteps,
};
