// Generated from packages/protocol/spec/apis/72-push-telemetry.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { noBytes, readCompactBytes, writeCompactBytes } from "../../codec/byte-fields.ts";
import { NIL_UUID } from "../../codec/constants.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface PushTelemetryRequest {
  readonly clientInstanceId: string;
  readonly subscriptionId: number;
  readonly terminating: boolean;
  readonly compressionType: number;
  readonly metrics: Buffer;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makePushTelemetryRequest(init: Partial<PushTelemetryRequest> = {}): PushTelemetryRequest {
  return {
    clientInstanceId: init.clientInstanceId ?? NIL_UUID,
    subscriptionId: init.subscriptionId ?? 0,
    terminating: init.terminating ?? false,
    compressionType: init.compressionType ?? 0,
    metrics: init.metrics ?? noBytes,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readPushTelemetryRequest(reader: ByteReader, _version: number): PushTelemetryRequest {
  const clientInstanceId = reader.uuid();
  const subscriptionId = reader.int32();
  const terminating = reader.bool();
  const compressionType = reader.int8();
  const metrics = readCompactBytes(reader);
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { clientInstanceId, subscriptionId, terminating, compressionType, metrics, unknownTaggedFields };
}

function writePushTelemetryRequest(writer: ByteWriter, message: PushTelemetryRequest, _version: number): void {
  writer.uuid(message.clientInstanceId);
  writer.int32(message.subscriptionId);
  writer.bool(message.terminating);
  writer.int8(message.compressionType);
  writeCompactBytes(writer, message.metrics);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface PushTelemetryResponse {
  readonly throttleTimeMs: number;
  readonly errorCode: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makePushTelemetryResponse(init: Partial<PushTelemetryResponse> = {}): PushTelemetryResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    errorCode: init.errorCode ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readPushTelemetryResponse(reader: ByteReader, _version: number): PushTelemetryResponse {
  const throttleTimeMs = reader.int32();
  const errorCode = reader.int16();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { throttleTimeMs, errorCode, unknownTaggedFields };
}

function writePushTelemetryResponse(writer: ByteWriter, message: PushTelemetryResponse, _version: number): void {
  writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** PushTelemetry: key 72, versions 0. */
export const pushTelemetryApi: Api<PushTelemetryRequest, PushTelemetryResponse> = {
  key: 72,
  name: "PushTelemetry",
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: 0,
  readRequest: readPushTelemetryRequest,
  writeRequest: writePushTelemetryRequest,
  readResponse: readPushTelemetryResponse,
  writeResponse: writePushTelemetryResponse,
};
