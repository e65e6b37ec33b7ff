/** Tasks by sub-topology, as partitions. Never changed once made. */
export type Tasks = ReadonlyMap<string, ReadonlySet<number>>;

/** Tasks by sub-topology, each with the member epoch at which it was assigned. Never changed once made. */
export type TaskEpochs = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** What a member is to have. */
export interface TaskTuple {
  readonly active: Tasks;
  readonly standby: Tasks;
  readonly warmup: Tasks;
}

/** What a member has: who commits for an active task by an old epoch may do so since it has it. */
export interface HeldTasks {
  readonly active: TaskEpochs;
  readonly standby: Tasks;
  readonly warmup: Tasks;
}

/** Either kind of tasks, where epochs do not matter. */
export type AnyTasks = ReadonlyMap<string, { has(partition: number): boolean; keys(): IterableIterator<number>; readonly size: number }>;

/** Tasks of one sub-topology as messages and records list them. */
export interface ListedTasks {
  readonly subtopologyId: string;
  readonly partitions: readonly number[];
}

export const NO_TASKS: Tasks = new Map();
export const NO_TUPLE: TaskTuple = { active: NO_TASKS, standby: NO_TASKS, warmup: NO_TASKS };
export const NOTHING_HELD: HeldTasks = { active: new Map(), standby: NO_TASKS, warmup: NO_TASKS };

export function hasTask(tasks: AnyTasks, subtopologyId: string, partition: number): boolean {
  return tasks.get(subtopologyId)?.has(partition) ?? false;
}

function taskCount(tasks: AnyTasks): number {
  let count = 0;
  for (const partitions of tasks.values()) count += partitions.size;
  return count;
}

export function heldCount({ active, standby, warmup }: TaskTuple | HeldTasks): number {
  return taskCount(active) + taskCount(standby) + taskCount(warmup);
}

/** Whether both have the same tasks, whatever their epochs. */
function isSameTasks(one: AnyTasks, other: AnyTasks): boolean {
  if (one === other) return true;
  if (one.size !== other.size) return false;
  for (const [subtopologyId, partitions] of one) {
    const others = other.get(subtopologyId);
    if (others?.size !== partitions.size) return false;
    for (const partition of partitions.keys()) if (!others.has(partition)) return false;
  }
  return true;
}

export function isSameTuple(one: TaskTuple, other: TaskTuple): boolean {
  return isSameTasks(one.active, other.active) && isSameTasks(one.standby, other.standby) && isSameTasks(one.warmup, other.warmup);
}

/** Whether both are the same tasks since the same epochs. */
export function isSameHeld(one: HeldTasks, other: HeldTasks): boolean {
  if (one === other) return true;
  if (!isSameTasks(one.active, other.active)) return false;
  for (const [subtopologyId, epochs] of one.active) {
    const others = other.active.get(subtopologyId);
    for (const [partition, epoch] of epochs) if (others?.get(partition) !== epoch) return false;
  }
  return isSameTasks(one.standby, other.standby) && isSameTasks(one.warmup, other.warmup);
}

/** Whether these have any task of the listed ones. */
export function hasAnyOf(tasks: AnyTasks, listed: readonly ListedTasks[]): boolean {
  return listed.some(({ subtopologyId, partitions }) => partitions.some((partition) => hasTask(tasks, subtopologyId, partition)));
}

/** Whether these have all of the listed tasks, and know all of the listed sub-topologies. */
export function hasAllOf(tasks: AnyTasks, listed: readonly ListedTasks[] | null): boolean {
  if (listed === null) return false;
  return listed.every(
    ({ subtopologyId, partitions }) =>
      tasks.has(subtopologyId) && partitions.every((partition) => hasTask(tasks, subtopologyId, partition)),
  );
}

export function tasksOf(listed: readonly ListedTasks[]): Tasks {
  return new Map(listed.map(({ subtopologyId, partitions }) => [subtopologyId, new Set(partitions)]));
}

/** In order: ids ascending, and partitions ascending within each. */
export function listTasks(tasks: AnyTasks): ListedTasks[] {
  return [...tasks]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([subtopologyId, partitions]) => ({ subtopologyId, partitions: [...partitions.keys()].sort((one, other) => one - other) }));
}

/** Tasks in the making. */
export class TasksDraft {
  readonly tasks = new Map<string, Set<number>>();

  add(subtopologyId: string, partition: number): void {
    const partitions = this.tasks.get(subtopologyId);
    if (partitions) partitions.add(partition);
    else this.tasks.set(subtopologyId, new Set([partition]));
  }

  /** Whether it was there. */
  take(subtopologyId: string, partition: number): boolean {
    const partitions = this.tasks.get(subtopologyId);
    if (!partitions?.delete(partition)) return false;
    if (partitions.size === 0) this.tasks.delete(subtopologyId);
    return true;
  }
}

/** Tasks with their epochs, in the making. */
export class TaskEpochsDraft {
  readonly tasks = new Map<string, Map<number, number>>();

  add(subtopologyId: string, partition: number, epoch: number): void {
    const partitions = this.tasks.get(subtopologyId);
    if (partitions) partitions.set(partition, epoch);
    else this.tasks.set(subtopologyId, new Map([[partition, epoch]]));
  }
}
