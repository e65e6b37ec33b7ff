import type { StateStore } from "./store.ts";

/** A store whose flush may be much. */
export interface FlushesInSteps {
  /** All steps together are a `flush()`. Nothing else is done with the store before the last one. */
  beginFlush(): FlushWalk;
}

/** A flush that is under way. */
export interface FlushWalk {
  /** Writes or gives on the next of what was to be; false: there was none. */
  next(): boolean;
  close(): void;
}

/** The store as one that flushes in steps; undefined where a flush is one. */
export function inSteps(store: StateStore): FlushesInSteps | undefined {
  return "beginFlush" in store ? (store as StateStore & FlushesInSteps) : undefined;
}
