import type { ConnectRecord } from "../data/connect-record.ts";
import type { ConfigShape, ConfigValues } from "./config-shape.ts";

/** One step between a source and its topic, or a topic and its sink. Synchronous, since it is asked for every record. */
export interface Transform {
  /** The same record, another one, or undefined: it goes no further. Never changes the one it is given. Throws: the record is bad. */
  apply<R extends ConnectRecord>(record: R): R | undefined;
  close?(): void;
}

/** A kind of transform and its settings. */
export interface TransformPlugin<Shape extends ConfigShape = ConfigShape> {
  readonly kind: "transform";
  /** What `transforms.x.type` may say. */
  readonly name: string;
  /** Class names of Java's that mean it. */
  readonly aliases?: readonly string[] | undefined;
  readonly version: string;
  readonly doc?: string | undefined;
  readonly config: Shape;
  /** Throws `ConnectError` (CONNECT_CONFIG) where settings contradict each other. */
  open(config: ConfigValues<Shape>): Transform;
}

/** Whether a transform is asked about a record. */
export interface Predicate {
  test(record: ConnectRecord): boolean;
  close?(): void;
}

/** A kind of predicate and its settings. */
export interface PredicatePlugin<Shape extends ConfigShape = ConfigShape> {
  readonly kind: "predicate";
  /** What `predicates.x.type` may say. */
  readonly name: string;
  readonly aliases?: readonly string[] | undefined;
  readonly version: string;
  readonly doc?: string | undefined;
  readonly config: Shape;
  open(config: ConfigValues<Shape>): Predicate;
}
