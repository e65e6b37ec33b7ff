import type { Random } from "@ottla/base";
import type { TopicState } from "../cluster/metadata-snapshot.ts";

/** What the choice of a partition asks about the producer's queues and the cluster. */
export interface PartitionLoad {
  /** Batches of the partition that are not acknowledged. */
  pendingBatches(topic: string, partition: number): number;
  /** A batch of the partition waits and has room. */
  hasOpenBatch(topic: string, partition: number): boolean;
  /** The broker has taken nothing for too long although something waits for it. */
  isStuck(nodeId: number): boolean;
  /** The broker stands elsewhere, and one that is near was asked for. */
  isFar(nodeId: number): boolean;
}

interface Sticking {
  partition: number;
  bytes: number;
}

/** Where a batch has room it is filled, up to this many times the bytes that a partition gets at a time. */
const STICK_LIMIT = 2;
const NONE = -1;

/**
 * Where records without a key go: to one partition until a batch's worth of bytes went there, then to another at random, so that batches are full and
 * partitions get equal shares. Adaptive, a partition gets less the more batches of it wait, so that a slow broker does not hold up the others' records.
 * Partitions without a leader are left out, and while there are others those of brokers that are stuck or far. Source: KIP-480, KIP-794, KIP-1123.
 */
export class StickyPartitions {
  readonly #random: Random;
  readonly #stickBytes: number;
  readonly #isAdaptive: boolean;
  readonly #load: PartitionLoad;
  readonly #byTopic = new Map<string, Sticking>();

  constructor(random: Random, options: { readonly stickBytes: number; readonly isAdaptive: boolean }, load: PartitionLoad) {
    this.#random = random;
    this.#stickBytes = Math.max(1, options.stickBytes);
    this.#isAdaptive = options.isAdaptive;
    this.#load = load;
  }

  /** The partition for a record of about `recordBytes`. */
  next(topic: TopicState, recordBytes: number): number {
    let sticking = this.#byTopic.get(topic.name);
    if (sticking === undefined) this.#byTopic.set(topic.name, (sticking = { partition: this.#choose(topic, NONE), bytes: 0 }));
    else if (this.#mustMove(topic, sticking)) {
      sticking.partition = this.#choose(topic, sticking.partition);
      sticking.bytes = 0;
    }
    sticking.bytes += recordBytes;
    return sticking.partition;
  }

  #mustMove(topic: TopicState, { partition, bytes }: Sticking): boolean {
    if (!hasLeader(topic, partition)) return true;
    if (bytes < this.#stickBytes) return false;
    return bytes >= this.#stickBytes * STICK_LIMIT || !this.#load.hasOpenBatch(topic.name, partition);
  }

  #choose(topic: TopicState, previous: number): number {
    const led = topic.partitions.filter(({ leader }) => leader >= 0);
    const able = unlessAll(led, ({ leader }) => this.#load.isStuck(leader));
    const usable = unlessAll(able, ({ leader }) => this.#load.isFar(leader)).map(({ partition }) => partition);
    if (usable.length === 0) return hasPartition(topic, previous) ? previous : this.#random.nextInt(topic.partitions.length);
    const pending = this.#isAdaptive ? usable.map((partition) => this.#load.pendingBatches(topic.name, partition)) : [];
    const most = Math.max(0, ...pending);
    if (pending.every((count) => count === most)) {
      const others = usable.filter((partition) => partition !== previous);
      return others.length > 0 ? others[this.#random.nextInt(others.length)]! : usable[0]!;
    }
    return usable[this.#weighted(pending.map((count) => most + 1 - count))]!;
  }

  /** An index, as likely as its weight. */
  #weighted(weights: readonly number[]): number {
    let at = this.#random.nextInt(weights.reduce((sum, weight) => sum + weight));
    return weights.findIndex((weight) => (at -= weight) < 0);
  }
}

/** Leaves out what is bad, unless all is. */
function unlessAll<T>(list: readonly T[], isBad: (each: T) => boolean): readonly T[] {
  const good = list.filter((each) => !isBad(each));
  return good.length > 0 ? good : list;
}

function hasPartition(topic: TopicState, partition: number): boolean {
  return partition >= 0 && partition < topic.partitions.length;
}

function hasLeader(topic: TopicState, partition: number): boolean {
  return (topic.partitions[partition]?.leader ?? NONE) >= 0;
}
