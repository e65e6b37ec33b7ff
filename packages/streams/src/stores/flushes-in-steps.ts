import type { StateStore } from "./store.ts";

/** A store whose flush may be much. */
export interface FlushesInSteps {
  /** All steps together are a `flush()`; undefined where that is one. Between them only what comes of them is done with the store. */
  beginFlush(): FlushWalk | undefined;
}

/** A flush that is under way. */
export interface FlushWalk {
  /** Writes or gives on the next of what was to be; false: there was none. */
  next(): boolean;
  close(): void;
}

/** Takes steps to make, at once or behind what is left of others; false: they have to be made in one call. `isHeard`: something comes of them beside what is written below the cache. */
export type TakesSteps = (walk: FlushWalk, isHeard: boolean) => boolean;

/** A store that gives up much when it is full. */
export interface GivesUpInSteps {
  /** Where from now on the steps go in which it gives up what was written. Between them only what comes of them is done with the store, and the rest of the call that made them due. */
  giveUpTo(steps: TakesSteps): void;
}

/** Tells a store where its steps go, if it makes any. */
export function giveUpTo(store: StateStore, steps: TakesSteps): void {
  if ("giveUpTo" in store) (store as StateStore & GivesUpInSteps).giveUpTo(steps);
}

/** The flush of a store in steps; undefined where it is one. */
export function flushInSteps(store: StateStore): FlushWalk | undefined {
  return "beginFlush" in store ? (store as StateStore & FlushesInSteps).beginFlush() : undefined;
}

/** Then what is below, in one step. */
export function thenFlush(walk: FlushWalk, below: Pick<StateStore, "flush">): FlushWalk {
  let isAbove = true;
  return {
    next() {
      if (isAbove && walk.next()) return true;
      if (isAbove) below.flush();
      isAbove = false;
      return false;
    },
    close: () => walk.close(),
  };
}
