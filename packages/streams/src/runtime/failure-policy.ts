import { shown } from "../known-options.ts";
import { forgetSharedBytes } from "../serdes/shared-bytes.ts";
import { StreamsError } from "../streams-error.ts";
import { deadLetterHeaders } from "./dead-letters.ts";
import type { ErrorHandlers, FailedRecord, FailureAnswer, UnwrittenRecord } from "./failures.ts";
import { reasonOf } from "../thrown.ts";
import type { RecordCollector } from "./sink-operator.ts";

const RETRIES_MAX_DEFAULT = 3;
const RETRIES_MAX_LIMIT = 1000;
const BACKOFF_MAX_MS_DEFAULT = 1_000;
const BACKOFF_MAX_MS_LIMIT = 60_000;
const TOPIC_NAME = /^(?!\.{1,2}$)[a-zA-Z0-9._-]{1,249}$/;

/** What is done about a failure: the task stops, the record goes no further, or the node gets it again. */
export type Decision = "fail" | "continue" | "retry";

/** Decides about records that failed, as the handlers say, and writes dead letters. */
export class FailurePolicy {
  readonly #handlers: ErrorHandlers;
  readonly #retriesMax: number;
  readonly #backoffMs: number;
  readonly #backoffMaxMs: number;
  readonly #deadLetters: RecordCollector | undefined;

  /** Without a collector dead letters are not written: a global task has none of its own. Throws `STREAMS_BAD_ARGUMENT`. */
  constructor(handlers: ErrorHandlers = {}, deadLetters?: RecordCollector) {
    const { retriesMax = RETRIES_MAX_DEFAULT, retryBackoffMs = 0, retryBackoffMaxMs = BACKOFF_MAX_MS_DEFAULT, deadLetterTopic } = handlers;
    checkNumber("retriesMax", retriesMax, RETRIES_MAX_LIMIT);
    checkNumber("retryBackoffMs", retryBackoffMs, BACKOFF_MAX_MS_LIMIT);
    checkNumber("retryBackoffMaxMs", retryBackoffMaxMs, BACKOFF_MAX_MS_LIMIT);
    if (deadLetterTopic !== undefined) checkTopic(deadLetterTopic, "onError.deadLetterTopic");
    for (const kind of ["deserialize", "process", "produce"] as const) {
      const handler: unknown = handlers[kind];
      if (handler !== undefined && handler !== "fail" && handler !== "continue" && typeof handler !== "function") {
        throw new StreamsError("STREAMS_BAD_ARGUMENT", `onError.${kind} is ${shown(handler)}: give "fail", "continue" or a function.`);
      }
    }
    this.#handlers = handlers;
    this.#retriesMax = retriesMax;
    this.#backoffMs = retryBackoffMs;
    this.#backoffMaxMs = retryBackoffMaxMs;
    this.#deadLetters = deadLetters;
  }

  /** Whether what it does about a record that failed later on needs the bytes that it was made of. */
  get usesSource(): boolean {
    const { process, produce, deadLetterTopic } = this.#handlers;
    return deadLetterTopic !== undefined || typeof process === "function" || typeof produce === "function";
  }

  /** Throws when the handler does, or answers what is no answer. */
  deserialize(failed: FailedRecord): Exclude<Decision, "retry"> {
    return this.#decide("deserialize", this.#handlers.deserialize, failed) === "continue" ? "continue" : "fail";
  }

  /** Throws when the handler does, or answers what is no answer. */
  process(failed: FailedRecord): Decision {
    return this.#decide("process", this.#handlers.process, failed);
  }

  /** Throws when the handler does, or answers what is no answer. */
  produce(failed: UnwrittenRecord): Decision {
    return this.#decide("produce", this.#handlers.produce, failed);
  }

  /** How long to wait before the record is tried again whose attempt of that number (from 1) failed. */
  backoffMs(attempt: number): number {
    return Math.min(this.#backoffMs * 2 ** (attempt - 1), this.#backoffMaxMs);
  }

  #decide<F extends FailedRecord>(
    kind: "deserialize" | "process" | "produce",
    handler: "fail" | "continue" | ((failed: F) => FailureAnswer | "retry") = "fail",
    failed: F,
  ): Decision {
    if (typeof handler === "string") {
      const { deadLetterTopic } = this.#handlers;
      if (deadLetterTopic !== undefined && deadLetterTopic !== failed.topic) this.#send(deadLetterTopic, failed);
      else if (deadLetterTopic !== undefined && handler === "continue") throw endless(kind, deadLetterTopic, failed);
      return handler;
    }
    const answer = ask(kind, handler, failed);
    if (answer === "fail" || answer === "continue") return answer;
    if (answer === "retry" && kind !== "deserialize") return failed.attempt > this.#retriesMax ? "fail" : "retry";
    const topic = typeof answer === "object" && answer !== null ? answer.deadLetter : undefined;
    if (topic === undefined) {
      const known = kind === "deserialize" ? '"fail", "continue"' : '"fail", "continue", "retry"';
      throw handlerError(failed, `onError.${kind} answered ${shown(answer)}, which is none of ${known} and { deadLetter: TOPIC }`);
    }
    checkTopic(topic, `the dead letters' topic that onError.${kind} answered`);
    if (topic === failed.topic) throw endless(kind, topic, failed);
    this.#send(topic, failed);
    return "continue";
  }

  #send(topic: string, failed: FailedRecord): void {
    const timestamp = failed.timestamp < 0 ? null : failed.timestamp;
    this.#deadLetters?.send(topic, undefined, failed.sourceKey, failed.sourceValue, timestamp, deadLetterHeaders(failed));
  }
}

function checkNumber(option: string, value: number, max: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= max) return;
  throw new StreamsError("STREAMS_BAD_ARGUMENT", `onError.${option} is ${shown(value)}: give a whole number from 0 to ${max}.`);
}

function ask<F extends FailedRecord, A>(kind: string, handler: (failed: F) => A, failed: F): A {
  try {
    // It is given the record's bytes.
    forgetSharedBytes();
    return handler(failed);
  } catch (thrown) {
    throw handlerError(failed, `onError.${kind} threw: ${reasonOf(thrown)}`, thrown);
  }
}

function handlerError({ error }: FailedRecord, what: string, cause: unknown = error): StreamsError {
  return new StreamsError("STREAMS_HANDLER", `${what}. It was asked about: ${error.message}`, { cause, place: error.place });
}

function endless(kind: string, topic: string, failed: FailedRecord): StreamsError {
  return handlerError(failed, `onError.${kind} sends a record of topic ${topic} to that topic again, where it would fail for ever`);
}

function checkTopic(topic: unknown, what: string): void {
  if (typeof topic === "string" && TOPIC_NAME.test(topic)) return;
  throw new StreamsError(
    "STREAMS_BAD_ARGUMENT",
    `${what} is ${shown(topic)}: a topic's name has 1 to 249 letters, digits, dots, underscores and hyphens.`,
  );
}
