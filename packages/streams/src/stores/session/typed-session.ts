import { BytesStore } from "../bytes-store.ts";
import { CachedSession } from "../cache/cached-session.ts";
import type { Cacheable, ChangeListener, SessionEntry, SessionName, SessionStore, StoreIterator } from "../store.ts";
import { StoreWalk, type Walk } from "../store-walk.ts";
import type { TakesSessions } from "../found-value.ts";
import type { SessionBytes, StoredSession, TakenSessions } from "./session-bytes.ts";
import { isSessionKey } from "./session-key.ts";

/** A session store with serdes. */
export class TypedSession<K, V>
  extends BytesStore<K, V, SessionBytes>
  implements SessionStore<K, V>, Cacheable<SessionName<K>, V>, TakesSessions
{
  giveChangesTo(listener: ChangeListener<SessionName<K>, V>, wantsOldValues: boolean): boolean {
    if (!(this.bytes instanceof CachedSession)) return false;
    this.bytes.listen({
      wantsOldValues,
      onChange: ({ entry: { key, startMs, endMs }, newValue, oldValue, position }) => {
        const value = newValue === undefined ? null : this.valueFrom(newValue.value);
        const old = oldValue === undefined ? null : this.valueFrom(oldValue.value);
        listener({ key: this.keyFrom(key), startMs, endMs }, value, old, endMs, position);
      },
    });
    return true;
  }

  protected override mayHaveWritten(key: Uint8Array): boolean {
    return isSessionKey(key);
  }

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

  takeKey(key: K, into: TakenSessions): boolean {
    into.clear();
    const { bytes } = this;
    if (bytes.takeKey === undefined) return false;
    bytes.takeKey(this.keyBytes(key), into);
    return !into.isMore;
  }

  takenKey(taken: TakenSessions, index: number, key: K): K {
    return this.readsKeysAsWritten ? key : this.keyFrom(taken.at(index).key);
  }

  takenValue(taken: TakenSessions, index: number): V {
    return this.valueFrom(taken.at(index).value);
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
