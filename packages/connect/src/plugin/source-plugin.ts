import type { ConnectHeader, SourcePlace } from "../data/connect-record.ts";
import type { ConnectSchema } from "../data/schema.ts";
import type { ConfigShape, ConfigValues } from "./config-shape.ts";
import type { CheckContext, CheckFinding, TaskContext } from "./plugin-context.ts";

/** A record as a source yields it. `key` and `value` without a schema are JSON's values. */
export interface SourceEvent {
  readonly topic: string;
  /** Of the topic; undefined: by the key. */
  readonly topicPartition?: number | undefined;
  readonly key?: unknown;
  readonly keySchema?: ConnectSchema | undefined;
  readonly value: unknown;
  readonly valueSchema?: ConnectSchema | undefined;
  readonly headers?: readonly ConnectHeader[] | undefined;
  readonly timestampMs?: number | undefined;
  readonly partition: SourcePlace;
  readonly offset: SourcePlace;
  /** Where the plugin says what belongs together (`transaction.boundary=connector`): the transaction ends behind this record. */
  readonly transactionEnds?: boolean | undefined;
}

/** Nothing to write, only how far it has come (KIP-910): the offset is committed in its turn behind the records before it. A source that reads what it leaves out moves on so. */
export interface SourceProgress {
  readonly topic?: undefined;
  readonly partition: SourcePlace;
  readonly offset: SourcePlace;
  readonly transactionEnds?: boolean | undefined;
}

/** What `read` yields. */
export type SourceItem = SourceEvent | SourceProgress;

/** What a source's task has. */
export interface SourceTaskContext<Task> extends TaskContext {
  readonly task: Task;
  readonly offsets: {
    /** The last offset that is durable; undefined: none. */
    get(partition: SourcePlace): Promise<SourcePlace | undefined>;
  };
  /** A gauge of the task (`slot_lag_bytes`), as it is now. */
  metric?(name: string, value: number): void;
}

/**
 * A source. `read` is pulled: as long as nobody asks for the next batch it stands still, and that is the whole of back-pressure. It ends when `signal` is aborted.
 * Mapped to Java: `split` is `taskConfigs`, `read` is `poll`, `acked` is `commit`.
 */
export interface SourcePlugin<Shape extends ConfigShape = ConfigShape, Task extends object = Record<string, unknown>> {
  readonly kind: "source";
  /** What `connector.class` may say. */
  readonly name: string;
  /** Class names of Java's that mean it. */
  readonly aliases?: readonly string[] | undefined;
  readonly version: string;
  readonly doc?: string | undefined;
  readonly config: Shape;
  /** KIP-618: whether a restart behind any durable offset brings nothing twice and loses nothing. */
  readonly exactlyOnce?: boolean | undefined;
  /** A dry run: can it be reached, what would be read. Its findings stand in `/validate` and the preview. */
  check?(config: ConfigValues<Shape>, context: CheckContext): Promise<readonly CheckFinding[]>;
  /** What each task does; at most `maxTasks`. Without it there is one task. */
  split?(config: ConfigValues<Shape>, maxTasks: number, context: CheckContext): Promise<readonly Task[]>;
  read(config: ConfigValues<Shape>, context: SourceTaskContext<Task>): AsyncIterable<SourceItem | readonly SourceItem[]>;
  /** Behind this place everything is durable, records and offsets alike: what the source holds back for it may go. `context` is the one that `read` was given. */
  acked?(partition: SourcePlace, offset: SourcePlace, context: SourceTaskContext<Task>): Promise<void> | void;
  /**
   * Behind this place all records are durable, their offsets not yet: for a source whose other end keeps what is not acknowledged and waits for it (a window of messages), so that it need not wait for
   * `offset.flush.interval.ms` too. Told before `acked`, of each partition in order; under exactly once at the same time. Mapped to Java: `commitRecord`.
   */
  delivered?(partition: SourcePlace, offset: SourcePlace, context: SourceTaskContext<Task>): void;
  /** Whether offsets that somebody alters over REST can be used (KIP-875); throws with the reason. */
  checkOffsets?(config: ConfigValues<Shape>, offsets: readonly { partition: SourcePlace; offset: SourcePlace | null }[]): Promise<void>;
}
