/** Steps between a power of two and the next: a quantile is at most an eighth too high. */
const STEPS_LOG2 = 3;
const STEPS = 1 << STEPS_LOG2;
/** 71 minutes; what takes longer counts as that. */
const MAX_MS = (2 ** 32 - 1) / 1000;
const BUCKETS = (33 - STEPS_LOG2) * STEPS;
/** Quantiles look back over one to two windows, as Kafka's decaying reservoirs mostly tell of the last five minutes. */
const WINDOW_MS = 5 * 60_000;

/** Upper bounds, in ms, of what {@link LatencyHistogram.cumulative} counts. */
export const latencyBoundsMs: readonly number[] = [0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 5000, 30_000];

/**
 * Counts durations in fixed memory (7 kB): all of them by bounds, and those of the last five to ten minutes finely enough for quantiles. Recording allocates nothing.
 */
export class LatencyHistogram {
  count = 0;
  sumMs = 0;
  readonly #byBound = new Float64Array(latencyBoundsMs.length);
  #current = new Float64Array(BUCKETS);
  #previous = new Float64Array(BUCKETS);
  #windowEndMs = -Infinity;

  /** `nowMs` is monotonic. A negative duration counts as none. */
  record(durationMs: number, nowMs: number): void {
    this.count++;
    const ms = durationMs > 0 ? Math.min(durationMs, MAX_MS) : 0;
    this.sumMs += ms;
    for (let i = 0; i < latencyBoundsMs.length; i++) {
      if (ms > latencyBoundsMs[i]!) continue;
      this.#byBound[i]!++;
      break;
    }
    if (nowMs >= this.#windowEndMs) this.#rotate(nowMs);
    this.#current[bucketOf(ms)]!++;
  }

  /** How many, since the beginning, took no longer than each of {@link latencyBoundsMs}. */
  cumulative(): number[] {
    let sum = 0;
    return Array.from(this.#byBound, (count) => (sum += count));
  }

  /** Of the last five to ten minutes, in ms, one per share asked for (0 to 1, ascending); undefined when there was nothing. */
  quantiles(shares: readonly number[], nowMs: number): number[] | undefined {
    if (nowMs >= this.#windowEndMs) this.#rotate(nowMs);
    let total = 0;
    for (let i = 0; i < BUCKETS; i++) total += this.#current[i]! + this.#previous[i]!;
    if (total === 0) return undefined;
    let seen = 0;
    let bucket = -1;
    return shares.map((share) => {
      const rank = Math.max(1, Math.ceil(share * total));
      while (seen < rank) seen += this.#current[++bucket]! + this.#previous[bucket]!;
      return upperMs(bucket);
    });
  }

  #rotate(nowMs: number): void {
    const isRecent = nowMs < this.#windowEndMs + WINDOW_MS;
    const spare = this.#previous.fill(0);
    this.#previous = isRecent ? this.#current : spare;
    this.#current = isRecent ? spare : this.#current.fill(0);
    this.#windowEndMs = nowMs + WINDOW_MS;
  }
}

function bucketOf(ms: number): number {
  const micros = Math.round(ms * 1000);
  if (micros < STEPS) return micros;
  const octave = 31 - Math.clz32(micros);
  return (octave - STEPS_LOG2 + 1) * STEPS + ((micros >>> (octave - STEPS_LOG2)) - STEPS);
}

/** The largest duration of a bucket. */
function upperMs(bucket: number): number {
  if (bucket < STEPS) return bucket / 1000;
  const octave = Math.floor(bucket / STEPS) + STEPS_LOG2 - 1;
  const width = 2 ** (octave - STEPS_LOG2);
  return ((STEPS + (bucket % STEPS)) * width + width - 1) / 1000;
}
