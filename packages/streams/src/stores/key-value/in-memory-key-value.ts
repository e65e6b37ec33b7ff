import { compareBytes } from "../bytes/compare-bytes.ts";
import { PackedTable } from "../bytes/packed-table.ts";
import { type Walk, walkOf } from "../store-walk.ts";
import type { KeyValueBytes, KeyValueReads, OrderedEntries, StoredBytes, StoredEntry } from "./key-value-bytes.ts";

/** Keeps everything in memory: gone with the process, and restored from the changelog. Nothing bounds it but the number of keys. */
export class InMemoryKeyValue implements KeyValueBytes {
  readonly isPersistent = false;
  readonly #table = new PackedTable();
  /** What the last {@link get} found: one object for all. */
  readonly #found: { value: Uint8Array; timestamp: number } = { value: noBytes, timestamp: 0 };

  get size(): number {
    return this.#table.size;
  }

  get(key: Uint8Array): StoredBytes | undefined {
    const entry = this.#table.find(key);
    if (entry === undefined) return undefined;
    // Nobody puts null in here.
    this.#found.value = this.#table.sharedValueOf(entry)!;
    this.#found.timestamp = this.#table.timestampOf(entry);
    return this.#found;
  }

  get ordered(): OrderedEntries {
    return this.#table;
  }

  has(key: Uint8Array): boolean {
    return this.#table.find(key) !== undefined;
  }

  put(key: Uint8Array, value: Uint8Array | null, timestamp: number): void {
    if (value === null) this.#table.delete(key);
    else this.#table.put(key, value, timestamp);
  }

  looked(): KeyValueReads {
    return this;
  }

  restore(key: Uint8Array, value: Uint8Array | null, timestamp: number): void {
    this.put(key, value, timestamp);
  }

  walk(from: Uint8Array | null, to: Uint8Array | null, isReverse: boolean): Walk<StoredEntry> {
    const next = isReverse ? this.#table.descending(to) : this.#table.ascending(from);
    return walkOf(() => {
      const entry = next();
      if (entry === undefined) return undefined;
      const key = this.#table.keyOf(entry);
      const isBeyond = isReverse ? from !== null && compareBytes(key, from) < 0 : to !== null && compareBytes(key, to) > 0;
      return isBeyond ? undefined : { key, value: this.#table.valueOf(entry)!, timestamp: this.#table.timestampOf(entry) };
    });
  }

  flush(): void {}

  close(): void {
    this.#table.clear();
  }
}

const noBytes = new Uint8Array();
