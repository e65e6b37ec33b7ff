import { invariant } from "@ottla/base";
import type {
  ChangeListener,
  StateStore,
  TimestampedKeyValueStore,
  ValueAndTimestamp,
  VersionedKeyValueStore,
} from "../../stores/store.ts";
import { giveChanges } from "../../stores/cache/give-changes.ts";
import type { FoundValue, ReadsInto } from "../../stores/found-value.ts";
import type { OperatorContext } from "../operator.ts";
import type { ValueGetter, ValueGetterSupplier } from "./table-supplier.ts";

/** What a put did: `latest` is what a table shows from now on, `history` went behind it, `notPut` came too late. */
export type PutOutcome = "latest" | "history" | "notPut";

/** A table's store, timestamped or versioned. */
export class TableStore {
  readonly store: StateStore;
  readonly isVersioned: boolean;
  readonly #plain: TimestampedKeyValueStore<unknown, unknown> | undefined;
  readonly #versioned: VersionedKeyValueStore<unknown, unknown> | undefined;
  readonly #reads: ReadsInto | undefined;
  readonly #found: FoundValue = { value: null, timestamp: 0 };

  constructor(context: OperatorContext, name: string) {
    this.store = context.store(name);
    this.isVersioned = !("all" in this.store);
    if (this.isVersioned) this.#versioned = this.store as VersionedKeyValueStore<unknown, unknown>;
    else this.#plain = this.store as TimestampedKeyValueStore<unknown, unknown>;
    this.#reads = "readInto" in this.store ? (this.store as unknown as ReadsInto) : undefined;
  }

  /** As `get`, and what it gives is valid until it is called again. */
  read(key: unknown): ValueAndTimestamp<unknown> | null {
    if (this.#reads === undefined) return this.get(key);
    return this.#reads.readInto(key, this.#found) ? this.#found : null;
  }

  get(key: unknown): ValueAndTimestamp<unknown> | null {
    if (this.#plain !== undefined) return this.#plain.get(key);
    return this.#versioned?.get(key) ?? null;
  }

  getAsOf(key: unknown, timestamp: number): ValueAndTimestamp<unknown> | null {
    invariant(this.#versioned !== undefined, "a table as of a time has a versioned store");
    return this.#versioned.get(key, timestamp);
  }

  /** False when each put is a change: there is no cache before the store. */
  giveChangesTo(listener: ChangeListener<unknown, unknown>, wantsOldValues: boolean): boolean {
    return giveChanges(this.store, listener, wantsOldValues);
  }

  put(key: unknown, value: unknown, timestamp: number): PutOutcome {
    if (this.#plain !== undefined) {
      if (value !== null && this.#reads !== undefined) this.#reads.putWithTime(key, value, timestamp);
      else this.#plain.put(key, value === null ? null : { value, timestamp });
      return "latest";
    }
    const validToMs = this.#versioned?.put(key, value, timestamp);
    if (validToMs === "notPut") return "notPut";
    return validToMs === null ? "latest" : "history";
  }
}

class StoreGetter implements ValueGetter {
  readonly #name: string;
  #store: TableStore | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  get isVersioned(): boolean {
    return this.#opened().isVersioned;
  }

  init(context: OperatorContext): void {
    this.#store = new TableStore(context, this.#name);
  }

  get(key: unknown): ValueAndTimestamp<unknown> | null {
    return this.#opened().read(key);
  }

  getAsOf(key: unknown, timestamp: number): ValueAndTimestamp<unknown> | null {
    return this.#opened().getAsOf(key, timestamp);
  }

  #opened(): TableStore {
    // A text with a name in it would be made for each record.
    invariant(this.#store !== undefined, "a table's getter is read before its task began");
    return this.#store;
  }
}

/** Reads a table that keeps a store of its own. */
export function gettersOfStore(name: string): ValueGetterSupplier {
  return { storeNames: [name], get: () => new StoreGetter(name) };
}
