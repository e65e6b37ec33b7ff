/**
 * Opens after so many failures in a row; after the pause one try decides whether it closes again, and nothing else: what was started before it opened and ends
 * while it is open, well or not, tells of an earlier time.
 */
export class CircuitBreaker {
  readonly #failuresMax: number;
  readonly #pauseMs: number;
  #failures = 0;
  /** Monotonic ms; undefined: closed. */
  #openUntilMs: number | undefined;
  #isTrying = false;
  /** How often it has opened. */
  #openings = 0;

  constructor(failuresMax: number, pauseMs: number) {
    this.#failuresMax = failuresMax;
    this.#pauseMs = pauseMs;
  }

  get isOpen(): boolean {
    return this.#openUntilMs !== undefined;
  }

  /** When something may start: now or before, or later (monotonic ms). Infinity while the one try is under way. */
  get startsAtMs(): number {
    if (this.#openUntilMs === undefined) return -Infinity;
    return this.#isTrying ? Infinity : this.#openUntilMs;
  }

  /** Something starts. What is returned is told with its end. */
  started(): number {
    if (this.#openUntilMs !== undefined) this.#isTrying = true;
    return this.#openings;
  }

  succeeded(startedAs: number): void {
    if (startedAs !== this.#openings) return;
    this.#failures = 0;
    this.#openUntilMs = undefined;
    this.#isTrying = false;
  }

  /** Returns true when it has opened by this. */
  failed(startedAs: number, nowMs: number): boolean {
    if (startedAs !== this.#openings) return false;
    // Of a try it is one more than enough.
    if (++this.#failures < this.#failuresMax) return false;
    this.#isTrying = false;
    this.#openings++;
    this.#openUntilMs = nowMs + this.#pauseMs;
    return true;
  }
}
