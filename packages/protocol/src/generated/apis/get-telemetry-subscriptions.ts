// Generated from packages/protocol/spec/apis/71-get-telemetry-subscriptions.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readCompactArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { NIL_UUID } from "../../codec/constants.ts";
import { readCompactString, writeCompactString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface GetTelemetrySubscriptionsRequest {
  readonly clientInstanceId: string;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeGetTelemetrySubscriptionsRequest(init: Partial<GetTelemetrySubscriptionsRequest> = {}): GetTelemetrySubscriptionsRequest {
  return {
    clientInstanceId: init.clientInstanceId ?? NIL_UUID,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readGetTelemetrySubscriptionsRequest(reader: ByteReader, _version: number): GetTelemetrySubscriptionsRequest {
  const clientInstanceId = reader.uuid();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { clientInstanceId, unknownTaggedFields };
}

function writeGetTelemetrySubscriptionsRequest(writer: ByteWriter, message: GetTelemetrySubscriptionsRequest, _version: number): void {
  writer.uuid(message.clientInstanceId);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface GetTelemetrySubscriptionsResponse {
  readonly throttleTimeMs: number;
  readonly errorCode: number;
  readonly clientInstanceId: string;
  readonly subscriptionId: number;
  readonly acceptedCompressionTypes: readonly number[];
  readonly pushIntervalMs: number;
  readonly telemetryMaxBytes: number;
  readonly deltaTemporality: boolean;
  readonly requestedMetrics: readonly string[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeGetTelemetrySubscriptionsResponse(init: Partial<GetTelemetrySubscriptionsResponse> = {}): GetTelemetrySubscriptionsResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    errorCode: init.errorCode ?? 0,
    clientInstanceId: init.clientInstanceId ?? NIL_UUID,
    subscriptionId: init.subscriptionId ?? 0,
    acceptedCompressionTypes: init.acceptedCompressionTypes ?? [],
    pushIntervalMs: init.pushIntervalMs ?? 0,
    telemetryMaxBytes: init.telemetryMaxBytes ?? 0,
    deltaTemporality: init.deltaTemporality ?? false,
    requestedMetrics: init.requestedMetrics ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readGetTelemetrySubscriptionsResponse(reader: ByteReader, _version: number): GetTelemetrySubscriptionsResponse {
  const throttleTimeMs = reader.int32();
  const errorCode = reader.int16();
  const clientInstanceId = reader.uuid();
  const subscriptionId = reader.int32();
  const acceptedCompressionTypes: number[] = [];
  for (let left = readCompactArrayLength(reader, 1); left > 0; left--) acceptedCompressionTypes.push(reader.int8());
  const pushIntervalMs = reader.int32();
  const telemetryMaxBytes = reader.int32();
  const deltaTemporality = reader.bool();
  const requestedMetrics: string[] = [];
  for (let left = readCompactArrayLength(reader, 1); left > 0; left--) requestedMetrics.push(readCompactString(reader));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { throttleTimeMs, errorCode, clientInstanceId, subscriptionId, acceptedCompressionTypes, pushIntervalMs, telemetryMaxBytes, deltaTemporality, requestedMetrics, unknownTaggedFields };
}

function writeGetTelemetrySubscriptionsResponse(writer: ByteWriter, message: GetTelemetrySubscriptionsResponse, _version: number): void {
  writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  writer.uuid(message.clientInstanceId);
  writer.int32(message.subscriptionId);
  writeCompactArrayLength(writer, message.acceptedCompressionTypes);
  for (const element of message.acceptedCompressionTypes) writer.int8(element);
  writer.int32(message.pushIntervalMs);
  writer.int32(message.telemetryMaxBytes);
  writer.bool(message.deltaTemporality);
  writeCompactArrayLength(writer, message.requestedMetrics);
  for (const element of message.requestedMetrics) writeCompactString(writer, element);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** GetTelemetrySubscriptions: key 71, versions 0. */
export const getTelemetrySubscriptionsApi: Api<GetTelemetrySubscriptionsRequest, GetTelemetrySubscriptionsResponse> = {
  key: 71,
  name: "GetTelemetrySubscriptions",
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: 0,
  readRequest: readGetTelemetrySubscriptionsRequest,
  writeRequest: writeGetTelemetrySubscriptionsRequest,
  readResponse: readGetTelemetrySubscriptionsResponse,
  writeResponse: writeGetTelemetrySubscriptionsResponse,
};
