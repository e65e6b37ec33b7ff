import { beginsWith, compareBytes } from "../bytes/compare-bytes.ts";
import { BytesStore } from "../bytes-store.ts";
import { CachedKeyValue } from "../cache/cached-key-value.ts";
import type { FoundValue, ReadsInto } from "../found-value.ts";
import type { Cacheable, ChangeListener, KeyValueStore, StoreIterator, TimestampedKeyValueStore, ValueAndTimestamp } from "../store.ts";
import { StoreWalk, type Walk, walkOf } from "../store-walk.ts";
import type { KeyValueBytes, StoredBytes, StoredEntry } from "./key-value-bytes.ts";

/** A key-value store with serdes; `Value` is what users put and get: the value itself, or with its time. */
abstract class TypedKeyValue<K, V, Value> extends BytesStore<K, V, KeyValueBytes> implements KeyValueStore<K, Value> {
  get(key: K): Value | null {
    const found = this.bytes.get(this.keyBytes(key));
    return found === undefined ? null : this.shown(found);
  }

  put(key: K, value: Value | null): void {
    const keyBytes = this.keyBytes(key);
    if (value === null || value === undefined) this.bytes.put(keyBytes, null, this.context.record.timestamp);
    else this.putShown(keyBytes, value);
  }

  putIfAbsent(key: K, value: Value): Value | null {
    const keyBytes = this.keyBytes(key);
    const found = this.bytes.get(keyBytes);
    if (found !== undefined) return this.shown(found);
    this.putShown(keyBytes, value);
    return null;
  }

  delete(key: K): Value | null {
    const keyBytes = this.keyBytes(key);
    const found = this.bytes.get(keyBytes);
    const old = found === undefined ? null : this.shown(found);
    this.bytes.put(keyBytes, null, this.context.record.timestamp);
    return old;
  }

  range(from: K | null, to: K | null): StoreIterator<[K, Value]> {
    return this.#walk(from, to, false);
  }

  reverseRange(from: K | null, to: K | null): StoreIterator<[K, Value]> {
    return this.#walk(from, to, true);
  }

  all(): StoreIterator<[K, Value]> {
    return this.#walk(null, null, false);
  }

  reverseAll(): StoreIterator<[K, Value]> {
    return this.#walk(null, null, true);
  }

  prefixScan(prefix: Uint8Array): StoreIterator<[K, Value]> {
    this.checkOpen();
    const walk = this.bytes.walk(prefix, null, false);
    return this.#shownWalk({
      next() {
        const entry = walk.next();
        return entry !== undefined && beginsWith(entry.key, prefix) ? entry : undefined;
      },
      close: () => walk.close(),
    });
  }

  approximateNumEntries(): number {
    this.checkOpen();
    return this.bytes.size;
  }

  protected abstract shown(found: StoredBytes): Value;
  protected abstract putShown(key: Uint8Array, value: Value): void;

  #walk(from: K | null, to: K | null, isReverse: boolean): StoreIterator<[K, Value]> {
    this.checkOpen();
    const fromBytes = from === null ? null : this.keyBytes(from);
    const toBytes = to === null ? null : this.keyBytes(to);
    // As in Java: a range whose ends are the wrong way round is empty.
    const isEmpty = fromBytes !== null && toBytes !== null && compareBytes(fromBytes, toBytes) > 0;
    return this.#shownWalk(isEmpty ? walkOf<StoredEntry>(() => undefined) : this.bytes.walk(fromBytes, toBytes, isReverse));
  }

  #shownWalk(walk: Walk<StoredEntry>): StoreIterator<[K, Value]> {
    return new StoreWalk(walk, (entry): [K, Value] => [this.keyFrom(entry.key), this.shown(entry)]);
  }
}

/** Values alone. */
export class PlainKeyValue<K, V> extends TypedKeyValue<K, V, V> {
  protected shown(found: StoredBytes): V {
    return this.valueFrom(found.value);
  }

  protected putShown(key: Uint8Array, value: V): void {
    this.bytes.put(key, this.valueBytes(value), this.context.record.timestamp);
  }
}

/** Values with the time of the record that made them; the changelog's records have that time. */
export class TimestampedKeyValue<K, V>
  extends TypedKeyValue<K, V, ValueAndTimestamp<V>>
  implements TimestampedKeyValueStore<K, V>, Cacheable<K, V>, ReadsInto
{
  readInto(key: K, into: FoundValue): boolean {
    const found = this.bytes.get(this.keyBytes(key));
    if (found === undefined) return false;
    into.value = this.valueFrom(found.value);
    into.timestamp = found.timestamp;
    return true;
  }

  putWithTime(key: K, value: V, timestamp: number): void {
    const keyBytes = this.keyBytes(key);
    this.bytes.put(keyBytes, this.valueBytes(value), timestamp);
  }

  giveChangesTo(listener: ChangeListener<K, V>, wantsOldValues: boolean): boolean {
    if (!(this.bytes instanceof CachedKeyValue)) return false;
    this.bytes.listen({
      wantsOldValues,
      onChange: ({ entry: key, newValue, oldValue, position }) => {
        const value = newValue === undefined ? null : this.valueFrom(newValue.value);
        const old = oldValue === undefined ? null : this.valueFrom(oldValue.value);
        listener(this.keyFrom(key), value, old, newValue === undefined ? position.timestamp : newValue.timestamp, position);
      },
    });
    return true;
  }

  protected shown(found: StoredBytes): ValueAndTimestamp<V> {
    return { value: this.valueFrom(found.value), timestamp: found.timestamp };
  }

  protected putShown(key: Uint8Array, { value, timestamp }: ValueAndTimestamp<V>): void {
    this.bytes.put(key, this.valueBytes(value), timestamp);
  }
}
