import type { Clock } from "./seams/clock.ts";

/** What one piece of work may hold the loop for before others get a turn, in ms. */
const SLICE_MS = 5;

/**
 * Keeps long work from holding the loop. Ask {@link TimeSlice.isOver} after each item (after each hundred where an item takes under a microsecond), and
 * when it is, `await slice.rest()`. State may have changed meanwhile: look it up again.
 */
export class TimeSlice {
  readonly #clock: Clock;
  readonly #lengthMs: number;
  #endMs: number;

  /** `lengthMs` is how long work goes on between two rests. */
  constructor(clock: Clock, lengthMs: number = SLICE_MS) {
    this.#clock = clock;
    this.#lengthMs = lengthMs;
    this.#endMs = clock.monotonicMs() + lengthMs;
  }

  /** Whether it is time to rest. On a simulated clock never, as no time passes by itself. */
  get isOver(): boolean {
    return this.#clock.monotonicMs() >= this.#endMs;
  }

  /** Resolves after the others' turn; a new slice begins then. */
  rest(): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.nextTurn(() => {
        this.#endMs = this.#clock.monotonicMs() + this.#lengthMs;
        resolve();
      });
    });
  }
}

/** As `items.map(each)`: at once where the slice lasts, else with rests in between. What `each` reads may change during a rest; `items` must not. */
export function mapInSlices<Item, Result>(
  slice: TimeSlice,
  items: readonly Item[],
  each: (item: Item) => Result,
): Result[] | Promise<Result[]> {
  const results: Result[] = [];
  for (const item of items) {
    results.push(each(item));
    if (slice.isOver && results.length < items.length) return mapRest(slice, items, each, results);
  }
  return results;
}

async function mapRest<Item, Result>(
  slice: TimeSlice,
  items: readonly Item[],
  each: (item: Item) => Result,
  results: Result[],
): Promise<Result[]> {
  while (results.length < items.length) {
    if (slice.isOver) await slice.rest();
    results.push(each(items[results.length]!));
  }
  return results;
}
