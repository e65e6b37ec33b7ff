const TICK_MS = 1;

/** For how long the loop was held at once since it began, in ms of its thread's processor time. */
export class LongestHold implements Disposable {
  readonly #timer: NodeJS.Timeout;
  #last = process.threadCpuUsage();
  #longestMs = 0;

  constructor() {
    this.#timer = setInterval(() => {
      const { user, system } = process.threadCpuUsage(this.#last);
      this.#longestMs = Math.max(this.#longestMs, (user + system) / 1_000);
      this.#last = process.threadCpuUsage();
    }, TICK_MS);
  }

  /** The longest so far; begins anew. */
  take(): string {
    const longest = this.#longestMs;
    this.#longestMs = 0;
    return longest.toFixed(1);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
