import { type Attributes, type Span, SpanStatusCode } from "@opentelemetry/api";
import { OttlaError } from "@ottla/base";
import type { SpannedRecord, SpannedTask } from "../runtime/task-spans.ts";

/** What the spans of a task's work on records say. Source: OpenTelemetry's semantic conventions for messaging and for Kafka; `ottla.streams.task.id` is ours. */
export function processAttributes({ applicationId, taskId, partition }: SpannedTask): Attributes {
  return {
    "messaging.system": "kafka",
    "messaging.operation.name": "process",
    "messaging.operation.type": "process",
    "messaging.consumer.group.name": applicationId,
    "messaging.destination.partition.id": String(partition),
    "ottla.streams.task.id": taskId,
  };
}

/** What a span says of the one record that it is about. */
export function recordAttributes({ topic, partition, offset, key, value }: SpannedRecord): Attributes {
  return {
    "messaging.destination.name": topic,
    "messaging.destination.partition.id": String(partition),
    "messaging.kafka.offset": offset,
    ...(key === null ? {} : { "messaging.kafka.message.key": new TextDecoder().decode(key) }),
    ...(value === null ? { "messaging.kafka.message.tombstone": true } : { "messaging.message.body.size": value.length }),
  };
}

/** The span's work has failed. */
export function markFailed(span: Span, error: unknown): void {
  const type = error instanceof OttlaError ? error.code : error instanceof Error ? error.name : "_OTHER";
  span.setAttribute("error.type", type);
  span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : type });
}
