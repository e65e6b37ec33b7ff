// Generated from packages/protocol/spec/apis/94-unregister-controller.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readNullableCompactString, shortened, writeNullableCompactString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface UnregisterControllerRequest {
  readonly controllerId: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeUnregisterControllerRequest(init: Partial<UnregisterControllerRequest> = {}): UnregisterControllerRequest {
  return {
    controllerId: init.controllerId ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readUnregisterControllerRequest(reader: ByteReader, _version: number): UnregisterControllerRequest {
  const controllerId = reader.int32();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { controllerId, unknownTaggedFields };
}

function writeUnregisterControllerRequest(writer: ByteWriter, message: UnregisterControllerRequest, _version: number): void {
  writer.int32(message.controllerId);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface UnregisterControllerResponse {
  readonly throttleTimeMs: number;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeUnregisterControllerResponse(init: Partial<UnregisterControllerResponse> = {}): UnregisterControllerResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readUnregisterControllerResponse(reader: ByteReader, _version: number): UnregisterControllerResponse {
  const throttleTimeMs = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = readNullableCompactString(reader);
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { throttleTimeMs, errorCode, errorMessage, unknownTaggedFields };
}

function writeUnregisterControllerResponse(writer: ByteWriter, message: UnregisterControllerResponse, _version: number): void {
  writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** UnregisterController: key 94, versions 0. */
export const unregisterControllerApi: Api<UnregisterControllerRequest, UnregisterControllerResponse> = {
  key: 94,
  name: "UnregisterController",
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: 0,
  readRequest: readUnregisterControllerRequest,
  writeRequest: writeUnregisterControllerRequest,
  readResponse: readUnregisterControllerResponse,
  writeResponse: writeUnregisterControllerResponse,
};
