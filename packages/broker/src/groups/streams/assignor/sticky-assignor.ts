import { hasTask, NO_TASKS, type TaskTuple } from "../tasks.ts";
import { javaComputedOrder, javaHashOrder, JavaPriorityQueue } from "./java-order.ts";
import { ProcessLoad, type Task } from "./process-load.ts";
import type { AssignableMember, AssignableSubtopology, TaskProblem, TaskSolution } from "./task-assignment.ts";

/**
 * Kafka's "sticky" assignor: tasks stay where they run, or go to where their state is, as far as nobody has more than its share; the rest goes to the process, and in it to the member, that has least.
 * Copies of state are never on the process that runs the task, and not twice on one. Ties are broken as in Java. Source: Apache Kafka 4.4's behaviour.
 */
export function assignSticky(problem: TaskProblem): TaskSolution {
  const assign = assignStickyInSteps(problem);
  for (let step = assign.next(); ; step = assign.next()) if (step.done) return step.value;
}

/** As {@link assignSticky}, with turns for others at each yield: between two of them are some tens of tasks, or one member. */
export function assignStickyInSteps(problem: TaskProblem): Generator<void, TaskSolution> {
  return new StickyAssignment(problem).solve();
}

/** Tasks between two yields. */
const STEP_TASKS = 32;

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
  readonly #candidates = new Map<string, StandbyCandidate[]>();
  readonly #copiesOn = new Map<string, readonly Place[]>();
  #sinceYield = 0;
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
  }

  *solve(): Generator<void, TaskSolution> {
    const byId = new Map(this.#problem.members.map((member) => [member.memberId, member]));
    for (const memberId of javaHashOrder(byId.keys())) {
      this.#place(byId.get(memberId)!);
      yield;
    }
    yield* this.#assignActive();
    if (this.#problem.standbyReplicas > 0) yield* this.#assignStandby();
    const solution = new Map<string, TaskTuple>();
    for (const process of this.#processes.values()) {
      for (const { memberId, active, standby } of process.members())
        solution.set(memberId, { active: active.tasks, standby: standby.tasks, warmup: NO_TASKS });
    }
    return solution;
  }

  /** Some tasks are done since the last yield. */
  get #isStepOver(): boolean {
    if (++this.#sinceYield < STEP_TASKS) return false;
    this.#sinceYield = 0;
    return true;
  }

  #place(member: AssignableMember): void {
    const { memberId, processId, active, standby, offsets } = member;
    let process = this.#processes.get(processId);
    if (!process) this.#processes.set(processId, (process = new ProcessLoad(processId)));
    process.addMember(memberId);
    const place = { memberId, process };
    for (const [subtopologyId, partitions] of active)
      for (const partition of partitions.keys()) this.#ranOn.set(keyOf({ subtopologyId, partition }), place);
    const add = (task: Task, isStandby: boolean, offset: number): void => {
      const key = keyOf(task);
      const known = this.#candidates.get(key);
      if (known) known.push({ place, isStandby, offset });
      else this.#candidates.set(key, [{ place, isStandby, offset }]);
    };
    for (const [subtopologyId, partitions] of standby)
      for (const partition of partitions) add({ subtopologyId, partition }, true, offsets.get(subtopologyId)?.get(partition) ?? 0);
    for (const [subtopologyId, byPartition] of offsets)
      for (const [partition, offset] of byPartition)
        if (!hasTask(standby, subtopologyId, partition)) add({ subtopologyId, partition }, false, offset);
  }

  /** The places of a task's state, best first. */
  #copiesOf(task: Task): readonly Place[] {
    const key = keyOf(task);
    let places = this.#copiesOn.get(key);
    if (places === undefined) this.#copiesOn.set(key, (places = ranked(this.#candidates.get(key) ?? [])));
    return places;
  }

  #processesByLoad(): JavaPriorityQueue<ProcessLoad> {
    const order = javaComputedOrder(this.#processes.keys(), this.#problem.members.length);
    return new JavaPriorityQueue(
      order.map((processId) => this.#processes.get(processId)!),
      ({ load }) => load,
    );
  }

  *#assignActive(): Generator<void, void> {
    const { subtopologies } = this.#problem;
    const moved: Task[] = [];
    for (const task of byPartition(subtopologies)) {
      if (!this.#runAgain(this.#ranOn.get(keyOf(task)), task)) moved.push(task);
      if (this.#isStepOver) yield;
    }
    const rest = new Map<string, Task[]>(subtopologies.map(({ subtopologyId }) => [subtopologyId, []]));
    for (const task of moved) {
      if (!this.#runAgain(leastLoaded(this.#copiesOf(task)), task)) rest.get(task.subtopologyId)!.push(task);
      if (this.#isStepOver) yield;
    }
    const queue = this.#processesByLoad();
    for (const tasks of rest.values()) {
      for (const task of tasks) {
        const process = queue.poll();
        if (process === undefined) return;
        this.#tookActive(process.addToLeastLoaded(task, true));
        queue.add(process);
        if (this.#isStepOver) yield;
      }
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

  *#assignStandby(): Generator<void, void> {
    const { standbyReplicas } = this.#problem;
    const subtopologies = this.#problem.subtopologies.filter(({ isStateful }) => isStateful).reverse();
    const rest = new Map<string, { readonly task: Task; readonly count: number }[]>(
      subtopologies.map(({ subtopologyId }) => [subtopologyId, []]),
    );
    for (const task of byPartition(subtopologies, true)) {
      let placed = 0;
      while (placed < standbyReplicas && this.#copyWhereStateIs(task)) placed++;
      if (placed < standbyReplicas) rest.get(task.subtopologyId)!.push({ task, count: standbyReplicas - placed });
      if (this.#isStepOver) yield;
    }
    const queue = this.#processesByLoad();
    for (const tasks of rest.values()) {
      for (const { task, count } of tasks) {
        for (let i = 0; i < count && this.#copyToLeastLoaded(queue, task); i++);
        if (this.#isStepOver) yield;
      }
    }
  }

  #copyWhereStateIs(task: Task): boolean {
    const key = keyOf(task);
    const ran = this.#ranOn.get(key);
    if (ran && !ran.process.hasTask(task) && this.#copyTo(ran, task)) return true;
    const copy = leastLoaded(this.#copiesOf(task).filter(({ process }) => !process.hasTask(task)));
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

/** Partition by partition, ascending or from the last one, of these sub-topologies in their order. */
function* byPartition(subtopologies: readonly AssignableSubtopology[], isFromLast = false): Generator<Task, void> {
  const count = Math.max(0, ...subtopologies.map(({ taskCount }) => taskCount));
  for (let i = 0; i < count; i++) {
    const partition = isFromLast ? count - 1 - i : i;
    for (const { subtopologyId, taskCount } of subtopologies) if (partition < taskCount) yield { subtopologyId, partition };
  }
}

/** Members that copy a task now come first, then those whose state is further. */
function ranked(candidates: readonly StandbyCandidate[]): readonly Place[] {
  return [...candidates]
    .sort((one, other) => Number(other.isStandby) - Number(one.isStandby) || other.offset - one.offset)
    .map(({ place }) => place);
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
