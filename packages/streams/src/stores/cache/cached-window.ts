import { copiedBytes } from "../bytes/owned-bytes.ts";
import { compareBytes } from "../bytes/compare-bytes.ts";
import { readInt64, writeInt32, writeInt64 } from "../../serdes/int64-bytes.ts";
import { MergedWalk } from "../merged-walk.ts";
import { isLarge } from "../changelog-fit.ts";
import type { RecordPosition } from "../store-builder.ts";
import type { Walk } from "../store-walk.ts";
import { heldPosition } from "../suppress/record-context-bytes.ts";
import type { StoredWindow, WindowBytes, WindowPlace, WindowReads } from "../window/window-bytes.ts";
import { mergedWithCached } from "./merged-with-cached.ts";
import { type FlushWalk, type TakesSteps, thenFlush } from "../flushes-in-steps.ts";
import type { CacheWalk } from "./range-walk.ts";
import type { CachedEntry } from "./cached-entry.ts";
import type { NamedCache, RecordCache } from "./record-cache.ts";
import type { CacheListener } from "./cache-listener.ts";
import { compareParts } from "./time-first.ts";

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
    if (isLarge(key, value)) this.#inner.checkFits?.(key, value, startMs);
    this.#cache.put(cacheKey(key, startMs), value, timestamp, heldPosition(this.#record));
  }

  fetch(key: Uint8Array, startMs: number): StoredWindow | undefined {
    const cached = this.#cache.get(cacheKey(key, startMs));
    return cached === undefined ? this.#inner.fetch(key, startMs) : shown(cached);
  }

  walkKey(key: Uint8Array, fromMs: number, toMs: number, isReverse: boolean): Walk<StoredWindow> {
    return this.#walkKey(key, fromMs, toMs, isReverse, true);
  }

  /** What the walk uses: before a store in memory Java's cache is sorted by time first. */
  #begunWalk(key: Uint8Array, fromMs: number, to: Uint8Array, isReverse: boolean): CacheWalk {
    const cache = this.#cache;
    if (this.#inner.isPersistent) return { looked: (seen) => seen !== undefined && cache.get(seen), close() {} };
    // Of what is heard only sliding windows read a range, from one key to the same one: for that Java's begins with the first time of all.
    const first = cacheKey(key, this.#listener === undefined ? fromMs : 0);
    const last = Uint8Array.from(to);
    writeInt32(last, last.length - 8, SEQUENCE_MAX);
    return cache.beginWalk(byTimeFirst, { key: first, isInclusive: true }, { key: last, isInclusive: true }, isReverse);
  }

  #walkKey(key: Uint8Array, fromMs: number, toMs: number, isReverse: boolean, isUse: boolean): Walk<StoredWindow> {
    const inner = this.#inner;
    if (toMs < 0) return inner.walkKey(key, fromMs, toMs, isReverse);
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
    const uses = isUse ? this.#begunWalk(key, Math.max(0, fromMs), to, isReverse) : undefined;
    const onSeen = uses && ((entry: Pick<CachedEntry, "key"> | undefined): void => uses.looked(entry?.key));
    const walk = new MergedWalk(stored, this.#cache.table, () => this.#cache.version, from, to, isReverse, onSeen);
    return {
      next() {
        const entry = walk.next();
        return entry === undefined ? undefined : { key, startMs: startIn(entry.key), value: entry.value, timestamp: entry.timestamp };
      },
      close() {
        walk.close();
        uses?.close();
      },
    };
  }

  walkAll(fromMs: number, toMs: number, isReverse: boolean, after?: WindowPlace): Walk<StoredWindow> {
    const uses = this.#cache.beginWalk(byTimeFirst, undefined, undefined, isReverse);
    const walk = this.#walkAll(fromMs, toMs, isReverse, after, (place) =>
      uses.looked(place === undefined ? undefined : cacheKey(place.key, place.startMs)),
    );
    return {
      next: () => walk.next(),
      close() {
        walk.close();
        uses.close();
      },
    };
  }

  #walkAll(
    fromMs: number,
    toMs: number,
    isReverse: boolean,
    after: WindowPlace | undefined,
    onSeen: ((place: WindowPlace | undefined) => void) | undefined,
  ): Walk<StoredWindow> {
    const cached: (Omit<StoredWindow, "value"> & { readonly value: Uint8Array | null })[] = [];
    // A ms more on either side, so that they are in there whatever their keys.
    const from = fromMs <= 0 ? undefined : { key: cacheKey(noKey, Math.min(fromMs, TIME_MAX) - 1), isInclusive: true };
    const to = toMs >= TIME_MAX ? undefined : { key: cacheKey(noKey, Math.max(0, toMs + 1)), isInclusive: true };
    for (const entry of this.#cache.between(from, to)) {
      const startMs = startIn(entry.key);
      if (startMs < fromMs || startMs > toMs) continue;
      const place = { key: keyIn(entry.key), startMs };
      if (after !== undefined && byStart(place, after) * (isReverse ? -1 : 1) <= 0) continue;
      cached.push({ ...place, value: entry.value, timestamp: entry.timestamp });
    }
    return mergedWithCached(cached, this.#inner.walkAll(fromMs, toMs, isReverse, after), byStart, isReverse, onSeen);
  }

  looked(): WindowReads {
    const { table } = this.#cache;
    return {
      fetch: (key, startMs) => {
        const cached = table.get(cacheKey(key, startMs));
        return cached === undefined ? this.#inner.fetch(key, startMs) : shown(cached);
      },
      walkKey: (key, fromMs, toMs, isReverse) => this.#walkKey(key, fromMs, toMs, isReverse, false),
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

/** As Java sorts them: by start, then as `key, int64 start, int32 sequence`. */
function byTimeFirst(a: Uint8Array, b: Uint8Array): number {
  const aEnd = a.length - SUFFIX_BYTES;
  const bEnd = b.length - SUFFIX_BYTES;
  return compareParts(a, aEnd, aEnd + 8, b, bEnd, bEnd + 8) || compareParts(a, 4, aEnd + 12, b, 4, bEnd + 12);
}

const noKey = new Uint8Array();

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
