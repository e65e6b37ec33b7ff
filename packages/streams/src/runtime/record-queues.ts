import { boxedTime } from "../boxed-time.ts";
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

/** A record that has been read and waits for its turn. Belongs to its partition's queue, which reads another one into it when the next has been taken. */
export interface QueuedRecord<S> {
  readonly source: S;
  /** Undefined when it holds none. */
  raw: RawRecord | undefined;
  key: unknown;
  value: unknown;
  /** By the timestamp extractor. */
  timestamp: number;
}

/** What a task knows of its topics. */
export interface QueueReader<S> {
  sourceOf(topic: string): S;
  /** The time of a partition of which nothing has been read yet; −1 unless a state says more. */
  startTimeMs(topic: string, partition: number): number;
  /** Reads the next record of a queue into `into`; false when it is to be passed over. */
  read(into: QueuedRecord<S>, raw: RawRecord, partitionTimeMs: number): boolean;
}

/**
 * The records that wait for a task, by partition. Of all first ones the one with the smallest timestamp is next; only first ones are read. Among equal timestamps the order is that of
 * Java's `PriorityQueue`, so that both take records of several topics in turn alike.
 */
export class RecordQueues<S> {
  readonly #reader: QueueReader<S>;
  readonly #queues = new Map<string, Map<number, PartitionQueue<S>>>();
  readonly #heap: PartitionQueue<S>[] = [];

  constructor(reader: QueueReader<S>) {
    this.#reader = reader;
  }

  add(raw: RawRecord): void {
    const queue = this.#queues.get(raw.topic)?.get(raw.partition) ?? this.#begin(raw);
    const wasEmpty = queue.head === undefined;
    queue.add(raw);
    if (wasEmpty && queue.head !== undefined) this.#offer(queue);
  }

  /** How many partitions have records that wait. */
  get filledCount(): number {
    return this.#heap.length;
  }

  /** How many records of the partition wait. */
  count(topic: string, partition: number): number {
    return this.#queues.get(topic)?.get(partition)?.count ?? 0;
  }

  /** Takes the next record out, which is valid until another one is. Whoever takes it empties it, so that it holds nothing in memory. */
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
    const queue = new PartitionQueue(this.#reader, this.#reader.sourceOf(topic), this.#reader.startTimeMs(topic, partition));
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
  readonly #reader: QueueReader<S>;
  /** What the next head is read into: the one that was taken before the last. */
  #spare: QueuedRecord<S>;
  #taken: QueuedRecord<S>;

  constructor(reader: QueueReader<S>, source: S, startTimeMs: number) {
    this.#reader = reader;
    this.#partitionTimeMs = startTimeMs;
    this.#spare = { source, raw: undefined, key: null, value: null, timestamp: boxedTime };
    this.#taken = { source, raw: undefined, key: null, value: null, timestamp: boxedTime };
  }

  get count(): number {
    return this.#waiting.size + (this.head === undefined ? 0 : 1);
  }

  add(raw: RawRecord): void {
    this.#waiting.add(raw);
    if (this.head === undefined) this.#readHead();
  }

  take(): QueuedRecord<S> | undefined {
    const record = this.head;
    if (record === undefined) return undefined;
    if (record.timestamp > this.#partitionTimeMs) this.#partitionTimeMs = record.timestamp;
    this.#spare = this.#taken;
    this.#taken = record;
    this.#readHead();
    return record;
  }

  #readHead(): void {
    this.head = undefined;
    this.headTimestamp = -1;
    for (let raw = this.#waiting.take(); raw !== undefined; raw = this.#waiting.take()) {
      const into = this.#spare;
      if (!this.#reader.read(into, raw, this.#partitionTimeMs)) continue;
      this.head = into;
      this.headTimestamp = into.timestamp;
      return;
    }
  }
}
