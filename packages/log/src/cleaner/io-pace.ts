import type { Clock } from "@ottla/base";

/** So far ahead of its rate work may be before it waits, in ms. */
const AHEAD_MAX_MS = 20;

/** Keeps reading and writing to a rate: who is ahead of it waits. */
export class IoPace {
  readonly #clock: Clock;
  bytesPerSecond: number;
  /** When all that was taken so far is paid for, monotonic ms. */
  #paidMs = -Infinity;

  constructor(clock: Clock, bytesPerSecond: number) {
    this.#clock = clock;
    this.bytesPerSecond = bytesPerSecond;
  }

  /** Notes `bytes`; a promise where they have to be waited for. Once `signal` is aborted nobody waits. */
  take(bytes: number, signal: AbortSignal): Promise<void> | undefined {
    if (this.bytesPerSecond === Infinity) return undefined;
    const nowMs = this.#clock.monotonicMs();
    this.#paidMs = Math.max(this.#paidMs, nowMs) + (bytes * 1000) / this.bytesPerSecond;
    if (this.#paidMs - nowMs <= AHEAD_MAX_MS || signal.aborted) return undefined;
    return this.#wait(this.#paidMs - nowMs, signal);
  }

  #wait(delayMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        timer.cancel();
        signal.removeEventListener("abort", end);
        resolve();
      };
      const timer = this.#clock.schedule(Math.min(delayMs, 0x7fffffff), end);
      signal.addEventListener("abort", end);
    });
  }
}
