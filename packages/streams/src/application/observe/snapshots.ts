import type { TopicPartition } from "@ottla/client";
import type { TaskCounts } from "../../runtime/task-meter.ts";
import type { StatValues } from "../../runtime/windowed-stat.ts";

/** A partition that a task reads. */
export interface InputSnapshot extends TopicPartition {
  /** What the group has been told; undefined: nothing. */
  readonly committedOffset: number | undefined;
  /** Records that are here and wait for their turn. */
  readonly waitingCount: number;
  /** Records on the broker that are not here; undefined: not known yet. */
  readonly lag: number | undefined;
  /** How long the task has waited for a record of it, with others in hand. */
  readonly idleMs: number | undefined;
}

/** A store that is made again from a topic. */
export interface ChangelogSnapshot extends TopicPartition {
  readonly store: string;
  /** Everything before it is in the store; undefined: the restore has not told yet. */
  readonly position: number | undefined;
}

/** A task as it is, in plain data. */
export interface TaskSnapshot extends TaskCounts {
  readonly taskId: string;
  readonly subtopology: number;
  readonly partition: number;
  readonly state: "restoring" | "running";
  /** −1: no record since the task began. */
  readonly streamTimeMs: number;
  readonly inputs: readonly InputSnapshot[];
  readonly changelogs: readonly ChangelogSnapshot[];
  /** Calls outside that have not ended. */
  readonly openCallCount: number;
  readonly hasRoomForCalls: boolean;
  /** Of the next punctuator that follows stream time; undefined: there is none. */
  readonly nextStreamTimePunctuationMs: number | undefined;
}

/** A copy of a task that runs elsewhere. */
export interface StandbySnapshot {
  readonly taskId: string;
  readonly subtopology: number;
  readonly partition: number;
  readonly changelogs: readonly ChangelogSnapshot[];
  /** How many changelog records the copy is behind, as far as is known here. */
  readonly lag: number;
}

/** All workers that answered. */
export interface WorkerSnapshots {
  readonly workers: readonly WorkerSnapshot[];
  /** Numbers of those that did not in time. */
  readonly silent: readonly number[];
}

/** What a worker does with its time, as Java's stream threads tell it. */
export interface ThreadStats {
  /** Milliseconds. */
  readonly windowMs: number;
  readonly pollMs: StatValues;
  readonly pollRecords: StatValues;
  /** Milliseconds of a slice, and its records. */
  readonly processMs: StatValues;
  readonly processRecords: StatValues;
  readonly punctuateMs: StatValues;
  readonly commitMs: StatValues;
  readonly restoreMs: StatValues;
  readonly tasksCreated: StatValues;
  readonly tasksClosed: StatValues;
}

/** Where a worker is with its group. */
export type WorkerState = "REBALANCING" | "RESTORING" | "RUNNING";

/** What a worker's loop is at; what it asks the broker in between ("aborts a transaction") comes before what it asks it for. */
export type WorkerDoing =
  | "begins"
  | "polls the group"
  | "opens tasks"
  | "restores stores"
  | "processes records"
  | "begins a transaction"
  | "waits for room to write"
  | "writes what waits"
  | "tells its transaction what was consumed"
  | "commits a transaction"
  | "aborts a transaction"
  | "commits offsets"
  | "keeps copies"
  | "begins anew as a member"
  | "closes";

/** A worker and its tasks as they are, in plain data: it may come from another thread. */
export interface WorkerSnapshot {
  /** As Java names threads: `ID-PROCESS-StreamThread-1`. */
  readonly name: string;
  readonly state: WorkerState;
  readonly stateSinceMs: number;
  /** What its loop waits for, and since when by the clock of `takenAtMs`: where nothing comes out, that is what keeps it. */
  readonly doing: WorkerDoing;
  readonly doingSinceMs: number;
  readonly startedAtMs: number;
  readonly takenAtMs: number;
  readonly memberId: string | undefined;
  /** Since when a transaction is open; undefined: none is. */
  readonly transactionSinceMs: number | undefined;
  /** The producer has no room: what is processed waits for the broker. */
  readonly isOutputFull: boolean;
  readonly committedAtMs: number | undefined;
  readonly cacheBytes: number;
  readonly thread: ThreadStats;
  readonly tasks: readonly TaskSnapshot[];
  readonly standbys: readonly StandbySnapshot[];
}
