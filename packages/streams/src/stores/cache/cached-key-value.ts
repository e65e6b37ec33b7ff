import type { KeyValueBytes, KeyValueReads, StoredBytes, StoredEntry } from "../key-value/key-value-bytes.ts";
import { copiedBytes } from "../bytes/owned-bytes.ts";
import { MergedWalk } from "../merged-walk.ts";
import { isLarge } from "../changelog-fit.ts";
import type { RecordPosition } from "../store-builder.ts";
import type { Walk } from "../store-walk.ts";
import { heldPosition } from "../suppress/record-context-bytes.ts";
import type { CacheListener } from "./cache-listener.ts";
import { type FlushWalk, type TakesSteps, thenFlush } from "../flushes-in-steps.ts";
import type { CachedEntry } from "./cached-entry.ts";
import type { NamedCache, RecordCache } from "./record-cache.ts";

/** A cache before a store: what is written stays in it until a flush or until there is no more room, and is then written below and given on, once for each key. */
export class CachedKeyValue implements KeyValueBytes {
  readonly #inner: KeyValueBytes;
  readonly #cache: NamedCache;
  readonly #record: RecordPosition;
  #listener: CacheListener<Uint8Array> | undefined;

  /** `record` is that of the record that is being processed. */
  constructor(inner: KeyValueBytes, cache: RecordCache, record: RecordPosition, valueOverheadBytes = 0) {
    this.#inner = inner;
    this.#record = record;
    this.#cache = cache.named((entry) => this.#writeBack(entry), valueOverheadBytes);
  }

  /** From now on changes are given on when they are written below. */
  listen(listener: CacheListener<Uint8Array>): void {
    this.#listener = listener;
    this.#cache.isHeard = true;
  }

  get isPersistent(): boolean {
    return this.#inner.isPersistent;
  }

  get size(): number {
    return this.#inner.size;
  }

  get(key: Uint8Array): StoredBytes | undefined {
    const cached = this.#cache.get(key);
    if (cached !== undefined) return cached.value === null ? undefined : (cached as StoredBytes);
    const stored = this.#inner.get(key);
    if (stored === undefined) return undefined;
    // Making room gives on what was written, and then others read and write the store below: what it found is its own, and changes.
    const { timestamp } = stored;
    const value = copiedBytes(stored.value);
    this.#cache.put(key, value, timestamp, undefined);
    return { value, timestamp };
  }

  put(key: Uint8Array, value: Uint8Array | null, timestamp: number): void {
    if (isLarge(key, value)) this.#inner.checkFits?.(key, value);
    this.#cache.put(key, value, timestamp, heldPosition(this.#record));
  }

  restore(key: Uint8Array, value: Uint8Array | null, timestamp: number): void {
    this.#inner.restore(key, value, timestamp);
  }

  walk(from: Uint8Array | null, to: Uint8Array | null, isReverse: boolean): Walk<StoredEntry> {
    return new MergedWalk(
      this.#inner,
      this.#cache.table,
      () => this.#cache.version,
      from,
      to,
      isReverse,
      (entry) => entry !== undefined && this.#cache.get(entry.key),
    );
  }

  looked(): KeyValueReads {
    const inner = this.#inner.looked();
    const { table } = this.#cache;
    return {
      size: inner.size,
      get(key) {
        const cached = table.get(key);
        if (cached === undefined) return inner.get(key);
        return cached.value === null ? undefined : (cached as StoredBytes);
      },
      walk: (from, to, isReverse) => new MergedWalk(inner, table, () => this.#cache.version, from, to, isReverse),
    };
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

  #writeBack({ key, value, timestamp, position }: CachedEntry): void {
    const listener = this.#listener;
    const wantsOld = listener !== undefined && (value === null || listener.wantsOldValues);
    const found = wantsOld ? this.#inner.get(key) : undefined;
    // The put writes over the value that the store had.
    const old = found === undefined ? undefined : { value: copiedBytes(found.value), timestamp: found.timestamp };
    // What neither was there nor is there now came and went within the cache.
    if (listener !== undefined && value === null && old === undefined) return;
    this.#inner.put(key, value, timestamp);
    listener?.onChange({
      entry: key,
      newValue: value === null ? undefined : { value, timestamp },
      oldValue: listener.wantsOldValues ? old : undefined,
      position: position ?? this.#record,
    });
  }
}
