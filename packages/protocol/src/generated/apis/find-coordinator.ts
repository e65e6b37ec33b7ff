// Generated from packages/protocol/spec/apis/10-find-coordinator.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readCompactArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { unsupportedField } from "../../codec/field-support.ts";
import { readCompactString, readNullableCompactString, readNullableString, readString, shortened, writeCompactString, writeNullableCompactString, writeNullableString, writeString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface FindCoordinatorRequest {
  /** Versions 0-3. */
  readonly key: string;
  /** Versions 1+. */
  readonly keyType: number;
  /** Versions 4+. */
  readonly coordinatorKeys: readonly string[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeFindCoordinatorRequest(init: Partial<FindCoordinatorRequest> = {}): FindCoordinatorRequest {
  return {
    key: init.key ?? "",
    keyType: init.keyType ?? 0,
    coordinatorKeys: init.coordinatorKeys ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readFindCoordinatorRequest(reader: ByteReader, version: number): FindCoordinatorRequest {
  const key = version >= 4 ? "" : version >= 3 ? readCompactString(reader) : readString(reader);
  const keyType = version >= 1 ? reader.int8() : 0;
  const coordinatorKeys: string[] = [];
  for (let left = version >= 4 ? readCompactArrayLength(reader, 1) : 0; left > 0; left--) coordinatorKeys.push(readCompactString(reader));
  const unknownTaggedFields = version < 3 ? undefined : readUnknownTaggedFields(reader);
  return { key, keyType, coordinatorKeys, unknownTaggedFields };
}

function writeFindCoordinatorRequest(writer: ByteWriter, message: FindCoordinatorRequest, version: number): void {
  if (version <= 3) {
    if (version >= 3) writeCompactString(writer, message.key);
    else writeString(writer, message.key);
  } else if (message.key !== "") throw unsupportedField("FindCoordinatorRequest.key", version);
  if (version >= 1) writer.int8(message.keyType);
  else if (message.keyType !== 0) throw unsupportedField("FindCoordinatorRequest.keyType", version);
  if (version >= 4) {
    writeCompactArrayLength(writer, message.coordinatorKeys);
    for (const element of message.coordinatorKeys) writeCompactString(writer, element);
  } else if (message.coordinatorKeys.length !== 0) throw unsupportedField("FindCoordinatorRequest.coordinatorKeys", version);
  if (version >= 3) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface FindCoordinatorResponse {
  /** Versions 1+. */
  readonly throttleTimeMs: number;
  /** Versions 0-3. */
  readonly errorCode: number;
  /** Versions 1-3. */
  readonly errorMessage: string | null;
  /** Versions 0-3. */
  readonly nodeId: number;
  /** Versions 0-3. */
  readonly host: string;
  /** Versions 0-3. */
  readonly port: number;
  /** Versions 4+. */
  readonly coordinators: readonly Coordinator[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface Coordinator {
  readonly key: string;
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeFindCoordinatorResponse(init: Partial<FindCoordinatorResponse> = {}): FindCoordinatorResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    nodeId: init.nodeId ?? 0,
    host: init.host ?? "",
    port: init.port ?? 0,
    coordinators: init.coordinators ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeCoordinator(init: Partial<Coordinator> = {}): Coordinator {
  return {
    key: init.key ?? "",
    nodeId: init.nodeId ?? 0,
    host: init.host ?? "",
    port: init.port ?? 0,
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readCoordinator(reader: ByteReader, _version: number): Coordinator {
  const key = readCompactString(reader);
  const nodeId = reader.int32();
  const host = readCompactString(reader);
  const port = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = readNullableCompactString(reader);
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { key, nodeId, host, port, errorCode, errorMessage, unknownTaggedFields };
}

function writeCoordinator(writer: ByteWriter, message: Coordinator, _version: number): void {
  writeCompactString(writer, message.key);
  writer.int32(message.nodeId);
  writeCompactString(writer, message.host);
  writer.int32(message.port);
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readFindCoordinatorResponse(reader: ByteReader, version: number): FindCoordinatorResponse {
  const throttleTimeMs = version >= 1 ? reader.int32() : 0;
  const errorCode = version >= 4 ? 0 : reader.int16();
  const errorMessage = version >= 4 ? "" : version >= 3 ? readNullableCompactString(reader) : version >= 1 ? readNullableString(reader) : "";
  const nodeId = version >= 4 ? 0 : reader.int32();
  const host = version >= 4 ? "" : version >= 3 ? readCompactString(reader) : readString(reader);
  const port = version >= 4 ? 0 : reader.int32();
  const coordinators: Coordinator[] = [];
  for (let left = version >= 4 ? readCompactArrayLength(reader, 14) : 0; left > 0; left--) coordinators.push(readCoordinator(reader, version));
  const unknownTaggedFields = version < 3 ? undefined : readUnknownTaggedFields(reader);
  return { throttleTimeMs, errorCode, errorMessage, nodeId, host, port, coordinators, unknownTaggedFields };
}

function writeFindCoordinatorResponse(writer: ByteWriter, message: FindCoordinatorResponse, version: number): void {
  if (version >= 1) writer.int32(message.throttleTimeMs);
  if (version <= 3) writer.errorCode(message.errorCode);
  else if (message.errorCode !== 0) throw unsupportedField("FindCoordinatorResponse.errorCode", version);
  if (version >= 1 && version <= 3) {
    if (version >= 3) writeNullableCompactString(writer, shortened(message.errorMessage));
    else writeNullableString(writer, shortened(message.errorMessage));
  }
  if (version <= 3) writer.int32(message.nodeId);
  else if (message.nodeId !== 0) throw unsupportedField("FindCoordinatorResponse.nodeId", version);
  if (version <= 3) {
    if (version >= 3) writeCompactString(writer, message.host);
    else writeString(writer, message.host);
  } else if (message.host !== "") throw unsupportedField("FindCoordinatorResponse.host", version);
  if (version <= 3) writer.int32(message.port);
  else if (message.port !== 0) throw unsupportedField("FindCoordinatorResponse.port", version);
  if (version >= 4) {
    writeCompactArrayLength(writer, message.coordinators);
    for (const element of message.coordinators) writeCoordinator(writer, element, version);
  } else if (message.coordinators.length !== 0) throw unsupportedField("FindCoordinatorResponse.coordinators", version);
  if (version >= 3) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeFindCoordinatorResponseInSteps(writer: ByteWriter, message: FindCoordinatorResponse, version: number): Generator<void, void> {
  if (version >= 1) writer.int32(message.throttleTimeMs);
  if (version <= 3) writer.errorCode(message.errorCode);
  else if (message.errorCode !== 0) throw unsupportedField("FindCoordinatorResponse.errorCode", version);
  if (version >= 1 && version <= 3) {
    if (version >= 3) writeNullableCompactString(writer, shortened(message.errorMessage));
    else writeNullableString(writer, shortened(message.errorMessage));
  }
  if (version <= 3) writer.int32(message.nodeId);
  else if (message.nodeId !== 0) throw unsupportedField("FindCoordinatorResponse.nodeId", version);
  if (version <= 3) {
    if (version >= 3) writeCompactString(writer, message.host);
    else writeString(writer, message.host);
  } else if (message.host !== "") throw unsupportedField("FindCoordinatorResponse.host", version);
  if (version <= 3) writer.int32(message.port);
  else if (message.port !== 0) throw unsupportedField("FindCoordinatorResponse.port", version);
  if (version >= 4) {
    writeCompactArrayLength(writer, message.coordinators);
    for (const element of message.coordinators) {
      writeCoordinator(writer, element, version);
      yield;
    }
  } else if (message.coordinators.length !== 0) throw unsupportedField("FindCoordinatorResponse.coordinators", version);
  if (version >= 3) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** FindCoordinator: key 10, versions 0-6. */
export const findCoordinatorApi: Api<FindCoordinatorRequest, FindCoordinatorResponse> = {
  key: 10,
  name: "FindCoordinator",
  minVersion: 0,
  maxVersion: 6,
  firstFlexibleVersion: 3,
  readRequest: readFindCoordinatorRequest,
  writeRequest: writeFindCoordinatorRequest,
  readResponse: readFindCoordinatorResponse,
  writeResponse: writeFindCoordinatorResponse,
  writeResponseInSteps: writeFindCoordinatorResponseInSteps,
};
