import type { Clock } from "./seams/clock.ts";

/** What one piece of work may hold the loop for before others get a turn, in ms. */
const SLICE_MS = 5;
/** The least a slice lasts, however many works share the turn: less would be spent on resting alone. */
const SLICE_MIN_MS = 0.25;

/** Per clock, how many works rest now. They all go on in the next turn of the loop, so each gets its part of a slice. */
const restingByClock = new WeakMap<Clock, { count: number }>();

function restingOn(clock: Clock): { count: number } {
  let resting = restingByClock.get(clock);
  if (resting === undefined) restingByClock.set(clock, (resting = { count: 0 }));
  return resting;
}

/**
 * Keeps long work from holding the loop. Ask {@link TimeSlice.isOver} after each item (after each hundred where an item takes under a microsecond), and
 * when it is, `await slice.rest()`. Works that go on at the same time share a slice among them. State may have changed meanwhile: look it up again.
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
    const resting = restingOn(this.#clock);
    resting.count++;
    return new Promise((resolve) => {
      this.#clock.nextTurn(() => {
        const partMs = Math.min(this.#lengthMs, Math.max(SLICE_MIN_MS, this.#lengthMs / resting.count));
        resting.count--;
        this.#endMs = this.#clock.monotonicMs() + partMs;
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
