import type { ReadOnlyKeyValueStore, StateStore } from "../../stores/store.ts";
import { StreamsError } from "../../streams-error.ts";

/** Reads a store by key in all tasks that run in this instance. What it gives is as of now: between two calls anything may change, and a task may go to another instance. */
export interface LocalStore<K, V> {
  /** Null: no task here has the key. Throws `STREAMS_STORE_UNAVAILABLE`. */
  get(key: K): V | null;
  /** Both ends inclusive, null: open; task after task, by key within each. Ends when a task of the walk goes away. */
  range(from: K | null, to: K | null): Generator<[K, V], void>;
  /** As {@link LocalStore.range} from the first key to the last. */
  all(): Generator<[K, V], void>;
  /** An estimate, over all tasks here. */
  approximateNumEntries(): number;
}

/** `find` gives the stores of the name that are here and filled; none: it says why. */
export function localStore<K, V>(name: string, find: () => readonly StateStore[]): LocalStore<K, V> {
  const here = (): readonly ReadOnlyKeyValueStore<K, V>[] =>
    find().map((store) => {
      if ("get" in store && "range" in store && "approximateNumEntries" in store) return store as ReadOnlyKeyValueStore<K, V>;
      throw new StreamsError(
        "STREAMS_STORE_UNAVAILABLE",
        `Store ${name} is not one by key: windows, sessions and versions cannot be asked so far.`,
      );
    });
  function* range(from: K | null, to: K | null): Generator<[K, V], void> {
    for (const store of here()) {
      using walk = store.range(from, to);
      for (const entry of walk) {
        yield entry;
        if (!store.isOpen) break;
      }
    }
  }
  return {
    get(key) {
      for (const store of here()) {
        const value = store.get(key);
        if (value !== null) return value;
      }
      return null;
    },
    range,
    all: () => range(null, null),
    approximateNumEntries: () => here().reduce((sum, store) => sum + store.approximateNumEntries(), 0),
  };
}
