import type { CommittedOffset } from "../group-records.ts";

/** Objects, numbers and places in maps of one committed offset. */
const OFFSET_BYTES = 200;

/** What a committed offset takes while it is kept. */
export function offsetBytes(metadata: string): number {
  return OFFSET_BYTES + 2 * metadata.length;
}

type OffsetsByPartition = Map<number, CommittedOffset>;
type OffsetsByTopic = Map<string, OffsetsByPartition>;

/** Committed offsets by group, topic and partition. Filled by applying records, never otherwise. */
export class CommittedOffsets {
  readonly #byGroup = new Map<string, OffsetsByTopic>();
  #heldBytes = 0;

  /** What they take, as the heap sees it, about. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

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
    this.#heldBytes += offsetBytes(offset.metadata) - bytesOf(partitions.get(partition));
    partitions.set(partition, offset);
  }

  #delete(groupId: string, topic: string, partition: number): void {
    const topics = this.#byGroup.get(groupId);
    const partitions = topics?.get(topic);
    if (!topics || !partitions) return;
    this.#heldBytes -= bytesOf(partitions.get(partition));
    partitions.delete(partition);
    if (partitions.size === 0) topics.delete(topic);
    if (topics.size === 0) this.#byGroup.delete(groupId);
  }
}

const NO_OFFSETS: OffsetsByTopic = new Map();

function bytesOf(offset: CommittedOffset | undefined): number {
  return offset ? offsetBytes(offset.metadata) : 0;
}
