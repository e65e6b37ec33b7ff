import type { TaskId } from "../plan/task-id.ts";
import type { Division, DivisionRules, TaskGroup, TaskMember } from "./division-types.ts";
import { idealShares } from "./ideal-shares.ts";
import { placeStandbys } from "./place-standbys.ts";
import { type IndexedTask, indexTasks, lagOf, type Share } from "./task-index.ts";

/**
 * Divides tasks among members as Java's HighAvailabilityTaskAssignor does (KIP-441): shares are to be even, but a task runs only where its state is, as long as that is anywhere. Where it is to run in the end it gets
 * a *warm-up*, a copy that is read while the task runs elsewhere; so many at a time, and when they are caught up the next division moves the tasks. Members of one process count as one where state is concerned.
 * The same input gives the same answer, in whatever order members come.
 */
export function divideTasks(members: readonly TaskMember[], groups: readonly TaskGroup[], rules: DivisionRules): Division {
  const { shares, groups: indexed } = indexTasks(members, groups);
  const totals = shares.map(() => 0);
  const homes = new Map<IndexedTask, Share[]>();
  let warmups = 0;
  let isSettled = true;
  for (const tasks of indexed) {
    const ideal = idealShares(shares, tasks, totals);
    for (const task of tasks) {
      const goal = ideal.get(task)!;
      const home = task.isStateful ? homeOf(task, goal, rules.acceptableRecoveryLag) : goal;
      home.active.push(task);
      const copies = [home];
      if (home !== goal) {
        isSettled = false;
        if (warmups < rules.maxWarmupReplicas) {
          warmups++;
          goal.warmup.push(task);
          copies.push(goal);
        }
      }
      homes.set(task, copies);
    }
  }
  if (rules.standbyReplicas > 0) {
    for (const tasks of indexed) if (tasks[0]?.isStateful === true) placeStandbys(shares, tasks, homes, rules);
  }
  const told = shares.map(
    ({ member, active, standby, warmup }) =>
      [member.memberId, { active: active.map(idOf), standby: standby.map(idOf), warmup: warmup.map(idOf) }] as const,
  );
  return { members: new Map(told), isSettled };
}

/** Where a task runs until its state is at its goal. */
function homeOf(task: IndexedTask, goal: Share, acceptableLag: number): Share {
  const goalLag = lagOf(task, goal);
  if (goalLag <= acceptableLag) return goal;
  let home = goal;
  for (const share of task.lags.keys()) if (isBetter(task, share, home, acceptableLag)) home = share;
  // From one worker of a process to another it moves at once: there is no copy beside a task.
  return home.member.processId === goal.member.processId ? goal : home;
}

/** Those that lack little are alike: of them who runs it stays, else who has least to do. */
function isBetter(task: IndexedTask, share: Share, than: Share, acceptableLag: number): boolean {
  const [lag, otherLag] = [lagOf(task, share), lagOf(task, than)];
  if (Math.max(lag, otherLag) > acceptableLag) return lag < otherLag;
  const isRunner = task.runners.includes(share);
  if (isRunner !== task.runners.includes(than)) return isRunner;
  return share.active.length - than.active.length < 0 || (share.active.length === than.active.length && share.index < than.index);
}

function idOf({ subtopology, partition }: IndexedTask): TaskId {
  return { subtopology, partition };
}
