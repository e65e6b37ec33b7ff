import type { Windowed } from "../../record.ts";
import type { SessionStore, TimestampedWindowStore, ValueAndTimestamp } from "../../stores/store.ts";
import type { OperatorContext } from "../operator.ts";
import type { ValueGetter } from "../tables/table-supplier.ts";

/** Reads the results of time and sliding windows. */
export class WindowGetter implements ValueGetter {
  readonly isVersioned = false;
  readonly #storeName: string;
  #store!: TimestampedWindowStore<unknown, unknown>;

  constructor(storeName: string) {
    this.#storeName = storeName;
  }

  init(context: OperatorContext): void {
    this.#store = context.store(this.#storeName);
  }

  get(windowed: unknown): ValueAndTimestamp<unknown> | null {
    const { key, window } = windowed as Windowed<unknown>;
    return this.#store.fetch(key, window.startMs);
  }

  /** Windows have no history. */
  getAsOf(): ValueAndTimestamp<unknown> | null {
    return null;
  }
}

/** Reads the results of sessions; their time is the session's end. */
export class SessionGetter implements ValueGetter {
  readonly isVersioned = false;
  readonly #storeName: string;
  #store!: SessionStore<unknown, unknown>;

  constructor(storeName: string) {
    this.#storeName = storeName;
  }

  init(context: OperatorContext): void {
    this.#store = context.store(this.#storeName);
  }

  get(windowed: unknown): ValueAndTimestamp<unknown> | null {
    const { key, window } = windowed as Windowed<unknown>;
    const value = this.#store.fetchSession(key, window.startMs, window.endMs);
    return value === null ? null : { value, timestamp: window.endMs };
  }

  /** Sessions have no history. */
  getAsOf(): ValueAndTimestamp<unknown> | null {
    return null;
  }
}
