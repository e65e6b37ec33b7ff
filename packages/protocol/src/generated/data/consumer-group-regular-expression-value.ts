// Generated from packages/protocol/spec/data/consumer-group-regular-expression-value.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readCompactArrayLength, writeCompactArrayLength } from "../../codec/array-lengths.ts";
import { readCompactString, writeCompactString } from "../../codec/strings.ts";
import { readUnknownTaggedFields, writeTaggedFields, type RawTaggedField } from "../../codec/tagged-fields.ts";

export interface ConsumerGroupRegularExpressionValue {
  readonly topics: readonly string[];
  readonly version: number;
  readonly timestamp: number;
  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;
}

export function makeConsumerGroupRegularExpressionValue(init: Partial<ConsumerGroupRegularExpressionValue> = {}): ConsumerGroupRegularExpressionValue {
  return {
    topics: init.topics ?? [],
    version: init.version ?? 0,
    timestamp: init.timestamp ?? 0,
    unknownTaggedFields: init.unknownTaggedFields,
  };
}

function readConsumerGroupRegularExpressionValue(reader: ByteReader, version: number): ConsumerGroupRegularExpressionValue {
  const topics: string[] = [];
  for (let left = readCompactArrayLength(reader, 1); left > 0; left--) topics.push(readCompactString(reader));
  const versionField = reader.int64();
  const timestamp = reader.int64();
  const unknownTaggedFields = readUnknownTaggedFields(reader);
  return { topics, version: versionField, timestamp, unknownTaggedFields };
}

function writeConsumerGroupRegularExpressionValue(writer: ByteWriter, message: ConsumerGroupRegularExpressionValue, version: number): void {
  writeCompactArrayLength(writer, message.topics);
  for (const element of message.topics) writeCompactString(writer, element);
  writer.int64(message.version);
  writer.int64(message.timestamp);
  writeTaggedFields(writer, undefined, message.unknownTaggedFields);
}

/** ConsumerGroupRegularExpressionValue: versions 0, record type 16. */
export const consumerGroupRegularExpressionValue: DataMessage<ConsumerGroupRegularExpressionValue> = {
  name: "ConsumerGroupRegularExpressionValue",
  recordType: 16,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: 0,
  read: readConsumerGroupRegularExpressionValue,
  write: writeConsumerGroupRegularExpressionValue,
};
