import { type Clock, pause } from "@ottla/base";

/** Requests a second that a watch may make at rest. */
const REQUESTS_PER_S = 20;

/**
 * Spreads the requests of a watch over time, so that a cluster is asked evenly however large it is. What a person waits for goes before: it is not held up, and the watch makes way for it.
 */
export class RequestBudget {
  readonly #clock: Clock;
  readonly #requestsPerS: number;
  #nextMs: number;
  #made = 0;

  constructor(clock: Clock, requestsPerS: number = REQUESTS_PER_S) {
    this.#clock = clock;
    this.#requestsPerS = requestsPerS;
    this.#nextMs = clock.monotonicMs();
  }

  /** How many requests were made, of both kinds. */
  get made(): number {
    return this.#made;
  }

  /** Resolves when so many requests may be made; rejects with the signal. */
  async turn(requests: number, signal: AbortSignal): Promise<void> {
    const nowMs = this.#clock.monotonicMs();
    const startMs = Math.max(nowMs, this.#nextMs);
    this.#spend(requests, startMs);
    if (startMs > nowMs) await pause(this.#clock, startMs - nowMs, signal);
    signal.throwIfAborted();
  }

  /** Counts requests that somebody waits for: they are made at once. */
  note(requests: number): void {
    this.#spend(requests, Math.max(this.#clock.monotonicMs(), this.#nextMs));
  }

  #spend(requests: number, startMs: number): void {
    this.#made += requests;
    this.#nextMs = startMs + (requests * 1000) / this.#requestsPerS;
  }
}
