import type { Punctuation, Punctuator } from "../processor/processor.ts";

/** A punctuator and when it is called next. */
interface Scheduled {
  readonly owner: string;
  readonly intervalMs: number;
  readonly punctuator: Punctuator;
  nextMs: number;
  isCancelled: boolean;
}

/** How many punctuators a task may have at a time. */
export const PUNCTUATIONS_MAX = 10_000;

/**
 * The punctuators of one clock. However far the clock jumped, each is called once and then waits for the next multiple of its interval, so a jump to the end of time costs no loop.
 */
export class Punctuations {
  readonly #scheduled: Scheduled[] = [];

  schedule(owner: string, firstMs: number, intervalMs: number, punctuator: Punctuator): Punctuation {
    const scheduled: Scheduled = { owner, intervalMs, punctuator, nextMs: firstMs, isCancelled: false };
    this.#scheduled.push(scheduled);
    const cancel = () => {
      scheduled.isCancelled = true;
      const at = this.#scheduled.indexOf(scheduled);
      if (at >= 0) this.#scheduled.splice(at, 1);
    };
    return { cancel, [Symbol.dispose]: cancel };
  }

  get size(): number {
    return this.#scheduled.length;
  }

  /** Calls all that are due at `nowMs`, the earliest first. `call` is given the punctuator and its owner. */
  punctuate(nowMs: number, call: (owner: string, punctuator: Punctuator) => void): void {
    for (let due = this.#due(nowMs); due !== undefined; due = this.#due(nowMs)) {
      // Before the call: the punctuator may cancel itself, and then stays so.
      due.nextMs = nextAfter(due, nowMs);
      call(due.owner, due.punctuator);
    }
  }

  #due(nowMs: number): Scheduled | undefined {
    let first: Scheduled | undefined;
    for (const scheduled of this.#scheduled) {
      if (scheduled.nextMs <= nowMs && (first === undefined || scheduled.nextMs < first.nextMs)) first = scheduled;
    }
    return first;
  }
}

function nextAfter({ nextMs, intervalMs }: Scheduled, nowMs: number): number {
  const missed = Math.floor((nowMs - nextMs) / intervalMs);
  // Near 2^53 the sum may round down to now again, which would never end.
  return Math.max(nextMs + (missed + 1) * intervalMs, nowMs + 1);
}
