/** What both sides of a join of streams share in a task. Lives in memory only: it begins anew with the task. */
export interface JoinClock {
  /** Of both sides; −1 before the first record. */
  streamTimeMs: number;
  /** A time before which no unmatched record waits; infinity when none does. */
  unmatchedFromMs: number;
  /** When to look for unmatched records again, by the machine's clock. */
  nextEmitMs: number;
}

/** The clocks of a join by task. */
export class JoinClocks {
  readonly #byTask = new Map<string, JoinClock>();

  of(taskId: string): JoinClock {
    let clock = this.#byTask.get(taskId);
    if (clock === undefined) {
      clock = { streamTimeMs: -1, unmatchedFromMs: Number.POSITIVE_INFINITY, nextEmitMs: 0 };
      this.#byTask.set(taskId, clock);
    }
    return clock;
  }

  remove(taskId: string): void {
    this.#byTask.delete(taskId);
  }
}
