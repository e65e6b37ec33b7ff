// Generated from packages/protocol/spec/data/streams-group-metadata-key.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readString, writeString } from "../../codec/strings.ts";

export interface StreamsGroupMetadataKey {
  readonly groupId: string;
}

export function makeStreamsGroupMetadataKey(init: Partial<StreamsGroupMetadataKey> = {}): StreamsGroupMetadataKey {
  return {
    groupId: init.groupId ?? "",
  };
}

function readStreamsGroupMetadataKey(reader: ByteReader, _version: number): StreamsGroupMetadataKey {
  const groupId = readString(reader);
  return { groupId };
}

function writeStreamsGroupMetadataKey(writer: ByteWriter, message: StreamsGroupMetadataKey, _version: number): void {
  writeString(writer, message.groupId);
}

/** StreamsGroupMetadataKey: versions 0, record type 17. */
export const streamsGroupMetadataKey: DataMessage<StreamsGroupMetadataKey> = {
  name: "StreamsGroupMetadataKey",
  recordType: 17,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: Number.POSITIVE_INFINITY,
  read: readStreamsGroupMetadataKey,
  write: writeStreamsGroupMetadataKey,
};
