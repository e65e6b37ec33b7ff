import { hasTask, NO_TASKS, type TaskTuple } from "../tasks.ts";
import { javaComputedOrder, javaHashOrder, JavaPriorityQueue } from "./java-order.ts";
import { ProcessLoad, type Task } from "./process-load.ts";
import type { AssignableMember, TaskProblem, TaskSolution } from "./task-assignment.ts";

/**
 * Kafka's "sticky" assignor: tasks stay where they run, or go to where their state is, as far as nobody has more than its share; the rest goes to the process, and in it to the member, that has least.
 * Copies of state are never on the process that runs the task, and not twice on one. Ties are broken as in Java. Source: Apache Kafka 4.4's behaviour.
 */
export function assignSticky(problem: TaskProblem): TaskSolution {
  return new StickyAssignment(problem).solve();
}

/** A member, and where it is. */
interface Place {
  readonly memberId: string;
  readonly process: ProcessLoad;
}

/** A place that has, or had, a copy of a task's state. */
interface StandbyCandidate {
  readonly place: Place;
  readonly isStandby: boolean;
  readonly offset: number;
}

/** What is left of a quota once some have theirs. */
class Quota {
  #tasks: number;
  #members: number;
  perMember: number;

  constructor(tasks: number, members: number) {
    this.#tasks = tasks;
    this.#members = members;
    this.perMember = share(tasks, members);
  }

  /** A member has come to have so many. */
  reached(count: number): void {
    if (count !== this.perMember) return;
    this.#members--;
    this.#tasks -= count;
    this.perMember = share(this.#tasks, this.#members);
  }
}

function share(tasks: number, members: number): number {
  return members === 0 ? 0 : Math.ceil(tasks / members);
}

class StickyAssignment {
  readonly #problem: TaskProblem;
  readonly #processes = new Map<string, ProcessLoad>();
  readonly #ranOn = new Map<string, Place>();
  readonly #copiesOn: ReadonlyMap<string, readonly Place[]>;
  readonly #activeQuota: Quota;
  readonly #totalQuota: Quota;

  constructor(problem: TaskProblem) {
    this.#problem = problem;
    const { members, subtopologies, standbyReplicas } = problem;
    let active = 0;
    let total = 0;
    for (const { taskCount, isStateful } of subtopologies) {
      active += taskCount;
      total += taskCount * (isStateful ? 1 + standbyReplicas : 1);
    }
    this.#activeQuota = new Quota(active, members.length);
    this.#totalQuota = new Quota(total, members.length);
    const byId = new Map(members.map((member) => [member.memberId, member]));
    const candidates = new Map<string, StandbyCandidate[]>();
    for (const memberId of javaHashOrder(byId.keys())) this.#place(byId.get(memberId)!, candidates);
    this.#copiesOn = ranked(candidates);
  }

  solve(): TaskSolution {
    this.#assignActive();
    if (this.#problem.standbyReplicas > 0) this.#assignStandby();
    const solution = new Map<string, TaskTuple>();
    for (const process of this.#processes.values()) {
      for (const { memberId, active, standby } of process.members())
        solution.set(memberId, { active: active.tasks, standby: standby.tasks, warmup: NO_TASKS });
    }
    return solution;
  }

  #place(member: AssignableMember, candidates: Map<string, StandbyCandidate[]>): void {
    const { memberId, processId, active, standby, offsets } = member;
    let process = this.#processes.get(processId);
    if (!process) this.#processes.set(processId, (process = new ProcessLoad(processId)));
    process.addMember(memberId);
    const place = { memberId, process };
    for (const [subtopologyId, partitions] of active)
      for (const partition of partitions.keys()) this.#ranOn.set(keyOf({ subtopologyId, partition }), place);
    const add = (task: Task, isStandby: boolean, offset: number): void => {
      const key = keyOf(task);
      const known = candidates.get(key);
      if (known) known.push({ place, isStandby, offset });
      else candidates.set(key, [{ place, isStandby, offset }]);
    };
    for (const [subtopologyId, partitions] of standby)
      for (const partition of partitions) add({ subtopologyId, partition }, true, offsets.get(subtopologyId)?.get(partition) ?? 0);
    for (const [subtopologyId, byPartition] of offsets)
      for (const [partition, offset] of byPartition)
        if (!hasTask(standby, subtopologyId, partition)) add({ subtopologyId, partition }, false, offset);
  }

  #tasks(isWanted: (subtopology: { readonly isStateful: boolean }) => boolean): Task[] {
    return this.#problem.subtopologies
      .filter(isWanted)
      .flatMap(({ subtopologyId, taskCount }) => Array.from({ length: taskCount }, (_, partition) => ({ subtopologyId, partition })));
  }

  #processesByLoad(): JavaPriorityQueue<ProcessLoad> {
    const order = javaComputedOrder(this.#processes.keys(), this.#problem.members.length);
    return new JavaPriorityQueue(
      order.map((processId) => this.#processes.get(processId)!),
      ({ load }) => load,
    );
  }

  #assignActive(): void {
    const byPartition = this.#tasks(() => true).sort((one, other) => one.partition - other.partition || compareIds(one, other));
    const moved = byPartition.filter((task) => !this.#runAgain(this.#ranOn.get(keyOf(task)), task));
    const rest = moved.filter((task) => !this.#runAgain(leastLoaded(this.#copiesOn.get(keyOf(task)) ?? []), task));
    const queue = this.#processesByLoad();
    for (const task of rest.sort((one, other) => compareIds(one, other) || one.partition - other.partition)) {
      const process = queue.poll();
      if (process === undefined) return;
      this.#tookActive(process.addToLeastLoaded(task, true));
      queue.add(process);
    }
  }

  /** Leaves the task to a member that has its state, unless it has its share. */
  #runAgain(place: Place | undefined, task: Task): boolean {
    if (place === undefined || place.process.countOf(place.memberId) >= this.#activeQuota.perMember) return false;
    this.#tookActive(place.process.add(place.memberId, task, true));
    return true;
  }

  #tookActive(count: number): void {
    this.#activeQuota.reached(count);
    this.#totalQuota.reached(count);
  }

  #assignStandby(): void {
    const { standbyReplicas } = this.#problem;
    const tasks = this.#tasks(({ isStateful }) => isStateful).sort(
      (one, other) => other.partition - one.partition || compareIds(other, one),
    );
    const rest: { readonly task: Task; readonly count: number }[] = [];
    for (const task of tasks) {
      let placed = 0;
      while (placed < standbyReplicas && this.#copyWhereStateIs(task)) placed++;
      if (placed < standbyReplicas) rest.push({ task, count: standbyReplicas - placed });
    }
    rest.sort((one, other) => compareIds(other.task, one.task) || other.task.partition - one.task.partition);
    const queue = this.#processesByLoad();
    for (const { task, count } of rest) for (let i = 0; i < count && this.#copyToLeastLoaded(queue, task); i++);
  }

  #copyWhereStateIs(task: Task): boolean {
    const key = keyOf(task);
    const ran = this.#ranOn.get(key);
    if (ran && !ran.process.hasTask(task) && this.#copyTo(ran, task)) return true;
    const copy = leastLoaded((this.#copiesOn.get(key) ?? []).filter(({ process }) => !process.hasTask(task)));
    return copy !== undefined && this.#copyTo(copy, task);
  }

  #copyTo({ process, memberId }: Place, task: Task): boolean {
    if (process.countOf(memberId) >= this.#totalQuota.perMember) return false;
    this.#totalQuota.reached(process.add(memberId, task, false));
    return true;
  }

  #copyToLeastLoaded(queue: JavaPriorityQueue<ProcessLoad>, task: Task): boolean {
    const passedOver: ProcessLoad[] = [];
    let process = queue.poll();
    while (process?.hasTask(task)) {
      passedOver.push(process);
      process = queue.poll();
    }
    if (process) {
      this.#totalQuota.reached(process.addToLeastLoaded(task, false));
      queue.add(process);
    }
    // Put back from the last to the first, as a recursion would.
    for (const each of passedOver.reverse()) queue.add(each);
    return process !== undefined;
  }
}

function keyOf({ subtopologyId, partition }: Task): string {
  return `${partition} ${subtopologyId}`;
}

function compareIds(one: Task, other: Task): number {
  return one.subtopologyId < other.subtopologyId ? -1 : one.subtopologyId > other.subtopologyId ? 1 : 0;
}

/** Members that copy a task now come first, then those whose state is further. */
function ranked(candidates: ReadonlyMap<string, readonly StandbyCandidate[]>): Map<string, readonly Place[]> {
  const places = new Map<string, readonly Place[]>();
  for (const [key, of] of candidates) {
    const sorted = [...of].sort((one, other) => Number(other.isStandby) - Number(one.isStandby) || other.offset - one.offset);
    places.set(
      key,
      sorted.map(({ place }) => place),
    );
  }
  return places;
}

/** The first, unless a later one has less both by process and by member. */
function leastLoaded(places: readonly Place[]): Place | undefined {
  let best: Place | undefined;
  for (const place of places) {
    if (
      best === undefined ||
      (place.process.load < best.process.load && place.process.countOf(place.memberId) < best.process.countOf(best.memberId))
    )
      best = place;
  }
  return best;
}
