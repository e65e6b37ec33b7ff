import type { Assignment } from "./assignors/assignment.ts";

/** The target assignment by member, and by partition. */
export class TargetIndex {
  readonly #byMember = new Map<string, Assignment>();
  readonly #byPartition = new Map<string, Map<number, string>>();
  /** Partitions over all members, one that two of them have counted twice. */
  #partitionCount = 0;
  #ownedCount = 0;

  get(memberId: string): Assignment | undefined {
    return this.#byMember.get(memberId);
  }

  get size(): number {
    return this.#byMember.size;
  }

  get partitionCount(): number {
    return this.#partitionCount;
  }

  /** Whether some partition is in two members' targets: a large assignment is written in pieces, and not all may have been. */
  get isTorn(): boolean {
    return this.#partitionCount !== this.#ownedCount;
  }

  isAssigned(topicId: string, partition: number): boolean {
    return this.#byPartition.get(topicId)?.has(partition) ?? false;
  }

  /** The member whose target the partition was put into last. */
  ownerOf(topicId: string, partition: number): string | undefined {
    return this.#byPartition.get(topicId)?.get(partition);
  }

  /** `null` removes. */
  set(memberId: string, target: Assignment | null): void {
    const before = this.#byMember.get(memberId);
    if (before) this.#take(memberId, before);
    if (target === null) {
      this.#byMember.delete(memberId);
      return;
    }
    this.#byMember.set(memberId, target);
    this.#give(memberId, target);
  }

  #give(memberId: string, target: Assignment): void {
    for (const [topicId, partitions] of target) {
      let owners = this.#byPartition.get(topicId);
      if (!owners) this.#byPartition.set(topicId, (owners = new Map()));
      this.#ownedCount -= owners.size;
      for (const partition of partitions) owners.set(partition, memberId);
      this.#ownedCount += owners.size;
      this.#partitionCount += partitions.length;
    }
  }

  #take(memberId: string, target: Assignment): void {
    for (const [topicId, partitions] of target) {
      this.#partitionCount -= partitions.length;
      const owners = this.#byPartition.get(topicId);
      if (!owners) continue;
      this.#ownedCount -= owners.size;
      for (const partition of partitions) if (owners.get(partition) === memberId) owners.delete(partition);
      this.#ownedCount += owners.size;
      if (owners.size === 0) this.#byPartition.delete(topicId);
    }
  }
}
