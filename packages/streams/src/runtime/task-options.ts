import type { DropReason } from "../processors/operator.ts";
import type { RecordCache } from "../stores/cache/record-cache.ts";
import type { TaskState } from "../stores/persistent/task-state.ts";
import type { StateStore } from "../stores/store.ts";
import type { StorePart } from "../topology/parts.ts";
import type { TopologyBuilder } from "../topology/topology-builder.ts";
import type { ErrorHandlers } from "./failures.ts";
import type { RecordCollector } from "./sink-operator.ts";
import type { Trace } from "./trace.ts";

/** What a task is made with. */
export interface TaskOptions {
  readonly applicationId: string;
  readonly taskId: string;
  readonly partition: number;
  readonly topology: TopologyBuilder;
  /** The nodes that this task runs. */
  readonly nodes: readonly string[];
  readonly globalStores: ReadonlyMap<string, StateStore>;
  /** Global stores are another task's; this one has all others that its nodes use, unless told. */
  readonly takesStore?: ((store: StorePart) => boolean) | undefined;
  readonly collector: RecordCollector;
  readonly systemTimeMs: () => number;
  /** Lets so much time pass before a record is tried again; the task does nothing else meanwhile. Without, retries come at once. */
  readonly pause?: ((ms: number) => void) | undefined;
  /** How often at most results that wait for a window's end are looked for. Default 1000. */
  readonly emitIntervalMs?: number | undefined;
  /** What the stores of the task's thread may hold back, for those that are cached. */
  readonly cache?: RecordCache | undefined;
  /** What the task has on the disk: stores that are persistent, and how far it has read. Closed by who opened it. */
  readonly state?: TaskState | undefined;
  readonly onError?: ErrorHandlers | undefined;
  /** Whether dead letters are written; true unless told. */
  readonly writesDeadLetters?: boolean | undefined;
  /** Is told of records that go no further. */
  readonly onDropped?: ((node: string, reason: DropReason) => void) | undefined;
  /** Writes down what becomes of each record. Without, it costs nothing. */
  readonly trace?: Trace | undefined;
}
