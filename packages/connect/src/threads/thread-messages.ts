import type { ThreadLogLine } from "@ottla/base/node";
import type { ProducerRecord } from "@ottla/client";
import type { SourcePlace } from "../data/connect-record.ts";
import type { ConnectorProperties } from "../plugin/read-config.ts";
import type { SourceOffset } from "../storage/offset-store.ts";
import type { ClusterAccess } from "../worker/cluster-access.ts";
import type { TaskPlan } from "../worker/task-world.ts";
import type { PortableError } from "./portable-error.ts";

/** Marks a thread as one of ours. */
export const CONNECT_TASKS = "ottla connect tasks";

/** What a thread of tasks is made with. */
export interface TaskThreadStart {
  readonly kind: typeof CONNECT_TASKS;
  readonly access: ClusterAccess;
  /** The worker's. */
  readonly properties: ConnectorProperties;
  /** Where compiled code is kept; undefined where it is not. */
  readonly compileCache: string | undefined;
  /** Whether anybody reads lines of `debug`; each `ping` says it anew. */
  readonly tellsDebug: boolean;
}

/** To a thread; `task` is a number that the worker gave it. `heard`: so many lines of its log were taken. */
export type ToTaskThread =
  | {
      readonly type: "start";
      readonly task: number;
      readonly plan: TaskPlan;
      /** Files of plugins that take part: a thread loads none that it does not need. */
      readonly files: readonly string[];
      /** Whether offsets go into transactions of the task's own. */
      readonly isExactlyOnce: boolean;
    }
  | { readonly type: "pause" | "resume" | "stop"; readonly task: number }
  | { readonly type: "answer"; readonly call: number; readonly value?: OffsetAnswer; readonly error?: PortableError }
  | { readonly type: "ping"; readonly tellsDebug: boolean }
  | { readonly type: "heard"; readonly count: number };

/** What a task asks of its worker's offsets. */
export type OffsetCall =
  | { readonly op: "get"; readonly partition: SourcePlace }
  | { readonly op: "put"; readonly offsets: readonly SourceOffset[] }
  | { readonly op: "records"; readonly offsets: readonly SourceOffset[] };

/** Of `get` a place, of `records` records, of `put` nothing. */
export type OffsetAnswer = SourcePlace | readonly ProducerRecord[] | undefined;

/** A task's gauges. */
export type TaskGauges = Readonly<Record<string, number>>;

/** From a thread; `ready` is the first. `fatal` is the last: an error of no task, where one connector alone is there to have thrown it. */
export type FromTaskThread =
  | { readonly type: "ready" }
  | { readonly type: "ended"; readonly task: number; readonly gauges: TaskGauges; readonly error: PortableError | undefined }
  | { readonly type: "ask"; readonly task: number; readonly call: number; readonly question: OffsetCall }
  | { readonly type: "topic"; readonly task: number; readonly topic: string }
  | { readonly type: "pong"; readonly gauges: readonly (readonly [task: number, gauges: TaskGauges])[] }
  | { readonly type: "fatal"; readonly error: PortableError }
  | ThreadLogLine;
