// Generated from packages/protocol/spec/apis/92-delete-share-group-offsets.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readCompactArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { NIL_UUID } from "../../codec/constants.ts";
import { readCompactString, readNullableCompactString, shortened, writeCompactString, writeNullableCompactString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface DeleteShareGroupOffsetsRequest {
  readonly groupId: string;
  readonly topics: readonly DeleteShareGroupOffsetsRequestTopic[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface DeleteShareGroupOffsetsRequestTopic {
  readonly topicName: string;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeDeleteShareGroupOffsetsRequest(init: Partial<DeleteShareGroupOffsetsRequest> = {}): DeleteShareGroupOffsetsRequest {
  return {
    groupId: init.groupId ?? "",
    topics: init.topics ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeDeleteShareGroupOffsetsRequestTopic(init: Partial<DeleteShareGroupOffsetsRequestTopic> = {}): DeleteShareGroupOffsetsRequestTopic {
  return {
    topicName: init.topicName ?? "",
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readDeleteShareGroupOffsetsRequestTopic(reader: ByteReader, _version: number): DeleteShareGroupOffsetsRequestTopic {
  const topicName = readCompactString(reader);
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { topicName, unknownTaggedFields };
}

function writeDeleteShareGroupOffsetsRequestTopic(writer: ByteWriter, message: DeleteShareGroupOffsetsRequestTopic, _version: number): void {
  writeCompactString(writer, message.topicName);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDeleteShareGroupOffsetsRequest(reader: ByteReader, version: number): DeleteShareGroupOffsetsRequest {
  const groupId = readCompactString(reader);
  const topics: DeleteShareGroupOffsetsRequestTopic[] = [];
  for (let left = readCompactArrayLength(reader, 2); left > 0; left--) topics.push(readDeleteShareGroupOffsetsRequestTopic(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { groupId, topics, unknownTaggedFields };
}

function writeDeleteShareGroupOffsetsRequest(writer: ByteWriter, message: DeleteShareGroupOffsetsRequest, version: number): void {
  writeCompactString(writer, message.groupId);
  writeCompactArrayLength(writer, message.topics);
  for (const element of message.topics) writeDeleteShareGroupOffsetsRequestTopic(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface DeleteShareGroupOffsetsResponse {
  readonly throttleTimeMs: number;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly responses: readonly DeleteShareGroupOffsetsResponseTopic[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface DeleteShareGroupOffsetsResponseTopic {
  readonly topicName: string;
  readonly topicId: string;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeDeleteShareGroupOffsetsResponse(init: Partial<DeleteShareGroupOffsetsResponse> = {}): DeleteShareGroupOffsetsResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    responses: init.responses ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeDeleteShareGroupOffsetsResponseTopic(init: Partial<DeleteShareGroupOffsetsResponseTopic> = {}): DeleteShareGroupOffsetsResponseTopic {
  return {
    topicName: init.topicName ?? "",
    topicId: init.topicId ?? NIL_UUID,
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readDeleteShareGroupOffsetsResponseTopic(reader: ByteReader, _version: number): DeleteShareGroupOffsetsResponseTopic {
  const topicName = readCompactString(reader);
  const topicId = reader.uuid();
  const errorCode = reader.int16();
  const errorMessage = readNullableCompactString(reader);
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { topicName, topicId, errorCode, errorMessage, unknownTaggedFields };
}

function writeDeleteShareGroupOffsetsResponseTopic(writer: ByteWriter, message: DeleteShareGroupOffsetsResponseTopic, _version: number): void {
  writeCompactString(writer, message.topicName);
  writer.uuid(message.topicId);
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readDeleteShareGroupOffsetsResponse(reader: ByteReader, version: number): DeleteShareGroupOffsetsResponse {
  const throttleTimeMs = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = readNullableCompactString(reader);
  const responses: DeleteShareGroupOffsetsResponseTopic[] = [];
  for (let left = readCompactArrayLength(reader, 21); left > 0; left--) responses.push(readDeleteShareGroupOffsetsResponseTopic(reader, version));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { throttleTimeMs, errorCode, errorMessage, responses, unknownTaggedFields };
}

function writeDeleteShareGroupOffsetsResponse(writer: ByteWriter, message: DeleteShareGroupOffsetsResponse, version: number): void {
  writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  writeCompactArrayLength(writer, message.responses);
  for (const element of message.responses) writeDeleteShareGroupOffsetsResponseTopic(writer, element, version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeDeleteShareGroupOffsetsResponseInSteps(writer: ByteWriter, message: DeleteShareGroupOffsetsResponse, version: number): Generator<void, void> {
  writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  writeCompactArrayLength(writer, message.responses);
  for (const element of message.responses) {
    writeDeleteShareGroupOffsetsResponseTopic(writer, element, version);
    yield;
  }
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** DeleteShareGroupOffsets: key 92, versions 0. */
export const deleteShareGroupOffsetsApi: Api<DeleteShareGroupOffsetsRequest, DeleteShareGroupOffsetsResponse> = {
  key: 92,
  name: "DeleteShareGroupOffsets",
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: 0,
  readRequest: readDeleteShareGroupOffsetsRequest,
  writeRequest: writeDeleteShareGroupOffsetsRequest,
  readResponse: readDeleteShareGroupOffsetsResponse,
  writeResponse: writeDeleteShareGroupOffsetsResponse,
  writeResponseInSteps: writeDeleteShareGroupOffsetsResponseInSteps,
};
