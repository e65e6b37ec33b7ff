import { partitionKey, type TopicPartition } from "../topic-partition.ts";
import { KafkaJSNonRetriableError, KafkaJSNumberOfRetriesExceeded, KafkaJSProtocolError } from "./errors.ts";
import type { Logger } from "./logger.ts";
import type { RetryTimes } from "./retry-times.ts";
import { translateError } from "./translate-error.ts";

/** What follows from a handler's failure. */
export type BatchVerdict =
  | { readonly kind: "retry"; readonly pauseMs: number }
  | { readonly kind: "crash"; readonly error: Error }
  /** The handler was told that its partition goes, and says so. */
  | { readonly kind: "rejoin" };

/** Counts the failures of each partition's batch in a row, and says whether it is tried again, as kafkajs does. */
export class BatchFailures {
  readonly #retryTimes: RetryTimes;
  readonly #logger: Logger;
  readonly #handler: string;
  readonly #counts = new Map<string, number>();

  /** `handler`: its name, for the log. */
  constructor(retryTimes: RetryTimes, logger: Logger, handler: string) {
    this.#retryTimes = retryTimes;
    this.#logger = logger;
    this.#handler = handler;
  }

  /** It was handled. */
  forget({ topic, partition }: TopicPartition): void {
    this.#counts.delete(partitionKey(topic, partition));
  }

  /** `next`: where it would go on. */
  judge({ topic, partition }: TopicPartition, next: number, thrown: unknown): BatchVerdict {
    const error = translateError(thrown);
    if (error instanceof KafkaJSProtocolError && error.type === "REBALANCE_IN_PROGRESS") return { kind: "rejoin" };
    const retryable = (error as { readonly retriable?: unknown }).retriable !== false && !programmingErrors.has(error.name);
    const key = partitionKey(topic, partition);
    const retryCount = (this.#counts.get(key) ?? 0) + 1;
    this.#logger.error(`Error when calling ${this.#handler}`, {
      topic,
      partition,
      offset: String(next),
      stack: error.stack,
      error: error.message,
    });
    const pauseMs = this.#retryTimes.pauseMs(retryCount);
    if (!retryable) return { kind: "crash", error: new KafkaJSNonRetriableError(error, { cause: error.cause ?? error }) };
    if (retryCount > this.#retryTimes.retries) {
      const facts = { retryCount: retryCount - 1, retryTime: pauseMs };
      return { kind: "crash", error: new KafkaJSNumberOfRetriesExceeded(error, facts) };
    }
    this.#counts.set(key, retryCount);
    return { kind: "retry", pauseMs };
  }
}

/** Trying again mends no mistake of the program. */
const programmingErrors: ReadonlySet<string> = new Set(["RangeError", "ReferenceError", "SyntaxError", "TypeError"]);
