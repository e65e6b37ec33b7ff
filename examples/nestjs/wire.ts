import type { ConsumerRecord } from "@ottla/client";

/** The headers that NestJS's own Kafka transport uses, so that both may talk to each other. */
export const CORRELATION_ID = "kafka_correlationId";
export const REPLY_TOPIC = "kafka_replyTopic";
export const ERROR = "kafka_nest-err";

export function textHeader(record: ConsumerRecord, name: string): string | undefined {
  return record.headers.find(({ key }) => key === name)?.value?.toString();
}

/** JSON where it is JSON, else text. */
export function readValue({ value }: ConsumerRecord): unknown {
  if (value === null) return null;
  try {
    return JSON.parse(value.toString());
  } catch {
    return value.toString();
  }
}

export function writeValue(data: unknown): string | null {
  return data === undefined || data === null ? null : JSON.stringify(data);
}
