import type { Clock } from "../seams/clock.ts";
import { systemClock } from "./system-clock.ts";

/** What is taken in during one turn of the loop may cost so much: a quarter of what nothing may hold it for, as answers and what else the thread does have their part of the turn. */
const TURN_MS = 12;
/** So many bytes are taken in before anybody looks at the clock. */
const UNWATCHED_BYTES = 4 * 1024;

/** How much of what comes in is dealt with in one turn of a thread's loop; the rest has later turns, in its order. Time is what counts, whatever it was that took it. */
export class LoopTurn {
  readonly #clock: Pick<Clock, "monotonicMs" | "nextTurn">;
  #unwatchedBytes = UNWATCHED_BYTES;
  /** Of the turn that is watched. */
  #untilMs: number | undefined;

  constructor(clock: Pick<Clock, "monotonicMs" | "nextTurn"> = systemClock) {
    this.#clock = clock;
  }

  /** Whether so many bytes more may be dealt with in this turn. */
  mayTake(bytes: number): boolean {
    if (this.#untilMs === undefined && (this.#unwatchedBytes -= bytes) > 0) return true;
    return this.#hasTime();
  }

  /** Runs it in a later turn that has time left, after all that was to be run before. */
  later(run: () => void): void {
    // Where its end comes before what waits for it.
    this.#hasTime();
    const step = (): void => {
      if (this.#hasTime()) run();
      else this.#clock.nextTurn(step);
    };
    this.#clock.nextTurn(step);
  }

  #hasTime(): boolean {
    const nowMs = this.#clock.monotonicMs();
    if (this.#untilMs === undefined) {
      this.#untilMs = nowMs + TURN_MS;
      this.#clock.nextTurn(() => {
        this.#untilMs = undefined;
        this.#unwatchedBytes = UNWATCHED_BYTES;
      });
    }
    return nowMs < this.#untilMs;
  }
}

/** Of this thread. */
export const loopTurn = new LoopTurn();
