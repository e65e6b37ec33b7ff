import type { CommitDetails, CommittedOffset } from "../group-records.ts";
import { offsetBytes } from "./offset-bytes.ts";
import { PendingOffsets } from "./pending-offsets.ts";
import { detailsOf, type ReadonlyTopicOffsets, TopicOffsets } from "./topic-offsets.ts";

type OffsetsByTopic = Map<string, TopicOffsets>;

/** How far somebody has got who looks through a group's offsets. */
export type OffsetWalk = IterableIterator<{ readonly topic: string; readonly partition: number; readonly offset: CommittedOffset }>;

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

  /** A group's offsets one by one. Those that come or go meanwhile are seen or not, as in a `Map`; none is seen twice. */
  *walk(groupId: string): OffsetWalk {
    for (const [topic, partitions] of this.of(groupId)) for (const [partition, offset] of partitions) yield { topic, partition, offset };
  }

  hasMoreThan(count: number, groupId: string): boolean {
    let found = 0;
    for (const { size } of this.of(groupId).values()) if ((found += size) > count) return true;
    return false;
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
