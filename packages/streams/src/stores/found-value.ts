import type { ValueAndTimestamp, WindowStore } from "./store.ts";
import type { TakenSessions } from "./session/session-bytes.ts";
import type { TakenWindows } from "./window/window-bytes.ts";

/** Where a store puts down what it found. Belongs to whoever reads, who reads again into the same one: so that a read costs no object. */
export interface FoundValue extends ValueAndTimestamp<unknown> {
  value: unknown;
  timestamp: number;
}

/** A store by key that can be read so, and written to without an object; users' own stores cannot. */
export interface ReadsInto {
  /** False: there is nothing. */
  readInto(key: unknown, into: FoundValue): boolean;
  /** `value` is not null. */
  putWithTime(key: unknown, value: unknown, timestamp: number): void;
}

/** A store by key and window. */
export interface ReadsWindowInto {
  readWindowInto(key: unknown, windowStartMs: number, into: FoundValue): boolean;
  putWindowWithTime(key: unknown, value: unknown, windowStartMs: number, timestamp: number): void;
}

/** A store by key and window of which a few of a key's windows can be taken down at once, the newest first. */
export interface TakesWindowsBack {
  /** Those that begin from `into.fromMs` to `into.toMs`. False: it cannot, or there are more. */
  takeBack(key: unknown, into: TakenWindows): boolean;
  /** The value of one that was taken down; false: it is gone. */
  readTaken(taken: TakenWindows, index: number, into: FoundValue): boolean;
}

/** A store of sessions of which a few of a key's can be taken down at once. */
export interface TakesSessions {
  /** Those that end at `into.earliestEndMs` or later and start at `into.latestStartMs` or earlier. False: it cannot, or there are more. */
  takeKey(key: unknown, into: TakenSessions): boolean;
  /** `key`: the one by which they were taken. */
  takenKey(taken: TakenSessions, index: number, key: unknown): unknown;
  takenValue(taken: TakenSessions, index: number): unknown;
}

/** A store by key and window that shows what it has of a key without an object for it. */
export interface VisitsWindows {
  /** Windows that begin from the visitor's `fromMs` to its `toMs`, as `fetchRange` gives them. */
  visitRange(key: unknown, visitor: RangeVisitor): void;
  /** As `put`, also where the record that is being processed has another time. */
  putWindowWithTime(key: unknown, value: unknown, windowStartMs: number, timestamp: number): void;
}

/** What a visitor is shown: the store's object, which it shows again and again. */
export interface FoundWindow {
  readonly startMs: number;
  readonly value: unknown;
}

/** Is shown values one after another. The times are its own: as numbers of their own they would cost an object each on their way. */
export interface RangeVisitor {
  readonly fromMs: number;
  readonly toMs: number;
  /** False: no more. */
  visitValue(found: FoundWindow): boolean;
}

/** A store that can be visited, whatever it is. */
export function visited(store: WindowStore<unknown, unknown>): VisitsWindows {
  if ("visitRange" in store) return store as WindowStore<unknown, unknown> & VisitsWindows;
  return {
    visitRange(key, visitor) {
      for (const [startMs, value] of store.fetchRange(key, visitor.fromMs, visitor.toMs))
        if (!visitor.visitValue({ startMs, value })) return;
    },
    putWindowWithTime: (key, value, windowStartMs) => store.put(key, value, windowStartMs),
  };
}

/** The later of a time that was handed in and one that a store has. In place of `Math.max`, whose result is a number of its own that is boxed wherever it is handed on. */
export function laterTime(given: number, stored: number): number {
  return stored > given ? stored : given;
}
