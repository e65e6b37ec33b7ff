import { type TaskId, taskName } from "../plan/task-id.ts";
import type { TaskGroup, TaskMember } from "./division-types.ts";

/** A task that is to be divided: where it runs, and where its state is. */
export interface IndexedTask extends TaskId {
  readonly name: string;
  readonly isStateful: boolean;
  /** Members that run it, or restore it to run; more than one only where one of them is behind. */
  readonly runners: Share[];
  /** How many records members lack that have some of its state. */
  readonly lags: Map<Share, number>;
  /** What who has nothing lacks; 0: it has no state so far. */
  fullLag: number;
}

/** What a member gets. */
export class Share {
  readonly member: TaskMember;
  /** Of all members by their ids. */
  readonly index: number;
  readonly active: IndexedTask[] = [];
  readonly standby: IndexedTask[] = [];
  readonly warmup: IndexedTask[] = [];

  constructor(member: TaskMember, index: number) {
    this.member = member;
    this.index = index;
  }
}

/** How many records of a task a member lacks; −1: it runs it and lacks nothing. */
export function lagOf(task: IndexedTask, share: Share): number {
  return task.lags.get(share) ?? task.fullLag;
}

/** Members in the order of their ids, and each group's tasks in that of their partitions. */
export function indexTasks(
  members: readonly TaskMember[],
  groups: readonly TaskGroup[],
): { readonly shares: Share[]; readonly groups: IndexedTask[][] } {
  const sorted = [...members].sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
  const shares = sorted.map((member, index) => new Share(member, index));
  const byGroup = new Map(
    groups.map(({ subtopology, count, isStateful }) => [
      subtopology,
      Array.from({ length: count }, (_, partition): IndexedTask => {
        const id = { subtopology, partition };
        return { ...id, name: taskName(id), isStateful, runners: [], lags: new Map(), fullLag: 0 };
      }),
    ]),
  );
  const find = ({ subtopology, partition }: TaskId) => byGroup.get(subtopology)?.[partition];
  for (const share of shares) {
    for (const each of share.member.held) {
      const task = find(each);
      if (task?.isStateful !== true) continue;
      // So far: how much there is; which of it is missing shows when all are known.
      task.lags.set(share, each.offsetSum);
      task.fullLag = Math.max(task.fullLag, each.offsetSum, each.endSum ?? 0);
    }
  }
  for (const tasks of byGroup.values()) {
    for (const task of tasks) for (const [share, offsetSum] of task.lags) task.lags.set(share, task.fullLag - offsetSum);
  }
  for (const share of shares) {
    const own = new Map(share.member.held.map((each) => [find(each), (each.endSum ?? each.offsetSum) - each.offsetSum]));
    for (const each of share.member.running) {
      const task = find(each);
      if (task === undefined) continue;
      task.runners.push(share);
      // What it has written since others looked is its own.
      if ((own.get(task) ?? 0) <= 0) task.lags.set(share, -1);
    }
  }
  return { shares, groups: groups.map(({ subtopology }) => byGroup.get(subtopology)!) };
}
