import type { Clock } from "@ottla/base";
import { ClientError } from "../client-error.ts";

/** What a poll waits on: news from the parts that work in the background, their errors, and `wakeup`. */
export class PollSignal {
  readonly #clock: Clock;
  #hasNews = false;
  #isWoken = false;
  #error: Error | undefined;
  readonly #waiting = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whoever waits may want to look again. */
  arrived(): void {
    this.#hasNews = true;
    for (const wake of [...this.#waiting]) wake();
  }

  /** The next {@link throwPending} throws this, unless there is an earlier one. */
  fail(error: Error): void {
    this.#error ??= error;
    this.arrived();
  }

  /** The next {@link throwIfWoken} throws. */
  wakeUp(): void {
    this.#isWoken = true;
    this.arrived();
  }

  /** A wake-up or an error waits to be thrown. */
  get isUrgent(): boolean {
    return this.#isWoken || this.#error !== undefined;
  }

  throwPending(): void {
    const error = this.#error;
    this.#error = undefined;
    if (error) throw error;
  }

  throwIfWoken(): void {
    if (!this.#isWoken) return;
    this.#isWoken = false;
    throw new ClientError("WOKEN_UP", "The poll was woken up.");
  }

  /** From here on counts as news. */
  lookAgain(): void {
    this.#hasNews = false;
  }

  /** Resolves when something arrived since {@link lookAgain}, or at the time given (monotonic ms). */
  news(untilMs: number): Promise<void> {
    if (this.#hasNews) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        timer.cancel();
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = this.#clock.schedule(Math.max(1, untilMs - this.#clock.monotonicMs()), wake);
      this.#waiting.add(wake);
    });
  }
}
