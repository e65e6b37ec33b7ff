import { type AskedPartition, FetchedPartition, type NewsOfPartitions } from "./fetched-partition.ts";
import { TurnQueue } from "../net/turn-queue.ts";

/** What one partition of a session costs beside its key, in bytes: 360 on the heap as measured, and its places in the queue and among the partition's watchers. */
const PARTITION_BYTES = 512;

/**
 * The partitions that a session, or one Fetch without a session, reads. It watches each of them from its first read on, and keeps apart those that may have
 * something new to tell, so that a Fetch looks at these alone: of 10,000 partitions with one active, at one.
 */
export class FetchedPartitions implements NewsOfPartitions {
  readonly #byKey = new Map<string, FetchedPartition>();
  /** Those that a read may find something new in. What is read is taken out; whoever read it puts it back unless it was quiet. */
  readonly #moved = new TurnQueue<FetchedPartition>();
  #nextTurn = 0;
  #heldBytes = 0;
  #arrivedBytes = 0;
  #hasChanged = false;
  #isClosed = false;
  #onNews: (() => void) | undefined;

  get count(): number {
    return this.#byKey.size;
  }

  get movedCount(): number {
    return this.#moved.size;
  }

  /** Memory, in bytes. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Appended to these partitions since {@link FetchedPartitions.lookAgain}. */
  get arrivedBytes(): number {
    return this.#arrivedBytes;
  }

  /** Whether anything but an append happened to one of them since {@link FetchedPartitions.lookAgain}: deleted, moved, trimmed, failed. */
  get hasChanged(): boolean {
    return this.#hasChanged;
  }

  /** All, in the order in which they are to be read: those that gave data last. */
  inTurn(): FetchedPartition[] {
    return [...this.#byKey.values()];
  }

  /** Adds a partition, or says where it is read from now on. Either way it is looked at next time. */
  put(asked: AskedPartition): void {
    const key = keyOf(asked);
    let partition = this.#byKey.get(key);
    if (partition === undefined) {
      partition = new FetchedPartition(key, asked, this.#nextTurn++, this);
      this.#byKey.set(key, partition);
      this.#heldBytes += PARTITION_BYTES + key.length;
    } else partition.update(asked);
    this.#moved.add(partition);
  }

  forget(named: { readonly topic: string; readonly topicId: string; readonly index: number }): void {
    const key = keyOf(named);
    const partition = this.#byKey.get(key);
    if (partition === undefined) return;
    this.#byKey.delete(key);
    this.#moved.remove(partition);
    partition.unwatch();
    this.#heldBytes -= PARTITION_BYTES + key.length;
  }

  /** Everything is to be looked at next time. */
  markAll(): void {
    for (const partition of this.#byKey.values()) this.#moved.add(partition);
  }

  /** The next one with possible news, which is taken out. */
  nextMoved(): FetchedPartition | undefined {
    return this.#moved.next();
  }

  /** Takes all out: they are read now. */
  clearMoved(): void {
    this.#moved.clear();
  }

  /** It is to be looked at next time. */
  keepMoved(partition: FetchedPartition): void {
    if (!this.#isClosed && this.#byKey.get(partition.key) === partition) this.#moved.add(partition);
  }

  /** It gave data, and goes behind the others, so that no partition starves. */
  putBehind(partition: FetchedPartition): void {
    if (!this.#byKey.delete(partition.key)) return;
    this.#byKey.set(partition.key, partition);
    this.#moved.remove(partition);
    partition.turn = this.#nextTurn++;
  }

  /** From here on {@link FetchedPartitions.arrivedBytes} and {@link FetchedPartitions.hasChanged} count anew; to be called before a read. */
  lookAgain(): void {
    this.#arrivedBytes = 0;
    this.#hasChanged = false;
  }

  /** Calls `onNews` whenever something happens to one of the partitions; one listener at a time. */
  listen(onNews: (() => void) | undefined): void {
    this.#onNews = onNews;
  }

  advanced(partition: FetchedPartition, bytes: number): void {
    this.#moved.add(partition);
    this.#arrivedBytes += bytes;
    this.#onNews?.();
  }

  changed(partition: FetchedPartition): void {
    this.#moved.add(partition);
    this.#hasChanged = true;
    this.#onNews?.();
  }

  /** Watches nothing any more and holds nothing. */
  close(): void {
    this.#isClosed = true;
    for (const partition of this.#byKey.values()) partition.unwatch();
    this.#byKey.clear();
    this.#heldBytes = 0;
    this.#onNews?.();
  }
}

function keyOf({ topic, topicId, index }: { readonly topic: string; readonly topicId: string; readonly index: number }): string {
  return `${topic}\u0000${topicId}:${index}`;
}
