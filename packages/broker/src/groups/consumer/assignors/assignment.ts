/** Partitions by topic id, ascending within a topic. Never changed once made. */
export type Assignment = ReadonlyMap<string, readonly number[]>;

export const NO_PARTITIONS: Assignment = new Map();

/** A member as an assignor sees it. */
export interface AssignableMember {
  readonly memberId: string;
  readonly instanceId: string | null;
  /** Of topics that exist. Members that are subscribed alike may share one set. */
  readonly subscribedTopicIds: ReadonlySet<string>;
  /** What the last target gave it: a sticky assignor leaves as much of it as it can. */
  readonly assignment: Assignment;
}

/** What is to be assigned to whom. */
export interface AssignmentProblem {
  /** In an order that stays the same from one assignment to the next. */
  readonly members: readonly AssignableMember[];
  /** Whether all members are subscribed to the same topics. */
  readonly isHomogeneous: boolean;
  /** Whether the last target gave the partition to somebody. */
  isAssigned(topicId: string, partition: number): boolean;
  /** -1: there is no such topic. */
  partitionCount(topicId: string): number;
}

/**
 * Gives every partition of the subscribed topics to a member that is subscribed. Yields every few hundred steps, so that the caller may let others have a turn;
 * members that are not named in the result get nothing. Throws {@link AssignorError}.
 */
export type Assignor = (problem: AssignmentProblem) => Generator<void, ReadonlyMap<string, Assignment>>;

/** An assignor could not assign. */
export class AssignorError extends Error {
  override readonly name = "AssignorError";
}

/** An assignment in the making. */
export class AssignmentDraft {
  readonly #partitions = new Map<string, Set<number>>();

  constructor(assignment: Assignment = NO_PARTITIONS) {
    for (const [topicId, partitions] of assignment) this.#partitions.set(topicId, new Set(partitions));
  }

  add(topicId: string, partition: number): void {
    const partitions = this.#partitions.get(topicId);
    if (partitions) partitions.add(partition);
    else this.#partitions.set(topicId, new Set([partition]));
  }

  remove(topicId: string, partition: number): void {
    const partitions = this.#partitions.get(topicId);
    partitions?.delete(partition);
    if (partitions?.size === 0) this.#partitions.delete(topicId);
  }

  removeTopic(topicId: string): void {
    this.#partitions.delete(topicId);
  }

  finish(): Assignment {
    const assignment = new Map<string, readonly number[]>();
    for (const [topicId, partitions] of this.#partitions) assignment.set(topicId, [...partitions].sort(ascending));
    return assignment;
  }
}

export function ascending(one: number, other: number): number {
  return one - other;
}

/** Whether two assignments hold the same partitions, in whatever order of topics. */
export function isSameAssignment(one: Assignment, other: Assignment): boolean {
  if (one === other) return true;
  if (one.size !== other.size) return false;
  for (const [topicId, partitions] of one) {
    const others = other.get(topicId);
    if (others === undefined || others.length !== partitions.length) return false;
    for (let i = 0; i < partitions.length; i++) if (partitions[i] !== others[i]) return false;
  }
  return true;
}
