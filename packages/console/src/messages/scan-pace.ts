import { type Clock, pause } from "@ottla/base";

/** Bytes a second that one reading takes from the brokers at most. */
const BYTES_PER_S = 64 * 1024 * 1024;
/** Whoever waits is told so often how far it is. */
const REST_MS = 250;

/** Holds a reading to so many records and bytes a second. */
export class ScanPace {
  readonly #clock: Clock;
  readonly #recordsPerS: number;
  readonly #beganMs: number;

  constructor(clock: Clock, recordsPerS: number) {
    this.#clock = clock;
    this.#recordsPerS = recordsPerS;
    this.#beganMs = clock.monotonicMs();
  }

  /** Waits a while if so much was looked at too early: `goOn`, and it is to be asked again. Rejects with the signal. */
  async rest(records: number, bytes: number, signal: AbortSignal): Promise<"goOn" | undefined> {
    const dueMs = this.#beganMs + Math.max(records / this.#recordsPerS, bytes / BYTES_PER_S) * 1_000;
    const earlyMs = dueMs - this.#clock.monotonicMs();
    if (earlyMs < 1) return undefined;
    await pause(this.#clock, Math.min(earlyMs, REST_MS), signal);
    signal.throwIfAborted();
    return "goOn";
  }
}
