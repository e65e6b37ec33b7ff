// Generated from packages/protocol/spec/data/share-group-member-metadata-value.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readCompactArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { readCompactString, readNullableCompactString, writeCompactString, writeNullableCompactString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface ShareGroupMemberMetadataValue {
  readonly rackId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly subscribedTopicNames: readonly string[];
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeShareGroupMemberMetadataValue(init: Partial<ShareGroupMemberMetadataValue> = {}): ShareGroupMemberMetadataValue {
  return {
    rackId: init.rackId === undefined ? "" : init.rackId,
    clientId: init.clientId ?? "",
    clientHost: init.clientHost ?? "",
    subscribedTopicNames: init.subscribedTopicNames ?? [],
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readShareGroupMemberMetadataValue(reader: ByteReader, _version: number): ShareGroupMemberMetadataValue {
  const rackId = readNullableCompactString(reader);
  const clientId = readCompactString(reader);
  const clientHost = readCompactString(reader);
  const subscribedTopicNames: string[] = [];
  for (let left = readCompactArrayLength(reader, 1); left > 0; left--) subscribedTopicNames.push(readCompactString(reader));
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { rackId, clientId, clientHost, subscribedTopicNames, unknownTaggedFields };
}

function writeShareGroupMemberMetadataValue(writer: ByteWriter, message: ShareGroupMemberMetadataValue, _version: number): void {
  writeNullableCompactString(writer, message.rackId);
  writeCompactString(writer, message.clientId);
  writeCompactString(writer, message.clientHost);
  writeCompactArrayLength(writer, message.subscribedTopicNames);
  for (const element of message.subscribedTopicNames) writeCompactString(writer, element);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** ShareGroupMemberMetadataValue: versions 0, record type 10. */
export const shareGroupMemberMetadataValue: DataMessage<ShareGroupMemberMetadataValue> = {
  name: "ShareGroupMemberMetadataValue",
  recordType: 10,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: 0,
  read: readShareGroupMemberMetadataValue,
  write: writeShareGroupMemberMetadataValue,
};
