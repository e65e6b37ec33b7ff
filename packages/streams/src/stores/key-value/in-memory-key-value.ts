import { ByteMap } from "../bytes/byte-map.ts";
import { compareBytes } from "../bytes/compare-bytes.ts";
import { type Walk, walkOf } from "../store-walk.ts";
import type { KeyValueBytes, StoredBytes, StoredEntry } from "./key-value-bytes.ts";

/** Keeps everything in memory: gone with the process, and restored from the changelog. Nothing bounds it but the number of keys. */
export class InMemoryKeyValue implements KeyValueBytes {
  readonly isPersistent = false;
  readonly #map = new ByteMap();

  get size(): number {
    return this.#map.size;
  }

  get(key: Uint8Array): StoredBytes | undefined {
    return this.#map.get(key);
  }

  put(key: Uint8Array, value: Uint8Array | null, timestamp: number): void {
    if (value === null) this.#map.delete(key);
    else this.#map.set(key, value, timestamp);
  }

  restore(key: Uint8Array, value: Uint8Array | null, timestamp: number): void {
    this.put(key, value, timestamp);
  }

  walk(from: Uint8Array | null, to: Uint8Array | null, isReverse: boolean): Walk<StoredEntry> {
    if (isReverse) {
      const next = this.#map.descending(to ?? undefined);
      return walkOf(() => {
        const entry = next();
        return entry !== undefined && (from === null || compareBytes(entry.key, from) >= 0) ? entry : undefined;
      });
    }
    const next = this.#map.ascending(from ?? undefined);
    return walkOf(() => {
      const entry = next();
      return entry !== undefined && (to === null || compareBytes(entry.key, to) <= 0) ? entry : undefined;
    });
  }

  flush(): void {}

  close(): void {
    this.#map.clear();
  }
}
