/** Something with bytes that are not on the disk yet. */
export interface Flushable {
  /** Syncs all that was written before the call. Never rejects: failures are its own to report. */
  flushOnce(): Promise<void>;
}

/**
 * Shares syncs between writers: what is asked for while a sync of the same log runs is served by one next sync, and different logs sync side by side
 * up to a limit. A first request starts when the running event ends, so that all appends of that event share it.
 */
export class FlushQueue {
  readonly #maxConcurrent: number;
  readonly #waiting = new Set<Flushable>();
  readonly #running = new Set<Flushable>();
  #isScheduled = false;

  constructor(maxConcurrent: number) {
    this.#maxConcurrent = maxConcurrent;
  }

  request(log: Flushable): void {
    this.#waiting.add(log);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.#startDue();
    });
  }

  #startDue(): void {
    for (const log of this.#waiting) {
      if (this.#running.size >= this.#maxConcurrent) return;
      if (this.#running.has(log)) continue;
      this.#waiting.delete(log);
      this.#running.add(log);
      void log.flushOnce().then(() => {
        this.#running.delete(log);
        this.#startDue();
      });
    }
  }
}
