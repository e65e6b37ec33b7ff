import { type AssignableMember, type Assignment, AssignmentDraft, type AssignmentProblem, AssignorError } from "./assignment.ts";
import { javaHashOrder } from "./java-order.ts";

/** Steps between two yields. */
const STEPS_PER_YIELD = 500;

interface Partition {
  readonly topicId: string;
  readonly partition: number;
}

interface Unfilled {
  readonly memberId: string;
  readonly quota: number;
}

/** All members are subscribed alike: each has the same quota, some one more. Takes time in proportion to members and partitions. */
export class UniformHomogeneous {
  readonly #problem: AssignmentProblem;
  readonly #topicIds: readonly string[];
  readonly #subscribed: ReadonlySet<string>;
  readonly #unassigned: Partition[] = [];
  readonly #unfilled: Unfilled[] = [];
  readonly #target = new Map<string, Assignment>();
  #minimumQuota = 0;
  /** Members that get one partition more than the quota. */
  #extraCount = 0;

  constructor(problem: AssignmentProblem) {
    this.#problem = problem;
    this.#subscribed = problem.members[0]?.subscribedTopicIds ?? new Set();
    this.#topicIds = javaHashOrder(this.#subscribed);
  }

  *assign(): Generator<void, ReadonlyMap<string, Assignment>> {
    if (this.#topicIds.length === 0) return new Map();
    const { members } = this.#problem;
    const partitionCount = yield* this.#collectUnassigned();
    this.#minimumQuota = Math.floor(partitionCount / members.length);
    this.#extraCount = partitionCount % members.length;
    for (let i = 0; i < members.length; i++) {
      this.#keepWithinQuota(members[i]!, members.length - i);
      if (i % STEPS_PER_YIELD === 0) yield;
    }
    yield* this.#fill();
    return this.#target;
  }

  *#collectUnassigned(): Generator<void, number> {
    let count = 0;
    for (const topicId of this.#topicIds) {
      const partitionCount = this.#problem.partitionCount(topicId);
      if (partitionCount === -1) throw new AssignorError(`Members are subscribed to topic ${topicId}, which does not exist.`);
      for (let partition = 0; partition < partitionCount; partition++) {
        if (!this.#problem.isAssigned(topicId, partition)) this.#unassigned.push({ topicId, partition });
        if (++count % STEPS_PER_YIELD === 0) yield;
      }
    }
    return count;
  }

  /** Takes from a member what is beyond its quota; `membersLeft` counts it too. */
  #keepWithinQuota({ memberId, assignment }: AssignableMember, membersLeft: number): void {
    let hasExtra = this.#extraCount > 0;
    let quota = this.#minimumQuota + (hasExtra ? 1 : 0);
    let draft: AssignmentDraft | undefined;
    for (const [topicId, partitions] of assignment) {
      if (!this.#subscribed.has(topicId)) {
        draft ??= new AssignmentDraft(assignment);
        draft.removeTopic(topicId);
        continue;
      }
      const keptCount = Math.min(partitions.length, quota);
      quota -= keptCount;
      for (let i = keptCount; i < partitions.length; i++) {
        const partition = partitions[i]!;
        draft ??= new AssignmentDraft(assignment);
        draft.remove(topicId, partition);
        this.#unassigned.push({ topicId, partition });
      }
    }
    // While there are more members than extra partitions, those that have theirs already get them, so that less moves.
    if (quota > 0 && hasExtra && membersLeft > this.#extraCount) {
      quota--;
      hasExtra = false;
    }
    if (quota > 0) this.#unfilled.push({ memberId, quota });
    if (hasExtra) this.#extraCount--;
    this.#target.set(memberId, draft ? draft.finish() : assignment);
  }

  *#fill(): Generator<void, void> {
    let next = 0;
    for (const { memberId, quota } of this.#unfilled) {
      const end = Math.min(next + quota, this.#unassigned.length);
      if (next === end) continue;
      const draft = new AssignmentDraft(this.#target.get(memberId));
      for (; next < end; next++) {
        const { topicId, partition } = this.#unassigned[next]!;
        draft.add(topicId, partition);
      }
      this.#target.set(memberId, draft.finish());
      yield;
    }
    if (next < this.#unassigned.length) throw new AssignorError(`${this.#unassigned.length - next} partitions were left over.`);
  }
}
