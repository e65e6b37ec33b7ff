import type { CommittedOffset } from "./coordinator-records.ts";

type OffsetsByPartition = Map<number, CommittedOffset>;
type OffsetsByTopic = Map<string, OffsetsByPartition>;

/** Committed offsets by group, topic and partition. Filled by applying records, never otherwise. */
export class CommittedOffsets {
  readonly #byGroup = new Map<string, OffsetsByTopic>();

  get(groupId: string, topic: string, partition: number): CommittedOffset | undefined {
    return this.#byGroup.get(groupId)?.get(topic)?.get(partition);
  }

  /** A group's offsets in order of first commit. */
  of(groupId: string): ReadonlyMap<string, ReadonlyMap<number, CommittedOffset>> {
    return this.#byGroup.get(groupId) ?? NO_OFFSETS;
  }

  groupIds(): IterableIterator<string> {
    return this.#byGroup.keys();
  }

  /** `null` removes. */
  set(groupId: string, topic: string, partition: number, offset: CommittedOffset | null): void {
    if (offset === null) {
      this.#delete(groupId, topic, partition);
      return;
    }
    let topics = this.#byGroup.get(groupId);
    if (!topics) this.#byGroup.set(groupId, (topics = new Map()));
    let partitions = topics.get(topic);
    if (!partitions) topics.set(topic, (partitions = new Map()));
    partitions.set(partition, offset);
  }

  #delete(groupId: string, topic: string, partition: number): void {
    const topics = this.#byGroup.get(groupId);
    const partitions = topics?.get(topic);
    if (!topics || !partitions?.delete(partition)) return;
    if (partitions.size === 0) topics.delete(topic);
    if (topics.size === 0) this.#byGroup.delete(groupId);
  }
}

const NO_OFFSETS: OffsetsByTopic = new Map();
