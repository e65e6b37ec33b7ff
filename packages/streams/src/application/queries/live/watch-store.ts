import type { BytesStore, StoredInBytes } from "../../../stores/bytes-store.ts";
import type { KeyValueBytes } from "../../../stores/key-value/key-value-bytes.ts";
import type { SessionBytes } from "../../../stores/session/session-bytes.ts";
import type { StateStore } from "../../../stores/store.ts";
import type { VersionedBytes } from "../../../stores/versioned/versioned-bytes.ts";
import { watchedKeyValue, watchedSession, watchedVersioned, watchedWindow, type WriteListener } from "../../../stores/watched-bytes.ts";
import type { WindowBytes } from "../../../stores/window/window-bytes.ts";
import type { QueryableKind } from "../queryable-stores.ts";

interface Watched {
  readonly inner: StoredInBytes;
  readonly listeners: Set<WriteListener>;
}

const watched = new WeakMap<StateStore, Watched>();

/** Tells what is put into a store from now on; what it returns ends that. A store that nobody watches is as it was: it costs nothing. */
export function watchStore(store: StateStore, kind: QueryableKind, listener: WriteListener): () => void {
  const bytesStore = store as unknown as BytesStore<unknown, unknown, StoredInBytes>;
  let known = watched.get(store);
  if (known === undefined) {
    const listeners = new Set<WriteListener>();
    known = { inner: bytesStore.stored, listeners };
    watched.set(store, known);
    bytesStore.exchange((inner) =>
      wrapped(inner, kind, (key, value, timestamp, startMs, endMs) => {
        for (const each of listeners) each(key, value, timestamp, startMs, endMs);
      }),
    );
  }
  const { inner, listeners } = known;
  listeners.add(listener);
  return () => {
    if (!listeners.delete(listener) || listeners.size > 0) return;
    watched.delete(store);
    bytesStore.exchange(() => inner);
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
