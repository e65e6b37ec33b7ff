import type { Clock } from "./seams/clock.ts";

/** What one piece of work may hold the loop for before others get a turn, in ms. */
const SLICE_MS = 5;
/** The least a slice lasts, however many works share the turn: less would be spent on resting alone. */
const SLICE_MIN_MS = 0.25;

/** So many works go on in one turn of the loop; the others in the next ones. */
const WORKS_PER_TURN = 20;

/** The works that rest, in the order of their coming. A few go on in each turn of the loop, and share a slice. */
class Resting {
  static readonly #byClock = new WeakMap<Clock, Resting>();
  readonly #clock: Clock;
  readonly #waiting: ((among: number) => void)[] = [];
  /** Those that go on in the next turn. */
  #due = 0;

  private constructor(clock: Clock) {
    this.#clock = clock;
  }

  static on(clock: Clock): Resting {
    let resting = Resting.#byClock.get(clock);
    if (resting === undefined) Resting.#byClock.set(clock, (resting = new Resting(clock)));
    return resting;
  }

  /** Calls `goOn`, when it is its turn, with the number of works that share the slice. */
  add(goOn: (among: number) => void): void {
    if (this.#due < WORKS_PER_TURN) this.#schedule(goOn);
    else this.#waiting.push(goOn);
  }

  #schedule(goOn: (among: number) => void): void {
    this.#due++;
    this.#clock.nextTurn(() => {
      goOn(this.#due);
      this.#due--;
      const next = this.#waiting.shift();
      if (next) this.#schedule(next);
    });
  }
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
    return new Promise((resolve) => {
      Resting.on(this.#clock).add((among) => {
        const partMs = Math.min(this.#lengthMs, Math.max(SLICE_MIN_MS, this.#lengthMs / among));
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
