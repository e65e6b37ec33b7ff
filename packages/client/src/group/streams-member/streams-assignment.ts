import type { StreamsTaskId, StreamsMemberTasks } from "./streams-role.ts";
import type { AssignmentKind } from "../epoch-member/member-state.ts";

/** Tasks by name, in order. */
type TaskSet = ReadonlyMap<string, StreamsTaskId>;

/** What a coordinator assigns to a member of a streams group. No task stands in it twice. */
export interface StreamsAssignment {
  readonly active: TaskSet;
  readonly standby: TaskSet;
  readonly warmup: TaskSet;
  readonly isGroupReady: boolean;
}

const nothing: TaskSet = new Map();

export const streamsAssignments: AssignmentKind<StreamsAssignment> = {
  none: { active: nothing, standby: nothing, warmup: nothing, isGroupReady: false },
  areSame: (a, b) =>
    a.isGroupReady === b.isGroupReady && areSame(a.active, b.active) && areSame(a.standby, b.standby) && areSame(a.warmup, b.warmup),
};

/** Tasks as they stand in messages. */
export interface WireTasks {
  readonly subtopologyId: string;
  readonly partitions: readonly number[];
}

/** As Java reads an assignment: of a task that is given twice the active one counts, then the standby. */
export function readAssignment(
  active: readonly WireTasks[],
  standby: readonly WireTasks[],
  warmup: readonly WireTasks[],
  isGroupReady: boolean,
): StreamsAssignment {
  const running = taskSet(active);
  const copies = without(taskSet(standby), running);
  return { active: running, standby: copies, warmup: without(without(taskSet(warmup), running), copies), isGroupReady };
}

export function wireTasks(tasks: TaskSet): WireTasks[] {
  const byId = new Map<string, number[]>();
  for (const { subtopologyId, partition } of tasks.values()) byId.set(subtopologyId, [...(byId.get(subtopologyId) ?? []), partition]);
  return [...byId].map(([subtopologyId, partitions]) => ({ subtopologyId, partitions }));
}

export function tasksOf({ active, standby, warmup, isGroupReady }: StreamsAssignment): StreamsMemberTasks {
  return { active: [...active.values()], standby: [...standby.values()], warmup: [...warmup.values()], isGroupReady };
}

export function taskKey({ subtopologyId, partition }: StreamsTaskId): string {
  return `${subtopologyId}_${partition}`;
}

function taskSet(tasks: readonly WireTasks[]): TaskSet {
  const all = tasks.flatMap(({ subtopologyId, partitions }) => partitions.map((partition) => ({ subtopologyId, partition })));
  all.sort((a, b) => (a.subtopologyId === b.subtopologyId ? a.partition - b.partition : a.subtopologyId < b.subtopologyId ? -1 : 1));
  return new Map(all.map((task) => [taskKey(task), task]));
}

function without(tasks: TaskSet, others: TaskSet): TaskSet {
  return new Map([...tasks].filter(([key]) => !others.has(key)));
}

function areSame(a: TaskSet, b: TaskSet): boolean {
  return a.size === b.size && [...a.keys()].every((key) => b.has(key));
}
