import { noHeaders } from "../../record.ts";
import type { AnySerde } from "../../serdes/serde.ts";
import { StreamsError } from "../../streams-error.ts";
import type { AnsweredRow, StoreAsker } from "./store-asker.ts";
import { type AnswerInfo, checkTimes, type Page, type PageOptions, type QueryOptions, type RowsOptions } from "./store-options.ts";
import type { StoreQuery } from "./store-query.ts";
import { reasonOf } from "../../thrown.ts";

/** An entry of a store by key. */
export interface KeyValueRow<K, V> extends AnswerInfo {
  readonly key: K;
  readonly value: V;
  /** Of the record that wrote it, milliseconds since 1970. */
  readonly timestamp: number;
}

/** A key in a window. */
export interface WindowRow<K, V> extends KeyValueRow<K, V> {
  readonly windowStartMs: number;
  /** `Infinity` of unlimited windows. */
  readonly windowEndMs: number;
}

/** A key in a session. */
export interface SessionRow<K, V> extends AnswerInfo {
  readonly key: K;
  readonly value: V;
  readonly startMs: number;
  readonly endMs: number;
}

/** A version of a key's value. */
export interface VersionRow<K, V> extends KeyValueRow<K, V> {
  /** When the next version took over; null: this is the latest. */
  readonly validToMs: number | null;
}

/**
 * Rows of a store: one after another by `for await`, or page by page. Of several partitions those of one come after those of another, in the store's order within each. What changes meanwhile is seen or not: each page of up to a
 * thousand rows is as of one moment. Ends when the loop is left, or the signal says so; a partition that goes away in the middle is an error.
 */
export interface StoreRows<T> extends AsyncIterable<T> {
  page(options?: PageOptions): Promise<Page<T>>;
}

/** Ends of a range by key, both inclusive; left out or null: open. */
export interface KeyRange<K> {
  readonly from?: K | null | undefined;
  readonly to?: K | null | undefined;
}

/** A store by key, asked from outside its tasks. All questions reject with `StoreQueryError`. */
export interface KeyValueQueries<K, V> {
  get(key: K, options?: QueryOptions): Promise<V | null>;
  /** With its time, and who answered. */
  entry(key: K, options?: QueryOptions): Promise<KeyValueRow<K, V> | null>;
  /** Sorted by the unsigned bytes of the keys. */
  range(range: KeyRange<K>, options?: RowsOptions): StoreRows<KeyValueRow<K, V>>;
  all(options?: RowsOptions): StoreRows<KeyValueRow<K, V>>;
  /** All whose key's bytes begin so. */
  prefix(prefix: Uint8Array | string, options?: RowsOptions): StoreRows<KeyValueRow<K, V>>;
}

/** Times from and to, both inclusive; left out: open. */
export interface TimeRange {
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
}

/** A store by key and window. */
export interface WindowQueries<K, V> {
  get(key: K, windowStartMs: number, options?: QueryOptions): Promise<V | null>;
  entry(key: K, windowStartMs: number, options?: QueryOptions): Promise<WindowRow<K, V> | null>;
  /** Windows of a key by their starts. */
  windows(key: K, starts?: TimeRange, options?: RowsOptions): StoreRows<WindowRow<K, V>>;
  /** Of all keys: by start, then by key. */
  all(starts?: TimeRange, options?: RowsOptions): StoreRows<WindowRow<K, V>>;
}

/** A store by key and session. */
export interface SessionQueries<K, V> {
  get(key: K, startMs: number, endMs: number, options?: QueryOptions): Promise<V | null>;
  /** Those of a key that end at `earliestEndMs` or later and start at `latestStartMs` or earlier. */
  sessions(
    key: K,
    within?: { readonly earliestEndMs?: number | undefined; readonly latestStartMs?: number | undefined },
    options?: RowsOptions,
  ): StoreRows<SessionRow<K, V>>;
  /** Of all keys, by their ends. */
  all(
    ends?: { readonly fromEndMs?: number | undefined; readonly toEndMs?: number | undefined },
    options?: QueryOptions,
  ): StoreRows<SessionRow<K, V>>;
}

/** A store of all versions by key (KIP-889). */
export interface VersionedQueries<K, V> {
  /** The latest, or the one that was valid at `asOfMs`. */
  get(key: K, options?: QueryOptions & { readonly asOfMs?: number | undefined }): Promise<VersionRow<K, V> | null>;
  /** Those that were valid at some time from `fromMs` to `toMs` (KIP-968), by their times. */
  versions(key: K, times?: TimeRange, options?: RowsOptions): StoreRows<VersionRow<K, V>>;
}

interface Of<K, V> {
  readonly name: string;
  readonly asker: StoreAsker;
  readonly key: AnySerde;
  readonly value: AnySerde;
  readonly windowSizeMs?: number | undefined;
  readonly types?: [K, V];
}

const { MAX_SAFE_INTEGER: LATEST } = Number;

export function keyValueQueries<K, V>(of: Of<K, V>): KeyValueQueries<K, V> {
  const row = (found: AnsweredRow): KeyValueRow<K, V> => ({ ...infoOf(found), ...entryOf<K, V>(of, found) });
  const entry = async (key: K, options: QueryOptions = {}) => {
    const bytes = of.asker.keyBytes(of.name, key);
    const found = await of.asker.one(of.name, key, bytes, { kind: "key", key: bytes }, options);
    return found === undefined ? null : row(found);
  };
  const range = ({ from = null, to = null }: KeyRange<K>, { reverse = false, ...options }: RowsOptions = {}) =>
    rowsOf(of, options, row, () => ({
      kind: "range",
      from: from === null ? null : of.asker.keyBytes(of.name, from),
      to: to === null ? null : of.asker.keyBytes(of.name, to),
      isReverse: reverse,
    }));
  return {
    entry,
    get: async (key, options) => (await entry(key, options))?.value ?? null,
    range,
    all: (options) => range({}, options),
    prefix: (prefix, { reverse = false, ...options } = {}) =>
      rowsOf(of, options, row, () => ({ kind: "prefix", prefix: Buffer.from(prefix as string), isReverse: reverse })),
  };
}

export function windowQueries<K, V>(of: Of<K, V>): WindowQueries<K, V> {
  const row = (found: AnsweredRow): WindowRow<K, V> => ({
    ...infoOf(found),
    ...entryOf<K, V>(of, found),
    windowStartMs: found.row.startMs,
    windowEndMs: found.row.startMs + (of.windowSizeMs ?? 0),
  });
  const entry = async (key: K, windowStartMs: number, options: QueryOptions = {}) => {
    checkTimes({ windowStartMs });
    const bytes = of.asker.keyBytes(of.name, key);
    const found = await of.asker.one(of.name, key, bytes, { kind: "window", key: bytes, startMs: windowStartMs }, options);
    return found === undefined ? null : row(found);
  };
  return {
    entry,
    get: async (key, windowStartMs, options) => (await entry(key, windowStartMs, options))?.value ?? null,
    windows(key, { fromMs = 0, toMs = LATEST } = {}, { reverse = false, ...options } = {}) {
      checkTimes({ fromMs, toMs });
      return rowsOfKey(of, key, options, row, (bytes) => ({ kind: "windows", key: bytes, ...timesOf(fromMs, toMs), isReverse: reverse }));
    },
    all({ fromMs = 0, toMs = LATEST } = {}, { reverse = false, ...options } = {}) {
      checkTimes({ fromMs, toMs });
      return rowsOf(of, options, row, () => ({ kind: "allWindows", ...timesOf(fromMs, toMs), isReverse: reverse }));
    },
  };
}

export function sessionQueries<K, V>(of: Of<K, V>): SessionQueries<K, V> {
  const row = (found: AnsweredRow): SessionRow<K, V> => {
    const { key, value } = entryOf<K, V>(of, found);
    return { ...infoOf(found), key, value, startMs: found.row.startMs, endMs: found.row.endMs };
  };
  return {
    async get(key, startMs, endMs, options = {}) {
      checkTimes({ startMs, endMs });
      const bytes = of.asker.keyBytes(of.name, key);
      const found = await of.asker.one(of.name, key, bytes, { kind: "session", key: bytes, startMs, endMs }, options);
      return found === undefined ? null : row(found).value;
    },
    sessions(key, { earliestEndMs = 0, latestStartMs = LATEST } = {}, { reverse = false, ...options } = {}) {
      checkTimes({ earliestEndMs, latestStartMs });
      return rowsOfKey(of, key, options, row, (bytes) => ({
        kind: "sessions",
        key: bytes,
        earliestEndMs: Math.max(0, earliestEndMs),
        latestStartMs: Math.min(LATEST, latestStartMs),
        isReverse: reverse,
      }));
    },
    all({ fromEndMs = 0, toEndMs = LATEST } = {}, options = {}) {
      checkTimes({ fromEndMs, toEndMs });
      return rowsOf(of, options, row, () => ({
        kind: "allSessions",
        fromEndMs: Math.max(0, fromEndMs),
        toEndMs: Math.min(LATEST - 1, toEndMs),
      }));
    },
  };
}

export function versionedQueries<K, V>(of: Of<K, V>): VersionedQueries<K, V> {
  const row = (found: AnsweredRow): VersionRow<K, V> => ({
    ...infoOf(found),
    ...entryOf<K, V>(of, found),
    validToMs: found.row.endMs < 0 ? null : found.row.endMs,
  });
  return {
    async get(key, { asOfMs, ...options } = {}) {
      if (asOfMs !== undefined) checkTimes({ asOfMs });
      const bytes = of.asker.keyBytes(of.name, key);
      const found = await of.asker.one(of.name, key, bytes, { kind: "version", key: bytes, asOfMs: asOfMs ?? null }, options);
      return found === undefined ? null : row(found);
    },
    versions(key, { fromMs = 0, toMs = LATEST } = {}, { reverse = false, ...options } = {}) {
      checkTimes({ fromMs, toMs });
      return rowsOfKey(of, key, options, row, (bytes) => ({ kind: "versions", key: bytes, ...timesOf(fromMs, toMs), isReverse: reverse }));
    },
  };
}

function timesOf(fromMs: number, toMs: number): { readonly fromMs: number; readonly toMs: number } {
  return { fromMs: Math.max(0, fromMs), toMs: Math.min(LATEST - 1, toMs) };
}

function infoOf({ partition, role, lag, position }: AnsweredRow): AnswerInfo {
  return { partition, role, lag, position };
}

function entryOf<K, V>(of: Of<K, V>, { row }: AnsweredRow): { readonly key: K; readonly value: V; readonly timestamp: number } {
  return { key: read(of, "key", row.key) as K, value: read(of, "value", row.value) as V, timestamp: row.timestamp };
}

function read<K, V>(of: Of<K, V>, what: "key" | "value", bytes: Uint8Array): unknown {
  try {
    return of[what].deserialize(of.asker.topicOf(of.name), bytes, noHeaders);
  } catch (cause) {
    const reason = reasonOf(cause);
    throw new StreamsError(
      "STREAMS_DESERIALIZATION",
      `Store ${of.name} has a ${what} that its serde ${of[what].name} cannot read: ${reason}`,
      { cause },
    );
  }
}

function rowsOf<K, V, T>(of: Of<K, V>, options: QueryOptions, turn: (found: AnsweredRow) => T, query: () => StoreQuery): StoreRows<T> {
  return {
    async *[Symbol.asyncIterator]() {
      for await (const found of of.asker.walk(of.name, undefined, query(), options)) yield turn(found);
    },
    async page(page = {}) {
      const { rows, next, answers } = await of.asker.page(of.name, undefined, query(), options, page);
      return { rows: rows.map(turn), next, answers };
    },
  };
}

function rowsOfKey<K, V, T>(
  of: Of<K, V>,
  key: K,
  options: QueryOptions,
  turn: (found: AnsweredRow) => T,
  queryOf: (bytes: Uint8Array) => StoreQuery,
): StoreRows<T> {
  const asked = (): [readonly number[], StoreQuery] => {
    const bytes = of.asker.keyBytes(of.name, key);
    return [[options.partition ?? of.asker.partitionOf(of.name, key, bytes)], queryOf(bytes)];
  };
  return {
    async *[Symbol.asyncIterator]() {
      const [partitions, query] = asked();
      for await (const found of of.asker.walk(of.name, partitions, query, options)) yield turn(found);
    },
    async page(page = {}) {
      const [partitions, query] = asked();
      const { rows, next, answers } = await of.asker.page(of.name, partitions, query, options, page);
      return { rows: rows.map(turn), next, answers };
    },
  };
}
