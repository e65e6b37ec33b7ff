import { ErrorCode, KafkaError, NIL_UUID } from "@ottla/protocol";
import { type ProduceResponse, produceApi } from "@ottla/protocol/apis/produce";
import type { Cluster } from "../cluster/cluster.ts";
import type { Lane } from "../cluster/lane.ts";
import type { Connection } from "../net/connection.ts";
import { BatchFates, type FateEvents } from "./batch-fates.ts";
import { BatchPacking } from "./batch-packing.ts";
import type { NodeOutbox } from "./node-outbox.ts";
import { NO_HOME, Outboxes } from "./outboxes.ts";
import { buildProduceRequest, matchAnswers, TOPIC_ID_VERSION, VERSION_MIN } from "./produce-request.ts";
import type { BatchQueue, ProducerBatch } from "./producer-batch.ts";
import type { ProducerSession } from "./producer-session.ts";
import type { ResolvedProducerOptions } from "./resolve-producer-options.ts";

/** With acks=0 nothing answers, so the socket's own queue is the bound. */
const UNANSWERED_BYTES_MAX = 4 * 1024 * 1024;
/** Who may not write now is asked again so soon. */
const FORBIDDEN_MS = 50;

export interface SenderCounters {
  batchesSent: number;
  batchesRetried: number;
  bytesSent: number;
}

/**
 * Takes batches to the leaders of their partitions: decides when a batch is due and keeps to the limit of requests on the way; what an answer demands is
 * for {@link BatchFates}. Batches of one partition go out in order; under idempotence also over retries.
 */
export class Sender {
  readonly #cluster: Cluster;
  readonly #lane: Lane;
  readonly #options: ResolvedProducerOptions;
  readonly #session: ProducerSession | undefined;
  readonly #fates: BatchFates;
  readonly #events: FateEvents;
  readonly #outboxes: Outboxes;
  readonly #packing: BatchPacking;
  readonly #stopListening: () => void;
  readonly counters: SenderCounters = { batchesSent: 0, batchesRetried: 0, bytesSent: 0 };
  /** While positive, nothing lingers. */
  #hurry = 0;
  #closed = false;

  constructor(cluster: Cluster, lane: Lane, options: ResolvedProducerOptions, session: ProducerSession | undefined, events: FateEvents) {
    this.#cluster = cluster;
    this.#lane = lane;
    this.#options = options;
    this.#session = session;
    this.#events = events;
    this.#outboxes = new Outboxes(cluster.metadata, cluster.deps.clock);
    this.#packing = new BatchPacking(options.compression, () => this.#drainAll());
    this.#fates = new BatchFates(cluster, options, session, this.#outboxes, events, (outbox) => this.#scheduleDrain(outbox));
    this.#stopListening = cluster.metadata.onUpdate(() => {
      for (const outbox of this.#outboxes.rehome()) this.#scheduleDrain(outbox);
    });
  }

  /** A queue got a new batch. */
  noteBatch(queue: BatchQueue): void {
    this.#wake(this.#outboxes.put(queue), queue);
  }

  /** A queue's newest batch took its last record. */
  noteFull(queue: BatchQueue): void {
    this.#packing.ahead(queue);
    const outbox = this.#outboxes.of(queue);
    if (outbox.inFlight < this.#options.maxInFlightRequests) this.#drain(outbox);
  }

  /** From now until the returned function is called, what waits is sent without lingering. */
  hurry(): () => void {
    this.#hurry++;
    for (const outbox of this.#outboxes) this.#scheduleDrain(outbox);
    return () => void this.#hurry--;
  }

  /** What was held back by the session may go now. */
  wake(): void {
    this.#drainAll();
  }

  /** Something waits for the broker, and it has taken nothing for longer than `timeoutMs`. */
  isStuck(nodeId: number, timeoutMs: number): boolean {
    const sinceMs = this.#outboxes.find(nodeId)?.stuckSinceMs;
    return sinceMs !== undefined && this.#now() - sinceMs > timeoutMs;
  }

  close(): void {
    this.#closed = true;
    this.#fates.close();
    this.#stopListening();
    this.#outboxes.close();
  }

  /** A batch was given up for lack of time; an answer that still comes is ignored. */
  abandon(queue: BatchQueue, batch: ProducerBatch): void {
    queue.remove(batch);
    this.#fates.numberingLost(queue, batch, !batch.isInFlight && !batch.isFateUnknown);
  }

  /** Sends at once when the queue is due and may go; otherwise sees to it that somebody comes back in time. */
  #wake(outbox: NodeOutbox, queue: BatchQueue): void {
    const now = this.#now();
    if (outbox.inFlight >= this.#options.maxInFlightRequests) {
      outbox.noteStuck(now);
      return;
    }
    const mustPrepare =
      outbox.nodeId === NO_HOME || (this.#session && !this.#session.current) || this.#lane.current(outbox.nodeId) === undefined;
    if (mustPrepare) this.#scheduleDrain(outbox);
    else if (queue.waiting.length > 1) this.#drain(outbox);
    else {
      // Records of one turn of the event loop belong together, so a batch with room left is looked at when the turn is over.
      const dueMs = this.#dueMs(outbox, queue, queue.waiting[0]!, now);
      if (dueMs <= now) this.#scheduleDrain(outbox);
      else outbox.wakeAt(dueMs, () => this.#drain(outbox));
    }
  }

  #scheduleDrain(outbox: NodeOutbox): void {
    if (outbox.isDrainScheduled) return;
    outbox.isDrainScheduled = true;
    queueMicrotask(() => {
      outbox.isDrainScheduled = false;
      this.#drain(outbox);
    });
  }

  #drainAll(): void {
    for (const outbox of this.#outboxes) this.#drain(outbox);
  }

  #drain(outbox: NodeOutbox): void {
    if (this.#closed || outbox.queues.size === 0) return;
    this.#cluster.metadata.refreshIfOld();
    if (outbox.nodeId === NO_HOME) {
      this.#cluster.metadata.requestRefresh();
      this.#comeBack(outbox, new KafkaError(ErrorCode.LEADER_NOT_AVAILABLE));
      return;
    }
    const mayWrite = this.#options.mayWrite?.() ?? true;
    if (mayWrite !== true) {
      this.#forbidden(outbox, mayWrite);
      return;
    }
    if (!this.#hasIdentity()) return;
    const connection = this.#lane.current(outbox.nodeId);
    if (connection === undefined) {
      outbox.noteStuck(this.#now());
      this.#connect(outbox);
      return;
    }
    while (outbox.inFlight < this.#options.maxInFlightRequests) {
      if (this.#options.acks === 0 && connection.unsentBytes > UNANSWERED_BYTES_MAX) {
        connection.onDrain(() => this.#drain(outbox));
        return;
      }
      const batches = this.#collect(outbox);
      if (batches.length === 0) break;
      this.#send(outbox, connection, batches);
    }
    if (outbox.queues.size > 0 && outbox.inFlight >= this.#options.maxInFlightRequests) outbox.noteStuck(this.#now());
  }

  #forbidden(outbox: NodeOutbox, why: false | Error): void {
    if (why === false) outbox.wakeAt(this.#now() + FORBIDDEN_MS, () => this.#drain(outbox));
    // Not within a call that hands in a record.
    else queueMicrotask(() => this.#events.forbidden(why));
  }

  #hasIdentity(): boolean {
    if (this.#session === undefined || this.#session.current) return true;
    this.#session.obtain().then(
      () => this.#drainAll(),
      (error: Error) => this.#events.fatal(error),
    );
    return false;
  }

  #connect(outbox: NodeOutbox): void {
    if (outbox.isConnecting) return;
    outbox.isConnecting = true;
    this.#lane.connect(outbox.nodeId).then(
      () => {
        outbox.isConnecting = false;
        this.#drain(outbox);
      },
      (error: Error) => {
        outbox.isConnecting = false;
        this.#cluster.metadata.requestRefresh();
        this.#comeBack(outbox, error);
      },
    );
  }

  #comeBack(outbox: NodeOutbox, why: Error): void {
    for (const queue of outbox.queues) queue.unsentBecause = why;
    outbox.wakeAt(this.#now() + this.#cluster.options.retryBackoffMs, () => this.#drain(outbox));
  }

  /** At most one due batch per partition, as many as fit into a request. Sets the timer for what is due later. */
  #collect(outbox: NodeOutbox): ProducerBatch[] {
    const now = this.#now();
    const chosen: ProducerBatch[] = [];
    let bytes = 0;
    let nextDueMs = Infinity;
    let left = outbox.queues.size;
    for (const queue of outbox.queues) {
      if (left-- === 0) break;
      const batch = queue.waiting[0];
      if (batch === undefined) {
        outbox.queues.delete(queue);
        continue;
      }
      const dueMs = this.#dueMs(outbox, queue, batch, now);
      if (dueMs > now) {
        nextDueMs = Math.min(nextDueMs, dueMs);
        continue;
      }
      if (!this.#packing.isReady(batch)) continue;
      if (chosen.length > 0 && bytes + batch.sizeInBytes > this.#options.maxRequestSizeBytes) break;
      queue.waiting.shift();
      this.#prepare(queue, batch);
      bytes += batch.sizeInBytes;
      chosen.push(batch);
      outbox.queues.delete(queue);
      if (queue.waiting.length > 0) outbox.queues.add(queue);
    }
    if (nextDueMs < Infinity) outbox.wakeAt(nextDueMs, () => this.#drain(outbox));
    return chosen;
  }

  /** When the first batch of a queue may go; Infinity: only after an answer. */
  #dueMs(outbox: NodeOutbox, queue: BatchQueue, batch: ProducerBatch, now: number): number {
    if (batch.retryAtMs > now) return batch.retryAtMs;
    if (this.#session && !this.#session.admits(queue.topic, queue.partition)) return Infinity;
    if (this.#session && this.#session.notBeforeMs > now) return this.#session.notBeforeMs;
    if (this.#session && !queue.sequences.maySend(batch, this.#session.current!)) return Infinity;
    if (batch.attempts > 0 || batch.isFull || queue.waiting.length > 1 || this.#hurry > 0) return now;
    if (this.#options.lingersOnlyBehindOthers && outbox.inFlight === 0) return now;
    return batch.createdAtMs + this.#options.lingerMs;
  }

  #prepare(queue: BatchQueue, batch: ProducerBatch): void {
    if (this.#session && batch.baseSequence < 0) queue.sequences.number(batch, this.#session.current!);
    const isFirst = batch.attempts === 0;
    queue.isBusy = batch.isFull;
    batch.bytes(this.#options.compression);
    if (isFirst && this.#options.compression !== "none") queue.noteCompression(batch.recordBytes, batch.sizeInBytes);
    batch.attempts++;
    batch.queue = queue;
    queue.unsentBecause = undefined;
    batch.isInFlight = true;
    queue.inFlightCount++;
    this.counters.batchesSent++;
    if (!isFirst) this.counters.batchesRetried++;
    this.counters.bytesSent += batch.sizeInBytes;
  }

  #send(outbox: NodeOutbox, connection: Connection, batches: readonly ProducerBatch[]): void {
    const topicIdOf = (topic: string) => this.#cluster.metadata.topic(topic)?.topicId ?? NIL_UUID;
    const knowsIds = batches.every((batch) => topicIdOf(batch.topic) !== NIL_UUID);
    const { acks, requestTimeoutMs, compression } = this.#options;
    const request = buildProduceRequest(batches, {
      transactionalId: this.#session?.transactionalId ?? null,
      acks,
      timeoutMs: requestTimeoutMs,
      topicIdOf,
      recordsOf: (batch) => batch.bytes(compression),
    });
    outbox.inFlight++;
    outbox.stuckSinceMs = undefined;
    try {
      const { min = VERSION_MIN, max = Infinity } = this.#session?.produceVersions ?? {};
      const version = connection.versions.choose(produceApi, { min, max: knowsIds ? max : Math.min(max, TOPIC_ID_VERSION - 1) });
      if (acks === 0) {
        connection.tell(produceApi, version, request);
        outbox.inFlight--;
        for (const batch of batches) this.#fates.sentForGood(batch);
        return;
      }
      const sentMs = this.#now();
      connection.callBack(
        produceApi,
        version,
        request,
        requestTimeoutMs,
        (response) => {
          this.#session?.noteAnswered(this.#now() - sentMs);
          this.#onResponse(outbox, batches, response, topicIdOf);
        },
        (error) => this.#onLost(outbox, batches, error),
      );
    } catch (error) {
      this.#onLost(outbox, batches, error as Error);
    }
  }

  #onResponse(
    outbox: NodeOutbox,
    batches: readonly ProducerBatch[],
    response: ProduceResponse,
    topicIdOf: (topic: string) => string,
  ): void {
    outbox.inFlight--;
    const answers = matchAnswers(batches, response, topicIdOf);
    for (let i = 0; i < batches.length; i++) this.#fates.answered(batches[i]!, answers[i]);
    this.#drain(outbox);
  }

  /** The request's fate is unknown: every batch in it may have been written. */
  #onLost(outbox: NodeOutbox, batches: readonly ProducerBatch[], error: Error): void {
    outbox.inFlight--;
    for (const batch of batches) this.#fates.lost(batch, error);
    this.#cluster.metadata.requestRefresh();
    this.#drain(outbox);
  }

  #now(): number {
    return this.#cluster.deps.clock.monotonicMs();
  }
}
