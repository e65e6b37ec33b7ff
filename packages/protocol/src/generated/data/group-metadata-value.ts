// Generated from packages/protocol/spec/data/group-metadata-value.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readArrayLength, readCompactArrayLength, writeArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { noBytes, readBytes, readCompactBytes, writeBytes, writeCompactBytes } from "../../codec/byte-fields.ts";
import { readCompactString, readNullableCompactString, readNullableString, readString, writeCompactString, writeNullableCompactString, writeNullableString, writeString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface GroupMetadataValue {
  readonly protocolType: string;
  readonly generation: number;
  readonly protocol: string | null;
  readonly leader: string | null;
  /** Versions 2+. */
  readonly currentStateTimestamp: number;
  readonly members: readonly MemberMetadata[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export interface MemberMetadata {
  readonly memberId: string;
  /** Versions 3+. */
  readonly groupInstanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  /** Versions 1+. */
  readonly rebalanceTimeout: number;
  readonly sessionTimeout: number;
  readonly subscription: Buffer;
  readonly assignment: Buffer;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeGroupMetadataValue(init: Partial<GroupMetadataValue> = {}): GroupMetadataValue {
  return {
    protocolType: init.protocolType ?? "",
    generation: init.generation ?? 0,
    protocol: init.protocol === undefined ? "" : init.protocol,
    leader: init.leader === undefined ? "" : init.leader,
    currentStateTimestamp: init.currentStateTimestamp ?? -1,
    members: init.members ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

export function makeMemberMetadata(init: Partial<MemberMetadata> = {}): MemberMetadata {
  return {
    memberId: init.memberId ?? "",
    groupInstanceId: init.groupInstanceId ?? null,
    clientId: init.clientId ?? "",
    clientHost: init.clientHost ?? "",
    rebalanceTimeout: init.rebalanceTimeout ?? -1,
    sessionTimeout: init.sessionTimeout ?? 0,
    subscription: init.subscription ?? noBytes,
    assignment: init.assignment ?? noBytes,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readMemberMetadata(reader: ByteReader, version: number): MemberMetadata {
  const memberId = version >= 4 ? readCompactString(reader) : readString(reader);
  const groupInstanceId = version >= 4 ? readNullableCompactString(reader) : version >= 3 ? readNullableString(reader) : null;
  const clientId = version >= 4 ? readCompactString(reader) : readString(reader);
  const clientHost = version >= 4 ? readCompactString(reader) : readString(reader);
  const rebalanceTimeout = version >= 1 ? reader.int32() : -1;
  const sessionTimeout = reader.int32();
  const subscription = version >= 4 ? readCompactBytes(reader) : readBytes(reader);
  const assignment = version >= 4 ? readCompactBytes(reader) : readBytes(reader);
  const unknownTaggedFields = version < 4 ? undefined : readUnknownTaggedFields(reader);
  return { memberId, groupInstanceId, clientId, clientHost, rebalanceTimeout, sessionTimeout, subscription, assignment, unknownTaggedFields };
}

function writeMemberMetadata(writer: ByteWriter, message: MemberMetadata, version: number): void {
  if (version >= 4) writeCompactString(writer, message.memberId);
  else writeString(writer, message.memberId);
  if (version >= 3) {
    if (version >= 4) writeNullableCompactString(writer, message.groupInstanceId);
    else writeNullableString(writer, message.groupInstanceId);
  }
  if (version >= 4) writeCompactString(writer, message.clientId);
  else writeString(writer, message.clientId);
  if (version >= 4) writeCompactString(writer, message.clientHost);
  else writeString(writer, message.clientHost);
  if (version >= 1) writer.int32(message.rebalanceTimeout);
  writer.int32(message.sessionTimeout);
  if (version >= 4) writeCompactBytes(writer, message.subscription);
  else writeBytes(writer, message.subscription);
  if (version >= 4) writeCompactBytes(writer, message.assignment);
  else writeBytes(writer, message.assignment);
  if (version >= 4) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

function readGroupMetadataValue(reader: ByteReader, version: number): GroupMetadataValue {
  const protocolType = version >= 4 ? readCompactString(reader) : readString(reader);
  const generation = reader.int32();
  const protocol = version >= 4 ? readNullableCompactString(reader) : readNullableString(reader);
  const leader = version >= 4 ? readNullableCompactString(reader) : readNullableString(reader);
  const currentStateTimestamp = version >= 2 ? reader.int64() : -1;
  const members: MemberMetadata[] = [];
  for (let left = version >= 4 ? readCompactArrayLength(reader, 15) : readArrayLength(reader, 15); left > 0; left--) members.push(readMemberMetadata(reader, version));
  const unknownTaggedFields = version < 4 ? undefined : readUnknownTaggedFields(reader);
  return { protocolType, generation, protocol, leader, currentStateTimestamp, members, unknownTaggedFields };
}

function writeGroupMetadataValue(writer: ByteWriter, message: GroupMetadataValue, version: number): void {
  if (version >= 4) writeCompactString(writer, message.protocolType);
  else writeString(writer, message.protocolType);
  writer.int32(message.generation);
  if (version >= 4) writeNullableCompactString(writer, message.protocol);
  else writeNullableString(writer, message.protocol);
  if (version >= 4) writeNullableCompactString(writer, message.leader);
  else writeNullableString(writer, message.leader);
  if (version >= 2) writer.int64(message.currentStateTimestamp);
  if (version >= 4) writeCompactArrayLength(writer, message.members);
  else writeArrayLength(writer, message.members);
  for (const element of message.members) writeMemberMetadata(writer, element, version);
  if (version >= 4) writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** GroupMetadataValue: versions 0-4, record type 2. */
export const groupMetadataValue: DataMessage<GroupMetadataValue> = {
  name: "GroupMetadataValue",
  recordType: 2,
  minVersion: 0,
  maxVersion: 4,
  firstFlexibleVersion: 4,
  read: readGroupMetadataValue,
  write: writeGroupMetadataValue,
};
