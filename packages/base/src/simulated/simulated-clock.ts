import type { Clock, Timer } from "../seams/clock.ts";

interface Scheduled {
  readonly dueMs: number;
  readonly order: number;
  readonly run: () => void;
}

/**
 * Time that stands still until a test moves it. Timers run inside {@link SimulatedClock.advance}, in order of due time and, when due together,
 * of scheduling.
 */
export class SimulatedClock implements Clock {
  #monotonicMs = 0;
  #wallOffsetMs: number;
  #order = 0;
  /** Sorted, the next one last. */
  readonly #timers: Scheduled[] = [];

  /** `startMs`: the wall time at the beginning, in ms since the epoch. */
  constructor(startMs: number = Date.UTC(2026, 0, 1)) {
    this.#wallOffsetMs = startMs;
  }

  nowMs(): number {
    return Math.floor(this.#wallOffsetMs + this.#monotonicMs);
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  schedule(delayMs: number, run: () => void): Timer {
    const timer = { dueMs: this.#monotonicMs + Math.max(0, delayMs), order: this.#order++, run };
    this.#timers.splice(this.#placeOf(timer), 0, timer);
    return { cancel: () => this.#cancel(timer) };
  }

  /** A timer that is due now: it runs when time is next let pass, be it by 0 ms. */
  nextTurn(run: () => void): void {
    this.schedule(0, run);
  }

  /** How many timers wait. */
  get pendingTimers(): number {
    return this.#timers.length;
  }

  /** When the next timer is due, in ms of monotonic time; undefined when none waits. */
  get nextDueMs(): number | undefined {
    return this.#timers.at(-1)?.dueMs;
  }

  /** Lets time pass and runs what becomes due, each at its own moment; also what those calls schedule within the span. */
  advance(ms: number): void {
    const untilMs = this.#monotonicMs + ms;
    while (this.#runNext(untilMs));
    this.#monotonicMs = Math.max(this.#monotonicMs, untilMs);
  }

  /** Lets time pass in which the process stands still: what becomes due runs when time is next let pass, late. */
  standStill(ms: number): void {
    this.#monotonicMs += ms;
  }

  /** As {@link SimulatedClock.advance}; after each timer the promises it settled are run too. */
  async advanceAsync(ms: number): Promise<void> {
    const untilMs = this.#monotonicMs + ms;
    do await settlePromises();
    while (this.#runNext(untilMs));
    this.#monotonicMs = Math.max(this.#monotonicMs, untilMs);
    await settlePromises();
  }

  /** Moves wall time alone, as an operator or NTP does; no timer runs. */
  jumpWall(ms: number): void {
    this.#wallOffsetMs += ms;
  }

  #runNext(untilMs: number): boolean {
    const next = this.#timers.at(-1);
    if (next === undefined || next.dueMs > untilMs) return false;
    this.#timers.pop();
    this.#monotonicMs = Math.max(this.#monotonicMs, next.dueMs);
    next.run();
    return true;
  }

  #cancel(timer: Scheduled): void {
    const at = this.#timers.indexOf(timer);
    if (at >= 0) this.#timers.splice(at, 1);
  }

  #placeOf(timer: Scheduled): number {
    let low = 0;
    let high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#timers[middle]!.dueMs <= timer.dueMs) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/** One turn of Node's loop: all promise callbacks that can run have run. */
function settlePromises(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
