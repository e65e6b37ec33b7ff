/** A copy that is filled while its task runs elsewhere keeps what is so much older than it would have to: the task may have committed less than its changelog has. */
export const COPY_SLACK_MS = 60_000;

/** So many entries that are not live any more a store in memory lets go with each that it takes: the end of a window may be that of a hundred thousand. Until then nobody is shown them. */
export const EXPIRED_PER_PUT = 256;

/**
 * By which time a store with a retention judges what is live: the latest that was put. A changelog may be ahead of what its task has committed, since without transactions it is written before; what was live at the commit is needed
 * again then, though later records of the changelog would make it too old. So while a store is filled, times count up to those that were committed.
 */
export class RetentionClock {
  readonly #retentionMs: number;
  readonly #slackMs: number;
  #observedMs: number;
  /** Of all that came from the changelog. */
  #latestMs: number;
  #committedMs: number | undefined;
  /** What is older may be gone. */
  #goneBeforeMs = -Infinity;

  /** `latestMs`: of what is there already, −1 for nothing. `slackMs`: what a copy keeps longer. */
  constructor(retentionMs: number, latestMs: number, slackMs: number) {
    this.#retentionMs = retentionMs;
    this.#slackMs = slackMs;
    this.#observedMs = latestMs;
    this.#latestMs = latestMs;
  }

  /** What is older is not there any more. */
  get liveFromMs(): number {
    return this.#observedMs - this.#retentionMs + 1;
  }

  /** Something of that time is put; true: less is live than before. */
  put(timeMs: number): boolean {
    if (timeMs <= this.#observedMs) return false;
    this.#observedMs = timeMs;
    return true;
  }

  /** The same of what comes from the changelog. */
  restore(timeMs: number): boolean {
    if (timeMs > this.#latestMs) this.#latestMs = timeMs;
    return this.put(this.#committedMs === undefined ? timeMs - this.#slackMs : Math.min(timeMs, this.#committedMs));
  }

  /** What is older was removed, or not taken. */
  removed(beforeMs: number): void {
    if (beforeMs > this.#goneBeforeMs) this.#goneBeforeMs = beforeMs;
  }

  /** As `judgeAsOf` of a store. */
  judgeAsOf(committedMs: number): boolean {
    this.#committedMs = committedMs;
    this.#observedMs = Math.min(this.#latestMs, committedMs);
    return this.#goneBeforeMs <= Math.max(0, this.liveFromMs);
  }
}
