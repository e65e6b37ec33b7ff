// Generated from packages/protocol/spec/data/consumer-group-regular-expression-key.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";
import { readString, writeString } from "../../codec/strings.ts";

export interface ConsumerGroupRegularExpressionKey {
  readonly groupId: string;
  readonly regularExpression: string;
}

export function makeConsumerGroupRegularExpressionKey(init: Partial<ConsumerGroupRegularExpressionKey> = {}): ConsumerGroupRegularExpressionKey {
  return {
    groupId: init.groupId ?? "",
    regularExpression: init.regularExpression ?? "",
  };
}

function readConsumerGroupRegularExpressionKey(reader: ByteReader, _version: number): ConsumerGroupRegularExpressionKey {
  const groupId = readString(reader);
  const regularExpression = readString(reader);
  return { groupId, regularExpression };
}

function writeConsumerGroupRegularExpressionKey(writer: ByteWriter, message: ConsumerGroupRegularExpressionKey, _version: number): void {
  writeString(writer, message.groupId);
  writeString(writer, message.regularExpression);
}

/** ConsumerGroupRegularExpressionKey: versions 0, record type 16. */
export const consumerGroupRegularExpressionKey: DataMessage<ConsumerGroupRegularExpressionKey> = {
  name: "ConsumerGroupRegularExpressionKey",
  recordType: 16,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: Number.POSITIVE_INFINITY,
  read: readConsumerGroupRegularExpressionKey,
  write: writeConsumerGroupRegularExpressionKey,
};
