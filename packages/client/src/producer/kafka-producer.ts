import type { Timer } from "@ottla/base";
import type { HeaderInput as WireHeader } from "@ottla/protocol/records";
import { ClientError } from "../client-error.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Lane } from "../cluster/lane.ts";
import type { TopicState } from "../cluster/metadata-snapshot.ts";
import { BatchBuffers } from "./batch-buffers.ts";
import { CallbackDelivery, CountingDelivery, type Delivery } from "./delivery.ts";
import { partitionOfKey } from "./murmur2.ts";
import { PartitionQueue } from "./partition-queue.ts";
import { ProducerBatch } from "./producer-batch.ts";
import { ProducerIdSource } from "./producer-id-source.ts";
import type {
  BatchReport,
  DeliveryCallback,
  Producer,
  ProducerOptions,
  ProducerRecord,
  ProducerStats,
  RecordMetadata,
  SendOptions,
} from "./producer-types.ts";
import { recordSizeBytes, toBytes, toWireHeaders } from "./record-bytes.ts";
import { type ResolvedProducerOptions, resolveProducerOptions } from "./resolve-producer-options.ts";
import { Sender } from "./sender.ts";
import { StickyPartitions } from "./sticky-partitions.ts";

/** Smaller batches are cheap to grow. */
const POOLED_FROM_BYTES = 4096;

interface FlushWaiter {
  readonly ticket: number;
  left: number;
  readonly done: () => void;
}

/** Collects records into batches, one open batch per partition, within the buffer memory; the {@link Sender} takes them from there. */
export class KafkaProducer implements Producer {
  readonly #cluster: Cluster;
  readonly #options: ResolvedProducerOptions;
  readonly #lane: Lane;
  readonly #sender: Sender;
  readonly #sticky: StickyPartitions;
  readonly #buffers: BatchBuffers;
  readonly #queues = new Map<string, (PartitionQueue | undefined)[]>();
  /** Every batch whose fate is open, oldest first. */
  readonly #open = new Map<ProducerBatch, PartitionQueue>();
  readonly #onClose: () => void;
  #ticket = 0;
  #bufferedBytes = 0;
  #acknowledged = 0;
  #failed = 0;
  /** Records that wait for metadata or memory, in order; undefined while nobody waits. */
  #line: Promise<void> | undefined;
  #memoryFreed: (() => void) | undefined;
  #flushes: FlushWaiter[] = [];
  #unheardError: Error | undefined;
  #fatal: ClientError | undefined;
  #expiry: Timer | undefined;
  #closing: Promise<void> | undefined;
  readonly #leaveClient: () => void;

  constructor(cluster: Cluster, options: ProducerOptions = {}, onClose: () => void = () => {}) {
    this.#cluster = cluster;
    this.#options = resolveProducerOptions(options, cluster.options.requestTimeoutMs);
    this.#lane = cluster.openLane();
    this.#sticky = new StickyPartitions(cluster.deps.random, this.#options.batchSizeBytes);
    this.#buffers = new BatchBuffers(this.#options.batchSizeBytes, this.#options.bufferMemoryBytes);
    this.#onClose = onClose;
    const ids = this.#options.idempotent ? new ProducerIdSource(cluster, this.#lane) : undefined;
    this.#sender = new Sender(cluster, this.#lane, this.#options, ids, {
      acknowledged: (batch, baseOffset, logAppendTimeMs) => this.#onAcknowledged(batch, baseOffset, logAppendTimeMs),
      failed: (batch, error) => this.#onFailed(batch, error),
      split: (batch, parts) => this.#onSplit(batch, parts),
      fatal: (error) => this.#onFatal(error),
    });
    this.#leaveClient = cluster.lifetime.onEnd((cause) => {
      this.#fatal ??= cause;
      this.#failAll(cause);
      void this.close({ timeoutMs: 0 });
    });
  }

  send(record: ProducerRecord, options?: SendOptions): Promise<RecordMetadata>;
  send(records: readonly ProducerRecord[], options?: SendOptions): Promise<RecordMetadata[]>;
  send(input: ProducerRecord | readonly ProducerRecord[], options?: SendOptions): Promise<RecordMetadata | RecordMetadata[]> {
    const run = (): Promise<RecordMetadata | RecordMetadata[]> =>
      Array.isArray(input) ? this.#sendAll(input as readonly ProducerRecord[]) : this.#sendOne(input as ProducerRecord);
    return this.#bounded("send", options, run);
  }

  sendBatch(records: readonly ProducerRecord[], options?: SendOptions): Promise<BatchReport> {
    return this.#bounded("sendBatch", options, () => this.#sendCounted(records));
  }

  #bounded<T>(what: string, options: SendOptions | undefined, run: () => Promise<T>): Promise<T> {
    if (options?.signal === undefined) return run();
    return this.#cluster.limit({ timeoutMs: Infinity, signal: options.signal }).bound(what, run);
  }

  #sendCounted(records: readonly ProducerRecord[]): Promise<BatchReport> {
    return new Promise((resolve) => {
      const delivery = new CountingDelivery(records.length, resolve);
      for (const record of records) void this.#take(record, this.#timestampOf(record), delivery);
    });
  }

  enqueue(record: ProducerRecord, onDelivery?: DeliveryCallback): Promise<void> | undefined {
    const timestamp = this.#timestampOf(record);
    return this.#take(record, timestamp, onDelivery && new CallbackDelivery(onDelivery, timestamp));
  }

  flush(options?: SendOptions): Promise<void> {
    return this.#bounded("flush", options, () => this.#flush());
  }

  async #flush(): Promise<void> {
    const release = this.#sender.hurry();
    try {
      while (this.#line) await this.#line;
      await this.#decided();
    } finally {
      release();
    }
    const error = this.#unheardError;
    this.#unheardError = undefined;
    if (error) throw error;
  }

  stats(): ProducerStats {
    return {
      recordsAcknowledged: this.#acknowledged,
      recordsFailed: this.#failed,
      ...this.#sender.counters,
      bufferedBytes: this.#bufferedBytes,
    };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  close(options: { readonly timeoutMs?: number } = {}): Promise<void> {
    this.#closing ??= this.#shutDown(options.timeoutMs ?? this.#options.deliveryTimeoutMs);
    return this.#closing;
  }

  #sendOne(record: ProducerRecord): Promise<RecordMetadata> {
    return new Promise((resolve, reject) => {
      const timestamp = this.#timestampOf(record);
      void this.#take(
        record,
        timestamp,
        new CallbackDelivery((error, metadata) => (error ? reject(error) : resolve(metadata!)), timestamp),
      );
    });
  }

  async #sendAll(records: readonly ProducerRecord[]): Promise<RecordMetadata[]> {
    const outcomes = await Promise.allSettled(records.map((record) => this.#sendOne(record)));
    return outcomes.map((outcome) => {
      if (outcome.status === "rejected") throw outcome.reason;
      return outcome.value;
    });
  }

  #timestampOf(record: ProducerRecord): number {
    return record.timestamp ?? this.#cluster.deps.clock.nowMs();
  }

  /** Takes a record at once when it can; else gets into line, so that records never overtake each other. */
  #take(record: ProducerRecord, timestamp: number, delivery: Delivery | undefined): Promise<void> | undefined {
    try {
      this.#checkUsable();
      if (this.#line === undefined) {
        const topic = this.#cluster.metadata.topic(record.topic);
        if (topic !== undefined && topic.partitions.length > 0 && this.#append(record, topic, timestamp, delivery)) return undefined;
      }
    } catch (error) {
      this.#refuse(error as Error, delivery);
      return undefined;
    }
    const before = this.#line ?? Promise.resolve();
    const turn = before.then(() => this.#takeInTurn(record, timestamp, delivery));
    this.#line = turn;
    void turn.then(() => {
      if (this.#line === turn) this.#line = undefined;
    });
    return turn;
  }

  /** Never rejects. */
  async #takeInTurn(record: ProducerRecord, timestamp: number, delivery: Delivery | undefined): Promise<void> {
    const limit = this.#cluster.limit({ timeoutMs: this.#options.maxBlockMs });
    try {
      for (;;) {
        this.#checkUsable();
        let topic = this.#cluster.metadata.topic(record.topic);
        if (topic === undefined || topic.partitions.length === 0)
          topic = await this.#cluster.metadata.awaitTopic(record.topic, true, limit);
        if (this.#append(record, topic, timestamp, delivery)) return;
        await this.#memory(limit.deadlineMs);
      }
    } catch (error) {
      this.#refuse(error as Error, delivery);
    }
  }

  /** False when there is no memory. Throws `ClientError` RECORD_TOO_LARGE and UNKNOWN_PARTITION. */
  #append(record: ProducerRecord, topic: TopicState, timestamp: number, delivery: Delivery | undefined): boolean {
    const key = toBytes(record.key);
    const value = toBytes(record.value);
    const headers = toWireHeaders(record.headers);
    const bytes = recordSizeBytes(key, value, headers);
    if (bytes > this.#options.maxRequestSizeBytes || bytes > this.#options.bufferMemoryBytes)
      throw tooLarge(record.topic, bytes, this.#options);
    if (this.#bufferedBytes + bytes > this.#options.bufferMemoryBytes) return false;
    const partition = this.#partitionOf(record, key, topic, bytes);
    const queue = this.#queue(topic.name, partition);
    const open = queue.open;
    const batch = open?.tryAppend(key, value, headers, timestamp, delivery)
      ? open
      : this.#begin(queue, key, value, headers, timestamp, delivery);
    batch.chargedBytes += bytes;
    this.#bufferedBytes += bytes;
    if (batch !== open) this.#sender.noteBatch(queue);
    else if (batch.isFull) this.#sender.noteFull(queue);
    return true;
  }

  #partitionOf(record: ProducerRecord, key: Uint8Array | null, topic: TopicState, bytes: number): number {
    const count = topic.partitions.length;
    let partition = record.partition;
    if (partition === undefined) {
      if (this.#options.partitioner) partition = this.#options.partitioner(record, key, count);
      else return key === null ? this.#sticky.next(topic, bytes) : partitionOfKey(key, count);
    }
    if (Number.isInteger(partition) && partition >= 0 && partition < count) return partition;
    this.#cluster.metadata.requestRefresh();
    throw new ClientError("UNKNOWN_PARTITION", `Topic "${topic.name}" has partitions 0 to ${count - 1}, not ${partition}.`);
  }

  #begin(
    queue: PartitionQueue,
    key: Uint8Array | null,
    value: Uint8Array | null,
    headers: readonly WireHeader[],
    timestamp: number,
    delivery: Delivery | undefined,
  ): ProducerBatch {
    const now = this.#cluster.deps.clock.monotonicMs();
    this.#cluster.metadata.track(queue.topic, true);
    const { batchSizeBytes } = this.#options;
    const buffer = queue.isBusy && batchSizeBytes >= POOLED_FROM_BYTES ? this.#buffers.take() : undefined;
    const plan = { limitBytes: batchSizeBytes, compressionRatio: queue.compressionRatio, buffer };
    const batch = new ProducerBatch(queue, plan, now, ++this.#ticket);
    batch.tryAppend(key, value, headers, timestamp, delivery);
    queue.waiting.push(batch);
    this.#open.set(batch, queue);
    this.#expiry ??= this.#armExpiry(batch);
    return batch;
  }

  #queue(topic: string, partition: number): PartitionQueue {
    let queues = this.#queues.get(topic);
    if (queues === undefined) this.#queues.set(topic, (queues = []));
    return (queues[partition] ??= new PartitionQueue(topic, partition));
  }

  /** Resolves when some memory was given back. */
  #memory(deadlineMs: number): Promise<void> {
    const release = this.#sender.hurry();
    return new Promise<void>((resolve, reject) => {
      const leftMs = Math.max(0, deadlineMs - this.#cluster.deps.clock.monotonicMs());
      const timer = this.#cluster.deps.clock.schedule(leftMs, () => {
        this.#memoryFreed = undefined;
        reject(
          new ClientError(
            "BUFFER_FULL",
            `No buffer memory became free within ${this.#options.maxBlockMs} ms; ${this.#bufferedBytes} bytes wait to be acknowledged.`,
          ),
        );
      });
      this.#memoryFreed = () => {
        timer.cancel();
        this.#memoryFreed = undefined;
        resolve();
      };
    }).finally(release);
  }

  #onAcknowledged(batch: ProducerBatch, baseOffset: number, logAppendTimeMs: number): void {
    this.#acknowledged += batch.recordCount;
    batch.acknowledge({ topic: batch.topic, partition: batch.partition, baseOffset, logAppendTimeMs }, this.#onCallbackError);
    this.#release(batch);
  }

  #onFailed(batch: ProducerBatch, error: Error): void {
    this.#failed += batch.recordCount;
    if (!batch.fail(error, this.#onCallbackError)) this.#unheardError ??= error;
    this.#release(batch);
  }

  #onSplit(batch: ProducerBatch, parts: readonly ProducerBatch[]): void {
    const queue = this.#open.get(batch);
    this.#open.delete(batch);
    for (const part of parts) if (queue) this.#open.set(part, queue);
    for (const flush of this.#flushes) if (batch.ticket <= flush.ticket) flush.left += parts.length - 1;
  }

  #onFatal(error: Error): void {
    this.#fatal ??= new ClientError("PRODUCER_FAILED", `The producer cannot go on: ${error.message}`, { cause: error });
    this.#failAll(this.#fatal);
  }

  readonly #onCallbackError = (error: unknown): void => {
    this.#cluster.deps.logger.error("delivery callback threw", { error: error instanceof Error ? error.message : String(error) });
  };

  #release(batch: ProducerBatch): void {
    if (!this.#open.delete(batch)) return;
    this.#bufferedBytes -= batch.chargedBytes;
    // Sent once and answered: nothing can still read the bytes.
    if (batch.buffer && batch.attempts === 1 && !batch.isInFlight && this.#options.acks !== 0) this.#buffers.giveBack(batch.buffer);
    for (const flush of this.#flushes) if (batch.ticket <= flush.ticket && --flush.left === 0) flush.done();
    this.#memoryFreed?.();
  }

  /** Resolves when all batches made so far are decided. */
  #decided(): Promise<void> {
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
      const attempts = batch.attempts === 0 ? "it was never sent" : `it was sent ${batch.attempts} times`;
      const what = `${batch.recordCount} records for ${batch.topic}-${batch.partition}`;
      this.#onFailed(
        batch,
        new ClientError("DELIVERY_TIMEOUT", `${what} were not acknowledged within ${this.#options.deliveryTimeoutMs} ms; ${attempts}.`),
      );
    }
  }

  #failAll(error: Error): void {
    for (const [batch, queue] of [...this.#open]) {
      queue.remove(batch);
      this.#onFailed(batch, error);
    }
  }

  #refuse(error: Error, delivery: Delivery | undefined): void {
    this.#failed++;
    if (delivery) queueMicrotask(() => delivery.failed(error));
    else this.#unheardError ??= error;
  }

  #checkUsable(): void {
    if (this.#fatal) throw this.#fatal;
    if (this.#closing) throw new ClientError("CLIENT_CLOSED", "The producer was closed.");
  }

  async #shutDown(timeoutMs: number): Promise<void> {
    const release = this.#sender.hurry();
    let timer: Timer | undefined;
    const timedOut = new Promise<void>((resolve) => {
      timer = this.#cluster.deps.clock.schedule(timeoutMs, resolve);
    });
    await Promise.race([timedOut, this.#decided()]);
    this.#leaveClient();
    timer?.cancel();
    release();
    this.#failAll(new ClientError("CLIENT_CLOSED", "The producer was closed before the record was acknowledged."));
    this.#memoryFreed?.();
    this.#expiry?.cancel();
    this.#sender.close();
    this.#lane.close();
    this.#onClose();
  }
}

function tooLarge(topic: string, bytes: number, options: ResolvedProducerOptions): ClientError {
  const [name, limit] =
    bytes > options.maxRequestSizeBytes
      ? ["maxRequestSizeBytes", options.maxRequestSizeBytes]
      : ["bufferMemoryBytes", options.bufferMemoryBytes];
  return new ClientError("RECORD_TOO_LARGE", `A record for "${topic}" takes ${bytes} bytes, more than ${name} (${limit}).`);
}
