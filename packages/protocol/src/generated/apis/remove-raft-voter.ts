// Generated from packages/protocol/spec/apis/81-remove-raft-voter.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { NIL_UUID } from "../../codec/constants.ts";
import { readNullableCompactString, shortened, writeNullableCompactString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface RemoveRaftVoterRequest {
  readonly clusterId: string | null;
  readonly voterId: number;
  readonly voterDirectoryId: string;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeRemoveRaftVoterRequest(init: Partial<RemoveRaftVoterRequest> = {}): RemoveRaftVoterRequest {
  return {
    clusterId: init.clusterId === undefined ? "" : init.clusterId,
    voterId: init.voterId ?? 0,
    voterDirectoryId: init.voterDirectoryId ?? NIL_UUID,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readRemoveRaftVoterRequest(reader: ByteReader, _version: number): RemoveRaftVoterRequest {
  const clusterId = readNullableCompactString(reader);
  const voterId = reader.int32();
  const voterDirectoryId = reader.uuid();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { clusterId, voterId, voterDirectoryId, unknownTaggedFields };
}

function writeRemoveRaftVoterRequest(writer: ByteWriter, message: RemoveRaftVoterRequest, _version: number): void {
  writeNullableCompactString(writer, message.clusterId);
  writer.int32(message.voterId);
  writer.uuid(message.voterDirectoryId);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface RemoveRaftVoterResponse {
  readonly throttleTimeMs: number;
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeRemoveRaftVoterResponse(init: Partial<RemoveRaftVoterResponse> = {}): RemoveRaftVoterResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    errorCode: init.errorCode ?? 0,
    errorMessage: init.errorMessage ?? null,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readRemoveRaftVoterResponse(reader: ByteReader, _version: number): RemoveRaftVoterResponse {
  const throttleTimeMs = reader.int32();
  const errorCode = reader.int16();
  const errorMessage = readNullableCompactString(reader);
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { throttleTimeMs, errorCode, errorMessage, unknownTaggedFields };
}

function writeRemoveRaftVoterResponse(writer: ByteWriter, message: RemoveRaftVoterResponse, _version: number): void {
  writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  writeNullableCompactString(writer, shortened(message.errorMessage));
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** RemoveRaftVoter: key 81, versions 0. */
export const removeRaftVoterApi: Api<RemoveRaftVoterRequest, RemoveRaftVoterResponse> = {
  key: 81,
  name: "RemoveRaftVoter",
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: 0,
  readRequest: readRemoveRaftVoterRequest,
  writeRequest: writeRemoveRaftVoterRequest,
  readResponse: readRemoveRaftVoterResponse,
  writeResponse: writeRemoveRaftVoterResponse,
};
