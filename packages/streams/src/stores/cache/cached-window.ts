import { copiedBytes } from "../bytes/owned-bytes.ts";
import { compareBytes } from "../bytes/compare-bytes.ts";
import { readInt64, writeInt32, writeInt64 } from "../../serdes/int64-bytes.ts";
import { MergedWalk } from "../merged-walk.ts";
import type { RecordPosition } from "../store-builder.ts";
import type { Walk } from "../store-walk.ts";
import { heldPosition } from "../suppress/record-context-bytes.ts";
import type { StoredWindow, WindowBytes, WindowPlace, WindowReads } from "../window/window-bytes.ts";
import { mergedWithCached } from "./merged-with-cached.ts";
import { type FlushWalk, type TakesSteps, thenFlush } from "../flushes-in-steps.ts";
import type { CachedEntry, NamedCache, RecordCache } from "./record-cache.ts";
import type { CacheListener } from "./cache-listener.ts";
import { type LookedAt, type TimeFirst, timeFirstUses } from "./time-first-uses.ts";

/** Behind the key: the start, and as many bytes more as Java's keys in a cache have. */
const SUFFIX_BYTES = 16;
const TIME_MAX = Number.MAX_SAFE_INTEGER;
const SEQUENCE_MAX = 0x7fffffff;

/** A cache before a window store of which each key is once in a window: as `CachedKeyValue`, for each key and window. Reads put nothing into it. */
export class CachedWindow implements WindowBytes {
  readonly #inner: WindowBytes;
  readonly #cache: NamedCache;
  readonly #record: RecordPosition;
  #listener: CacheListener<WindowPlace> | undefined;

  /** `record` is that of the record that is being processed. */
  constructor(inner: WindowBytes, cache: RecordCache, record: RecordPosition, valueOverheadBytes: number) {
    this.#inner = inner;
    this.#record = record;
    this.#cache = cache.named((entry) => this.#writeBack(entry), valueOverheadBytes);
  }

  /** From now on changes are given on when they are written below. */
  listen(listener: CacheListener<WindowPlace>): void {
    this.#listener = listener;
    this.#cache.isHeard = true;
  }

  get isPersistent(): boolean {
    return this.#inner.isPersistent;
  }

  put(key: Uint8Array, value: Uint8Array | null, startMs: number, timestamp: number): void {
    this.#cache.put(cacheKey(key, startMs), value, timestamp, heldPosition(this.#record));
  }

  fetch(key: Uint8Array, startMs: number): StoredWindow | undefined {
    const cached = this.#cache.get(cacheKey(key, startMs));
    return cached === undefined ? this.#inner.fetch(key, startMs) : shown(cached);
  }

  walkKey(key: Uint8Array, fromMs: number, toMs: number, isReverse: boolean): Walk<StoredWindow> {
    return this.#walkKey(key, fromMs, toMs, isReverse, this.#usesOf(key, Math.max(0, fromMs), Math.min(toMs, TIME_MAX), isReverse));
  }

  #usesOf(key: Uint8Array, fromMs: number, toMs: number, isReverse: boolean): LookedAt {
    const cache = this.#cache;
    if (this.#inner.isPersistent || !cache.isSmall) return (entry) => entry !== undefined && cache.get(entry.key);
    // Of what is heard only sliding windows read a range, from one key to the same one: for that Java's begins with the first time of all.
    const first = this.#listener === undefined ? fromMs : 0;
    return timeFirstUses(cache, placeOf, timeFirst(key, first, 0), timeFirst(key, toMs, SEQUENCE_MAX), isReverse);
  }

  #walkKey(key: Uint8Array, fromMs: number, toMs: number, isReverse: boolean, onSeen: LookedAt | undefined): Walk<StoredWindow> {
    const inner = this.#inner;
    const stored = {
      walk(from: Uint8Array | null, to: Uint8Array | null): Walk<StoredWindow> {
        const walk = inner.walkKey(key, startIn(from!), startIn(to!), isReverse);
        return {
          next() {
            const entry = walk.next();
            return entry === undefined ? undefined : { ...entry, key: cacheKey(key, entry.startMs) };
          },
          close: () => walk.close(),
        };
      },
    };
    const from = cacheKey(key, Math.max(0, fromMs));
    const to = cacheKey(key, Math.min(toMs, Number.MAX_SAFE_INTEGER));
    if (compareBytes(from, to) > 0) return inner.walkKey(key, fromMs, toMs, isReverse);
    const walk = new MergedWalk(stored, this.#cache.table, () => this.#cache.version, from, to, isReverse, onSeen);
    return {
      next() {
        const entry = walk.next();
        return entry === undefined ? undefined : { key, startMs: startIn(entry.key), value: entry.value, timestamp: entry.timestamp };
      },
      close: () => walk.close(),
    };
  }

  walkAll(fromMs: number, toMs: number, isReverse: boolean, after?: WindowPlace): Walk<StoredWindow> {
    const uses = this.#cache.isSmall ? timeFirstUses(this.#cache, placeOf, undefined, undefined, isReverse) : undefined;
    return this.#walkAll(fromMs, toMs, isReverse, after, uses);
  }

  #walkAll(
    fromMs: number,
    toMs: number,
    isReverse: boolean,
    after: WindowPlace | undefined,
    uses: LookedAt | undefined,
  ): Walk<StoredWindow> {
    const cached: (Omit<StoredWindow, "value"> & { readonly value: Uint8Array | null })[] = [];
    const next = this.#cache.table.unordered();
    for (let entry = next(); entry !== undefined; entry = next()) {
      const startMs = startIn(entry.key);
      if (startMs < fromMs || startMs > toMs) continue;
      const place = { key: keyIn(entry.key), startMs };
      if (after !== undefined && byStart(place, after) * (isReverse ? -1 : 1) <= 0) continue;
      cached.push({ ...place, value: entry.value, timestamp: entry.timestamp });
    }
    const onSeen =
      uses === undefined
        ? undefined
        : (place: WindowPlace | undefined) => uses(place === undefined ? undefined : { key: cacheKey(place.key, place.startMs) });
    return mergedWithCached(cached, this.#inner.walkAll(fromMs, toMs, isReverse, after), byStart, isReverse, onSeen);
  }

  looked(): WindowReads {
    const { table } = this.#cache;
    return {
      fetch: (key, startMs) => {
        const cached = table.get(cacheKey(key, startMs));
        return cached === undefined ? this.#inner.fetch(key, startMs) : shown(cached);
      },
      walkKey: (key, fromMs, toMs, isReverse) => this.#walkKey(key, fromMs, toMs, isReverse, undefined),
      walkAll: (fromMs, toMs, isReverse, after) => this.#walkAll(fromMs, toMs, isReverse, after, undefined),
    };
  }

  restore(changelogKey: Uint8Array, value: Uint8Array | null, timestamp: number): void {
    this.#inner.restore(changelogKey, value, timestamp);
  }

  judgeAsOf(streamTimeMs: number): boolean {
    return this.#inner.judgeAsOf(streamTimeMs);
  }

  flush(): void {
    this.#cache.flush();
    this.#inner.flush();
  }

  beginFlush(): FlushWalk {
    return thenFlush(this.#cache.beginFlush(), this.#inner);
  }

  giveUpTo(steps: TakesSteps): void {
    this.#cache.giveUpTo(steps);
  }

  close(): void {
    this.#cache.clear();
    this.#inner.close();
  }

  #writeBack(entry: CachedEntry): void {
    const { value, timestamp, position } = entry;
    const key = keyIn(entry.key);
    const startMs = startIn(entry.key);
    const listener = this.#listener;
    const wantsOld = listener !== undefined && (value === null || listener.wantsOldValues);
    const found = wantsOld ? this.#inner.fetch(key, startMs) : undefined;
    // The store below writes the new value into the old one's memory when they are as long.
    const old = found === undefined ? undefined : { ...found, value: copiedBytes(found.value) };
    // What neither was there nor is there now came and went within the cache.
    if (listener !== undefined && value === null && old === undefined) return;
    this.#inner.put(key, value, startMs, timestamp);
    listener?.onChange({
      entry: { key, startMs },
      newValue: value === null ? undefined : { value, timestamp },
      oldValue: listener.wantsOldValues ? old : undefined,
      position: position ?? this.#record,
    });
  }
}

/** `int32 length of key, key, int64 start` and nothing more: of one key, by start. */
function cacheKey(key: Uint8Array, startMs: number): Uint8Array {
  const into = Buffer.alloc(4 + key.length + SUFFIX_BYTES);
  writeInt32(into, 0, key.length);
  into.set(key, 4);
  writeInt64(into, 4 + key.length, startMs);
  return into;
}

/** By which Java sorts it: `key, int64 start, int32 sequence` behind the start. */
function timeFirst(key: Uint8Array, startMs: number, sequence: number): TimeFirst {
  const bytes = Buffer.alloc(key.length + 12);
  bytes.set(key);
  writeInt64(bytes, key.length, startMs);
  writeInt32(bytes, key.length + 8, sequence);
  return { timeMs: startMs, bytes };
}

function placeOf({ key }: CachedEntry): TimeFirst {
  return timeFirst(keyIn(key), startIn(key), 0);
}

function keyIn(cacheKey: Uint8Array): Uint8Array {
  return cacheKey.subarray(4, cacheKey.length - SUFFIX_BYTES);
}

function startIn(cacheKey: Uint8Array): number {
  return readInt64(cacheKey, cacheKey.length - SUFFIX_BYTES);
}

function shown({ key, value, timestamp }: CachedEntry): StoredWindow | undefined {
  return value === null ? undefined : { key: keyIn(key), startMs: startIn(key), value, timestamp };
}

function byStart(a: WindowPlace, b: WindowPlace): number {
  return a.startMs - b.startMs || compareBytes(a.key, b.key);
}
