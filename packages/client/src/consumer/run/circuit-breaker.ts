/** Opens after so many failures in a row; after the pause one try decides whether it closes again. */
export class CircuitBreaker {
  readonly #failuresMax: number;
  readonly #pauseMs: number;
  #failures = 0;
  /** Monotonic ms; undefined: closed. */
  #openUntilMs: number | undefined;
  #isTrying = false;

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

  /** Something starts. */
  started(): void {
    if (this.#openUntilMs !== undefined) this.#isTrying = true;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#openUntilMs = undefined;
    this.#isTrying = false;
  }

  /** Returns true when it has opened by this. */
  failed(nowMs: number): boolean {
    const wasTrying = this.#isTrying;
    this.#isTrying = false;
    this.#failures++;
    if (!wasTrying && (this.#openUntilMs !== undefined || this.#failures < this.#failuresMax)) return false;
    this.#openUntilMs = nowMs + this.#pauseMs;
    return true;
  }
}
