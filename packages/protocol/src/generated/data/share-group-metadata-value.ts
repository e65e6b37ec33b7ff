// Generated from packages/protocol/spec/data/share-group-metadata-value.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface ShareGroupMetadataValue {
  readonly epoch: number;
  readonly metadataHash: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeShareGroupMetadataValue(init: Partial<ShareGroupMetadataValue> = {}): ShareGroupMetadataValue {
  return {
    epoch: init.epoch ?? 0,
    metadataHash: init.metadataHash ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readShareGroupMetadataValue(reader: ByteReader, _version: number): ShareGroupMetadataValue {
  const epoch = reader.int32();
  const metadataHash = reader.int64();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { epoch, metadataHash, unknownTaggedFields };
}

function writeShareGroupMetadataValue(writer: ByteWriter, message: ShareGroupMetadataValue, _version: number): void {
  writer.int32(message.epoch);
  writer.int64(message.metadataHash);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** ShareGroupMetadataValue: versions 0, record type 11. */
export const shareGroupMetadataValue: DataMessage<ShareGroupMetadataValue> = {
  name: "ShareGroupMetadataValue",
  recordType: 11,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: 0,
  read: readShareGroupMetadataValue,
  write: writeShareGroupMetadataValue,
};
