import type { Partition, PartitionWatcher } from "../partitions/partition.ts";
import type { InTurn } from "../net/turn-queue.ts";

/** One partition as a Fetch names it. */
export interface AskedPartition {
  /** Empty when the request names ids. */
  readonly topic: string;
  /** Nil when the request names topics by name. */
  readonly topicId: string;
  readonly index: number;
  readonly fetchOffset: number;
  readonly maxBytes: number;
  /** −1: unknown to the client. */
  readonly currentLeaderEpoch: number;
  /** −1: none. */
  readonly lastFetchedEpoch: number;
}

/** Hears what happens to the partitions it looks at. */
export interface NewsOfPartitions {
  advanced(partition: FetchedPartition, bytes: number): void;
  changed(partition: FetchedPartition): void;
}

const NOTHING_SENT = -1;

/** A partition that a client fetches, from one Fetch to the next of its session: where it reads, and what it has been told. Only its `FetchedPartitions` and the reads change it. */
export class FetchedPartition implements PartitionWatcher, InTurn {
  /** What its session finds it by. */
  readonly key: string;
  readonly topic: string;
  readonly topicId: string;
  readonly index: number;
  fetchOffset: number;
  maxBytes: number;
  currentLeaderEpoch: number;
  lastFetchedEpoch: number;
  /** What the client was last told; −1 before the first answer and after an error, so that the next answer names the partition. */
  sentHighWatermark: number = NOTHING_SENT;
  sentLogStartOffset: number = NOTHING_SENT;
  turn: number;
  arrival = 0;
  queueIndex = -1;
  readonly #news: NewsOfPartitions;
  #watched: Partition | undefined;

  constructor(key: string, asked: AskedPartition, turn: number, news: NewsOfPartitions) {
    this.key = key;
    this.topic = asked.topic;
    this.topicId = asked.topicId;
    this.index = asked.index;
    this.fetchOffset = asked.fetchOffset;
    this.maxBytes = asked.maxBytes;
    this.currentLeaderEpoch = asked.currentLeaderEpoch;
    this.lastFetchedEpoch = asked.lastFetchedEpoch;
    this.turn = turn;
    this.#news = news;
  }

  update(asked: AskedPartition): void {
    this.fetchOffset = asked.fetchOffset;
    this.maxBytes = asked.maxBytes;
    this.currentLeaderEpoch = asked.currentLeaderEpoch;
    this.lastFetchedEpoch = asked.lastFetchedEpoch;
  }

  /** From now on hears of this partition, and of no other. To be called before it is read. */
  watch(partition: Partition): void {
    if (this.#watched === partition) return;
    this.#watched?.unwatch(this);
    this.#watched = partition;
    partition.watch(this);
  }

  unwatch(): void {
    this.#watched?.unwatch(this);
    this.#watched = undefined;
  }

  onAdvance(bytes: number): void {
    this.#news.advanced(this, bytes);
  }

  onDecided(): void {
    // What the transaction wrote came long before its end, and counts for who reads committed records now.
    this.#news.changed(this);
  }

  onChange(): void {
    // It may have been deleted: nothing of it is held, and the next read looks it up again.
    this.unwatch();
    this.#news.changed(this);
  }
}
