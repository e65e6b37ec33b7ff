import type { ThreadLogLine } from "@ottla/base/node";
import type { DropReason } from "../../processors/operator.ts";
import type { HostTasks } from "../assignment/member-data.ts";
import type { ResolvedOptions } from "../options/resolve-options.ts";
import type { PartitionCounts } from "../plan/partition-counts.ts";
import type { WorkerSnapshot } from "../observe/snapshots.ts";
import type { RestoreListener, RestoreProgress } from "../restore/changelog-restore.ts";
import type { PortableError } from "./portable-error.ts";
import type { AnswerMessage, AskMessage } from "./thread-questions.ts";
import type { ChangedMessage, ChangesMessage, UnwatchMessage } from "./thread-watches.ts";

/** Marks a thread as one of ours: its entry does nothing in others. */
export const STREAMS_WORKER = "ottla streams worker";

/** What a worker's thread is made with. */
export interface ThreadStart {
  readonly kind: typeof STREAMS_WORKER;
  /** Of the module that builds the topology. */
  readonly url: string;
  readonly data: unknown;
  /** What the topology is on the application's side: a module that builds another one each time cannot be run. */
  readonly description: string;
  readonly options: ResolvedOptions;
  readonly counts: PartitionCounts;
  readonly processId: string;
  readonly number: number;
  readonly cacheMaxBytes: number;
  /** False: nobody reads the log. */
  readonly isLogged: boolean;
  /** Of the gate through which it is ended. */
  readonly gate: SharedArrayBuffer;
  /** Where compiled code is kept; undefined where it is not. */
  readonly compileCache: string | undefined;
}

/** To a worker's thread. `heard`: so many lines of its log were taken. */
export type ToThread =
  | { readonly type: "stop"; readonly isLeaving: boolean }
  | { readonly type: "cache"; readonly maxBytes: number }
  | { readonly type: "look" }
  | { readonly type: "heard"; readonly count: number }
  | AskMessage
  | ChangesMessage
  | UnwatchMessage;

/** From a worker's thread; `ended` is the last. */
export type FromThread =
  | { readonly type: "running"; readonly isRunning: boolean; readonly memberId: string | undefined }
  | { readonly type: "dropped"; readonly counts: ReadonlyMap<DropReason, number> }
  | {
      readonly type: "restore";
      readonly isStandby: boolean;
      readonly event: Parameters<RestoreListener>[0];
      readonly progress: RestoreProgress;
    }
  | { readonly type: "snapshot"; readonly snapshot: WorkerSnapshot | undefined }
  | { readonly type: "hosts"; readonly hosts: readonly HostTasks[] }
  | AnswerMessage
  | ChangedMessage
  | ThreadLogLine
  | { readonly type: "ended"; readonly error: PortableError | undefined };
