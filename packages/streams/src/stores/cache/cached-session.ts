import { copiedBytes } from "../bytes/owned-bytes.ts";
import { readInt64, writeInt32, writeInt64 } from "../../serdes/int64-bytes.ts";
import { compareBytes } from "../bytes/compare-bytes.ts";
import { MergedWalk } from "../merged-walk.ts";
import type { SessionBytes, SessionPlace, SessionReads, StoredSession } from "../session/session-bytes.ts";
import { isLarge } from "../changelog-fit.ts";
import type { RecordPosition } from "../store-builder.ts";
import type { Walk } from "../store-walk.ts";
import { heldPosition } from "../suppress/record-context-bytes.ts";
import type { CacheListener } from "./cache-listener.ts";
import { compareParts } from "./time-first.ts";
import { sessionKey } from "../../serdes/windowed-serdes.ts";
import { mergedWithCached } from "./merged-with-cached.ts";
import { type FlushWalk, type TakesSteps, thenFlush } from "../flushes-in-steps.ts";
import type { CacheWalk } from "./range-walk.ts";
import type { CachedEntry } from "./cached-entry.ts";
import type { NamedCache, RecordCache } from "./record-cache.ts";

const TIME_MAX = Number.MAX_SAFE_INTEGER;
/** Behind the key: end and start, and as many bytes more as Java's keys in a cache have. */
const SUFFIX_BYTES = 20;

/** A cache before a session store: as `CachedKeyValue`, for each key and session. Reads put nothing into it. */
export class CachedSession implements SessionBytes {
  readonly #inner: SessionBytes;
  readonly #cache: NamedCache;
  readonly #record: RecordPosition;
  #listener: CacheListener<SessionPlace> | undefined;

  /** `record` is that of the record that is being processed. */
  constructor(inner: SessionBytes, cache: RecordCache, record: RecordPosition) {
    this.#inner = inner;
    this.#record = record;
    this.#cache = cache.named((entry) => this.#writeBack(entry));
  }

  /** From now on changes are given on when they are written below. */
  listen(listener: CacheListener<SessionPlace>): void {
    this.#listener = listener;
    this.#cache.isHeard = true;
  }

  get isPersistent(): boolean {
    return this.#inner.isPersistent;
  }

  put(key: Uint8Array, startMs: number, endMs: number, value: Uint8Array | null, timestamp: number): void {
    if (isLarge(key, value)) this.#inner.checkFits?.(key, startMs, endMs, value);
    this.#cache.put(cacheKey(key, endMs, startMs), value, timestamp, heldPosition(this.#record));
  }

  fetch(key: Uint8Array, startMs: number, endMs: number): StoredSession | undefined {
    const cached = this.#cache.get(cacheKey(key, endMs, startMs));
    if (cached === undefined) return this.#inner.fetch(key, startMs, endMs);
    return cached.value === null ? undefined : { key, startMs, endMs, value: cached.value };
  }

  walkKey(key: Uint8Array, earliestEndMs: number, latestStartMs: number, isReverse: boolean): Walk<StoredSession> {
    return this.#walkKey(key, earliestEndMs, latestStartMs, isReverse, true);
  }

  /** What the walk uses: before a store in memory Java's cache is sorted by time first. */
  #begunWalk(key: Uint8Array, earliestEndMs: number, isReverse: boolean): CacheWalk {
    const cache = this.#cache;
    if (this.#inner.isPersistent) return { looked: (seen) => seen !== undefined && cache.get(seen), close() {} };
    return cache.beginWalk(byTimeFirst, { key: cacheKey(key, earliestEndMs, 0), isInclusive: true }, undefined, isReverse);
  }

  #walkKey(key: Uint8Array, earliestEndMs: number, latestStartMs: number, isReverse: boolean, isUse: boolean): Walk<StoredSession> {
    const inner = this.#inner;
    // Goes on from the session that was last given: those of its end that came before it are passed over.
    const stored = {
      walk(from: Uint8Array | null, to: Uint8Array | null) {
        const walk = inner.walkKey(key, endIn(from!), latestStartMs, isReverse);
        return {
          next() {
            for (let session = walk.next(); session !== undefined; session = walk.next()) {
              const name = cacheKey(key, session.endMs, session.startMs);
              if (compareBytes(name, from!) >= 0 && compareBytes(name, to!) <= 0) return { key: name, value: session.value, timestamp: 0 };
            }
            return undefined;
          },
          close: () => walk.close(),
        };
      },
    };
    const from = cacheKey(key, Math.max(0, earliestEndMs), TIME_MAX);
    const uses = isUse ? this.#begunWalk(key, Math.max(0, earliestEndMs), isReverse) : undefined;
    const onSeen = uses && ((entry: Pick<CachedEntry, "key"> | undefined): void => uses.looked(entry?.key));
    const walk = new MergedWalk(stored, this.#cache.table, () => this.#cache.version, from, cacheKey(key, TIME_MAX, 0), isReverse, onSeen);
    return {
      next() {
        for (let entry = walk.next(); entry !== undefined; entry = walk.next()) {
          const startMs = startIn(entry.key);
          if (startMs <= latestStartMs) return { key, startMs, endMs: endIn(entry.key), value: entry.value };
        }
        return undefined;
      },
      close() {
        walk.close();
        uses?.close();
      },
    };
  }

  walkEnds(fromEndMs: number, toEndMs: number, after?: SessionPlace): Walk<StoredSession> {
    const cached: (SessionPlace & { readonly value: Uint8Array | null })[] = [];
    const from = fromEndMs <= 0 ? undefined : { key: cacheKey(noKey, Math.min(fromEndMs, TIME_MAX) - 1, 0), isInclusive: true };
    const to = toEndMs >= TIME_MAX ? undefined : { key: cacheKey(noKey, Math.max(0, toEndMs + 1), 0), isInclusive: true };
    for (const entry of this.#cache.between(from, to)) {
      const endMs = endIn(entry.key);
      if (endMs < fromEndMs || endMs > toEndMs) continue;
      const place = { key: keyIn(entry.key), startMs: startIn(entry.key), endMs };
      if (after === undefined || byEnd(place, after) > 0) cached.push({ ...place, value: entry.value });
    }
    return mergedWithCached(cached, this.#inner.walkEnds(fromEndMs, toEndMs, after), byEnd, false);
  }

  looked(): SessionReads {
    const { table } = this.#cache;
    return {
      fetch: (key, startMs, endMs) => {
        const cached = table.get(cacheKey(key, endMs, startMs));
        if (cached === undefined) return this.#inner.fetch(key, startMs, endMs);
        return cached.value === null ? undefined : { key, startMs, endMs, value: cached.value };
      },
      walkKey: (key, earliestEndMs, latestStartMs, isReverse) => this.#walkKey(key, earliestEndMs, latestStartMs, isReverse, false),
      walkEnds: (fromEndMs, toEndMs, after) => this.walkEnds(fromEndMs, toEndMs, after),
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

  #writeBack({ key: name, value, timestamp, position }: CachedEntry): void {
    const key = keyIn(name);
    const startMs = startIn(name);
    const endMs = endIn(name);
    const listener = this.#listener;
    const wantsOld = listener !== undefined && (value === null || listener.wantsOldValues);
    const found = wantsOld ? this.#inner.fetch(key, startMs, endMs) : undefined;
    // The store below writes the new value into the old one's memory when they are as long.
    const old = found === undefined ? undefined : copiedBytes(found.value);
    // What neither was there nor is there now came and went within the cache.
    if (listener !== undefined && value === null && old === undefined) return;
    this.#inner.put(key, startMs, endMs, value, timestamp);
    listener?.onChange({
      entry: { key, startMs, endMs },
      newValue: value === null ? undefined : { value, timestamp },
      oldValue: old === undefined || !listener.wantsOldValues ? undefined : { value: old, timestamp },
      position: position ?? this.#record,
    });
  }
}

/** `int32 length of key, key, int64 end, int64 (latest time - start)` and nothing more: of one key by end, of one end the latest start first. */
function cacheKey(key: Uint8Array, endMs: number, startMs: number): Uint8Array {
  const into = Buffer.alloc(4 + key.length + SUFFIX_BYTES);
  writeInt32(into, 0, key.length);
  into.set(key, 4);
  writeInt64(into, 4 + key.length, endMs);
  writeInt64(into, 12 + key.length, TIME_MAX - startMs);
  return into;
}

/** As Java sorts them: by end, then as `key, int64 end, int64 start`. */
function byTimeFirst(a: Uint8Array, b: Uint8Array): number {
  const aEnd = a.length - SUFFIX_BYTES;
  const bEnd = b.length - SUFFIX_BYTES;
  const order = compareParts(a, aEnd, aEnd + 8, b, bEnd, bEnd + 8);
  if (order !== 0) return order;
  const shared = Math.min(aEnd, bEnd) + 8;
  const ofKeys = compareParts(a, 4, shared, b, 4, shared);
  if (ofKeys !== 0) return ofKeys;
  if (aEnd === bEnd) return startIn(a) - startIn(b);
  return compareBytes(storedKey(a), storedKey(b));
}

const noKey = new Uint8Array();

function storedKey(name: Uint8Array): Uint8Array {
  return sessionKey(keyIn(name), startIn(name), endIn(name));
}

function keyIn(cacheKey: Uint8Array): Uint8Array {
  return cacheKey.subarray(4, cacheKey.length - SUFFIX_BYTES);
}

function endIn(cacheKey: Uint8Array): number {
  return readInt64(cacheKey, cacheKey.length - SUFFIX_BYTES);
}

function startIn(cacheKey: Uint8Array): number {
  return TIME_MAX - readInt64(cacheKey, cacheKey.length - SUFFIX_BYTES + 8);
}

function byEnd(a: SessionPlace, b: SessionPlace): number {
  return a.endMs - b.endMs || compareBytes(a.key, b.key) || b.startMs - a.startMs;
}
