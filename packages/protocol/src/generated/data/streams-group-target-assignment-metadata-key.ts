// Generated from packages/protocol/spec/data/streams-group-target-assignment-metadata-key.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readString, writeString } from "../../codec/strings.ts";

export interface StreamsGroupTargetAssignmentMetadataKey {
  readonly groupId: string;
}

export function makeStreamsGroupTargetAssignmentMetadataKey(init: Partial<StreamsGroupTargetAssignmentMetadataKey> = {}): StreamsGroupTargetAssignmentMetadataKey {
  return {
    groupId: init.groupId ?? "",
  };
}

function readStreamsGroupTargetAssignmentMetadataKey(reader: ByteReader, _version: number): StreamsGroupTargetAssignmentMetadataKey {
  const groupId = readString(reader);
  return { groupId };
}

function writeStreamsGroupTargetAssignmentMetadataKey(writer: ByteWriter, message: StreamsGroupTargetAssignmentMetadataKey, _version: number): void {
  writeString(writer, message.groupId);
}

/** StreamsGroupTargetAssignmentMetadataKey: versions 0, record type 20. */
export const streamsGroupTargetAssignmentMetadataKey: DataMessage<StreamsGroupTargetAssignmentMetadataKey> = {
  name: "StreamsGroupTargetAssignmentMetadataKey",
  recordType: 20,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: Number.POSITIVE_INFINITY,
  read: readStreamsGroupTargetAssignmentMetadataKey,
  write: writeStreamsGroupTargetAssignmentMetadataKey,
};
