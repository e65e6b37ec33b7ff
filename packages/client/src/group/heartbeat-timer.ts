import type { Clock, Timer } from "@ottla/base";
import { LATE_HEARTBEAT_MS } from "./membership.ts";

/** When a member says the next word to its coordinator: one heartbeat at a time is on the way, and what is urgent comes right behind it. */
export class HeartbeatTimer {
  readonly #clock: Clock;
  readonly #beat: () => Promise<number | undefined>;
  readonly #onLate: (lateMs: number) => void;
  #timer: Timer | undefined;
  #isBeating = false;
  /** Asked for while one was on the way. */
  #isWanted = false;
  #isStopped = false;

  /** `beat` sends one heartbeat, never throws, and gives the time until the next; undefined: none until {@link now}. `onLate`: the event loop was blocked. */
  constructor(clock: Clock, beat: () => Promise<number | undefined>, onLate: (lateMs: number) => void) {
    this.#clock = clock;
    this.#beat = beat;
    this.#onLate = onLate;
  }

  now(): void {
    if (this.#isBeating) this.#isWanted = true;
    else this.#in(0);
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #in(delayMs: number): void {
    this.#timer?.cancel();
    if (this.#isStopped) return;
    const dueMs = this.#clock.monotonicMs() + delayMs;
    this.#timer = this.#clock.schedule(delayMs, () => {
      const lateMs = this.#clock.monotonicMs() - dueMs;
      if (lateMs > LATE_HEARTBEAT_MS) this.#onLate(lateMs);
      void this.#run();
    });
  }

  async #run(): Promise<void> {
    if (this.#isBeating || this.#isStopped) return;
    this.#isBeating = true;
    this.#isWanted = false;
    const pauseMs = await this.#beat();
    this.#isBeating = false;
    if (this.#isWanted) this.#in(0);
    else if (pauseMs !== undefined) this.#in(pauseMs);
  }
}
