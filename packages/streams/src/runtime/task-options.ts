import type { DropReason } from "../processors/operator.ts";
import type { RecordCache } from "../stores/cache/record-cache.ts";
import type { PartitionProgress } from "../stores/persistent/task-state.ts";
import type { StateStore } from "../stores/store.ts";
import type { PersistentState } from "../stores/store-builder.ts";
import type { StorePart } from "../topology/parts.ts";
import type { TopologyBuilder } from "../topology/topology-builder.ts";
import type { ErrorHandlers } from "./failures.ts";
import type { RecordCollector } from "./sink-operator.ts";
import type { TaskMeter } from "./task-meter.ts";
import type { OpenedStores } from "./opened-stores.ts";
import type { SpanSource } from "./task-spans.ts";
import type { Trace } from "./trace.ts";

/** How far a task has read, as of its last commit: what it has to know again when it goes on after a restart. */
export interface CommittedProgress {
  /** The next offset to read; undefined: none was committed. */
  offset(topic: string, partition: number): number | undefined;
  /** −1 when none is known. */
  partitionTimeMs(topic: string, partition: number): number;
  /** What operators put down ({@link OperatorContext.metadata}). */
  numbers(): Map<string, number>;
  /** Puts down how far the task is now. */
  commit(progress: Iterable<PartitionProgress>, numbers: Iterable<readonly [name: string, value: number]>): void;
}

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
  /** Time that never goes back, for calls that may take so long. Default: the machine's, as where that is set by hand. */
  readonly elapsedMs?: (() => number) | undefined;
  /** Lets so much time pass before a record is tried again; the task does nothing else meanwhile. Without, retries come at once. */
  readonly pause?: ((ms: number) => void) | undefined;
  /** How often at most results that wait for a window's end are looked for. Default 1000. */
  readonly emitIntervalMs?: number | undefined;
  /** What the stores of the task's thread may hold back, for those that are cached. */
  readonly cache?: RecordCache | undefined;
  /** Its stores, where they were opened before it; without them it opens its own. It closes them. */
  readonly stores?: OpenedStores | undefined;
  /** Where the task has its stores that are persistent. Closed by who opened it. */
  readonly state?: PersistentState | undefined;
  /** Without it nothing is known from before, and nothing is committed. */
  readonly committed?: CommittedProgress | undefined;
  /** Whoever runs the task fills its stores from their changelogs: nothing of them has to be kept beside them. */
  readonly isRestoredFromChangelogs?: boolean | undefined;
  /** What caches hold is given on when the task commits, and not after every record. */
  readonly flushesAtCommit?: boolean | undefined;
  /** A processor asks for a commit soon. */
  readonly onCommitRequested?: (() => void) | undefined;
  readonly onError?: ErrorHandlers | undefined;
  /** Whether dead letters are written; true unless told. */
  readonly writesDeadLetters?: boolean | undefined;
  /** Is told of records that go no further. */
  readonly onDropped?: ((node: string, reason: DropReason) => void) | undefined;
  /** Where one record becomes many, the task leaves off after so many steps ({@link Task.isFanningOut}): whoever runs it lets it go on. Without, all is made in one call. */
  readonly stepsPerSlice?: number | undefined;
  /** Counts what happens. Without, it costs nothing. */
  readonly meter?: TaskMeter | undefined;
  /** Writes down what becomes of each record. Without, it costs nothing. */
  readonly trace?: Trace | undefined;
  /** Makes spans of what it does. Without, it costs nothing. */
  readonly spans?: SpanSource | undefined;
}
