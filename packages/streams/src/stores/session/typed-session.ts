import { BytesStore } from "../bytes-store.ts";
import type { SessionEntry, SessionStore, StoreIterator } from "../store.ts";
import { StoreWalk, type Walk } from "../store-walk.ts";
import type { SessionBytes, StoredSession } from "./session-bytes.ts";

/** A session store with serdes. */
export class TypedSession<K, V> extends BytesStore<K, V, SessionBytes> implements SessionStore<K, V> {
  put(key: K, startMs: number, endMs: number, value: V | null): void {
    const keyBytes = this.keyBytes(key);
    const valueBytes = value === null || value === undefined ? null : this.valueBytes(value);
    this.bytes.put(keyBytes, startMs, endMs, valueBytes, this.context.record.timestamp);
  }

  remove(key: K, startMs: number, endMs: number): void {
    this.put(key, startMs, endMs, null);
  }

  fetchSession(key: K, startMs: number, endMs: number): V | null {
    const found = this.bytes.fetch(this.keyBytes(key), startMs, endMs);
    return found === undefined ? null : this.valueFrom(found.value);
  }

  findSessions(key: K, earliestEndMs: number, latestStartMs: number): StoreIterator<SessionEntry<K, V>> {
    return this.#shown(this.bytes.walkKey(this.keyBytes(key), earliestEndMs, latestStartMs, false));
  }

  reverseFindSessions(key: K, earliestEndMs: number, latestStartMs: number): StoreIterator<SessionEntry<K, V>> {
    return this.#shown(this.bytes.walkKey(this.keyBytes(key), earliestEndMs, latestStartMs, true));
  }

  findSessionsByEnd(fromEndMs: number, toEndMs: number): StoreIterator<SessionEntry<K, V>> {
    this.checkOpen();
    return this.#shown(this.bytes.walkEnds(fromEndMs, toEndMs));
  }

  fetch(key: K): StoreIterator<SessionEntry<K, V>> {
    return this.findSessions(key, 0, Number.POSITIVE_INFINITY);
  }

  #shown(walk: Walk<StoredSession>): StoreIterator<SessionEntry<K, V>> {
    return new StoreWalk(walk, ({ key, startMs, endMs, value }) => ({
      key: this.keyFrom(key),
      startMs,
      endMs,
      value: this.valueFrom(value),
    }));
  }
}
