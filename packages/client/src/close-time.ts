import type { Clock, Timer } from "@ottla/base";

/** The time that a close has. It can be shortened while the close is running. */
export class CloseTime {
  readonly #clock: Clock;
  readonly #timers: Timer[] = [];
  readonly #end = Promise.withResolvers<void>();
  #isOver = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Resolves when the time is up. */
  get over(): Promise<void> {
    return this.#end.promise;
  }

  /** At most this long from now on. */
  within(timeoutMs: number): void {
    if (timeoutMs > 0) this.#timers.push(this.#clock.schedule(timeoutMs, () => this.end()));
    else this.end();
  }

  end(): void {
    this.#isOver = true;
    this.#end.resolve();
  }

  /** The close is done: nothing is timed any more. */
  release(): void {
    for (const timer of this.#timers.splice(0)) timer.cancel();
  }
}
