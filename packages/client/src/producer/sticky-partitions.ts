import type { Random } from "@ottla/base";
import type { TopicState } from "../cluster/metadata-snapshot.ts";

interface Sticking {
  partition: number;
  bytes: number;
}

/**
 * Where records without a key go: to one partition until a batch's worth of bytes went there, then to another at random, so that
 * batches are full and partitions get equal shares. Partitions without a leader are left out. Source: KIP-480, KIP-794.
 */
export class StickyPartitions {
  readonly #random: Random;
  readonly #stickBytes: number;
  readonly #byTopic = new Map<string, Sticking>();

  constructor(random: Random, stickBytes: number) {
    this.#random = random;
    this.#stickBytes = Math.max(1, stickBytes);
  }

  /** The partition for a record of about `recordBytes`. */
  next(topic: TopicState, recordBytes: number): number {
    let sticking = this.#byTopic.get(topic.name);
    if (sticking === undefined) this.#byTopic.set(topic.name, (sticking = { partition: this.#choose(topic, -1), bytes: 0 }));
    else if (sticking.bytes >= this.#stickBytes || !isUsable(topic, sticking.partition)) {
      sticking.partition = this.#choose(topic, sticking.partition);
      sticking.bytes = 0;
    }
    sticking.bytes += recordBytes;
    return sticking.partition;
  }

  #choose(topic: TopicState, previous: number): number {
    const usable = topic.partitions.filter((p) => p.leader >= 0 && p.partition !== previous);
    if (usable.length > 0) return usable[this.#random.nextInt(usable.length)]!.partition;
    if (previous >= 0 && previous < topic.partitions.length) return previous;
    return this.#random.nextInt(topic.partitions.length);
  }
}

function isUsable(topic: TopicState, partition: number): boolean {
  const state = topic.partitions[partition];
  return state !== undefined && state.leader >= 0;
}
