import type { BytesStore, StoredInBytes } from "../../../stores/bytes-store.ts";
import { copiedBytes } from "../../../stores/bytes/owned-bytes.ts";
import type { KeyValueBytes } from "../../../stores/key-value/key-value-bytes.ts";
import type { SessionBytes } from "../../../stores/session/session-bytes.ts";
import type { StateStore } from "../../../stores/store.ts";
import type { VersionedBytes } from "../../../stores/versioned/versioned-bytes.ts";
import { watchedKeyValue, watchedSession, watchedVersioned, watchedWindow, type WriteListener } from "../../../stores/watched-bytes.ts";
import type { WindowBytes } from "../../../stores/window/window-bytes.ts";
import type { QueryableKind } from "../queryable-stores.ts";
import { ChangeLog, type ChangeReader, type StoreChange } from "./change-log.ts";

interface Watched {
  readonly inner: StoredInBytes;
  readonly logs: ChangeLogs;
}

const watched = new WeakMap<StateStore, Watched>();

/** What is put into a partition's store from now on, of one key or of all, until the reader is closed. A store that nobody watches is as it was: it costs nothing. */
export function watchStore(store: StateStore, kind: QueryableKind, partition: number, only?: Uint8Array): ChangeReader {
  const bytesStore = store as unknown as BytesStore<unknown, unknown, StoredInBytes>;
  let known = watched.get(store);
  if (known === undefined) {
    known = { inner: bytesStore.stored, logs: new ChangeLogs(partition) };
    const { logs } = known;
    watched.set(store, known);
    bytesStore.exchange((inner) => wrapped(inner, kind, (...change) => logs.note(...change)));
  }
  const { inner, logs } = known;
  return logs.read(only, () => {
    watched.delete(store);
    bytesStore.exchange(() => inner);
  });
}

/** One log for all who watch a store, and one for all who watch one key of it: a put costs the same however many they are. */
class ChangeLogs {
  readonly #partition: number;
  #all: ChangeLog | undefined;
  readonly #ofKeys = new Map<string, ChangeLog>();

  constructor(partition: number) {
    this.#partition = partition;
  }

  note(...[key, value, timestamp, startMs, endMs]: Parameters<WriteListener>): void {
    const text = textOf(key);
    const ofKey = this.#ofKeys.get(text);
    if (this.#all === undefined && ofKey === undefined) return;
    const name = `${startMs} ${endMs} ${text}`;
    // Their memory is used again after the call.
    const change: StoreChange = {
      partition: this.#partition,
      key: copiedBytes(key),
      value: value === null ? null : copiedBytes(value),
      timestamp,
      startMs,
      endMs,
    };
    this.#all?.put(name, change);
    ofKey?.put(name, change);
  }

  /** `onEnd`: nobody reads any more. */
  read(only: Uint8Array | undefined, onEnd: () => void): ChangeReader {
    const text = only === undefined ? undefined : textOf(only);
    const log = text === undefined ? (this.#all ??= new ChangeLog()) : this.#ofKey(text);
    return log.read(() => {
      if (text === undefined) this.#all = undefined;
      else this.#ofKeys.delete(text);
      if (this.#all === undefined && this.#ofKeys.size === 0) onEnd();
    });
  }

  #ofKey(text: string): ChangeLog {
    let log = this.#ofKeys.get(text);
    if (log === undefined) this.#ofKeys.set(text, (log = new ChangeLog()));
    return log;
  }
}

/** Each byte a sign. */
function textOf(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString("latin1");
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
