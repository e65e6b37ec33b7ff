/** Work of so many milliseconds is fetched ahead, about. */
const QUICK_MS = 200;
const SLOW_MS = 1000;

/**
 * How many records to have, in hand and ahead: what is fetched is locked, and is nobody else's meanwhile. It begins with what can be begun at once, doubles while that is worked off quickly and halves when
 * it is not.
 */
export class Appetite {
  readonly #min: number;
  readonly #max: number;
  #size: number;
  #filledMs: number | undefined;

  constructor(min: number, max: number) {
    this.#min = min;
    this.#max = Math.max(min, max);
    this.#size = min;
  }

  get size(): number {
    return this.#size;
  }

  /** Records came while there were none ahead (monotonic ms). */
  filled(nowMs: number): void {
    this.#filledMs ??= nowMs;
  }

  /** None is ahead any more. */
  drained(nowMs: number): void {
    if (this.#filledMs === undefined) return;
    const tookMs = nowMs - this.#filledMs;
    this.#filledMs = undefined;
    if (tookMs < QUICK_MS) this.#size = Math.min(this.#max, this.#size * 2);
    else if (tookMs > SLOW_MS) this.#size = Math.max(this.#min, Math.floor(this.#size / 2));
  }
}
