import type { Serde } from "../../serdes/serde.ts";
import type { VersionedKeyValueStore, VersionedValue } from "../store.ts";
import type { StoreContext } from "../store-builder.ts";
import { TypedStore } from "../typed-store.ts";
import type { FoundVersion, VersionedBytes } from "./versioned-bytes.ts";

/** A versioned store with serdes. */
export class TypedVersioned<K, V> extends TypedStore<K, V> implements VersionedKeyValueStore<K, V> {
  readonly #bytes: VersionedBytes;

  constructor(name: string, key: Serde<K>, value: Serde<V>, bytes: VersionedBytes, context: StoreContext) {
    super(name, key, value, context);
    this.#bytes = bytes;
  }

  get isPersistent(): boolean {
    return this.#bytes.isPersistent;
  }

  put(key: K, value: V | null, timestamp: number): number | null | "notPut" {
    const keyBytes = this.keyBytes(key);
    return this.#bytes.put(keyBytes, value === null || value === undefined ? null : this.valueBytes(value), timestamp);
  }

  delete(key: K, timestamp: number): VersionedValue<V> | null {
    const keyBytes = this.keyBytes(key);
    const old = this.#shown(this.#bytes.asOf(keyBytes, timestamp));
    return this.#bytes.put(keyBytes, null, timestamp) === "notPut" ? null : old;
  }

  get(key: K, asOfMs?: number): VersionedValue<V> | null {
    const keyBytes = this.keyBytes(key);
    return this.#shown(asOfMs === undefined ? this.#bytes.latest(keyBytes) : this.#bytes.asOf(keyBytes, asOfMs));
  }

  restore(key: Uint8Array, value: Uint8Array | null, timestamp: number): void {
    this.checkOpen();
    this.#bytes.restore(key, value, timestamp);
  }

  flush(): void {
    this.#bytes.flush();
  }

  close(): void {
    if (!this.isOpen) return;
    this.markClosed();
    this.#bytes.close();
  }

  #shown(found: FoundVersion | undefined): VersionedValue<V> | null {
    return found === undefined ? null : { value: this.valueFrom(found.value), timestamp: found.timestamp, validToMs: found.validToMs };
  }
}
