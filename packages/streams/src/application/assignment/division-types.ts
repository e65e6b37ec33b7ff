import type { TaskId } from "../plan/task-id.ts";
import type { HeldTask } from "./member-data.ts";

/** A member of the group, as tasks are divided. */
export interface TaskMember {
  readonly memberId: string;
  readonly processId: string;
  /** Tasks that run there now, or are restored to run. */
  readonly running: readonly TaskId[];
  /** Tasks whose state is there. */
  readonly held: readonly HeldTask[];
  /** Where it is: `{ zone: "a" }`. */
  readonly clientTags?: Readonly<Record<string, string>> | undefined;
}

/** The tasks of one sub-topology. */
export interface TaskGroup {
  readonly subtopology: number;
  readonly count: number;
  /** It has changelogs: a member without its state has to restore it. */
  readonly isStateful: boolean;
}

/** By which rules tasks are divided; names and meanings are Java's. */
export interface DivisionRules {
  /** `num.standby.replicas`. */
  readonly standbyReplicas: number;
  /** `acceptable.recovery.lag`: a member with no more records than that to read is as good as one that has all. */
  readonly acceptableRecoveryLag: number;
  /** `max.warmup.replicas`: of the whole group at a time. */
  readonly maxWarmupReplicas: number;
  /** `rack.aware.assignment.tags`: copies go where these differ, the first of them being worth most. */
  readonly rackAwareTags: readonly string[];
}

/** What a member is to do. */
export interface MemberTasks {
  readonly active: TaskId[];
  /** Copies of tasks that run elsewhere, to take over when that goes. */
  readonly standby: TaskId[];
  /** Copies of tasks that are to run here as soon as their state is. */
  readonly warmup: TaskId[];
}

/** Who is to have which tasks. */
export interface Division {
  readonly members: ReadonlyMap<string, MemberTasks>;
  /** False: some tasks wait for their state where they are to run. It is to be divided anew when that may be there. */
  readonly isSettled: boolean;
}
