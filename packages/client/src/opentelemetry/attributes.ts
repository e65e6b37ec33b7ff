import type { Attributes } from "@opentelemetry/api";
import { OttlaError } from "@ottla/base";

/** What all spans and metrics of the client say. Source: OpenTelemetry's semantic conventions for messaging and for Kafka. */
export function messagingAttributes(
  operation: "send" | "poll" | "process",
  topic: string | undefined,
  clientId: string | undefined,
): Attributes {
  return {
    "messaging.system": "kafka",
    "messaging.operation.name": operation,
    "messaging.operation.type": operation === "poll" ? "receive" : operation,
    ...(topic === undefined ? {} : { "messaging.destination.name": topic }),
    ...(clientId === undefined ? {} : { "messaging.client.id": clientId }),
  };
}

/** A record's key as text, where it is one. */
export function keyAttributes(key: string | Uint8Array | null | undefined): Attributes {
  if (key === null || key === undefined) return {};
  return {
    "messaging.kafka.message.key": typeof key === "string" ? key : Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString(),
  };
}

export function errorType(error: unknown): string {
  return error instanceof OttlaError ? error.code : error instanceof Error ? error.name : "_OTHER";
}
