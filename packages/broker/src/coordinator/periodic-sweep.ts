import type { Clock, Timer } from "@ottla/base";

/** Does a sweep again and again: one at a time, and none while the one before is still going on. */
export class PeriodicSweep {
  readonly #clock: Clock;
  readonly #intervalMs: () => number;
  readonly #sweep: () => Promise<void>;
  #timer: Timer | undefined;
  #isRunning = false;

  /** The interval is read anew each time. */
  constructor(clock: Clock, intervalMs: () => number, sweep: () => Promise<void>) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#sweep = sweep;
  }

  start(): void {
    this.#timer = this.#clock.schedule(this.#intervalMs(), () => {
      this.start();
      if (!this.#isRunning) void this.run();
    });
  }

  /** No sweep begins any more. */
  stop(): void {
    this.#timer?.cancel();
  }

  /** Sweeps now. */
  async run(): Promise<void> {
    this.#isRunning = true;
    try {
      await this.#sweep();
    } finally {
      this.#isRunning = false;
    }
  }
}
