import type { Clock } from "@ottla/base";

/** Whether the application still asks for records: a member whose application does not leaves its group. */
export class PollDeadline {
  readonly #clock: Clock;
  readonly #maxPollIntervalMs: number;
  /** Infinity: it is inside a poll now. */
  #lastPollMs: number;

  constructor(clock: Clock, maxPollIntervalMs: number) {
    this.#clock = clock;
    this.#maxPollIntervalMs = maxPollIntervalMs;
    this.#lastPollMs = clock.monotonicMs();
  }

  get hasPassed(): boolean {
    return this.#clock.monotonicMs() - this.#lastPollMs > this.#maxPollIntervalMs;
  }

  /** It asked at this time (monotonic ms). */
  note(nowMs: number): void {
    this.#lastPollMs = nowMs;
  }

  /** While the application is inside a poll it is alive, however long that takes. */
  enter(): void {
    this.#lastPollMs = Infinity;
  }

  leave(): void {
    this.#lastPollMs = this.#clock.monotonicMs();
  }
}
