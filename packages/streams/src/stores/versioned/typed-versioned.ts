import { BytesStore } from "../bytes-store.ts";
import type { VersionedKeyValueStore, VersionedValue } from "../store.ts";
import type { FoundVersion, VersionedBytes } from "./versioned-bytes.ts";

/** A versioned store with serdes. */
export class TypedVersioned<K, V> extends BytesStore<K, V, VersionedBytes> implements VersionedKeyValueStore<K, V> {
  put(key: K, value: V | null, timestamp: number): number | null | "notPut" {
    const keyBytes = this.keyBytes(key);
    return this.bytes.put(keyBytes, value === null || value === undefined ? null : this.valueBytes(value), timestamp);
  }

  delete(key: K, timestamp: number): VersionedValue<V> | null {
    const keyBytes = this.keyBytes(key);
    const old = this.#shown(this.bytes.asOf(keyBytes, timestamp));
    return this.bytes.put(keyBytes, null, timestamp) === "notPut" ? null : old;
  }

  get(key: K, asOfMs?: number): VersionedValue<V> | null {
    const keyBytes = this.keyBytes(key);
    return this.#shown(asOfMs === undefined ? this.bytes.latest(keyBytes) : this.bytes.asOf(keyBytes, asOfMs));
  }

  #shown(found: FoundVersion | undefined): VersionedValue<V> | null {
    return found === undefined ? null : { value: this.valueFrom(found.value), timestamp: found.timestamp, validToMs: found.validToMs };
  }
}
