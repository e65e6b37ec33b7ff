import type { BytesStore, StoredInBytes } from "../../../stores/bytes-store.ts";
import { compareBytes } from "../../../stores/bytes/compare-bytes.ts";
import { copiedBytes } from "../../../stores/bytes/owned-bytes.ts";
import type { KeyValueBytes } from "../../../stores/key-value/key-value-bytes.ts";
import type { SessionBytes } from "../../../stores/session/session-bytes.ts";
import type { StateStore } from "../../../stores/store.ts";
import type { VersionedBytes } from "../../../stores/versioned/versioned-bytes.ts";
import { watchedKeyValue, watchedSession, watchedVersioned, watchedWindow, type WriteListener } from "../../../stores/watched-bytes.ts";
import type { WindowBytes } from "../../../stores/window/window-bytes.ts";
import type { QueryableKind } from "../queryable-stores.ts";
import { nameOf, type PendingChange } from "./pending-changes.ts";

/** Who is told of changes of a store; all are given the same one, copied once. */
export interface ChangeListener {
  /** The only key of which it is told; undefined: of all. */
  readonly only: Uint8Array | undefined;
  changed(name: string, change: PendingChange): void;
}

interface Watched {
  readonly inner: StoredInBytes;
  readonly listeners: Set<ChangeListener>;
}

const watched = new WeakMap<StateStore, Watched>();

/** Tells what is put into a partition's store from now on; what it returns ends that. A store that nobody watches is as it was: it costs nothing. */
export function watchStore(store: StateStore, kind: QueryableKind, partition: number, listener: ChangeListener): () => void {
  const bytesStore = store as unknown as BytesStore<unknown, unknown, StoredInBytes>;
  let known = watched.get(store);
  if (known === undefined) {
    const listeners = new Set<ChangeListener>();
    known = { inner: bytesStore.stored, listeners };
    watched.set(store, known);
    bytesStore.exchange((inner) => wrapped(inner, kind, tellAll(listeners, partition)));
  }
  const { inner, listeners } = known;
  listeners.add(listener);
  return () => {
    if (!listeners.delete(listener) || listeners.size > 0) return;
    watched.delete(store);
    bytesStore.exchange(() => inner);
  };
}

function tellAll(listeners: ReadonlySet<ChangeListener>, partition: number): WriteListener {
  return (key, value, timestamp, startMs, endMs) => {
    let name = "";
    let change: PendingChange | undefined;
    for (const listener of listeners) {
      if (listener.only !== undefined && compareBytes(key, listener.only) !== 0) continue;
      if (change === undefined) {
        name = nameOf(partition, key, startMs, endMs);
        // Their memory is used again after the call.
        change = { partition, key: copiedBytes(key), value: value === null ? null : copiedBytes(value), timestamp, startMs, endMs };
      }
      listener.changed(name, change);
    }
  };
}

function wrapped(inner: StoredInBytes, kind: QueryableKind, told: WriteListener): StoredInBytes {
  switch (kind) {
    case "keyValue":
      return watchedKeyValue(inner as KeyValueBytes, told);
    case "window":
      return watchedWindow(inner as WindowBytes, told);
    case "session":
      return watchedSession(inner as SessionBytes, told);
    case "versioned":
      return watchedVersioned(inner as VersionedBytes, told);
  }
}
