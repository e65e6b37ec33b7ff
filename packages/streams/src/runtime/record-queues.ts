import type { Headers } from "../record.ts";

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
  readonly #queues = new Map<string, PartitionQueue<S>>();
  readonly #heap: PartitionQueue<S>[] = [];

  constructor(read: ReadRecord<S>) {
    this.#read = read;
  }

  add(raw: RawRecord): void {
    const key = `${raw.topic}-${raw.partition}`;
    let queue = this.#queues.get(key);
    if (queue === undefined) {
      queue = new PartitionQueue(this.#read);
      this.#queues.set(key, queue);
    }
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
  #partitionTimeMs = -1;
  #waiting: RawRecord[] = [];
  #taken = 0;
  readonly #read: ReadRecord<S>;

  constructor(read: ReadRecord<S>) {
    this.#read = read;
  }

  add(raw: RawRecord): void {
    this.#waiting.push(raw);
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
    while (this.head === undefined && this.#taken < this.#waiting.length) {
      const raw = this.#waiting[this.#taken++] as RawRecord;
      this.head = this.#read(raw, this.#partitionTimeMs);
    }
    if (this.#taken === this.#waiting.length) {
      this.#waiting = [];
      this.#taken = 0;
    }
    this.headTimestamp = this.head === undefined ? -1 : this.head.timestamp;
  }
}
