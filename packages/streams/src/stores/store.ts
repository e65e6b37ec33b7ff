import type { RecordPosition } from "./record-position.ts";

/** What a state store is, whatever its kind. Stores belong to one task and are synchronous; keys and values never are null, `put` with null deletes. */
export interface StateStore {
  readonly name: string;
  /** Whether the store survives the process by itself, without its changelog. */
  readonly isPersistent: boolean;
  readonly isOpen: boolean;
  /**
   * Takes a record of the store's changelog, in the order of their offsets, before the store is used: its state is then what it was when the last of them was written. Bytes are kept,
   * so they must not change afterwards.
   */
  restore(key: Uint8Array, value: Uint8Array | null, timestamp: number): void;
  /**
   * From now on what is live is judged as of a stream time that was committed, until something later is put: what a changelog has beyond that is done again. Called before the store is restored for its task; Infinity: not known. False: something that was
   * live then is gone, and the store is no base. Only of stores with a retention.
   */
  judgeAsOf?(streamTimeMs: number): boolean;
  /** Sends what a cache before the store still holds, to the changelog and downstream. */
  flush(): void;
  close(): void;
}

/** Walks over a store; closes itself at its end, and by `using` or `return()` before it. What a put during the walk does to it, the kind of store says. */
export interface StoreIterator<T> extends IterableIterator<T>, Disposable {}

/** Keys in the order of their serialized bytes (unsigned, lexicographic). */
export interface ReadOnlyKeyValueStore<K, V> extends StateStore {
  get(key: K): V | null;
  /** Both ends inclusive; null: open. */
  range(from: K | null, to: K | null): StoreIterator<[K, V]>;
  reverseRange(from: K | null, to: K | null): StoreIterator<[K, V]>;
  all(): StoreIterator<[K, V]>;
  reverseAll(): StoreIterator<[K, V]>;
  /** All whose serialized key begins with these bytes. */
  prefixScan(prefix: Uint8Array): StoreIterator<[K, V]>;
  approximateNumEntries(): number;
}

export interface KeyValueStore<K, V> extends ReadOnlyKeyValueStore<K, V> {
  put(key: K, value: V | null): void;
  /** The value that was there, or null after this one was put. */
  putIfAbsent(key: K, value: V): V | null;
  /** The value that was there. */
  delete(key: K): V | null;
}

/** A value and the time of the record that made it. */
export interface ValueAndTimestamp<V> {
  readonly value: V;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
}

export type TimestampedKeyValueStore<K, V> = KeyValueStore<K, ValueAndTimestamp<V>>;

/** Takes a change of a key, with the time and headers of the record that made it. */
export type ChangeListener<K, V> = (
  key: K,
  newValue: V | null,
  oldValue: V | null,
  timestamp: number,
  /** Of the record that made the change. */
  position: RecordPosition,
) => void;

/** A store that may have a cache before it. */
export interface Cacheable<K, V> {
  /**
   * With a cache, changes are told when it gives them up: at a flush, or when there are too many bytes; of several of one key the last, in the order in which keys were last written. False
   * without one: then each put is a change. Old values are read only where they are wanted.
   */
  giveChangesTo(listener: ChangeListener<K, V>, wantsOldValues: boolean): boolean;
}

/** A key in a window. */
export interface WindowName<K> {
  readonly key: K;
  readonly windowStartMs: number;
}

/** A fetched value of a window store. */
export interface WindowedEntry<K, V> extends WindowName<K> {
  readonly value: V;
}

/** Keys within windows of one size, found by key and start. What is older than the retention, by the store's own stream time, is gone. */
export interface WindowStore<K, V> extends StateStore {
  put(key: K, value: V | null, windowStartMs: number): void;
  fetch(key: K, windowStartMs: number): V | null;
  /** Starts from `fromMs` to `toMs`, both inclusive, ascending. */
  fetchRange(key: K, fromMs: number, toMs: number): StoreIterator<[number, V]>;
  reverseFetchRange(key: K, fromMs: number, toMs: number): StoreIterator<[number, V]>;
  /** By start, then by key. */
  fetchAll(fromMs: number, toMs: number): StoreIterator<WindowedEntry<K, V>>;
  reverseFetchAll(fromMs: number, toMs: number): StoreIterator<WindowedEntry<K, V>>;
  all(): StoreIterator<WindowedEntry<K, V>>;
  reverseAll(): StoreIterator<WindowedEntry<K, V>>;
}

export type TimestampedWindowStore<K, V> = WindowStore<K, ValueAndTimestamp<V>>;

/** A key in a session. */
export interface SessionName<K> {
  readonly key: K;
  readonly startMs: number;
  readonly endMs: number;
}

export interface SessionEntry<K, V> extends SessionName<K> {
  readonly value: V;
}

/** Keys within sessions, which have a start and an end of their own. */
export interface SessionStore<K, V> extends StateStore {
  put(key: K, startMs: number, endMs: number, value: V | null): void;
  remove(key: K, startMs: number, endMs: number): void;
  fetchSession(key: K, startMs: number, endMs: number): V | null;
  /** Sessions that end at `earliestEndMs` or later and start at `latestStartMs` or earlier, ascending. */
  findSessions(key: K, earliestEndMs: number, latestStartMs: number): StoreIterator<SessionEntry<K, V>>;
  reverseFindSessions(key: K, earliestEndMs: number, latestStartMs: number): StoreIterator<SessionEntry<K, V>>;
  /** Of all keys, those that end from `fromEndMs` to `toEndMs`, both inclusive: by end, then by key. */
  findSessionsByEnd(fromEndMs: number, toEndMs: number): StoreIterator<SessionEntry<K, V>>;
  fetch(key: K): StoreIterator<SessionEntry<K, V>>;
}

export interface VersionedValue<V> {
  readonly value: V;
  readonly timestamp: number;
  /** When the next version took over; null: this is the latest. */
  readonly validToMs: number | null;
}

/** KIP-889: values by key and time. */
export interface VersionedKeyValueStore<K, V> extends StateStore {
  /** When this version stops being valid, or null when it is the latest; `notPut` when it is older than the history. */
  put(key: K, value: V | null, timestamp: number): number | null | "notPut";
  delete(key: K, timestamp: number): VersionedValue<V> | null;
  get(key: K, asOfMs?: number): VersionedValue<V> | null;
}
