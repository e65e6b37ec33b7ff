import type { Assignment } from "./assignors/assignment.ts";

/** Partitions by topic id, each with the member epoch at which it was assigned. Never changed once made. */
export type PartitionEpochs = ReadonlyMap<string, ReadonlyMap<number, number>>;

export const NO_EPOCHS: PartitionEpochs = new Map();

/** Partitions that a member says it has. */
export type OwnedPartitions = readonly { readonly topicId: string; readonly partitions: readonly number[] }[];

export function epochsOf(assignment: Assignment, epoch: number): PartitionEpochs {
  const epochs = new Map<string, ReadonlyMap<number, number>>();
  for (const [topicId, partitions] of assignment) epochs.set(topicId, new Map(partitions.map((partition) => [partition, epoch])));
  return epochs;
}

export function partitionCount(epochs: PartitionEpochs): number {
  let count = 0;
  for (const partitions of epochs.values()) count += partitions.size;
  return count;
}

export function isSameEpochs(one: PartitionEpochs, other: PartitionEpochs): boolean {
  if (one === other) return true;
  if (one.size !== other.size) return false;
  for (const [topicId, partitions] of one) {
    const others = other.get(topicId);
    if (others === undefined || others.size !== partitions.size) return false;
    for (const [partition, epoch] of partitions) if (others.get(partition) !== epoch) return false;
  }
  return true;
}

/** Whether all that a member says it has is among these; one that says nothing has something else. */
export function holdsAll(epochs: PartitionEpochs, owned: OwnedPartitions | null): boolean {
  return owned !== null && owned.every(({ topicId, partitions }) => partitions.every((partition) => epochs.get(topicId)?.has(partition)));
}

/** Whether a member still has some of these; one that says nothing has them all. */
export function holdsAny(epochs: PartitionEpochs, owned: OwnedPartitions | null): boolean {
  return owned === null || owned.some(({ topicId, partitions }) => partitions.some((partition) => epochs.get(topicId)?.has(partition)));
}
