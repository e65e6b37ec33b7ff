import { type ClassicGroup, newGroup, settled } from "./classic/classic-group.ts";
import { groupOf } from "./classic/group-snapshot.ts";
import { ConsumerGroup } from "./consumer/consumer-group.ts";
import type { ConsumerRecord } from "./consumer/consumer-records.ts";
import type { Group } from "./group.ts";
import type { GroupRecord, GroupSnapshot } from "./group-records.ts";
import { CommittedOffsets } from "./offsets/committed-offsets.ts";
import { StreamsGroup } from "./streams/streams-group.ts";
import type { StreamsRecord } from "./streams/streams-records.ts";

/**
 * The groups of one partition of `__consumer_offsets`, of every kind, and their committed offsets. What the log keeps (offsets, and each group's last completed
 * generation) changes by {@link GroupState.apply} alone; the groups as they are between two records (who waits, who is about to join) by {@link GroupState.adopt}.
 */
export class GroupState {
  readonly offsets: CommittedOffsets = new CommittedOffsets();
  readonly #stored = new Map<string, GroupSnapshot>();
  readonly #groups = new Map<string, Group>();
  #heldBytes = 0;

  get groupCount(): number {
    return this.#groups.size;
  }

  /** What the members of all groups take, as the heap sees it, about. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  group(groupId: string): Group | undefined {
    return this.#groups.get(groupId);
  }

  groups(): IterableIterator<Group> {
    return this.#groups.values();
  }

  /** Every group, also those that only store offsets. */
  *groupIds(): IterableIterator<string> {
    yield* this.#groups.keys();
    // While the partition loads, there are only these.
    for (const groupId of this.#stored.keys()) if (!this.#groups.has(groupId)) yield groupId;
    const isNew = (groupId: string): boolean => !this.#groups.has(groupId) && !this.#stored.has(groupId);
    for (const groupId of this.offsets.groupIds()) if (isNew(groupId)) yield groupId;
    for (const groupId of this.offsets.pending.groupIds()) if (isNew(groupId) && this.offsets.of(groupId).size === 0) yield groupId;
  }

  /** The group as the log has it. Offsets without a group: somebody stores them outside of group membership. */
  stored(groupId: string, nowMs: number): ClassicGroup {
    const snapshot = this.#stored.get(groupId);
    return snapshot ? groupOf(groupId, snapshot) : newGroup(groupId, nowMs);
  }

  apply(record: GroupRecord): void {
    const { groupId } = record;
    if (record.kind === "offset") {
      const { topic, partition, value, producerId } = record;
      if (producerId === undefined || value === null) this.offsets.set(groupId, topic, partition, value);
      else this.offsets.pending.put(producerId, groupId, topic, partition, value);
    } else if (record.kind === "consumer") {
      this.#applyToConsumer(record);
    } else if (record.kind === "streams") {
      this.#applyToStreams(record);
    } else if (record.value) {
      this.#stored.set(groupId, record.value);
      // A group of another kind becomes a classic one: what it was went before, or should have.
      if ((this.#groups.get(groupId)?.type ?? "classic") !== "classic") this.#drop(groupId);
    } else {
      this.#stored.delete(groupId);
      this.#drop(groupId);
    }
  }

  adopt(group: ClassicGroup): void {
    this.#heldBytes -= heldBytesOf(this.#groups.get(group.groupId));
    const adopted = settled(group);
    this.#heldBytes += adopted.members.heldBytes;
    this.#groups.set(group.groupId, adopted);
  }

  #applyToConsumer({ groupId, part }: ConsumerRecord): void {
    let group = this.#groups.get(groupId);
    if (group?.type !== "consumer") {
      if (part.value === null) return;
      // A classic group became a consumer group.
      this.#drop(groupId);
      this.#stored.delete(groupId);
      this.#groups.set(groupId, (group = new ConsumerGroup(groupId)));
      this.#heldBytes += group.heldBytes;
    }
    if (part.type === "group" && part.value === null) {
      this.#drop(groupId);
      return;
    }
    this.#heldBytes -= group.heldBytes;
    group.apply(part);
    this.#heldBytes += group.heldBytes;
  }

  #applyToStreams({ groupId, part }: StreamsRecord): void {
    let group = this.#groups.get(groupId);
    if (group?.type !== "streams") {
      if (part.value === null) return;
      // A classic group became a streams group.
      this.#drop(groupId);
      this.#stored.delete(groupId);
      this.#groups.set(groupId, (group = new StreamsGroup(groupId)));
      this.#heldBytes += group.heldBytes;
    }
    if (part.type === "group" && part.value === null) {
      this.#drop(groupId);
      return;
    }
    this.#heldBytes -= group.heldBytes;
    group.apply(part);
    this.#heldBytes += group.heldBytes;
  }

  #drop(groupId: string): void {
    this.#heldBytes -= heldBytesOf(this.#groups.get(groupId));
    this.#groups.delete(groupId);
  }
}

function heldBytesOf(group: Group | undefined): number {
  if (group === undefined) return 0;
  return group.type === "classic" ? group.members.heldBytes : group.heldBytes;
}
