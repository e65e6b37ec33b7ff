import type { Timer } from "@ottla/base";
import { KafkaError } from "@ottla/protocol";
import { ClientError } from "../client-error.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { TopicState } from "../cluster/metadata-snapshot.ts";
import { shown } from "../options/argument-checks.ts";
import { BatchBuffers } from "./batch-buffers.ts";
import type { FateEvents } from "./batch-fates.ts";
import { isPackedHere } from "./batch-packing.ts";
import type { BufferMemory, MemoryWaiter } from "./buffer-memory.ts";
import type { Delivery } from "./delivery.ts";
import { partitionOfKey } from "@ottla/protocol/records";
import { PartitionQueue } from "./partition-queue.ts";
import { whileOnTheWay } from "./produce-verdict.ts";
import { type BatchQueue, ProducerBatch } from "./producer-batch.ts";
import type { RecordDraft } from "./record-draft.ts";
import type { ResolvedProducerOptions } from "./resolve-producer-options.ts";
import type { Sender } from "./sender.ts";
import { type PartitionLoad, StickyPartitions } from "./sticky-partitions.ts";
import { messageOf } from "../thrown.ts";

/** Smaller batches are cheap to grow. */
const POOLED_FROM_BYTES = 4096;

/** What the accumulator needs of its producer. */
export interface AccumulatorHost {
  readonly isTransactional: boolean;
  onFatal(error: Error): void;
  /** A batch was begun for the partition. */
  onBatch(topic: string, partition: number): void;
  /** Records fail; `wasSent`: under a number. Returns the error to tell whoever waits for them. */
  onFailed(error: Error, wasSent: boolean): Error;
}

interface FlushWaiter {
  readonly ticket: number;
  left: number;
  readonly done: () => void;
}

/** Collects records into batches, one open batch per partition, and keeps each until its fate is known; the {@link Sender} takes them from there. */
export class Accumulator implements FateEvents {
  readonly #cluster: Cluster;
  readonly #options: ResolvedProducerOptions;
  readonly #memory: BufferMemory;
  readonly #host: AccumulatorHost;
  readonly #sticky: StickyPartitions;
  readonly #buffers: BatchBuffers;
  readonly #queues = new Map<string, (BatchQueue | undefined)[]>();
  /** Every batch whose fate is open, oldest first. */
  readonly #open = new Map<ProducerBatch, BatchQueue>();
  #sender!: Sender;
  #ticket = 0;
  #flushes: FlushWaiter[] = [];
  #expiry: Timer | undefined;
  acknowledgedCount = 0;
  failedCount = 0;
  /** The first failure that nobody was told of. */
  unheardError: Error | undefined;

  constructor(cluster: Cluster, options: ResolvedProducerOptions, memory: BufferMemory, host: AccumulatorHost) {
    this.#cluster = cluster;
    this.#options = options;
    this.#memory = memory;
    this.#host = host;
    const { batchSizeBytes: stickBytes, adaptivePartitioning: isAdaptive } = options;
    this.#sticky = new StickyPartitions(cluster.deps.random, { stickBytes, isAdaptive }, this.#load());
    this.#buffers = new BatchBuffers(options.batchSizeBytes, options.bufferMemoryBytes);
  }

  /** Must be called before the first record. */
  sendWith(sender: Sender): void {
    this.#sender = sender;
  }

  /** False when there is no memory for it now. Throws `ClientError` RECORD_TOO_LARGE and UNKNOWN_PARTITION, and what a partitioner throws. */
  append(draft: RecordDraft, topic: TopicState, delivery: Delivery | undefined, waiter: MemoryWaiter | undefined): boolean {
    const { sizeBytes, key, value, headers, timestamp } = draft;
    const refusal = this.tooLarge(draft);
    if (refusal !== undefined) throw refusal;
    if (!this.#memory.take(sizeBytes, waiter)) return false;
    let partition: number;
    try {
      partition = this.#partitionOf(draft, topic);
    } catch (error) {
      this.#memory.giveBack(sizeBytes);
      throw error;
    }
    const queue = this.#queue(topic.name, partition);
    const open = queue.open;
    const batch = open?.tryAppend(key, value, headers, timestamp, delivery) ? open : this.#begin(queue, draft, delivery);
    batch.chargedBytes += sizeBytes;
    if (batch !== open) {
      if (open !== undefined) this.#packWarm(open);
      this.#sender.noteBatch(queue);
    } else if (batch.isFull) {
      this.#packWarm(batch);
      this.#sender.noteFull(queue);
    }
    return true;
  }

  /** Why no call takes it; undefined: it is not too large. */
  tooLarge({ topic, sizeBytes }: RecordDraft): ClientError | undefined {
    const { maxRequestSizeBytes, bufferMemoryBytes } = this.#options;
    return sizeBytes > maxRequestSizeBytes || sizeBytes > bufferMemoryBytes ? tooLarge(topic, sizeBytes, this.#options) : undefined;
  }

  /** Resolves when all batches made so far are decided. */
  decided(): Promise<void> {
    if (this.#open.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const waiter: FlushWaiter = {
        ticket: this.#ticket,
        left: this.#open.size,
        done: () => {
          this.#flushes = this.#flushes.filter((each) => each !== waiter);
          resolve();
        },
      };
      this.#flushes.push(waiter);
    });
  }

  /** A record that was to be written and comes into no batch. */
  giveUp(error: Error, delivery: Delivery | undefined): void {
    this.refuse(this.#host.onFailed(error, false), delivery);
  }

  /** A call that could not be. */
  refuse(error: Error, delivery: Delivery | undefined): void {
    this.failedCount++;
    if (delivery) queueMicrotask(() => this.#tellFailed(delivery, error));
    if (delivery === undefined || delivery.isHeard === false) this.unheardError ??= error;
  }

  /** Gives everything up; what is on the way may be written all the same. */
  failAll(error: ClientError): void {
    for (const [batch, queue] of [...this.#open]) {
      queue.remove(batch);
      this.failed(batch, batch.isInFlight || batch.isFateUnknown ? whileOnTheWay(error) : error);
    }
  }

  /** Gives up what never was on the way to a broker. */
  failUnsent(error: Error): void {
    for (const [batch, queue] of [...this.#open]) {
      if (batch.attempts > 0) continue;
      queue.remove(batch);
      this.failed(batch, error);
    }
  }

  close(): void {
    this.#expiry?.cancel();
  }

  acknowledged(batch: ProducerBatch, baseOffset: number, logAppendTimeMs: number): void {
    this.acknowledgedCount += batch.recordCount;
    batch.acknowledge({ topic: batch.topic, partition: batch.partition, baseOffset, logAppendTimeMs }, this.#onCallbackError);
    this.#release(batch);
  }

  failed(batch: ProducerBatch, error: Error): void {
    this.failedCount += batch.recordCount;
    const told = this.#host.onFailed(error, batch.attempts > 0);
    if (!batch.fail(told, this.#onCallbackError)) this.unheardError ??= told;
    this.#release(batch);
  }

  split(batch: ProducerBatch, parts: readonly ProducerBatch[]): void {
    const queue = this.#open.get(batch);
    this.#open.delete(batch);
    for (const part of parts) if (queue) this.#open.set(part, queue);
    for (const flush of this.#flushes) if (batch.ticket <= flush.ticket) flush.left += parts.length - 1;
  }

  forbidden(error: Error): void {
    for (const [batch, queue] of [...this.#open]) {
      if (batch.isInFlight) continue;
      this.#sender.abandon(queue, batch);
      this.failed(batch, error);
    }
  }

  fatal(error: Error): void {
    this.#host.onFatal(error);
  }

  #partitionOf({ partition: wanted, source, key, sizeBytes }: RecordDraft, topic: TopicState): number {
    const count = topic.partitions.length;
    let partition = wanted;
    if (partition === undefined) {
      if (this.#options.partitioner) partition = this.#options.partitioner(source!, key, count);
      else return key === null || this.#options.partitionerIgnoreKeys ? this.#sticky.next(topic, sizeBytes) : partitionOfKey(key, count);
    }
    if (Number.isInteger(partition) && partition >= 0 && partition < count) return partition;
    this.#cluster.metadata.requestRefresh();
    const wrong = wanted === undefined ? `; its partitioner chose ${shown(partition)}` : `, not ${partition}`;
    throw new ClientError("UNKNOWN_PARTITION", `Topic "${topic.name}" has partitions 0 to ${count - 1}${wrong}.`);
  }

  #begin(queue: BatchQueue, { key, value, headers, timestamp }: RecordDraft, delivery: Delivery | undefined): ProducerBatch {
    const now = this.#cluster.deps.clock.monotonicMs();
    this.#cluster.metadata.track(queue.topic, this.#options.allowAutoCreateTopics(queue.topic));
    this.#host.onBatch(queue.topic, queue.partition);
    const { batchSizeBytes } = this.#options;
    const buffer = queue.isBusy && batchSizeBytes >= POOLED_FROM_BYTES ? this.#buffers.take() : undefined;
    const plan = {
      limitBytes: Math.min(batchSizeBytes, queue.limitBytes),
      compressionRatio: queue.compressionRatio,
      isTransactional: this.#host.isTransactional,
      buffer,
    };
    const batch = new ProducerBatch(queue, plan, now, ++this.#ticket);
    batch.tryAppend(key, value, headers, timestamp, delivery);
    queue.waiting.push(batch);
    this.#open.set(batch, queue);
    this.#expiry ??= this.#armExpiry(batch);
    return batch;
  }

  /** What this thread has to pack it packs while the records are in the processor's cache, and the next batch is written where they stood. */
  #packWarm(batch: ProducerBatch): void {
    const { compression } = this.#options;
    if (!isPackedHere(compression)) return;
    const buffer = batch.packHere(compression);
    if (buffer !== undefined) this.#buffers.giveBack(buffer);
  }

  #load(): PartitionLoad {
    const { partitionerAvailabilityTimeoutMs: stuckMs, partitionerRackAware, rack } = this.#options;
    const find = (topic: string, partition: number) => this.#queues.get(topic)?.[partition];
    const rackOf = (nodeId: number) => this.#cluster.metadata.current.brokers.get(nodeId)?.rack;
    return {
      pendingBatches: (topic, partition) => {
        const queue = find(topic, partition);
        return queue === undefined ? 0 : queue.waiting.length + queue.inFlightCount;
      },
      hasOpenBatch: (topic, partition) => find(topic, partition)?.open !== undefined,
      isStuck: (nodeId) => stuckMs > 0 && this.#sender.isStuck(nodeId, stuckMs),
      isFar: (nodeId) => partitionerRackAware && rack !== undefined && rackOf(nodeId) !== rack,
    };
  }

  #queue(topic: string, partition: number): BatchQueue {
    let queues = this.#queues.get(topic);
    if (queues === undefined) this.#queues.set(topic, (queues = []));
    return (queues[partition] ??= new PartitionQueue<ProducerBatch>(topic, partition));
  }

  #release(batch: ProducerBatch): void {
    if (!this.#open.delete(batch)) return;
    // Sent once and answered: nothing can still read the bytes.
    if (batch.isPooled && batch.attempts === 1 && !batch.isInFlight && this.#options.acks !== 0) this.#buffers.giveBack(batch.buffer);
    for (const flush of this.#flushes) if (batch.ticket <= flush.ticket && --flush.left === 0) flush.done();
    this.#memory.giveBack(batch.chargedBytes);
  }

  /** One timer for the oldest batch; batches are made in order of time. */
  #armExpiry(oldest: ProducerBatch): Timer {
    const dueMs = oldest.createdAtMs + this.#options.deliveryTimeoutMs;
    return this.#cluster.deps.clock.schedule(Math.max(1, dueMs - this.#cluster.deps.clock.monotonicMs()), () => this.#expire());
  }

  #expire(): void {
    this.#expiry = undefined;
    const limitMs = this.#cluster.deps.clock.monotonicMs() - this.#options.deliveryTimeoutMs;
    for (const [batch, queue] of this.#open) {
      if (batch.createdAtMs > limitMs) {
        this.#expiry = this.#armExpiry(batch);
        return;
      }
      this.#sender.abandon(queue, batch);
      this.failed(batch, deliveryTimedOut(batch, queue.unsentBecause, this.#options.deliveryTimeoutMs));
    }
  }

  #tellFailed(delivery: Delivery, error: Error): void {
    try {
      delivery.failed(error);
    } catch (thrown) {
      this.#onCallbackError(thrown);
    }
  }

  readonly #onCallbackError = (error: unknown): void => {
    this.#cluster.deps.logger.error("delivery callback threw", { error: messageOf(error) });
  };
}

function deliveryTimedOut(batch: ProducerBatch, unsentBecause: Error | undefined, timeoutMs: number): ClientError {
  const { topic, partition, recordCount, attempts, lastError: last } = batch;
  const sent = attempts === 0 ? "it was never sent" : `it was sent ${attempts} ${attempts === 1 ? "time" : "times"}`;
  const records = `${recordCount} ${recordCount === 1 ? "record" : "records"} for ${topic}-${partition} ${recordCount === 1 ? "was" : "were"}`;
  const cause = unsentBecause ?? last;
  const reason =
    cause === undefined ? "." : cause === last ? `; the last attempt: ${reasonOf(cause)}` : `; now it cannot be sent: ${reasonOf(cause)}`;
  const possiblyWritten = batch.isInFlight || batch.isFateUnknown;
  return new ClientError("DELIVERY_TIMEOUT", `${records} not acknowledged within ${timeoutMs} ms; ${sent}${reason}`, {
    cause,
    possiblyWritten,
  });
}

/** A sentence that names the broker's code. */
function reasonOf(error: Error): string {
  return error instanceof KafkaError && !error.message.includes(error.code) ? `${error.code}: ${error.message}` : error.message;
}

function tooLarge(topic: string, bytes: number, options: ResolvedProducerOptions): ClientError {
  const [name, limit] =
    bytes > options.maxRequestSizeBytes
      ? [options.nameOf("maxRequestSizeBytes"), options.maxRequestSizeBytes]
      : [options.nameOf("bufferMemoryBytes"), options.bufferMemoryBytes];
  return new ClientError("RECORD_TOO_LARGE", `A record for "${topic}" takes ${bytes} bytes, more than ${name} (${limit}).`);
}
