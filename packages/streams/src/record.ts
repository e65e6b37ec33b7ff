import type { RecordHeader } from "@ottla/protocol/records";

/** The headers of a record, in their order; a key may occur several times. */
export type Headers = readonly RecordHeader[];

/** No headers: one frozen list for all records that have none. */
export const noHeaders: Headers = Object.freeze([]);

/**
 * One record on its way through a topology. Immutable: the `with…` functions give another one. Named so, and not `Record` as in Java, because TypeScript's own `Record` type would
 * be hidden by it.
 */
export interface StreamRecord<K, V> {
  readonly key: K;
  readonly value: V;
  /** Milliseconds since 1970, never negative. */
  readonly timestamp: number;
  readonly headers: Headers;
}

/** Where the record that is being processed came from. Absent in punctuators: nothing is being processed there. */
export interface RecordMetadata {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** A key within a window. Time windows are [start, end), sliding and session windows [start, end], both in milliseconds since 1970. */
export interface Windowed<K> {
  readonly key: K;
  readonly window: Window;
}

/** A stretch of time, in milliseconds since 1970. */
export interface Window {
  readonly startMs: number;
  readonly endMs: number;
}
