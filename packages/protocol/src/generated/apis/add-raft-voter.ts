// Generated from packages/protocol/spec/apis/80-add-raft-voter.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readCompactArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { NIL_UUID } from "../../codec/constants.ts";
import { unsupportedField } from "../../codec/field-support.ts";
import { readCompactString, readNullableCompactString, shortened, writeCompactString, writeNullableCompactString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface AddRaftVoterRequest {
  readonly clusterId: string | null;
  readonly timeoutMs: number;
  readonly voterId: number;
  readonly voterDirectoryId: string;
  readonly listeners: readonly Listener[];
  /** Versions 1+. */
  readonly ackWhenCommitted: boolean;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface Listener {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeAddRaftVoterRequest(init: Partial<AddRaftVoterRequest> = {}): AddRaftVoterRequest {
  return {
    clusterId: init.clusterId === undefined ? "" : init.clusterId,
    timeoutMs: init.timeoutMs ?? 0,
    voterId: init.voterId ?? 0,
    voterDirectoryId: init.voterDirectoryId ?? NIL_UUID,
    listeners: init.listeners ?? [],
    ackWhenCommitted: init.ackWhenCommitted ?? true,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeListener(init: Partial<Listener> = {}): Listener {
  return {
    name: init.name ?? "",
    host: init.host ?? "",
    port: init.port ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readListener(reader: ByteReader, _version: number): Listener {
  const name = readCompactString(reader);
  const host = readCompactString(reader);
  const port = reader.uint16();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { name, host, port, unknownTaggedFields };
}

function writeListener(writer: ByteWriter, message: Listener, _version: number): void {
  writeCompactString(writer, message.name);
  writeCompactString(writer, message.host);
  writer.uint16(message.port);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readAddRaftVoterRequest(reader: ByteReader, version: number): AddRaftVoterRequest {
  const clusterId = readNullableCompactString(reader);
  const timeoutMs = reader.int32();
  const voterId = reader.int32();
  const voterDirectoryId = reader.uuid();
  const listeners: Listener[] = [];
  for (let left = readCompactArrayLength(reader, 5); left > 0; left--) listeners.push(readListener(reader, version));
  const ackWhenCommitted = version >= 1 ? reader.bool() : true;
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { clusterId, timeoutMs, voterId, voterDirectoryId, listeners, ackWhenCommitted, unknownTaggedFields };
}

function writeAddRaftVoterRequest(writer: ByteWriter, message: AddRaftVoterRequest, version: number): void {
  writeNullableCompactString(writer, message.clusterId);
  writer.int32(message.timeoutMs);
  writer.int32(message.voterId);
  writer.uuid(message.voterDirectoryId);
  writeCompactArrayLength(writer, message.listeners);
  for (const element of message.listeners) writeListener(writer, element, version);
  if (version >= 1) writer.bool(message.ackWhenCommitted);
  else if (message.ackWhenCommitted !== true) throw unsupportedField("AddRaftVoterRequest.ackWhenCommitted", version);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface AddRaftVoterResponse {
  readonly throttleTimeMs: number;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeAddRaftVoterResponse(init: Partial<AddRaftVoterResponse> = {}): AddRaftVoterResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readAddRaftVoterResponse(reader: ByteReader, _version: number): AddRaftVoterResponse {
  const throttleTimeMs = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = readNullableCompactString(reader);
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { throttleTimeMs, errorCode, errorMessage, unknownTaggedFields };
}

function writeAddRaftVoterResponse(writer: ByteWriter, message: AddRaftVoterResponse, _version: number): void {
  writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** AddRaftVoter: key 80, versions 0-1. */
export const addRaftVoterApi: Api<AddRaftVoterRequest, AddRaftVoterResponse> = {
  key: 80,
  name: "AddRaftVoter",
  minVersion: 0,
  maxVersion: 1,
  firstFlexibleVersion: 0,
  readRequest: readAddRaftVoterRequest,
  writeRequest: writeAddRaftVoterRequest,
  readResponse: readAddRaftVoterResponse,
  writeResponse: writeAddRaftVoterResponse,
};
