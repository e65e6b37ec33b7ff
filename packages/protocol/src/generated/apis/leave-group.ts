// Generated from packages/protocol/spec/apis/13-leave-group.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { Api } from "../../api.ts";
import { readArrayLength, readCompactArrayLength, writeArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { unsupportedField } from "../../codec/field-support.ts";
import { readCompactString, readNullableCompactString, readNullableString, readString, writeCompactString, writeNullableCompactString, writeNullableString, writeString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface LeaveGroupRequest {
  readonly groupId: string;
  /** Versions 0-2. */
  readonly memberId: string;
  /** Versions 3+. */
  readonly members: readonly MemberIdentity[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface MemberIdentity {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  /** Versions 5+. */
  readonly reason: string | null;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeLeaveGroupRequest(init: Partial<LeaveGroupRequest> = {}): LeaveGroupRequest {
  return {
    groupId: init.groupId ?? "",
    memberId: init.memberId ?? "",
    members: init.members ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeMemberIdentity(init: Partial<MemberIdentity> = {}): MemberIdentity {
  return {
    memberId: init.memberId ?? "",
    groupInstanceId: init.groupInstanceId ?? null,
    reason: init.reason ?? null,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readMemberIdentity(reader: ByteReader, version: number): MemberIdentity {
  const memberId = version >= 4 ? readCompactString(reader) : readString(reader);
  const groupInstanceId = version >= 4 ? readNullableCompactString(reader) : readNullableString(reader);
  const reason = version >= 5 ? readNullableCompactString(reader) : null;
  const unknownTaggedFields = version < 4 ? undefined : readUnknownTaggedFields(reader);
  return { memberId, groupInstanceId, reason, unknownTaggedFields };
}

function writeMemberIdentity(writer: ByteWriter, message: MemberIdentity, version: number): void {
  if (version >= 4) writeCompactString(writer, message.memberId);
  else writeString(writer, message.memberId);
  if (version >= 4) writeNullableCompactString(writer, message.groupInstanceId);
  else writeNullableString(writer, message.groupInstanceId);
  if (version >= 5) writeNullableCompactString(writer, message.reason);
  if (version >= 4) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readLeaveGroupRequest(reader: ByteReader, version: number): LeaveGroupRequest {
  const groupId = version >= 4 ? readCompactString(reader) : readString(reader);
  const memberId = version >= 3 ? "" : readString(reader);
  const members: MemberIdentity[] = [];
  for (let left = version >= 4 ? readCompactArrayLength(reader, 3) : version >= 3 ? readArrayLength(reader, 3) : 0; left > 0; left--) members.push(readMemberIdentity(reader, version));
  const unknownTaggedFields = version < 4 ? undefined : readUnknownTaggedFields(reader);
  return { groupId, memberId, members, unknownTaggedFields };
}

function writeLeaveGroupRequest(writer: ByteWriter, message: LeaveGroupRequest, version: number): void {
  if (version >= 4) writeCompactString(writer, message.groupId);
  else writeString(writer, message.groupId);
  if (version <= 2) writeString(writer, message.memberId);
  else if (message.memberId !== "") throw unsupportedField("LeaveGroupRequest.memberId", version);
  if (version >= 3) {
    if (version >= 4) writeCompactArrayLength(writer, message.members);
    else writeArrayLength(writer, message.members);
    for (const element of message.members) writeMemberIdentity(writer, element, version);
  } else if (message.members.length !== 0) throw unsupportedField("LeaveGroupRequest.members", version);
  if (version >= 4) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

export interface LeaveGroupResponse {
  /** Versions 1+. */
  readonly throttleTimeMs: number;
  readonly errorCode: number;
  /** Versions 3+. */
  readonly members: readonly MemberResponse[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface MemberResponse {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  readonly errorCode: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeLeaveGroupResponse(init: Partial<LeaveGroupResponse> = {}): LeaveGroupResponse {
  return {
    throttleTimeMs: init.throttleTimeMs ?? 0,
    errorCode: init.errorCode ?? 0,
    members: init.members ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeMemberResponse(init: Partial<MemberResponse> = {}): MemberResponse {
  return {
    memberId: init.memberId ?? "",
    groupInstanceId: init.groupInstanceId === undefined ? "" : init.groupInstanceId,
    errorCode: init.errorCode ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readMemberResponse(reader: ByteReader, version: number): MemberResponse {
  const memberId = version >= 4 ? readCompactString(reader) : readString(reader);
  const groupInstanceId = version >= 4 ? readNullableCompactString(reader) : readNullableString(reader);
  const errorCode = reader.int16();
  const unknownTaggedFields = version < 4 ? undefined : readUnknownTaggedFields(reader);
  return { memberId, groupInstanceId, errorCode, unknownTaggedFields };
}

function writeMemberResponse(writer: ByteWriter, message: MemberResponse, version: number): void {
  if (version >= 4) writeCompactString(writer, message.memberId);
  else writeString(writer, message.memberId);
  if (version >= 4) writeNullableCompactString(writer, message.groupInstanceId);
  else writeNullableString(writer, message.groupInstanceId);
  writer.errorCode(message.errorCode);
  if (version >= 4) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readLeaveGroupResponse(reader: ByteReader, version: number): LeaveGroupResponse {
  const throttleTimeMs = version >= 1 ? reader.int32() : 0;
  const errorCode = reader.int16();
  const members: MemberResponse[] = [];
  for (let left = version >= 4 ? readCompactArrayLength(reader, 5) : version >= 3 ? readArrayLength(reader, 5) : 0; left > 0; left--) members.push(readMemberResponse(reader, version));
  const unknownTaggedFields = version < 4 ? undefined : readUnknownTaggedFields(reader);
  return { throttleTimeMs, errorCode, members, unknownTaggedFields };
}

function writeLeaveGroupResponse(writer: ByteWriter, message: LeaveGroupResponse, version: number): void {
  if (version >= 1) writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  if (version >= 3) {
    if (version >= 4) writeCompactArrayLength(writer, message.members);
    else writeArrayLength(writer, message.members);
    for (const element of message.members) writeMemberResponse(writer, element, version);
  } else if (message.members.length !== 0) throw unsupportedField("LeaveGroupResponse.members", version);
  if (version >= 4) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function* writeLeaveGroupResponseInSteps(writer: ByteWriter, message: LeaveGroupResponse, version: number): Generator<void, void> {
  if (version >= 1) writer.int32(message.throttleTimeMs);
  writer.errorCode(message.errorCode);
  if (version >= 3) {
    if (version >= 4) writeCompactArrayLength(writer, message.members);
    else writeArrayLength(writer, message.members);
    for (const element of message.members) {
      writeMemberResponse(writer, element, version);
      yield;
    }
  } else if (message.members.length !== 0) throw unsupportedField("LeaveGroupResponse.members", version);
  if (version >= 4) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** LeaveGroup: key 13, versions 0-5. */
export const leaveGroupApi: Api<LeaveGroupRequest, LeaveGroupResponse> = {
  key: 13,
  name: "LeaveGroup",
  minVersion: 0,
  maxVersion: 5,
  firstFlexibleVersion: 4,
  readRequest: readLeaveGroupRequest,
  writeRequest: writeLeaveGroupRequest,
  readResponse: readLeaveGroupResponse,
  writeResponse: writeLeaveGroupResponse,
  writeResponseInSteps: writeLeaveGroupResponseInSteps,
};
