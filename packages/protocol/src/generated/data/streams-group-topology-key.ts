// Generated from packages/protocol/spec/data/streams-group-topology-key.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readString, writeString } from "../../codec/strings.ts";

export interface StreamsGroupTopologyKey {
  readonly groupId: string;
}

export function makeStreamsGroupTopologyKey(init: Partial<StreamsGroupTopologyKey> = {}): StreamsGroupTopologyKey {
  return {
    groupId: init.groupId ?? "",
  };
}

function readStreamsGroupTopologyKey(reader: ByteReader, _version: number): StreamsGroupTopologyKey {
  const groupId = readString(reader);
  return { groupId };
}

function writeStreamsGroupTopologyKey(writer: ByteWriter, message: StreamsGroupTopologyKey, _version: number): void {
  writeString(writer, message.groupId);
}

/** StreamsGroupTopologyKey: versions 0, record type 23. */
export const streamsGroupTopologyKey: DataMessage<StreamsGroupTopologyKey> = {
  name: "StreamsGroupTopologyKey",
  recordType: 23,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: Number.POSITIVE_INFINITY,
  read: readStreamsGroupTopologyKey,
  write: writeStreamsGroupTopologyKey,
};
