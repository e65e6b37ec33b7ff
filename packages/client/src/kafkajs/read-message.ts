import type { HeaderInput, ProducerRecord as ClientRecord } from "../producer/record-types.ts";
import type { ConsumerRecord } from "../consumer/consumer-types.ts";
import { KafkaJSNonRetriableError } from "./errors.ts";
import type { IHeaders, KafkaMessage, Message } from "./message-types.ts";

/** A message as the client sends it. */
export function toClientRecord(topic: string, message: Message): ClientRecord {
  return {
    topic,
    key: toBytes(message.key),
    value: toBytes(message.value),
    partition: message.partition,
    timestamp: readTimestamp(message.timestamp),
    ...(message.headers === undefined ? {} : { headers: readHeaders(message.headers) }),
  };
}

/** A record as kafkajs hands it to a handler. */
export function toKafkaMessage(record: ConsumerRecord): KafkaMessage {
  const headers: IHeaders = {};
  for (const { key, value } of record.headers) {
    const text = value ?? undefined;
    const before = headers[key];
    if (before === undefined || text === undefined) headers[key] = text;
    else headers[key] = [...(Array.isArray(before) ? before : [before]), text];
  }
  const { key, value, timestamp, offset } = record;
  return { magicByte: 2, attributes: 0, timestamp: String(timestamp), offset: String(offset), key, value, headers, isControlRecord: false };
}

/** Keys of other types are sent as their text, as kafkajs does. */
function toBytes(value: Message["key"]): Buffer | string | null {
  if (value === undefined || value === null) return null;
  return typeof value === "string" || value instanceof Uint8Array ? value : String(value);
}

function readHeaders(headers: IHeaders): HeaderInput[] {
  return Object.entries(headers).flatMap(([key, value]) => {
    const values = Array.isArray(value) ? value : [value];
    return values.map((each) => ({ key, value: toBytes(each) }));
  });
}

function readTimestamp(text: string | undefined): number | undefined {
  if (text === undefined || text === null) return undefined;
  const timestamp = Number(text);
  if (Number.isSafeInteger(timestamp) && timestamp >= 0) return timestamp;
  throw new KafkaJSNonRetriableError(`Invalid timestamp "${text}"; it must be the text of a whole number of milliseconds`);
}
