import type { TaskOffsets } from "../streams-group.ts";
import type { AnyTasks, Tasks, TaskTuple } from "../tasks.ts";

/** A member as an assignor sees it. */
export interface AssignableMember {
  readonly memberId: string;
  readonly processId: string;
  readonly active: AnyTasks;
  readonly standby: Tasks;
  readonly offsets: TaskOffsets;
}

/** A sub-topology as an assignor sees it. */
export interface AssignableSubtopology {
  readonly subtopologyId: string;
  readonly taskCount: number;
  readonly isStateful: boolean;
}

/** What an assignor is asked. */
export interface TaskProblem {
  /** In order of joining. */
  readonly members: readonly AssignableMember[];
  /** Ascending by id. */
  readonly subtopologies: readonly AssignableSubtopology[];
  readonly standbyReplicas: number;
}

/** What each member is to have. */
export type TaskSolution = ReadonlyMap<string, TaskTuple>;
