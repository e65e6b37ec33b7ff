import { ByteTable, type Keyed } from "../bytes/byte-table.ts";
import { compareBytes } from "../bytes/compare-bytes.ts";
import { copiedBytes, replacedBytes } from "../bytes/owned-bytes.ts";
import { type Walk, walkOf } from "../store-walk.ts";
import type { KeyValueBytes, KeyValueReads, StoredBytes, StoredEntry } from "./key-value-bytes.ts";

interface Entry extends Keyed, StoredEntry {
  value: Uint8Array;
  timestamp: number;
}

/** Keeps everything in memory: gone with the process, and restored from the changelog. Nothing bounds it but the number of keys. */
export class InMemoryKeyValue implements KeyValueBytes {
  readonly isPersistent = false;
  readonly #table = new ByteTable<Entry>();

  get size(): number {
    return this.#table.size;
  }

  get(key: Uint8Array): StoredBytes | undefined {
    return this.#table.get(key);
  }

  put(key: Uint8Array, value: Uint8Array | null, timestamp: number): void {
    if (value === null) {
      this.#table.delete(key);
      return;
    }
    const entry = this.#table.get(key);
    if (entry === undefined) {
      this.#table.insert({ key: copiedBytes(key), hash: 0, value: copiedBytes(value), timestamp });
    } else {
      entry.value = replacedBytes(entry.value, value);
      entry.timestamp = timestamp;
    }
  }

  looked(): KeyValueReads {
    return this;
  }

  restore(key: Uint8Array, value: Uint8Array | null, timestamp: number): void {
    this.put(key, value, timestamp);
  }

  walk(from: Uint8Array | null, to: Uint8Array | null, isReverse: boolean): Walk<StoredEntry> {
    if (isReverse) {
      const next = this.#table.descending(to ?? undefined);
      return walkOf(() => {
        const entry = next();
        return entry !== undefined && (from === null || compareBytes(entry.key, from) >= 0) ? entry : undefined;
      });
    }
    const next = this.#table.ascending(from ?? undefined);
    return walkOf(() => {
      const entry = next();
      return entry !== undefined && (to === null || compareBytes(entry.key, to) <= 0) ? entry : undefined;
    });
  }

  flush(): void {}

  close(): void {
    this.#table.clear();
  }
}
