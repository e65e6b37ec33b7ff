import type { Clock, Timer } from "@ottla/base";

interface Call {
  readonly atMs: number;
  readonly run: () => void;
}

/** A clock that moves when told to; wall time and monotonic time go together. */
export class ManualClock implements Clock {
  #nowMs = 0;
  readonly #startMs: number;
  readonly #calls = new Set<Call>();

  constructor(startMs: number = 1_700_000_000_000) {
    this.#startMs = startMs;
  }

  nowMs(): number {
    return this.#startMs + this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  schedule(delayMs: number, run: () => void): Timer {
    const call = { atMs: this.#nowMs + delayMs, run };
    this.#calls.add(call);
    return { cancel: () => void this.#calls.delete(call) };
  }

  /** Lets time pass, running what falls due on the way, in order. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (let next = this.#earliest(untilMs); next; next = this.#earliest(untilMs)) {
      this.#calls.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.run();
    }
    this.#nowMs = untilMs;
  }

  #earliest(untilMs: number): Call | undefined {
    let earliest: Call | undefined;
    for (const call of this.#calls) {
      if (call.atMs <= untilMs && (!earliest || call.atMs < earliest.atMs)) earliest = call;
    }
    return earliest;
  }
}
