import type { CommitDetails, CommittedOffset } from "../group-records.ts";
import { offsetBytes } from "./offset-bytes.ts";
import { PendingOffsets } from "./pending-offsets.ts";
import { detailsOf, type ReadonlyTopicOffsets, TopicOffsets } from "./topic-offsets.ts";

type OffsetsByTopic = Map<string, TopicOffsets>;

/** Committed offsets by group, topic and partition, and those that open transactions will commit. Filled by applying records, never otherwise. */
export class CommittedOffsets {
  readonly pending: PendingOffsets = new PendingOffsets();
  readonly #byGroup = new Map<string, OffsetsByTopic>();
  #heldBytes = 0;

  /** What they take, as the heap sees it, about. */
  get heldBytes(): number {
    return this.#heldBytes + this.pending.heldBytes;
  }

  get(groupId: string, topic: string, partition: number): CommittedOffset | undefined {
    return this.#byGroup.get(groupId)?.get(topic)?.get(partition);
  }

  /** A group's offsets; topics in order of first commit. */
  of(groupId: string): ReadonlyMap<string, ReadonlyTopicOffsets> {
    return this.#byGroup.get(groupId) ?? NO_OFFSETS;
  }

  groupIds(): IterableIterator<string> {
    return this.#byGroup.keys();
  }

  /** A commit outside of transactions; `null` removes. */
  set(groupId: string, topic: string, partition: number, offset: CommittedOffset | null): void {
    if (offset === null) {
      this.#delete(groupId, topic, partition);
      this.pending.remove(groupId, topic, partition);
    } else {
      this.#put(groupId, topic, partition, offset);
      this.pending.supersede(groupId, topic, partition);
    }
  }

  /** A producer's transaction has ended: what it would commit is committed, unless a later commit has come, or is gone. */
  endTransaction(producerId: number, isCommit: boolean): void {
    for (const { groupId, topic, partition, value, order } of this.pending.end(producerId)) {
      if (!isCommit) continue;
      this.#put(groupId, topic, partition, value);
      this.pending.supersede(groupId, topic, partition, order);
    }
  }

  /** As {@link CommittedOffsets.set}, while a partition is loaded: `commit` may be that of other offsets too. */
  restore(groupId: string, topic: string, partition: number, offset: number, commit: CommitDetails): void {
    this.#putDetails(groupId, topic, partition, offset, commit);
    this.pending.supersede(groupId, topic, partition);
  }

  #put(groupId: string, topic: string, partition: number, offset: CommittedOffset): void {
    this.#putDetails(groupId, topic, partition, offset.offset, detailsOf(offset));
  }

  #putDetails(groupId: string, topic: string, partition: number, offset: number, commit: CommitDetails): void {
    let topics = this.#byGroup.get(groupId);
    if (!topics) this.#byGroup.set(groupId, (topics = new Map()));
    let partitions = topics.get(topic);
    if (!partitions) topics.set(topic, (partitions = new TopicOffsets()));
    this.#heldBytes += offsetBytes(commit.metadata) - bytesOf(partitions.metadata(partition));
    partitions.set(partition, offset, commit);
  }

  #delete(groupId: string, topic: string, partition: number): void {
    const topics = this.#byGroup.get(groupId);
    const partitions = topics?.get(topic);
    if (!topics || !partitions) return;
    this.#heldBytes -= bytesOf(partitions.metadata(partition));
    partitions.delete(partition);
    if (partitions.size === 0) topics.delete(topic);
    if (topics.size === 0) this.#byGroup.delete(groupId);
  }
}

const NO_OFFSETS: OffsetsByTopic = new Map();

function bytesOf(metadata: string | undefined): number {
  return metadata === undefined ? 0 : offsetBytes(metadata);
}
