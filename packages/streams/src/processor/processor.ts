import type { Headers, RecordMetadata, StreamRecord } from "../record.ts";
import type { StateStore } from "../stores/store.ts";
import type { StoreBuilder } from "../stores/store-builder.ts";

/** Which clock a punctuator follows: the largest timestamp processed so far, or the machine's. */
export type PunctuationType = "streamTime" | "wallClockTime";

/** Called with the time of its clock, in milliseconds since 1970. */
export type Punctuator = (timestampMs: number) => void;

/** A punctuator that was set up; ends with `cancel()` or `using`. */
export interface Punctuation extends Disposable {
  cancel(): void;
}

/** What both kinds of processors are given. Valid from `init` to `close`, and only on the task's own thread of calls. */
export interface ProcessingContext {
  readonly applicationId: string;
  /** `<sub-topology>_<partition>`. */
  readonly taskId: string;
  /** Where the current record came from; undefined in a punctuator and in `init`. */
  readonly recordMetadata: RecordMetadata | undefined;
  /** The largest timestamp that this task has processed; −1 before the first. */
  currentStreamTimeMs(): number;
  currentSystemTimeMs(): number;
  /** A store that was connected to this processor (`STREAMS_STORE_NOT_CONNECTED` otherwise). By its builder it has the builder's types; by its name the type is the caller's word. */
  stateStore<S extends StateStore>(store: string | StoreBuilder<S>): S;
  /**
   * Calls `punctuator` each time `intervalMs` has gone by: stream time aligned to nothing but the first record seen, at most once per record however far time jumped. With `startMs` the calls are due
   * then and at multiples of the interval after it (KIP-1146); those that would be in the past are left out.
   */
  schedule(intervalMs: number, type: PunctuationType, punctuator: Punctuator, startMs?: number): Punctuation;
  /** Asks for a commit soon. */
  commit(): void;
}

/** The context of a processor that may change keys. */
export interface ProcessorContext<KOut, VOut> extends ProcessingContext {
  /** To all children, or to the one named `child`. They have taken it when the call returns. */
  forward(record: StreamRecord<KOut, VOut>, child?: string): void;
}

/** The context of a processor that keeps the key: what it forwards has the key of what it was given. */
export interface FixedKeyProcessorContext<K, VOut> extends ProcessingContext {
  forward(record: FixedKeyRecord<K, VOut>, child?: string): void;
}

/** A record whose key only the library may set. */
export interface FixedKeyRecord<K, V> extends StreamRecord<K, V> {
  withValue<V2>(value: V2): FixedKeyRecord<K, V2>;
  withTimestamp(timestamp: number): FixedKeyRecord<K, V>;
  withHeaders(headers: Headers): FixedKeyRecord<K, V>;
}

/** A step of a topology written by hand. One object for each task. */
export interface Processor<KIn, VIn, KOut, VOut> {
  init?(context: ProcessorContext<KOut, VOut>): void;
  readonly process: (record: StreamRecord<KIn, VIn>) => void;
  close?(): void;
}

/** As {@link Processor}, but the key stays, so nothing downstream has to be partitioned anew. */
export interface FixedKeyProcessor<K, VIn, VOut> {
  init?(context: FixedKeyProcessorContext<K, VOut>): void;
  readonly process: (record: FixedKeyRecord<K, VIn>) => void;
  close?(): void;
}

/** Computes a table's values with stores, for `transformValues`. Its context forwards nothing: what `transform` gives is the new value, null deletes. */
export interface ValueTransformer<K, V, VOut> {
  init?(context: ProcessingContext): void;
  /** Null: the entry was deleted. Where another table or stream reads the result and no store keeps it, it is asked again for each read, by an object of the reader's own. */
  readonly transform: (value: V | null, key: K) => VOut | null;
  close?(): void;
}

/** Makes a new transformer at each call: tasks and readers share nothing. */
export type ValueTransformerSupplier<K, V, VOut> = () => ValueTransformer<K, V, VOut>;

/** Makes a new processor at each call: tasks share nothing. */
export type ProcessorSupplier<KIn, VIn, KOut, VOut> = () => Processor<KIn, VIn, KOut, VOut>;
/** As {@link ProcessorSupplier}, for processors that keep the key. */
export type FixedKeyProcessorSupplier<K, VIn, VOut> = () => FixedKeyProcessor<K, VIn, VOut>;
