/** Java's `metrics.sample.window.ms`. */
const SAMPLE_WINDOW_MS = 30_000;

/** What a {@link WindowedStat} says; numbers are NaN where nothing was added, as Java's are. */
export interface StatValues {
  readonly total: number;
  readonly totalCount: number;
  readonly perSecond: number;
  readonly countPerSecond: number;
  readonly avg: number;
  readonly min: number;
  readonly max: number;
}

/** Values of the last 30 to 60 seconds, as Java's sensors keep them: sum, count, smallest and largest of two windows in turn, and all of all time. `add` reads no clock: who owns it lets it {@link WindowedStat.roll}. */
export class WindowedStat {
  #total = 0;
  #totalCount = 0;
  #sum = 0;
  #count = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  #sumBefore = 0;
  #countBefore = 0;
  #minBefore = Number.POSITIVE_INFINITY;
  #maxBefore = Number.NEGATIVE_INFINITY;

  add(value: number): void {
    this.#total += value;
    this.#totalCount++;
    this.#sum += value;
    this.#count++;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
  }

  /** The present window is the one before from now on. */
  roll(): void {
    this.#sumBefore = this.#sum;
    this.#countBefore = this.#count;
    this.#minBefore = this.#min;
    this.#maxBefore = this.#max;
    this.#sum = 0;
    this.#count = 0;
    this.#min = Number.POSITIVE_INFINITY;
    this.#max = Number.NEGATIVE_INFINITY;
  }

  /** `windowMs`: how long both windows have lasted so far. */
  values(windowMs: number): StatValues {
    const sum = this.#sum + this.#sumBefore;
    const count = this.#count + this.#countBefore;
    const seconds = Math.max(1, windowMs / 1000);
    const isEmpty = count === 0;
    return {
      total: this.#total,
      totalCount: this.#totalCount,
      perSecond: sum / seconds,
      countPerSecond: count / seconds,
      avg: isEmpty ? Number.NaN : sum / count,
      min: isEmpty ? Number.NaN : Math.min(this.#min, this.#minBefore),
      max: isEmpty ? Number.NaN : Math.max(this.#max, this.#maxBefore),
    };
  }
}

/** Says when stats that belong together roll. */
export class SampleWindow {
  #startMs: number;
  #beforeMs: number;

  constructor(nowMs: number) {
    this.#startMs = nowMs;
    this.#beforeMs = nowMs;
  }

  /** True at most once in a window: all stats of it are to roll. */
  isOver(nowMs: number): boolean {
    if (nowMs - this.#startMs < SAMPLE_WINDOW_MS) return false;
    this.#beforeMs = this.#startMs;
    this.#startMs = nowMs;
    return true;
  }

  /** How long this window and the one before have lasted. */
  lengthMs(nowMs: number): number {
    return nowMs - this.#beforeMs;
  }
}
