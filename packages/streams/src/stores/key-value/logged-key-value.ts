import { noHeaders } from "../../record.ts";
import { checkFits, isLarge } from "../changelog-fit.ts";
import type { ChangelogSink } from "../store-builder.ts";
import type { Walk } from "../store-walk.ts";
import type { KeyValueBytes, KeyValueReads, OrderedEntries, StoredBytes, StoredEntry } from "./key-value-bytes.ts";

/** Sends every put to the changelog, after the store below has it: the key and the value as they are, the time as the record's. */
export class LoggedKeyValue implements KeyValueBytes {
  readonly #inner: KeyValueBytes;
  readonly #changelog: ChangelogSink;

  constructor(inner: KeyValueBytes, changelog: ChangelogSink) {
    this.#inner = inner;
    this.#changelog = changelog;
  }

  get isPersistent(): boolean {
    return this.#inner.isPersistent;
  }

  get size(): number {
    return this.#inner.size;
  }

  get(key: Uint8Array): StoredBytes | undefined {
    return this.#inner.get(key);
  }

  get ordered(): OrderedEntries | undefined {
    return this.#inner.ordered;
  }

  has(key: Uint8Array): boolean {
    const inner = this.#inner;
    return inner.has === undefined ? inner.get(key) !== undefined : inner.has(key);
  }

  put(key: Uint8Array, value: Uint8Array | null, timestamp: number): void {
    if (isLarge(key, value)) this.checkFits(key, value);
    this.#inner.put(key, value, timestamp);
    this.#changelog(key, value, timestamp, noHeaders);
  }

  checkFits(key: Uint8Array, value: Uint8Array | null): void {
    checkFits(this.#changelog, key, value);
  }

  restore(key: Uint8Array, value: Uint8Array | null, timestamp: number): void {
    this.#inner.restore(key, value, timestamp);
  }

  walk(from: Uint8Array | null, to: Uint8Array | null, isReverse: boolean): Walk<StoredEntry> {
    return this.#inner.walk(from, to, isReverse);
  }

  looked(): KeyValueReads {
    return this.#inner.looked();
  }

  flush(): void {
    this.#inner.flush();
  }

  close(): void {
    this.#inner.close();
  }
}
