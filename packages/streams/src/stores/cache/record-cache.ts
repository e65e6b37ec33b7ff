import { noHeaders } from "../../record.ts";
import { ByteTable } from "../bytes/byte-table.ts";
import { ownedBytes } from "../bytes/owned-bytes.ts";
import type { FlushWalk, TakesSteps } from "../flushes-in-steps.ts";
import type { RecordPosition } from "../record-position.ts";
import { positionSizeBytes } from "../suppress/record-context-bytes.ts";
import { type RangeEnd, RangedUses } from "./ranged-uses.ts";
import { type CacheWalk, RangeWalk } from "./range-walk.ts";
import type { CachedEntry, PlaceOrder } from "./cached-entry.ts";

const noPosition = { topic: "", partition: -1, offset: -1, timestamp: -1, headers: noHeaders };

/** So many walks are told what comes and goes while they go on; the one that began first is told no more when there are more. */
const WALKS_MAX = 16;

/** What Java counts for an entry beside its bytes: three references, and a flag. */
const ENTRY_OVERHEAD_BYTES = 25;

/** Takes what a cache gives up, one after another in the order in which they were last written. */
export type WriteBack = (entry: CachedEntry) => void;

/**
 * The bytes that all stores of a thread may hold before their files and changelogs. The store that is written to when there are too many gives up its own entries that were used longest ago; so
 * does Java. What counts is Java's count: a store's change is added when its call has ended, so that stores that are written to meanwhile, by what it gives on, still see what is being given
 * up, and what one of them does to the first is counted twice.
 */
export class RecordCache {
  #maxBytes: number;
  readonly #named: NamedCache[] = [];
  #countedBytes = 0;

  /** With 0 bytes every write goes through at once. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Other bounds from now on: what is too much leaves at the next writes. */
  resize(maxBytes: number): void {
    this.#maxBytes = maxBytes;
  }

  /** What is held. */
  get sizeBytes(): number {
    return this.#named.reduce((sum, cache) => sum + cache.sizeBytes, 0);
  }

  /** The part of one store. Each value counts for so many bytes more than it has: as Java's does, which has its time before it. */
  named(writeBack: WriteBack, valueOverheadBytes = 0): NamedCache {
    const cache = new NamedCache(
      writeBack,
      valueOverheadBytes,
      (change) => {
        this.#countedBytes += change;
        return this.#countedBytes > this.#maxBytes;
      },
      () => this.#countedBytes > 2 * this.#maxBytes,
    );
    this.#named.push(cache);
    return cache;
  }
}

/** What one store has in a cache: entries by key, by when they were used, and those that were written since the last flush. */
export class NamedCache {
  readonly table = new ByteTable<CachedEntry>();
  readonly #writeBack: WriteBack;
  readonly #valueOverheadBytes: number;
  /** Counts a change in bytes; whether there are too many then. */
  readonly #count: (change: number) => boolean;
  readonly #isFarTooMuch: () => boolean;
  readonly #dirty = new Set<CachedEntry>();
  /** Since the first walk in place of the list from the oldest to the newest. */
  #ranged: RangedUses<CachedEntry> | undefined;
  readonly #walks = new Set<RangeWalk>();
  #newest: CachedEntry | undefined;
  #oldest: CachedEntry | undefined;
  #sizeBytes = 0;
  /** Where steps go in which much is given up; undefined: in one call. */
  #steps: TakesSteps | undefined;
  /** Steps that are under way, until whose end there may be too many bytes. */
  #givingUp: FlushWalk | undefined;
  /** Something comes of what it gives up beside what is written below. */
  isHeard = false;
  /** Counts what walks have to notice: entries that went away. */
  version = 0;

  constructor(writeBack: WriteBack, valueOverheadBytes: number, count: (change: number) => boolean, isFarTooMuch: () => boolean) {
    this.#writeBack = writeBack;
    this.#valueOverheadBytes = valueOverheadBytes;
    this.#count = count;
    this.#isFarTooMuch = isFarTooMuch;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  get(key: Uint8Array): CachedEntry | undefined {
    const entry = this.table.get(key);
    if (entry === undefined) return undefined;
    if (entry.place !== undefined) {
      this.#ranged!.use(entry.place);
    } else if (entry !== this.#newest) {
      this.#unlink(entry);
      this.#linkNewest(entry);
    }
    return entry;
  }

  /**
   * A walk that uses all entries between two places up to the one that it looks at, whatever their keys, as walks of Java's cache do: which entry a full cache gives up next hangs on that, and so does what is written when. `order`:
   * of keys, by place; the same for all walks of this cache. The walk has to be closed.
   */
  beginWalk(order: PlaceOrder, from: RangeEnd | undefined, to: RangeEnd | undefined, isReverse: boolean): CacheWalk {
    const ranged = this.#inPlaces(order);
    const walk = new RangeWalk(ranged, order, from, to, isReverse, () => this.#walks.delete(walk));
    this.#walks.add(walk);
    for (const first of this.#walks) {
      if (this.#walks.size <= WALKS_MAX) break;
      this.#walks.delete(first);
    }
    return walk;
  }

  /** Entries between two places, in their order where there was a walk before and in none otherwise, when all are given; uses none. */
  between(from: RangeEnd | undefined, to: RangeEnd | undefined): readonly CachedEntry[] {
    if (this.#ranged !== undefined) return this.#ranged.between(from, to);
    const all: CachedEntry[] = [];
    const next = this.table.unordered();
    for (let entry = next(); entry !== undefined; entry = next()) all.push(entry);
    return all;
  }

  #inPlaces(order: PlaceOrder): RangedUses<CachedEntry> {
    if (this.#ranged !== undefined) return this.#ranged;
    const ranged = new RangedUses<CachedEntry>(order);
    while (this.#oldest !== undefined) {
      const entry = this.#oldest;
      this.#unlink(entry);
      entry.place = ranged.insert(entry);
    }
    this.#ranged = ranged;
    return ranged;
  }

  /** With a position: written, and to be given up to the store below; without: a copy. */
  put(key: Uint8Array, value: Uint8Array | null, timestamp: number, position: RecordPosition | undefined): void {
    let entry = this.get(key);
    if (entry?.isLeaving === true) {
      // It is given up as it is; what comes is another one.
      this.#count(-entry.sizeBytes);
      this.#remove(entry);
      entry = undefined;
    }
    const isFresh = entry === undefined;
    if (entry === undefined) {
      entry = {
        key: ownedBytes(key),
        hash: 0,
        value: null,
        timestamp,
        position,
        isLeaving: false,
        sizeBytes: 0,
        newer: undefined,
        older: undefined,
        place: undefined,
      };
      this.table.insert(entry);
      if (this.#ranged === undefined) this.#linkNewest(entry);
      else entry.place = this.#ranged.insert(entry);
      for (const walk of this.#walks) walk.came(entry);
    }
    entry.value = value === null ? null : ownedBytes(value);
    entry.timestamp = timestamp;
    entry.position = position;
    if (position !== undefined) {
      // Again at the end: they leave in the order in which they were last written.
      this.#dirty.delete(entry);
      this.#dirty.add(entry);
    }
    const before = isFresh ? 0 : entry.sizeBytes;
    const valueBytes = value === null ? 0 : value.length + this.#valueOverheadBytes;
    entry.sizeBytes = key.length + valueBytes + ENTRY_OVERHEAD_BYTES + positionSizeBytes(position ?? noPosition);
    this.#sizeBytes += entry.sizeBytes - before;
    if (this.#count(entry.sizeBytes - before)) this.#makeRoom();
  }

  giveUpTo(steps: TakesSteps): void {
    this.#steps = steps;
  }

  /** Gives up all that was written since the last time; deleted ones leave the cache, the others stay as copies. */
  flush(): void {
    const before = this.#sizeBytes;
    this.#giveUp(undefined);
    this.#count(this.#sizeBytes - before);
  }

  /** The same, one by one. */
  beginFlush(): FlushWalk {
    const before = this.#sizeBytes;
    const entries = [...this.#dirty];
    this.#dirty.clear();
    let given = 0;
    let removed = 0;
    return {
      next: () => {
        if (given < entries.length) {
          this.#writeBack(entries[given++]!);
          return true;
        }
        if (removed < entries.length) {
          this.#removeDeleted(entries[removed++]!);
          return true;
        }
        this.#count(this.#sizeBytes - before);
        return false;
      },
      close() {},
    };
  }

  clear(): void {
    this.#count(-this.#sizeBytes);
    this.#sizeBytes = 0;
    this.table.clear();
    this.#dirty.clear();
    this.#newest = undefined;
    this.#oldest = undefined;
    this.#ranged = undefined;
    this.#walks.clear();
  }

  #makeRoom(): void {
    // Whoever puts very much in one call has to wait where nobody can tell the order.
    if (this.#givingUp !== undefined && !this.isHeard && this.#isFarTooMuch()) while (this.#givingUp?.next() === true);
    for (let isTooMuch = true; isTooMuch && this.#givingUp === undefined; ) {
      const oldest = this.#ranged === undefined ? this.#oldest : this.#ranged.oldest();
      if (oldest === undefined) return;
      isTooMuch = this.#evict(oldest);
    }
  }

  /** One that was written takes with it all others that were: so it is in Java. */
  #evict(entry: CachedEntry): boolean {
    if (this.#dirty.has(entry) && this.#steps?.(this.#giveUpInSteps(entry), this.isHeard) === true)
      return this.#givingUp === undefined && this.#count(0);
    const before = this.#sizeBytes;
    const isDirty = this.#dirty.delete(entry);
    this.#remove(entry);
    if (isDirty) this.#giveUp(entry);
    return this.#count(this.#sizeBytes - before);
  }

  #giveUp(evicted: CachedEntry | undefined): void {
    const entries = evicted === undefined ? [...this.#dirty] : [evicted, ...this.#dirty];
    if (entries.length === 0) return;
    const deleted = entries.filter((entry) => entry !== evicted && entry.value === null);
    // Whoever is told may write to this cache again.
    this.#dirty.clear();
    for (const entry of entries) this.#writeBack(entry);
    for (const entry of deleted) this.#removeDeleted(entry);
  }

  /** The same with the evicted one in steps, and then more when there is no room yet. Until its turn comes each can be read here. Nothing is done before the first step. */
  #giveUpInSteps(evicted: CachedEntry): FlushWalk {
    let entries: CachedEntry[] | undefined;
    let given = 0;
    let removed = 0;
    let before = 0;
    let after = 0;
    const begin = (): CachedEntry[] => {
      this.#givingUp = walk;
      before = this.#sizeBytes;
      after = before;
      this.#dirty.delete(evicted);
      const all = [evicted, ...this.#dirty];
      this.#dirty.clear();
      for (const entry of all) entry.isLeaving = true;
      return all;
    };
    const end = (): void => {
      if (this.#givingUp === walk) this.#givingUp = undefined;
      for (const entry of entries ?? []) entry.isLeaving = false;
      entries = [];
    };
    const step = (all: readonly CachedEntry[]): boolean => {
      const entry = all[given];
      if (entry !== undefined) {
        given++;
        entry.isLeaving = false;
        if (entry === evicted && this.table.get(entry.key) === entry) this.#remove(entry);
        this.#writeBack(entry);
        return true;
      }
      const written = all[removed];
      if (written === undefined) return false;
      removed++;
      this.#removeDeleted(written);
      return true;
    };
    const walk: FlushWalk = {
      next: () => {
        entries ??= begin();
        // What is put between steps of which nothing comes is no part of them, and has been counted.
        if (!this.isHeard) before += this.#sizeBytes - after;
        const isMore = step(entries);
        after = this.#sizeBytes;
        if (isMore || this.#givingUp !== walk) return isMore;
        end();
        if (this.#count(this.#sizeBytes - before)) this.#makeRoom();
        return false;
      },
      close: end,
    };
    return walk;
  }

  /** Unless it was written again meanwhile. */
  #removeDeleted(entry: CachedEntry): void {
    if (entry.value === null && !this.#dirty.has(entry) && this.table.get(entry.key) === entry) this.#remove(entry);
  }

  #remove(entry: CachedEntry): void {
    this.table.delete(entry.key);
    if (entry.place === undefined) this.#unlink(entry);
    else this.#ranged!.remove(entry.place);
    for (const walk of this.#walks) walk.went(entry);
    this.#sizeBytes -= entry.sizeBytes;
    this.version++;
  }

  #unlink(entry: CachedEntry): void {
    if (entry.newer === undefined) this.#newest = entry.older;
    else entry.newer.older = entry.older;
    if (entry.older === undefined) this.#oldest = entry.newer;
    else entry.older.newer = entry.newer;
    entry.newer = undefined;
    entry.older = undefined;
  }

  #linkNewest(entry: CachedEntry): void {
    entry.older = this.#newest;
    if (this.#newest !== undefined) this.#newest.newer = entry;
    this.#newest = entry;
    this.#oldest ??= entry;
  }
}
