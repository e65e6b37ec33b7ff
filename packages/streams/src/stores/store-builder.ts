import type { Headers } from "../record.ts";
import type { AnySerde } from "../serdes/serde.ts";
import type { RecordPosition } from "./record-position.ts";
import type { RecordCache } from "./cache/record-cache.ts";
import type { KeyValueBytes } from "./key-value/key-value-bytes.ts";
import type { StateStore } from "./store.ts";
import type { SegmentSource } from "./segments/segment-source.ts";

/** What a store's changelog topic is made with beside what its kind demands. */
export type ChangelogConfig = Readonly<Record<string, string>>;

/** How a store is made, once for each task that has it. A part of a topology: it holds no state. */
export interface StoreBuilder<S extends StateStore = StateStore> {
  readonly name: string;
  readonly kind: "keyValue" | "window" | "session" | "versioned" | "other";
  /** Whether changes go to `<application>-<name>-changelog`. */
  readonly logging: boolean;
  readonly changelogConfig: ChangelogConfig;
  readonly caching: boolean;
  /** It is in memory whatever it is asked for: a task with a disk keeps a copy of its changelog there, and fills it from that after a restart. */
  readonly isAlwaysInMemory?: true;
  /** How its keys and values are written: stores that have it can be asked from outside. */
  readonly serdes?: { readonly key: AnySerde; readonly value: AnySerde };
  /** How long the store keeps what it was given, for those that forget. */
  readonly retentionMs?: number;
  /** Window stores. */
  readonly windowSizeMs?: number;
  /** Versioned stores. */
  readonly historyRetentionMs?: number;
  /** The store, open and empty. */
  build(context: StoreContext): S;
}

/** What a store is given by the task that it belongs to. */
export interface StoreContext {
  readonly applicationId: string;
  readonly taskId: string;
  /** A changelog record: the store says key, value and time; topic and partition are the task's to know. */
  readonly changelog: ChangelogSink | undefined;
  /** The topic by whose name serdes are called. */
  readonly changelogTopic: string;
  /** Where stores keep what they keep on the disk; without it they keep it in memory. */
  readonly state?: PersistentState | undefined;
  /** Whether the topology was built so that stores of its DSL are on the disk unless they say otherwise. */
  readonly persistsByDefault?: boolean | undefined;
  /** What the stores of a thread may hold before their changelogs; without it every change is given on at once. */
  readonly cache?: RecordCache | undefined;
  /** The store was given something that it is too late to keep. */
  readonly dropped?: (() => void) | undefined;
  /** Time of the record that is being processed, for stores that put it down beside the value. */
  readonly record: RecordPosition;
  /** The largest timestamp that the task has processed; −1 before the first. */
  readonly streamTimeMs: number;
}

/** How a store lays out what it has on the disk. */
export type StateKind = "keyValue" | "versioned" | "window" | "session";

/** What a task has on the disk for its stores. Throws `STREAMS_STORE_KIND` where a store of another kind has written under that name. */
export interface PersistentState {
  keyValue(store: string, kind?: StateKind): KeyValueBytes;
  segments(store: string, kind: StateKind): SegmentSource;
}

/** Takes changelog records. A null value is a deletion; a record whose time is null has none of its own, so its producer's clock tells it. The bytes are valid during the call. */
export interface ChangelogSink {
  (key: Uint8Array, value: Uint8Array | null, timestamp: number | null, headers: Headers): void;
  /** Throws what it would throw at that record for its size: asked before a store takes what its changelog would not. Left out where it takes all. */
  readonly check?: ((key: Uint8Array, value: Uint8Array | null, headers: Headers) => void) | undefined;
}

export type { RecordPosition, SourceBytes } from "./record-position.ts";
