import { ErrorCode } from "@ottla/protocol";
import { GroupFault } from "../consumer/group-fault.ts";
import type { StreamsMember, StreamsMemberState } from "./streams-member.ts";
import type { TaskProcesses } from "./task-processes.ts";
import {
  type AnyTasks,
  hasAnyOf,
  hasTask,
  heldCount,
  type HeldTasks,
  type ListedTasks,
  NOTHING_HELD,
  TaskEpochsDraft,
  TasksDraft,
  type TaskTuple,
} from "./tasks.ts";

/** What a member says it has; `null`: nothing new, so it may still have all. */
export interface OwnedTasks {
  readonly active: readonly ListedTasks[];
  readonly standby: readonly ListedTasks[];
  readonly warmup: readonly ListedTasks[];
}

/** What bringing a member nearer to its target depends on. */
export interface TaskReconciliation {
  readonly targetEpoch: number;
  readonly target: TaskTuple;
  readonly owned: OwnedTasks | null;
  readonly processes: TaskProcesses;
}

/**
 * The member as it is to be next: it first gives up what it is not to have, then gets what is free. A task is free when no process runs it, and nobody else on this process has its state; a
 * copy becomes the task without being given up. The same object where nothing changes. FENCED_MEMBER_EPOCH. Source: KIP-1071, Apache Kafka 4.4's behaviour.
 */
export function reconcileTasks(member: StreamsMember, r: TaskReconciliation): StreamsMember {
  switch (member.state) {
    case "stable":
      return member.memberEpoch === r.targetEpoch ? member : nextTasks(member, r, member.memberEpoch);
    case "unrevoked":
      return isHolding(member.pendingRevocation, r.owned) ? member : nextTasks(member, r, member.memberEpoch + 1);
    case "unreleased":
      return nextTasks(member, r, member.memberEpoch);
    case "unknown":
      if (r.owned === null || r.owned.active.length + r.owned.standby.length + r.owned.warmup.length > 0) {
        throw new GroupFault(
          ErrorCode.FENCED_MEMBER_EPOCH,
          "The streams group member is in a unknown state. The member must abandon all its tasks and rejoin.",
        );
      }
      return nextTasks(member, r, r.targetEpoch);
  }
}

function isHolding({ active, standby, warmup }: HeldTasks, owned: OwnedTasks | null): boolean {
  return owned === null || hasAnyOf(active, owned.active) || hasAnyOf(standby, owned.standby) || hasAnyOf(warmup, owned.warmup);
}

function nextTasks(member: StreamsMember, r: TaskReconciliation, memberEpoch: number): StreamsMember {
  const next = new NextTasks(member, r);
  const revoked = { active: next.revoked.active.tasks, standby: next.revoked.standby.tasks, warmup: next.revoked.warmup.tasks };
  const hasToRevoke = heldCount(revoked) > 0 && isHolding(revoked, r.owned);
  next.keepPromoted(hasToRevoke);
  if (hasToRevoke) return moved(member, "unrevoked", memberEpoch, next.held(false), revoked);
  return moved(member, next.isWaiting ? "unreleased" : "stable", r.targetEpoch, next.held(true), NOTHING_HELD);
}

/** A member's epoch before the last move is kept, since the answer to a heartbeat may be lost. */
function moved(
  member: StreamsMember,
  state: StreamsMemberState,
  memberEpoch: number,
  assigned: HeldTasks,
  pendingRevocation: HeldTasks,
): StreamsMember {
  return { ...member, state, memberEpoch, previousMemberEpoch: member.memberEpoch, assigned, pendingRevocation };
}

/** What a member keeps, has to give up and may have, in the making. */
class NextTasks {
  /** Whether others have yet to release something. */
  isWaiting = false;
  readonly revoked = { active: new TaskEpochsDraft(), standby: new TasksDraft(), warmup: new TasksDraft() };
  readonly #kept = { active: new TaskEpochsDraft(), standby: new TasksDraft(), warmup: new TasksDraft() };
  readonly #granted = { active: new TasksDraft(), standby: new TasksDraft(), warmup: new TasksDraft() };
  readonly #member: StreamsMember;
  readonly #r: TaskReconciliation;

  constructor(member: StreamsMember, r: TaskReconciliation) {
    this.#member = member;
    this.#r = r;
    this.#compareActive();
    this.#compareCopies("standby", (subtopologyId, partition) => this.#isStandbyTaken(subtopologyId, partition));
    this.#compareCopies("warmup", (subtopologyId, partition) => this.#isWarmupTaken(subtopologyId, partition));
    const { assigned } = member;
    this.#convert(assigned.active, "standby");
    this.#convert(assigned.standby, "warmup", this.revoked.standby);
    this.#convert(assigned.warmup, "standby", this.revoked.warmup);
    // A copy that is to become the task is not given up.
    for (const kind of ["standby", "warmup"] as const)
      for (const [subtopologyId, partition] of each(assigned[kind]))
        if (hasTask(r.target.active, subtopologyId, partition)) this.revoked[kind].take(subtopologyId, partition);
  }

  /** A copy that is to become the task stays one until it does. */
  keepPromoted(hasToRevoke: boolean): void {
    const { assigned } = this.#member;
    for (const kind of ["standby", "warmup"] as const) {
      for (const [subtopologyId, partition] of each(assigned[kind])) {
        const isPromoted = !hasToRevoke && hasTask(this.#granted.active.tasks, subtopologyId, partition);
        if (hasTask(this.#r.target.active, subtopologyId, partition) && !isPromoted) this.#kept[kind].add(subtopologyId, partition);
      }
    }
  }

  held(withGranted: boolean): HeldTasks {
    if (withGranted) {
      for (const [subtopologyId, partition] of each(this.#granted.active.tasks))
        this.#kept.active.add(subtopologyId, partition, this.#r.targetEpoch);
      for (const kind of ["standby", "warmup"] as const)
        for (const [subtopologyId, partition] of each(this.#granted[kind].tasks)) this.#kept[kind].add(subtopologyId, partition);
    }
    return { active: this.#kept.active.tasks, standby: this.#kept.standby.tasks, warmup: this.#kept.warmup.tasks };
  }

  #compareActive(): void {
    const { target } = this.#r;
    for (const [subtopologyId, epochs] of this.#member.assigned.active)
      for (const [partition, epoch] of epochs)
        (hasTask(target.active, subtopologyId, partition) ? this.#kept : this.revoked).active.add(subtopologyId, partition, epoch);
    for (const [subtopologyId, partition] of each(target.active)) {
      if (hasTask(this.#member.assigned.active, subtopologyId, partition)) continue;
      if (this.#isActiveTaken(subtopologyId, partition)) this.isWaiting = true;
      else this.#granted.active.add(subtopologyId, partition);
    }
  }

  #compareCopies(kind: "standby" | "warmup", isTaken: (subtopologyId: string, partition: number) => boolean): void {
    const has = this.#member.assigned[kind];
    const target = this.#r.target[kind];
    for (const [subtopologyId, partition] of each(has))
      (hasTask(target, subtopologyId, partition) ? this.#kept : this.revoked)[kind].add(subtopologyId, partition);
    for (const [subtopologyId, partition] of each(target)) {
      if (hasTask(has, subtopologyId, partition)) continue;
      if (isTaken(subtopologyId, partition)) this.isWaiting = true;
      else this.#granted[kind].add(subtopologyId, partition);
    }
  }

  /** What the member has of one kind and is to have of another becomes that at once. */
  #convert(from: AnyTasks, to: "standby" | "warmup", revoked?: TasksDraft): void {
    for (const [subtopologyId, partition] of each(from)) {
      if (!this.#granted[to].take(subtopologyId, partition)) continue;
      this.#kept[to].add(subtopologyId, partition);
      revoked?.take(subtopologyId, partition);
    }
  }

  #isActiveTaken(subtopologyId: string, partition: number): boolean {
    return (
      this.#r.processes.activeOn(subtopologyId, partition) !== undefined ||
      this.#isElsewhereHere("standby", subtopologyId, partition) ||
      this.#isElsewhereHere("warmup", subtopologyId, partition)
    );
  }

  #isStandbyTaken(subtopologyId: string, partition: number): boolean {
    const { processId, assigned } = this.#member;
    const { processes } = this.#r;
    const runsElsewhereHere =
      processes.activeOn(subtopologyId, partition) === processId && !hasTask(assigned.active, subtopologyId, partition);
    return (
      runsElsewhereHere ||
      processes.hasStandbyOn(subtopologyId, partition, processId) ||
      this.#isElsewhereHere("warmup", subtopologyId, partition)
    );
  }

  #isWarmupTaken(subtopologyId: string, partition: number): boolean {
    const { processId } = this.#member;
    const { processes } = this.#r;
    return (
      processes.activeOn(subtopologyId, partition) === processId ||
      this.#isElsewhereHere("standby", subtopologyId, partition) ||
      processes.hasWarmupOn(subtopologyId, partition, processId)
    );
  }

  /** Whether another member of this process has the task's state. */
  #isElsewhereHere(kind: "standby" | "warmup", subtopologyId: string, partition: number): boolean {
    const { processId, assigned } = this.#member;
    const { processes } = this.#r;
    const isHere =
      kind === "standby"
        ? processes.hasStandbyOn(subtopologyId, partition, processId)
        : processes.hasWarmupOn(subtopologyId, partition, processId);
    return isHere && !hasTask(assigned[kind], subtopologyId, partition);
  }
}

function* each(tasks: AnyTasks): Generator<readonly [string, number]> {
  for (const [subtopologyId, partitions] of tasks) for (const partition of [...partitions.keys()]) yield [subtopologyId, partition];
}
