import type { TopicPartition } from "../../topic-partition.ts";
import type { ConsumerBatch, ConsumerRecord } from "../record-types.ts";

/** Where a record was first read: itself, or what it was before it went through retry topics. */
export interface RecordOrigin extends TopicPartition {
  readonly offset: number;
  /** Its time there. */
  readonly timestamp: number;
}

/** What a handler knows beside its record. */
export interface RecordContext {
  /**
   * Aborted when the result does not count any more: the partition was lost, or the time for finishing ran out. The record will be read again. Heartbeats are no
   * business of a handler.
   */
  readonly signal: AbortSignal;
  /** 1 for the first try. Counts on through retry topics. */
  readonly attempt: number;
  readonly origin: RecordOrigin;
}

/** As {@link RecordContext}, for a batch. */
export interface BatchContext {
  readonly signal: AbortSignal;
  readonly attempt: number;
  /** Done up to and with this record, so that a commit may go there before the batch is done. */
  done(record: ConsumerRecord): void;
}

/** What to do with a record whose handler failed. */
export type FailureDecision = "retry" | "retryTopic" | "deadLetter" | "skip" | "fail";

/**
 * What happens to a record whose handler throws or rejects, in this order: it is tried again in place, then sent through the retry topics one after the other, then
 * to the dead-letter topic; each step that is not configured is left out. When none is left, `otherwise` says.
 */
export interface ErrorStrategy {
  /** Tries in place, the first included. Default 3. Order is kept: what stands behind the record waits. */
  readonly attempts?: number | undefined;
  /** First and longest pause between two tries; it doubles, with 20 % of chance. Defaults 200 and 10,000. */
  readonly backoffMs?: number | undefined;
  readonly backoffMaxMs?: number | undefined;
  /**
   * Each is read by this same group, not before `delayMs` have passed; nothing behind the record waits, so order is given up. Names: `<group>.retry.1`, `.2` … unless
   * given.
   */
  readonly retryTopics?: readonly { readonly delayMs: number; readonly topic?: string | undefined }[] | undefined;
  /** Where records end that could not be handled, with headers that say why, where from and how often. */
  readonly deadLetterTopic?: string | undefined;
  /** Make the retry topics and the dead-letter topic when they are missing, with the cluster's defaults. Default true. */
  readonly createTopics?: boolean | undefined;
  /** Without a dead-letter topic: `"fail"` (default) ends the run with `ClientError` RECORD_FAILED, the record is read again; `"skip"` goes on with a warning. */
  readonly otherwise?: "fail" | "skip" | undefined;
  /** Asked at each failure; undefined goes on as configured. So what no retry can mend goes to the dead letters at once. */
  readonly decide?: ((error: unknown, record: ConsumerRecord, attempt: number) => FailureDecision | undefined) | undefined;
}

/** A record of whose topic another with the same key or header was handled within the window is passed over. The window is kept in memory, by each consumer for itself. */
export interface DeduplicationOptions {
  /** `"key"`, or the header whose value tells records apart. A record without it is handled. */
  readonly by: "key" | { readonly header: string };
  /** Default 600,000. */
  readonly windowMs?: number | undefined;
  /** The oldest are forgotten beyond this. Default 100,000. */
  readonly entriesMax?: number | undefined;
}

/**
 * After so many failures in a row nothing is started for a while; then one record is tried, and decides; handlers that were at work before do not. The consumer goes on polling, and stays in
 * its group.
 */
export interface CircuitBreakerOptions {
  /** Default 10. */
  readonly failures?: number | undefined;
  /** Default 30,000. */
  readonly pauseMs?: number | undefined;
}

export interface RunOptions {
  /** Called for each record. */
  readonly eachRecord?: ((record: ConsumerRecord, context: RecordContext) => unknown) | undefined;
  /** Called for each batch, in the order of its partition, in place of `eachRecord`. */
  readonly eachBatch?: ((batch: ConsumerBatch, context: BatchContext) => unknown) | undefined;
  /** Handlers at work at the same time. Default 1. */
  readonly concurrency?: number | undefined;
  /**
   * `"partition"` (default): a record is handled when the one before it in its partition is done. `"key"`: when those before it with the same key are; records without a
   * key wait for nobody.
   */
  readonly orderBy?: "partition" | "key" | undefined;
  /** With `orderBy: "key"`: records of a partition that may be begun before an unfinished one. Default 1,000. */
  readonly outstandingMax?: number | undefined;
  readonly onError?: ErrorStrategy | undefined;
  readonly deduplicate?: DeduplicationOptions | undefined;
  readonly circuitBreaker?: CircuitBreakerOptions | undefined;
  /** How long partitions that go to another member wait for what is in hand. Default 30,000. */
  readonly drainTimeoutMs?: number | undefined;
  /** A handler that works on one record for longer than this is taken for stuck: {@link ConsumerHealth} says so. Default 300,000. */
  readonly stuckAfterMs?: number | undefined;
  /** Close the consumer on these signals: what is in hand is finished within `drainTimeoutMs`, committed, and the group is left. `true`: SIGTERM and SIGINT. */
  readonly handleSignals?: boolean | readonly NodeJS.Signals[] | undefined;
}

/** For probes. */
export interface ConsumerHealth {
  /**
   * `idle`: nobody asked for records yet. `starting`: no partitions yet. `running`. `paused`: the circuit breaker is open. `unreachable`: no broker can be reached; the client goes on
   * trying. `stuck`: a handler does not come back, or the application has stopped asking for records. `draining`: it is closing. `closed`, `failed`: over.
   */
  readonly state: "idle" | "starting" | "running" | "paused" | "unreachable" | "stuck" | "draining" | "closed" | "failed";
  /** False when only a restart helps: failed, closed or stuck. */
  readonly isAlive: boolean;
  /** It works on records, or would if there were some. */
  readonly isReady: boolean;
  /** Why it is not ready. */
  readonly reason: string | undefined;
  /** What it failed with, or what keeps it from the cluster. */
  readonly error: Error | undefined;
  readonly assignedPartitions: number;
  /** Records (batches) whose handlers are at work or wait for another try. */
  readonly inHand: number;
  /** How long the eldest of them has been worked on. */
  readonly oldestInHandMs: number;
  /** Records behind the ends of the assigned partitions, as of the last answers; undefined before the first. */
  readonly lag: number | undefined;
}
