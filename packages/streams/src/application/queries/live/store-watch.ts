import type { StateStore } from "../../../stores/store.ts";
import { partitionsOf, type QueryableStore } from "../queryable-stores.ts";
import type { StoreCopy } from "../store-copy.ts";
import type { ChangeReader, StoreChange } from "./change-log.ts";
import { watchStore } from "./watch-store.ts";

const CHANGES_PER_TAKE = 500;

/** What is watched: a store, or one key of it. */
export interface WatchedStore {
  readonly store: string;
  readonly key: { readonly bytes: Uint8Array; readonly partition: number } | undefined;
}

/** What changed since it was asked for last; as plain data, it goes between threads. */
export interface WatchedChanges {
  /** The partitions that are watched here. */
  readonly here: readonly number[];
  /** Those of them that are since then: what changed before was not seen. */
  readonly attached: readonly number[];
  readonly changes: readonly StoreChange[];
  readonly skipped: number;
  readonly lost: number;
  readonly hasMore: boolean;
}

/** The stores of this loop. */
export interface StoresHere {
  /** Throws as `ApplicationQueries.store`. */
  store(name: string): QueryableStore;
  copies(store: QueryableStore, partition: number): readonly StoreCopy[];
}

/** Watches the partitions of a store that are written in this loop, whichever these are: takes note of what becomes of them when it is asked for changes. */
export class StoreWatch {
  readonly #stores: StoresHere;
  readonly #store: QueryableStore;
  readonly #only: Uint8Array | undefined;
  readonly #partitions: readonly number[];
  readonly #attached = new Map<number, { readonly store: StateStore; readonly reader: ChangeReader }>();
  /** Whose turn it is to be read first: none waits for what always changes. */
  #first = 0;

  /** Throws as {@link StoresHere.store}. */
  constructor(stores: StoresHere, { store, key }: WatchedStore) {
    this.#stores = stores;
    this.#store = stores.store(store);
    this.#only = key?.bytes;
    this.#partitions = key === undefined ? partitionsOf(this.#store) : [key.partition];
  }

  take(): WatchedChanges {
    const attached = this.#partitions.filter((partition) => this.#attach(partition));
    const readers = [...this.#attached.values()].map(({ reader }) => reader);
    const changes: StoreChange[] = [];
    for (let i = 0; i < readers.length && changes.length < CHANGES_PER_TAKE; i++) {
      const reader = readers[(this.#first + i) % readers.length]!;
      reader.take(CHANGES_PER_TAKE - changes.length, changes);
    }
    if (changes.length === CHANGES_PER_TAKE) this.#first++;
    const counts = readers.map((reader) => reader.takeCounts());
    return {
      here: [...this.#attached.keys()],
      attached,
      changes,
      skipped: counts.reduce((sum, { skipped }) => sum + skipped, 0),
      lost: counts.reduce((sum, { lost }) => sum + lost, 0),
      hasMore: readers.some(({ hasMore }) => hasMore),
    };
  }

  close(): void {
    for (const { reader } of this.#attached.values()) reader.close();
    this.#attached.clear();
  }

  /** True where it is watched from now on. */
  #attach(partition: number): boolean {
    const copy = this.#stores.copies(this.#store, partition).find(({ role, isRestoring }) => role !== "standby" && !isRestoring)?.store;
    const known = this.#attached.get(partition);
    if (known?.store === copy) return false;
    // Whoever has it now tells what is newer than what waits, perhaps earlier.
    known?.reader.close();
    this.#attached.delete(partition);
    if (copy === undefined) return false;
    this.#attached.set(partition, { store: copy, reader: watchStore(copy, this.#store.kind, partition, this.#only) });
    return true;
  }
}
