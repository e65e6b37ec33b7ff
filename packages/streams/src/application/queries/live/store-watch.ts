import type { StateStore } from "../../../stores/store.ts";
import { partitionsOf, type QueryableStore } from "../queryable-stores.ts";
import type { StoreCopy } from "../store-copy.ts";
import { type PendingChange, PendingChanges } from "./pending-changes.ts";
import { watchStore } from "./watch-store.ts";

const CHANGES_PER_TAKE = 500;
/** So many keys and bytes wait for a slow reader. */
const KEYS_MAX = 10_000;
const BYTES_MAX = 4 * 1024 * 1024;

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
  readonly changes: readonly PendingChange[];
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
  readonly #pending = new PendingChanges(KEYS_MAX, BYTES_MAX);
  readonly #attached = new Map<number, { readonly store: StateStore; readonly detach: () => void }>();

  /** Throws as {@link StoresHere.store}. */
  constructor(stores: StoresHere, { store, key }: WatchedStore) {
    this.#stores = stores;
    this.#store = stores.store(store);
    this.#only = key?.bytes;
    this.#partitions = key === undefined ? partitionsOf(this.#store) : [key.partition];
  }

  take(): WatchedChanges {
    const attached = this.#partitions.filter((partition) => this.#attach(partition));
    const changes: PendingChange[] = [];
    for (let change = this.#pending.take(); change !== undefined; change = this.#pending.take()) {
      changes.push(change);
      if (changes.length === CHANGES_PER_TAKE) break;
    }
    return {
      here: [...this.#attached.keys()],
      attached,
      changes,
      ...this.#pending.takeCounts(),
      hasMore: this.#pending.size > 0,
    };
  }

  close(): void {
    for (const { detach } of this.#attached.values()) detach();
    this.#attached.clear();
  }

  /** True where it is watched from now on. */
  #attach(partition: number): boolean {
    const copy = this.#stores.copies(this.#store, partition).find(({ role, isRestoring }) => role !== "standby" && !isRestoring)?.store;
    const known = this.#attached.get(partition);
    if (known?.store === copy) return false;
    known?.detach();
    this.#attached.delete(partition);
    // Whoever has it now tells what is newer than this, perhaps earlier.
    if (known !== undefined) this.#pending.forget(partition);
    if (copy === undefined) return false;
    const detach = watchStore(copy, this.#store.kind, partition, {
      only: this.#only,
      changed: (name, change) => this.#pending.put(name, change),
    });
    this.#attached.set(partition, { store: copy, detach });
    return true;
  }
}
