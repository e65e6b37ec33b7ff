import { type TaskId, taskName } from "../plan/task-id.ts";
import type { HeldTask } from "./member-data.ts";

/** A member of the group, as tasks are divided. */
export interface TaskMember {
  readonly memberId: string;
  readonly processId: string;
  /** Tasks that run there now. */
  readonly running: readonly TaskId[];
  /** Tasks whose state is there. */
  readonly held: readonly HeldTask[];
}

/** The tasks of one sub-topology. */
export interface TaskGroup {
  readonly subtopology: number;
  readonly count: number;
  /** It has changelogs: a member without its state has to restore it. */
  readonly isStateful: boolean;
}

/** What a member is to do. */
export interface MemberTasks {
  readonly active: TaskId[];
  readonly standby: TaskId[];
}

/**
 * Divides tasks among members: of each sub-topology, and of all together, no member has more than one task more than another. Within that a task stays where it runs, else it goes where most of its state
 * is. The same input gives the same answer, in whatever order members come. Standbys go to members of other processes, where state is first.
 */
export function divideTasks(
  members: readonly TaskMember[],
  groups: readonly TaskGroup[],
  standbyReplicas: number,
): Map<string, MemberTasks> {
  const sorted = [...members].sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
  const shares = sorted.map((member) => new Share(member));
  for (const group of groups) divideGroup(shares, group);
  for (const group of groups) if (group.isStateful && standbyReplicas > 0) divideStandbys(shares, group, standbyReplicas);
  return new Map(shares.map(({ member, active, standby }) => [member.memberId, { active, standby }]));
}

/** What a member has got so far. */
class Share {
  readonly member: TaskMember;
  readonly active: TaskId[] = [];
  readonly standby: TaskId[] = [];
  readonly #running: ReadonlySet<string>;
  readonly #held: ReadonlyMap<string, number>;
  readonly #activeNames = new Set<string>();

  constructor(member: TaskMember) {
    this.member = member;
    this.#running = new Set(member.running.map(taskName));
    this.#held = new Map(member.held.map((task) => [taskName(task), task.offsetSum]));
  }

  runs(task: TaskId): boolean {
    return this.#running.has(taskName(task));
  }

  /** −1: nothing of the task is there. */
  stateOf(task: TaskId): number {
    return this.#held.get(taskName(task)) ?? -1;
  }

  take(task: TaskId): void {
    this.active.push(task);
    this.#activeNames.add(taskName(task));
  }

  hasTaken(task: TaskId): boolean {
    return this.#activeNames.has(taskName(task));
  }
}

function divideGroup(shares: readonly Share[], { subtopology, count }: TaskGroup): void {
  const tasks = Array.from({ length: count }, (_, partition) => ({ subtopology, partition }));
  const runningCounts = new Map(shares.map((share) => [share, tasks.filter((task) => share.runs(task)).length]));
  const smallShare = Math.floor(count / shares.length);
  // One more goes to those who have the fewest of all so far, and of these to those who would have to give up most.
  const byNeed = [...shares].sort((a, b) => a.active.length - b.active.length || runningCounts.get(b)! - runningCounts.get(a)!);
  const room = new Map(byNeed.map((share, index) => [share, smallShare + (index < count % shares.length ? 1 : 0)]));
  const give = (share: Share, task: TaskId): void => {
    share.take(task);
    room.set(share, room.get(share)! - 1);
  };
  const homeless = tasks.filter((task) => {
    const home = shares.find((share) => share.runs(task) && room.get(share)! > 0);
    if (home !== undefined) give(home, task);
    return home === undefined;
  });
  // Those whose state is somewhere choose first.
  const isSomewhere = new Set(homeless.filter((task) => shares.some((share) => share.stateOf(task) >= 0)));
  const withState = [...isSomewhere, ...homeless.filter((task) => !isSomewhere.has(task))];
  for (const task of withState) {
    const free = byNeed.filter((share) => room.get(share)! > 0);
    give(mostState(free, task), task);
  }
}

function mostState(shares: readonly Share[], task: TaskId): Share {
  return shares.reduce((best, share) => (share.stateOf(task) > best.stateOf(task) ? share : best));
}

function divideStandbys(shares: readonly Share[], { subtopology, count }: TaskGroup, replicas: number): void {
  for (let partition = 0; partition < count; partition++) {
    const task = { subtopology, partition };
    const processes = new Set(shares.filter((share) => share.hasTaken(task)).map(({ member }) => member.processId));
    for (let replica = 0; replica < replicas; replica++) {
      const free = shares.filter(({ member }) => !processes.has(member.processId));
      if (free.length === 0) break;
      const fewest = Math.min(...free.map(({ standby }) => standby.length));
      // A copy that is there is worth one more standby than others have.
      const chosen = mostState(
        free.filter(({ standby }) => standby.length <= fewest + 1),
        task,
      );
      const share = chosen.stateOf(task) >= 0 ? chosen : free.find(({ standby }) => standby.length === fewest)!;
      share.standby.push(task);
      processes.add(share.member.processId);
    }
  }
}
