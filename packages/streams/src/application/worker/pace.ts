/** A look at the clock for so many records costs next to nothing, */
const RECORDS_MAX = 32;
/** and what comes between two is to take no longer than this. */
const LOOK_MS = 1;

/** How many records of a task are processed between two looks at the clock: one of a task whose records take long, as where each goes into a thousand stores or a user's step is slow; many where they are short. */
export class Pace {
  #recordCount = 1;

  get recordCount(): number {
    return this.#recordCount;
  }

  /** So many were processed between two looks, and that took so long. */
  took(count: number, ms: number): void {
    if (ms > LOOK_MS) this.#recordCount = Math.max(1, Math.floor((Math.min(count, this.#recordCount) * LOOK_MS) / ms));
    else if (count >= this.#recordCount) this.#recordCount = Math.min(RECORDS_MAX, this.#recordCount * 2);
  }
}
