import type { SinkRecord } from "../data/connect-record.ts";
import type { ConfigShape, ConfigValues } from "./config-shape.ts";
import type { CheckContext, CheckFinding, TaskContext } from "./plugin-context.ts";

/** A partition of a topic. */
export interface TopicPlace {
  readonly topic: string;
  readonly partition: number;
}

/** What a sink's task has. */
export interface SinkTaskContext extends TaskContext {
  /** Which task of how many. */
  readonly taskNumber: number;
  /** Reads on from there, and commits that: a sink with own offsets says so when it is given partitions, or when what it has is less than it thought. Of what was read before no more is written. */
  seek(place: TopicPlace, offset: bigint): void;
}

/** What one call of `write` has. */
export interface WriteContext {
  readonly signal: AbortSignal;
  /** One record that cannot be written; the others of its batch are. It goes the way that `errors.tolerance` says. */
  reportBad(record: SinkRecord, error: unknown): void;
}

/** A sink's task. Calls come one at a time. */
export interface SinkTask {
  /** Throws `RetriableError` where the same batch may be written later. A record is done only after `flush`. */
  write(records: readonly SinkRecord[], context: WriteContext): Promise<void>;
  /** All that was written is durable; own offsets, where the system itself keeps them, in place of what was written. */
  flush?(): Promise<{ readonly offsets?: readonly (TopicPlace & { readonly offset: bigint })[] } | void>;
  assigned?(places: readonly TopicPlace[]): Promise<void>;
  revoked?(places: readonly TopicPlace[]): Promise<void>;
  close?(): Promise<void>;
}

/** A sink. Mapped to Java: `open` is `start`, `write` is `put`, `flush` is `preCommit`. */
export interface SinkPlugin<Shape extends ConfigShape = ConfigShape> {
  readonly kind: "sink";
  /** What `connector.class` may say. */
  readonly name: string;
  /** Class names of Java's that mean it. */
  readonly aliases?: readonly string[] | undefined;
  readonly version: string;
  readonly doc?: string | undefined;
  readonly config: Shape;
  check?(config: ConfigValues<Shape>, context: CheckContext): Promise<readonly CheckFinding[]>;
  open(config: ConfigValues<Shape>, context: SinkTaskContext): Promise<SinkTask>;
  /**
   * For previews: what each record becomes in the system, for people to read, nothing being asked of the system; undefined: the record is left out.
   * What it gives throws ConnectError CONNECT_DATA for a record that cannot be written.
   */
  preview?(config: ConfigValues<Shape>): Promise<(record: SinkRecord) => string | undefined>;
}
