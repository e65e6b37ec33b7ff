import type { ConsumerRecord } from "@ottla/client";

/** The headers that NestJS's own Kafka transport uses, so that both may talk to each other. */
export const CORRELATION_ID = "kafka_correlationId";
export const REPLY_TOPIC = "kafka_replyTopic";
/** Nest's own callers read one partition of a topic of answers, and say which. */
export const REPLY_PARTITION = "kafka_replyPartition";
export const ERROR = "kafka_nest-err";
/** Only on the last answer to a request, whatever its value. */
export const LAST_ANSWER = "kafka_nest-is-disposed";

export function textHeader(record: ConsumerRecord, name: string): string | undefined {
  return record.headers.find(({ key }) => key === name)?.value?.toString();
}

/** As Nest's own transport: objects and arrays are JSON, all else is text. */
export function readText(text: string): unknown {
  if (!text.startsWith("{") && !text.startsWith("[")) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export function readValue({ value }: ConsumerRecord): unknown {
  return value === null ? null : readText(value.toString());
}

export function writeValue(data: unknown): string | null {
  if (data === undefined || data === null) return null;
  return typeof data === "string" ? data : JSON.stringify(data);
}
