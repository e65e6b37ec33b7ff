import { noHeaders } from "../record.ts";
import type { Serde } from "../serdes/serde.ts";
import { checkKnownOptions, told } from "../known-options.ts";
import { StreamsError } from "../streams-error.ts";
import { CachedKeyValue } from "./cache/cached-key-value.ts";
import { CachedSession } from "./cache/cached-session.ts";
import { CachedWindow } from "./cache/cached-window.ts";
import type { RecordCache } from "./cache/record-cache.ts";
import { InMemoryKeyValue } from "./key-value/in-memory-key-value.ts";
import { LruKeyValue } from "./key-value/lru-key-value.ts";
import type { KeyValueBytes } from "./key-value/key-value-bytes.ts";
import { LoggedKeyValue } from "./key-value/logged-key-value.ts";
import { PlainKeyValue, TimestampedKeyValue } from "./key-value/typed-key-value.ts";
import { type JoinSerdes, UnmatchedRecords } from "./outer-join/unmatched-records.ts";
import { InMemorySession } from "./session/in-memory-session.ts";
import { LoggedSession } from "./session/logged-session.ts";
import { SegmentedSession } from "./session/segmented-session.ts";
import { TypedSession } from "./session/typed-session.ts";
import type {
  KeyValueStore,
  SessionStore,
  StateStore,
  TimestampedKeyValueStore,
  TimestampedWindowStore,
  VersionedKeyValueStore,
  WindowStore,
} from "./store.ts";
import type { ChangelogConfig, ChangelogSink, PersistentState, StoreBuilder, StoreContext } from "./store-builder.ts";
import { SuppressBuffer } from "./suppress/suppress-buffer.ts";
import { InMemoryVersioned } from "./versioned/in-memory-versioned.ts";
import { LoggedVersioned } from "./versioned/logged-versioned.ts";
import { StoredVersioned } from "./versioned/stored-versioned.ts";
import { TypedVersioned } from "./versioned/typed-versioned.ts";
import { WaitingRecords } from "./waiting/waiting-records.ts";
import { InMemoryDuplicates } from "./window/in-memory-duplicates.ts";
import { InMemoryWindow } from "./window/in-memory-window.ts";
import { LoggedWindow } from "./window/logged-window.ts";
import { PlainWindow, TimestampedWindow } from "./window/typed-window.ts";
import { SegmentedWindow } from "./window/segmented-window.ts";
import type { WindowBytes } from "./window/window-bytes.ts";

/** The time before values that have one, in Java's stores. */
const TIME_BYTES = 8;

/** What a store is whatever its kind. */
export interface StoreOptionsOfAll {
  /** Its name in the topology; the changelog is called after it. */
  readonly name: string;
  /** Default true: changes go to a changelog topic, from which a lost store is made again. */
  readonly logging?: boolean | undefined;
  readonly changelogConfig?: ChangelogConfig | undefined;
  /** Whether changelog records carry the headers of the record that made them: as in Java those of window stores without times do, others do not. */
  readonly changelogHeaders?: boolean | undefined;
  /** Default false. Where the task has a cache, several changes of a key (in a window, of a session) may be given on as one. Versioned stores and windows with duplicates take no notice of it. */
  readonly caching?: boolean | undefined;
  /** Default false: in memory. Otherwise on the disk, where the task has one; `asTopology`: where the topology was built so. */
  readonly persistent?: boolean | "asTopology" | undefined;
}

/** What stores by key are made of. */
export interface StoreSettings<K, V> extends StoreOptionsOfAll {
  readonly key: Serde<K>;
  readonly value: Serde<V>;
}

/** What plain stores by key are made of. */
export interface KeyValueStoreSettings<K, V> extends StoreSettings<K, V> {
  /** Keeps only so many keys, those that were used last, in memory (Java's `lruMap`); the others go, from the changelog too. Without, all are kept. */
  readonly entriesMax?: number | undefined;
}

/** What window stores are made of. */
export interface WindowStoreSettings<K, V> extends StoreSettings<K, V> {
  readonly windowSizeMs: number;
  /** At least the window's size. */
  readonly retentionMs: number;
  /** Default false; what joins of streams need. */
  readonly retainDuplicates?: boolean | undefined;
}

/** What session stores are made of. */
export interface SessionStoreSettings<K, V> extends StoreSettings<K, V> {
  readonly retentionMs: number;
}

/** What versioned stores are made of. */
export interface VersionedStoreSettings<K, V> extends StoreSettings<K, V> {
  /** How far back from the latest time versions can be read, and put. */
  readonly historyRetentionMs: number;
}

/** A store of values by key. */
function keyValue<K, V>(settings: KeyValueStoreSettings<K, V>): StoreBuilder<KeyValueStore<K, V>> {
  const { name, key, value, entriesMax } = settings;
  if (entriesMax !== undefined && !(Number.isSafeInteger(entriesMax) && entriesMax > 0))
    throw badSetting(name, "entriesMax", entriesMax, "a whole number of at least 1");
  if (entriesMax !== undefined && settings.persistent === true)
    throw badSetting(name, "entriesMax", entriesMax, "left out where the store is on the disk, which keeps all");
  return {
    ...common(settings),
    kind: "keyValue",
    serdes: { key, value },
    build: (context) => new PlainKeyValue(name, key, value, keyValueBytes(settings, context), context),
  };
}

/** A store of values and their times by key: what tables keep. */
function timestampedKeyValue<K, V>(settings: StoreSettings<K, V>): StoreBuilder<TimestampedKeyValueStore<K, V>> {
  const { name, key, value } = settings;
  return {
    ...common(settings),
    kind: "keyValue",
    serdes: { key, value },
    build: (context) => new TimestampedKeyValue(name, key, value, keyValueBytes(settings, context, TIME_BYTES), context),
  };
}

/** A store of values by key and window. */
function window<K, V>(settings: WindowStoreSettings<K, V>): StoreBuilder<WindowStore<K, V>> {
  const { name, key, value, retainDuplicates = false } = settings;
  const logged = { changelogHeaders: true, ...settings };
  return {
    ...windowed(settings),
    build: (context) => new PlainWindow(name, key, value, windowBytes(logged, context), context, retainDuplicates),
  };
}

/** A store of values and their times by key and window: what windowed aggregates keep. */
function timestampedWindow<K, V>(settings: WindowStoreSettings<K, V>): StoreBuilder<TimestampedWindowStore<K, V>> {
  const { name, key, value } = settings;
  return {
    ...windowed(settings),
    build: (context) => new TimestampedWindow(name, key, value, windowBytes(settings, context, TIME_BYTES), context),
  };
}

/** A store of values by key and session. */
function session<K, V>(settings: SessionStoreSettings<K, V>): StoreBuilder<SessionStore<K, V>> {
  const { name, key, value, retentionMs } = settings;
  notNegative(name, "retentionMs", retentionMs);
  return {
    ...common(settings),
    kind: "session",
    serdes: { key, value },
    retentionMs,
    build(context) {
      const changelog = changelogOf(settings, context);
      const state = stateOf(settings, context);
      const bytes =
        state === undefined
          ? new InMemorySession(retentionMs, context.dropped)
          : new SegmentedSession(state.segments(name, "session"), retentionMs, context.dropped);
      const logged = changelog === undefined ? bytes : new LoggedSession(bytes, changelog);
      const cached = isCached(settings, context) ? new CachedSession(logged, context.cache, context.record) : logged;
      return new TypedSession(name, key, value, cached, context);
    },
  };
}

/** A store of all versions of values by key (KIP-889). */
function versioned<K, V>(settings: VersionedStoreSettings<K, V>): StoreBuilder<VersionedKeyValueStore<K, V>> {
  const { name, key, value, historyRetentionMs } = settings;
  notNegative(name, "historyRetentionMs", historyRetentionMs);
  return {
    ...common(settings),
    kind: "versioned",
    serdes: { key, value },
    historyRetentionMs,
    build(context) {
      const changelog = changelogOf(settings, context);
      const state = stateOf(settings, context);
      const bytes =
        state === undefined
          ? new InMemoryVersioned(historyRetentionMs, context.dropped)
          : new StoredVersioned(state.keyValue(name, "versioned"), historyRetentionMs, context.dropped);
      return new TypedVersioned(name, key, value, changelog === undefined ? bytes : new LoggedVersioned(bytes, changelog), context);
    },
  };
}

/** What left and outer joins of streams keep records without a partner in. */
function unmatchedRecords<K>(settings: StoreOptionsOfAll & JoinSerdes<K>): StoreBuilder<UnmatchedRecords<K>> {
  return {
    ...common(settings),
    kind: "keyValue",
    build: (context) => new UnmatchedRecords(settings.name, settings, keyValueBytes(settings, context), context),
  };
}

/** What `suppress` holds changes back in. */
function suppressBuffer<K, V>(settings: StoreSettings<K, V>): StoreBuilder<SuppressBuffer<K, V>> {
  const { name, key, value } = settings;
  return {
    ...common(settings),
    kind: "keyValue",
    isAlwaysInMemory: true,
    build: (context) => new SuppressBuffer(name, key, value, context, changelogOf(settings, context)),
  };
}

/** What joins of a stream with a versioned table keep records in until their time has come. */
function waitingRecords<K, V>(settings: StoreSettings<K, V> & { readonly graceMs: number }): StoreBuilder<WaitingRecords<K, V>> {
  const { name, key, value, graceMs } = settings;
  notNegative(name, "graceMs", graceMs);
  return {
    ...common(settings),
    kind: "keyValue",
    isAlwaysInMemory: true,
    build: (context) => new WaitingRecords(name, key, value, graceMs, context, changelogOf(settings, context)),
  };
}

/** Makes stores. */
export const stores = {
  keyValue,
  timestampedKeyValue,
  window,
  timestampedWindow,
  session,
  versioned,
  unmatchedRecords,
  suppressBuffer,
  waitingRecords,
} as const;

function common(settings: StoreOptionsOfAll): Omit<StoreBuilder<StateStore>, "kind" | "build"> {
  checkKnownOptions(settings);
  const { name, logging = true, changelogConfig = {}, caching = false } = settings;
  return { name, logging, changelogConfig, caching };
}

function windowed<K, V>(settings: WindowStoreSettings<K, V>): Omit<StoreBuilder<StateStore>, "build"> {
  const { name, key, value, windowSizeMs, retentionMs } = settings;
  notNegative(name, "windowSizeMs", windowSizeMs);
  if (typeof retentionMs !== "number" || !(retentionMs >= windowSizeMs))
    throw badSetting(name, "retentionMs", retentionMs, `at least its windows' size, ${windowSizeMs}`);
  return { ...common(settings), kind: "window", serdes: { key, value }, windowSizeMs, retentionMs };
}

/** `overheadBytes` are what Java's values have more. */
function keyValueBytes(settings: StoreOptionsOfAll & EntriesMax, context: StoreContext, overheadBytes = 0): KeyValueBytes {
  const changelog = changelogOf(settings, context);
  const bytes = stateOf(settings, context)?.keyValue(settings.name) ?? inMemoryKeyValue(settings, context, changelog);
  const logged = changelog === undefined ? bytes : new LoggedKeyValue(bytes, changelog);
  return isCached(settings, context) ? new CachedKeyValue(logged, context.cache, context.record, overheadBytes) : logged;
}

type EntriesMax = Pick<KeyValueStoreSettings<unknown, unknown>, "entriesMax">;

/** A key that had to go for another one goes from the changelog as well, before the other comes, as in Java. */
function inMemoryKeyValue({ entriesMax }: EntriesMax, { record }: StoreContext, changelog: ChangelogSink | undefined): KeyValueBytes {
  if (entriesMax === undefined) return new InMemoryKeyValue();
  return new LruKeyValue(entriesMax, (key) => changelog?.(key, null, record.timestamp, noHeaders));
}

function windowBytes<K, V>(settings: WindowStoreSettings<K, V>, context: StoreContext, overheadBytes = 0): WindowBytes {
  const { retentionMs, retainDuplicates = false } = settings;
  const changelog = changelogOf(settings, context);
  const keeping = { retentionMs, retainDuplicates };
  const state = stateOf(settings, context);
  const inMemory = retainDuplicates ? InMemoryDuplicates : InMemoryWindow;
  const bytes =
    state === undefined
      ? new inMemory(retentionMs, context.dropped)
      : new SegmentedWindow(state.segments(settings.name, "window"), keeping, context.dropped);
  const logged = changelog === undefined ? bytes : new LoggedWindow(bytes, retainDuplicates, changelog);
  return isCached(settings, context) && !retainDuplicates ? new CachedWindow(logged, context.cache, context.record, overheadBytes) : logged;
}

function isCached({ caching }: StoreOptionsOfAll, context: StoreContext): context is StoreContext & { readonly cache: RecordCache } {
  return caching === true && context.cache !== undefined;
}

/** Where the store is on the disk; undefined: in memory. */
function stateOf({ persistent }: StoreOptionsOfAll, { state, persistsByDefault }: StoreContext): PersistentState | undefined {
  return persistent === true || (persistent === "asTopology" && persistsByDefault === true) ? state : undefined;
}

function changelogOf({ logging = true, changelogHeaders = false }: StoreOptionsOfAll, context: StoreContext): ChangelogSink | undefined {
  const { changelog, record } = context;
  if (!logging || changelog === undefined || !changelogHeaders) return logging ? changelog : undefined;
  const withHeaders = (key: Uint8Array, value: Uint8Array | null, timestamp: number | null) =>
    changelog(key, value, timestamp, record.headers);
  const { check } = changelog;
  return check === undefined
    ? withHeaders
    : Object.assign(withHeaders, { check: (key: Uint8Array, value: Uint8Array | null) => check(key, value, record.headers) });
}

function notNegative(name: string, setting: string, value: number): void {
  if (typeof value !== "number" || !(value >= 0)) throw badSetting(name, setting, value, "0 or more");
}

function badSetting(name: string, setting: string, value: unknown, mustBe: string): StreamsError {
  return new StreamsError("STREAMS_BAD_ARGUMENT", `Store ${name} was given ${setting} ${told(value)}; it must be ${mustBe}.`);
}
