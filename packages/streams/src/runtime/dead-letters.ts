import type { Headers } from "../record.ts";
import type { FailedRecord } from "./failures.ts";
import { reasonOf } from "../thrown.ts";

/** Of a message or stack, so many characters are told: a dead letter that is too large for its topic would be lost. */
const TEXT_LENGTH_MAX = 10_000;

/**
 * The headers of a dead letter: those of the record, then what happened to it, as Java writes it (KIP-1034): UTF-8, numbers in decimals, null where there is nothing to say. The exception is
 * named by its class.
 */
export function deadLetterHeaders({
  error,
  headers,
  topic,
  partition,
  offset,
}: Pick<FailedRecord, "error" | "headers" | "topic" | "partition" | "offset">): Headers {
  const thrown: unknown = error.cause ?? error;
  const exception = thrown instanceof Error ? (thrown.constructor?.name ?? thrown.name) : typeof thrown;
  const stack = thrown instanceof Error ? thrown.stack : undefined;
  return [
    ...headers,
    textHeader("exception", exception),
    textHeader("message", reasonOf(thrown) || null),
    textHeader("stacktrace", stack ?? `${exception}: ${reasonOf(thrown)}`),
    textHeader("topic", topic === "" ? null : topic),
    textHeader("partition", String(partition)),
    textHeader("offset", String(offset)),
  ];
}

function textHeader(name: string, text: string | null): Headers[number] {
  return { key: `__streams.errors.${name}`, value: text === null ? null : Buffer.from(text.slice(0, TEXT_LENGTH_MAX)) };
}
