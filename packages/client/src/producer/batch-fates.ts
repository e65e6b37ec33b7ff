import { ErrorCode, KafkaError } from "@ottla/protocol";
import type { PartitionProduceResponse } from "@ottla/protocol/apis/produce";
import type { Cluster } from "../cluster/cluster.ts";
import { backoffMs } from "../net/backoff.ts";
import { CONCURRENT_PAUSE_MS, isConcurrent } from "./transactions/transaction-errors.ts";
import type { NodeOutbox } from "./node-outbox.ts";
import type { Outboxes } from "./outboxes.ts";
import { judgeAnswer, leavesFateUnknown, refusalOf, whileOnTheWay } from "./produce-verdict.ts";
import type { BatchQueue, ProducerBatch } from "./producer-batch.ts";
import type { ProducerSession } from "./producer-session.ts";
import type { ResolvedProducerOptions } from "./resolve-producer-options.ts";

/** What becomes of batches. Every batch that was handed in is reported exactly once by one of the first two. */
export interface FateEvents {
  acknowledged(batch: ProducerBatch, baseOffset: number, logAppendTimeMs: number): void;
  failed(batch: ProducerBatch, error: Error): void;
  /** One batch was replaced by several. */
  split(batch: ProducerBatch, parts: readonly ProducerBatch[]): void;
  /** What waits is never to be sent; what comes later may be. */
  forbidden(error: Error): void;
  /** Nothing can be sent any more. */
  fatal(error: Error): void;
}

/** Does with a batch what its answer, or the lack of one, demands: done, again, in parts, under another epoch, or given up. */
export class BatchFates {
  readonly #cluster: Cluster;
  readonly #options: ResolvedProducerOptions;
  readonly #session: ProducerSession | undefined;
  readonly #outboxes: Outboxes;
  readonly #events: FateEvents;
  readonly #wake: (outbox: NodeOutbox) => void;
  #closed = false;

  /** `wake`: something in the outbox can be sent again. */
  constructor(
    cluster: Cluster,
    options: ResolvedProducerOptions,
    session: ProducerSession | undefined,
    outboxes: Outboxes,
    events: FateEvents,
    wake: (outbox: NodeOutbox) => void,
  ) {
    this.#cluster = cluster;
    this.#options = options;
    this.#session = session;
    this.#outboxes = outboxes;
    this.#events = events;
    this.#wake = wake;
  }

  /** Nothing is tried again from now on. */
  close(): void {
    this.#closed = true;
  }

  /** Undefined: the broker left the partition out of its answer. */
  answered(batch: ProducerBatch, answer: PartitionProduceResponse | undefined): void {
    const queue = batch.queue!;
    this.#landed(batch);
    if (batch.isDone) return;
    if (answer === undefined) {
      const message = "The broker left this partition out of its answer.";
      this.#retryOrFail(batch, new KafkaError(ErrorCode.UNKNOWN_SERVER_ERROR, message, { possiblyWritten: true }), true);
      return;
    }
    const mayBump = this.#session?.isTransactional === false;
    const verdict = judgeAnswer(answer, batch, this.#session && queue.sequences, { mayRetry: this.#mayRetry(batch), mayBump });
    switch (verdict) {
      case "acknowledge":
      case "duplicate":
        return this.#acknowledge(batch, verdict === "duplicate" ? -1 : answer.baseOffset, answer.logAppendTimeMs);
      case "split":
        return this.#split(batch);
      case "retry":
      case "restart":
      case "bump":
        if (leavesFateUnknown(answer.errorCode)) batch.isFateUnknown = true;
        batch.lastError = refusalOf(answer, batch.isFateUnknown);
        this.#putBack(batch, this.#followLeader(batch, answer));
        if (verdict === "restart" && batch.identity) queue.sequences.restart(batch.identity);
        if (verdict === "bump") this.#bump(queue);
        return;
      case "fail": {
        const possiblyWritten = batch.isFateUnknown || leavesFateUnknown(answer.errorCode);
        return this.#fail(batch, refusalOf(answer, possiblyWritten), !possiblyWritten);
      }
    }
  }

  /** The request's fate is unknown: the batch may have been written. */
  lost(batch: ProducerBatch, error: Error): void {
    this.#landed(batch);
    if (batch.isDone) return;
    batch.isFateUnknown = true;
    this.#retryOrFail(batch, whileOnTheWay(error), "retriable" in error && error.retriable === true);
  }

  /** Nobody answers (acks=0). */
  sentForGood(batch: ProducerBatch): void {
    this.#landed(batch);
    if (!batch.isDone) this.#events.acknowledged(batch, -1, -1);
  }

  /** A batch was given up: what is numbered after it may look like a gap. */
  numberingLost(queue: BatchQueue, batch: ProducerBatch, surelyNotWritten: boolean): void {
    if (this.#session === undefined || batch.baseSequence < 0) return;
    queue.sequences.failed(batch, surelyNotWritten);
    this.#bumpIfDue(queue);
  }

  #retryOrFail(batch: ProducerBatch, error: Error, isRetriable: boolean): void {
    batch.lastError = error;
    if (isRetriable && this.#mayRetry(batch)) this.#putBack(batch, false);
    else this.#fail(batch, error, false);
  }

  #mayRetry(batch: ProducerBatch): boolean {
    return (
      !this.#closed &&
      batch.attempts <= this.#options.retries &&
      this.#cluster.deps.clock.monotonicMs() < batch.createdAtMs + this.#options.deliveryTimeoutMs
    );
  }

  /** Takes what a refusal says about the leader. True when a new one is known, so that there is nothing to wait for. */
  #followLeader(batch: ProducerBatch, answer: PartitionProduceResponse): boolean {
    const error = new KafkaError(answer.errorCode);
    if (!error.refreshesMetadata) return false;
    const { leaderId, leaderEpoch } = answer.currentLeader;
    const before = this.#outboxes.leaderOf(batch.queue!);
    if (leaderId >= 0) this.#cluster.metadata.noteLeader(batch.topic, batch.partition, leaderId, leaderEpoch);
    this.#cluster.metadata.requestRefresh();
    return this.#outboxes.leaderOf(batch.queue!) !== before;
  }

  #putBack(batch: ProducerBatch, atOnce: boolean): void {
    const { retryBackoffMs, retryBackoffMaxMs } = this.#cluster.options;
    const { clock, random } = this.#cluster.deps;
    const firstMs = isConcurrent(batch.lastError) ? Math.min(CONCURRENT_PAUSE_MS, retryBackoffMs) : retryBackoffMs;
    batch.retryAtMs = atOnce ? 0 : clock.monotonicMs() + backoffMs(batch.attempts, firstMs, retryBackoffMaxMs, random);
    batch.queue!.putBack(batch);
    this.#wake(this.#outboxes.put(batch.queue!));
  }

  #split(batch: ProducerBatch): void {
    const queue = batch.queue!;
    const parts = batch.split(Math.max(Math.floor(batch.recordBytes / 2), 1));
    if (batch.baseSequence >= 0) queue.sequences.replace(batch, parts);
    queue.limitBytes = Math.min(queue.limitBytes, Math.floor(batch.sizeInBytes / 2));
    queue.putBack(batch, parts);
    batch.isDone = true;
    this.#events.split(batch, parts);
    this.#wake(this.#outboxes.put(queue));
  }

  #acknowledge(batch: ProducerBatch, baseOffset: number, logAppendTimeMs: number): void {
    const queue = batch.queue!;
    if (this.#session) {
      queue.sequences.acknowledged(batch, baseOffset < 0 ? -1 : baseOffset + batch.recordCount - 1);
      this.#bumpIfDue(queue);
    }
    this.#events.acknowledged(batch, baseOffset, logAppendTimeMs);
  }

  #fail(batch: ProducerBatch, error: Error, surelyNotWritten: boolean): void {
    this.numberingLost(batch.queue!, batch, surelyNotWritten);
    this.#events.failed(batch, error);
  }

  /** A transaction that lost a batch is aborted, and what comes after it begins anew anyway. */
  #bumpIfDue(queue: BatchQueue): void {
    if (!this.#session!.isTransactional && queue.sequences.needsBump) this.#bump(queue);
  }

  /** The next epoch for this partition now, for each other one as soon as nothing of it is outstanding. */
  #bump(queue: BatchQueue): void {
    const next = this.#session!.bump();
    if (next) queue.sequences.restart(next);
    else
      void this.#session!.obtain().then(
        () => {
          queue.sequences.restart(this.#session!.current!);
          this.#wake(this.#outboxes.of(queue));
        },
        (error: Error) => this.#events.fatal(error),
      );
  }

  #landed(batch: ProducerBatch): void {
    batch.isInFlight = false;
    batch.queue!.inFlightCount--;
  }
}
