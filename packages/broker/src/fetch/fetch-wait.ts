import type { Clock, Timer } from "@ottla/base";
import type { Closed } from "../net/closed.ts";

/** No Fetch waits longer, whatever it asks for; an answer without records is always allowed. */
export const FETCH_WAIT_MAX_MS = 300_000;

/**
 * Why a Fetch no longer waits. `gone`: its connection has closed, nobody takes an answer. `late`: it has waited as long as it may. `ended`: somebody else ends it
 * (the broker stops, another Fetch takes its session over, the session is given up).
 */
export type WaitEnd = "gone" | "late" | "ended";

/** One Fetch while it waits: the one place that knows when it is over. To be closed by who made it. */
export class FetchWait {
  readonly #timer: Timer;
  readonly #forgetClosed: () => void;
  #end: WaitEnd | undefined;
  #wake: (() => void) | undefined;

  constructor(clock: Clock, closed: Closed, maxWaitMs: number) {
    this.#timer = clock.schedule(Math.min(maxWaitMs, FETCH_WAIT_MAX_MS), () => this.end("late"));
    this.#forgetClosed = closed.onClosed(() => this.end("gone"));
  }

  /** Undefined while it may go on. */
  get over(): WaitEnd | undefined {
    return this.#end;
  }

  /** Resolves when {@link FetchWait.wake} is called or it is over; at once if it is. */
  untilNews(): Promise<void> {
    if (this.#end !== undefined) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  wake(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  /** Being gone is final: nothing else that comes after it counts. */
  end(why: WaitEnd): void {
    if (this.#end !== "gone" && (this.#end === undefined || why === "gone")) this.#end = why;
    this.wake();
  }

  close(): void {
    this.#timer.cancel();
    this.#forgetClosed();
  }
}
