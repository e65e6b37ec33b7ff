const BUCKETS_MS = 10_000;

/** How long things took, to the millisecond; all above ten seconds are one. Those of the first seconds, in which code is compiled, can be put aside. */
export class Latencies {
  #counts = new Uint32Array(BUCKETS_MS + 1);
  #total = 0;
  #before: Latencies | undefined;

  /** What was added so far is that of the warm-up. */
  endWarmUp(): void {
    this.#before = new Latencies();
    this.#before.#counts = this.#counts;
    this.#before.#total = this.#total;
    this.#counts = new Uint32Array(BUCKETS_MS + 1);
    this.#total = 0;
  }

  /** Those of the warm-up. */
  get before(): Latencies {
    return this.#before ?? new Latencies();
  }

  add(ms: number): void {
    this.#counts[Math.min(BUCKETS_MS, Math.max(0, Math.round(ms)))]!++;
    this.#total++;
  }

  get count(): number {
    return this.#total;
  }

  /** Share of those below `ms`, 0 to 1. */
  shareBelow(ms: number): number {
    let below = 0;
    for (let at = 0; at < ms; at++) below += this.#counts[at]!;
    return this.#total === 0 ? 0 : below / this.#total;
  }

  percentileMs(percent: number): number {
    const wanted = (this.#total * percent) / 100;
    let seen = 0;
    for (let at = 0; at <= BUCKETS_MS; at++) {
      seen += this.#counts[at]!;
      if (seen >= wanted && seen > 0) return at;
    }
    return 0;
  }

  toString(): string {
    if (this.#total === 0) return "none yet";
    return `p50 ${this.percentileMs(50)} ms, p99 ${this.percentileMs(99)} ms, longest ${this.percentileMs(100)} ms`;
  }
}
