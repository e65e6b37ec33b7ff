import { ByteTable, type Keyed } from "../bytes/byte-table.ts";
import { copiedBytes } from "../bytes/owned-bytes.ts";
import { InMemoryKeyValue } from "./in-memory-key-value.ts";
import type { KeyValueReads, StoredBytes } from "./key-value-bytes.ts";

/** A key, and those that were used right before and after it. */
interface Used extends Keyed {
  older: Used | undefined;
  newer: Used | undefined;
}

/** Keeps so many keys in memory as it is told, those that were used last (Java's `lruMap`): a get or put is a use, a walk is none. */
export class LruKeyValue extends InMemoryKeyValue {
  readonly #entriesMax: number;
  readonly #evicted: (key: Uint8Array) => void;
  readonly #used = new ByteTable<Used>();
  #oldest: Used | undefined;
  #newest: Used | undefined;

  /** `evicted` is told which key has gone, before the put that drove it out returns. */
  constructor(entriesMax: number, evicted: (key: Uint8Array) => void) {
    super();
    this.#entriesMax = entriesMax;
    this.#evicted = evicted;
  }

  override get(key: Uint8Array): StoredBytes | undefined {
    const used = this.#used.get(key);
    if (used !== undefined) this.#use(used);
    return super.get(key);
  }

  override looked(): KeyValueReads {
    return {
      size: this.size,
      get: (key) => super.get(key),
      walk: (from, to, isReverse) => this.walk(from, to, isReverse),
    };
  }

  override put(key: Uint8Array, value: Uint8Array | null, timestamp: number): void {
    const gone = this.#put(key, value, timestamp);
    if (gone !== undefined) this.#evicted(gone);
  }

  /** Whoever wrote the changelog put down there what went. */
  override restore(key: Uint8Array, value: Uint8Array | null, timestamp: number): void {
    this.#put(key, value, timestamp);
  }

  override close(): void {
    super.close();
    this.#used.clear();
    this.#oldest = undefined;
    this.#newest = undefined;
  }

  #put(key: Uint8Array, value: Uint8Array | null, timestamp: number): Uint8Array | undefined {
    super.put(key, value, timestamp);
    const known = this.#used.get(key);
    if (value === null) {
      if (known !== undefined) this.#forget(known);
      return undefined;
    }
    if (known !== undefined) {
      this.#use(known);
      return undefined;
    }
    const used: Used = { key: copiedBytes(key), hash: 0, older: undefined, newer: undefined };
    this.#used.insert(used);
    this.#append(used);
    const oldest = this.#oldest as Used;
    if (this.size <= this.#entriesMax) return undefined;
    this.#forget(oldest);
    super.put(oldest.key, null, timestamp);
    return oldest.key;
  }

  #use(used: Used): void {
    if (used === this.#newest) return;
    this.#unlink(used);
    this.#append(used);
  }

  #forget(used: Used): void {
    this.#used.delete(used.key);
    this.#unlink(used);
  }

  #append(used: Used): void {
    used.older = this.#newest;
    used.newer = undefined;
    if (this.#newest === undefined) this.#oldest = used;
    else this.#newest.newer = used;
    this.#newest = used;
  }

  #unlink({ older, newer }: Used): void {
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
  }
}
