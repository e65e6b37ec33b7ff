import type { Headers } from "../record.ts";
import { Fifo } from "./fifo.ts";

/** A record as it comes from a topic. */
export interface RawRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: Headers;
}

/** A record that has been read and waits for its turn. */
export interface QueuedRecord<S> {
  readonly source: S;
  readonly raw: RawRecord;
  readonly key: unknown;
  readonly value: unknown;
  /** By the timestamp extractor. */
  readonly timestamp: number;
}

/** Reads the next record of a queue; undefined when it is to be passed over. */
export type ReadRecord<S> = (raw: RawRecord, partitionTimeMs: number) => QueuedRecord<S> | undefined;

/**
 * The records that wait for a task, by partition. Of all first ones the one with the smallest timestamp is next; only first ones are read. Among equal timestamps the order is that of
 * Java's `PriorityQueue`, so that both take records of several topics in turn alike.
 */
export class RecordQueues<S> {
  readonly #read: ReadRecord<S>;
  readonly #startTimeMs: (topic: string, partition: number) => number;
  readonly #queues = new Map<string, Map<number, PartitionQueue<S>>>();
  readonly #heap: PartitionQueue<S>[] = [];

  /** `startTimeMs` is asked for the time of a partition of which nothing has been read yet. */
  constructor(read: ReadRecord<S>, startTimeMs: (topic: string, partition: number) => number = () => -1) {
    this.#read = read;
    this.#startTimeMs = startTimeMs;
  }

  add(raw: RawRecord): void {
    const queue = this.#queues.get(raw.topic)?.get(raw.partition) ?? this.#begin(raw);
    const wasEmpty = queue.head === undefined;
    queue.add(raw);
    if (wasEmpty && queue.head !== undefined) this.#offer(queue);
  }

  /** Takes the next record out. */
  next(): QueuedRecord<S> | undefined {
    const queue = this.#poll();
    if (queue === undefined) return undefined;
    const record = queue.take();
    if (queue.head !== undefined) this.#offer(queue);
    return record;
  }

  #begin({ topic, partition }: RawRecord): PartitionQueue<S> {
    let partitions = this.#queues.get(topic);
    if (partitions === undefined) {
      partitions = new Map();
      this.#queues.set(topic, partitions);
    }
    const queue = new PartitionQueue(this.#read, this.#startTimeMs(topic, partition));
    partitions.set(partition, queue);
    return queue;
  }

  #offer(queue: PartitionQueue<S>): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(queue);
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      const above = heap[parent] as PartitionQueue<S>;
      if (queue.headTimestamp >= above.headTimestamp) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = queue;
  }

  #poll(): PartitionQueue<S> | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    const half = heap.length >>> 1;
    while (at < half) {
      let child = 2 * at + 1;
      let smaller = heap[child] as PartitionQueue<S>;
      const right = heap[child + 1];
      if (right !== undefined && smaller.headTimestamp > right.headTimestamp) {
        child++;
        smaller = right;
      }
      if (last.headTimestamp <= smaller.headTimestamp) break;
      heap[at] = smaller;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

class PartitionQueue<S> {
  head: QueuedRecord<S> | undefined;
  headTimestamp = -1;
  #partitionTimeMs: number;
  readonly #waiting = new Fifo<RawRecord>();
  readonly #read: ReadRecord<S>;

  constructor(read: ReadRecord<S>, startTimeMs: number) {
    this.#read = read;
    this.#partitionTimeMs = startTimeMs;
  }

  add(raw: RawRecord): void {
    this.#waiting.add(raw);
    if (this.head === undefined) this.#readHead();
  }

  take(): QueuedRecord<S> | undefined {
    const record = this.head;
    if (record !== undefined && record.timestamp > this.#partitionTimeMs) this.#partitionTimeMs = record.timestamp;
    this.#readHead();
    return record;
  }

  #readHead(): void {
    this.head = undefined;
    while (this.head === undefined) {
      const raw = this.#waiting.take();
      if (raw === undefined) break;
      this.head = this.#read(raw, this.#partitionTimeMs);
    }
    this.headTimestamp = this.head === undefined ? -1 : this.head.timestamp;
  }
}
