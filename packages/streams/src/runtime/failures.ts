import type { InputRecord } from "../processors/operator.ts";
import type { Headers } from "../record.ts";
import type { RecordPosition } from "../stores/store-builder.ts";
import { StreamsError } from "../streams-error.ts";
import { plainText, reasonOf } from "../thrown.ts";

/**
 * What to do about a record that failed: `fail` stops the task with the error; `continue` lets the record go no further there, and what comes beside and after it goes on; a dead letter writes
 * the bytes that came from the source topic to another one, with headers that say why (KIP-1034), and continues.
 */
export type FailureAnswer = "fail" | "continue" | { readonly deadLetter: string };

/** What failed, as a handler is told it. */
export interface FailedRecord {
  /** The node: of a punctuator, the one that asked for it. */
  readonly node: string;
  readonly taskId: string;
  /** The topic that the record came from; empty, with partition and offset −1, in a punctuator. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Milliseconds since 1970: of the record as it was given to the node. */
  readonly timestamp: number;
  readonly headers: Headers;
  /** As given to the node; undefined where it could not be read. Values of tables are a `Change`, which must not be kept. */
  readonly key: unknown;
  readonly value: unknown;
  /** The bytes in the source topic; null also where they are not known any more: what was held back before a restart, punctuators. */
  readonly sourceKey: Uint8Array | null;
  readonly sourceValue: Uint8Array | null;
  /** Names node, topic, partition, offset and key; its `cause` is what was thrown. */
  readonly error: StreamsError;
  /** Of this record at this node, the first is 1. */
  readonly attempt: number;
}

/** A record that could not be written. */
export interface UnwrittenRecord extends FailedRecord {
  /** The topic that it was for. */
  readonly toTopic: string;
}

/** Answers about each record that failed; `fail` and `continue` alone are Java's two default handlers, which also write to the `deadLetterTopic`. */
export type FailureHandler<F extends FailedRecord, A> = "fail" | "continue" | ((failed: F) => A);

/** What becomes of records that fail. A kind without a handler is answered with `fail`. */
export interface ErrorHandlers {
  /** A key or value of a topic cannot be read. */
  readonly deserialize?: FailureHandler<FailedRecord, FailureAnswer>;
  /**
   * A step or a punctuator threw. `retry` gives the node the same record again, at once or after `retryBackoffMs`: what it had forwarded or put into its stores before it threw stays, and comes twice.
   */
  readonly process?: FailureHandler<FailedRecord, FailureAnswer | "retry">;
  /** A sink cannot write: its serde failed, or the producer. `fail` is final: the handler of `process` is not asked. */
  readonly produce?: FailureHandler<UnwrittenRecord, FailureAnswer | "retry">;
  /** After so many retries of a record at a node, `retry` is taken for `fail`. Default 3, at most 1000. */
  readonly retriesMax?: number;
  /**
   * How long the test driver waits (an application does not: it tries again at once) before the first retry of a record, twice as long before each further one, at most `retryBackoffMaxMs`. Default 0: it tries again at once. Nothing else of the task
   * goes on meanwhile, so that records stay in their order; its clock goes on by the pause, and punctuators that this makes due are called when the record is done.
   */
  readonly retryBackoffMs?: number;
  /** Default 1000, at most 60,000. */
  readonly retryBackoffMaxMs?: number;
  /** Where records go that no function was asked about, before their task fails or goes on: Java's `errors.dead.letter.queue.topic.name`. */
  readonly deadLetterTopic?: string;
}

/** An error with the node, topic, partition, offset and key it is about; and of a record that was held back until another one came, with that one, which Java's error names. */
export function processingError(
  node: string,
  error: unknown,
  position: RecordPosition,
  key: unknown,
  input: InputRecord | undefined,
): StreamsError {
  if (error instanceof StreamsError && error.place.topic !== undefined) return error;
  const { topic, partition, offset } = position;
  const record =
    offset < 0
      ? "in a punctuator"
      : `on the record ${topic}-${partition} at offset ${offset}${heldUntil(position, input)} with key ${keyText(key)}`;
  const code = error instanceof StreamsError ? error.code : "STREAMS_PROCESSING";
  return new StreamsError(code, `${node} failed ${record}: ${reasonOf(error)}`, {
    cause: error,
    place: { node, topic, partition, offset, key },
  });
}

/** An error of a node with no record in it: as it begins or ends. */
export function nodeError(node: string, what: string, error: unknown): StreamsError {
  if (error instanceof StreamsError) return error;
  return new StreamsError("STREAMS_PROCESSING", `${node} ${what}: ${reasonOf(error)}`, { cause: error, place: { node } });
}

/** Calls what a user's code does as a task begins, before there is a record: in an error the node is named. */
export function beginning<T>(node: string, begin: () => T): T {
  try {
    return begin();
  } catch (error) {
    throw nodeError(node, "could not begin", error);
  }
}

function heldUntil({ topic, partition, offset }: RecordPosition, input: InputRecord | undefined): string {
  if (input === undefined || (input.offset === offset && input.partition === partition && input.topic === topic)) return "";
  return `, held back until ${input.topic}-${input.partition} at offset ${input.offset} came,`;
}

/** The error of the last attempt, with their number. */
export function afterAttempts(error: StreamsError, attempts: number): StreamsError {
  return new StreamsError(error.code, `${error.message} (attempt ${attempts})`, { cause: error.cause, place: error.place });
}

/** A key for an error's sentence: short, and on one line. */
export function keyText(key: unknown): string {
  let text: string;
  try {
    text = typeof key === "bigint" ? String(key) : (JSON.stringify(key) ?? plainText(key));
  } catch {
    text = plainText(key);
  }
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
