import { type Group, newGroup } from "./classic-group.ts";
import { CommittedOffsets } from "./committed-offsets.ts";
import type { CoordinatorRecord } from "./coordinator-records.ts";
import { groupOf } from "./group-snapshot.ts";

/** The groups of one partition of `__consumer_offsets`: a fold over its records, plus what is in flight between them. */
export class GroupShard {
  readonly partition: number;
  readonly offsets: CommittedOffsets = new CommittedOffsets();
  readonly #groups = new Map<string, Group>();

  constructor(partition: number) {
    this.partition = partition;
  }

  get groupCount(): number {
    return this.#groups.size;
  }

  group(groupId: string): Group | undefined {
    return this.#groups.get(groupId);
  }

  groups(): IterableIterator<Group> {
    return this.#groups.values();
  }

  /** Keeps what a decision made of a group. */
  keep(group: Group): void {
    this.#groups.set(group.groupId, group);
  }

  /** What a record of the log says. Used at loading, and for records of offsets and tombstones as they are written. */
  apply(record: CoordinatorRecord, nowMs: number): void {
    const { groupId } = record;
    if (record.kind === "offset") {
      this.offsets.set(groupId, record.topic, record.partition, record.value);
      // Offsets without a group: somebody stores them outside of group membership.
      if (record.value && !this.#groups.has(groupId)) this.#groups.set(groupId, newGroup(groupId, nowMs));
    } else if (record.value) {
      this.#groups.set(groupId, groupOf(groupId, record.value));
    } else {
      this.#groups.delete(groupId);
    }
  }
}
