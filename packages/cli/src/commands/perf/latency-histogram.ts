/** Steps per doubling: a value is known to within 1 %. */
const STEPS = 128;
const STEPS_LOG2 = 7;
/** Up to 2^33 microseconds, more than two hours. */
const DOUBLINGS = 27;

/** Latencies counted in buckets of fixed relative width: no memory per value, percentiles to within 1 %. */
export class LatencyHistogram {
  readonly #buckets = new Uint32Array(STEPS * (DOUBLINGS + 1));
  #count = 0;
  #sumMs = 0;
  #maxMs = 0;

  get count(): number {
    return this.#count;
  }

  get meanMs(): number {
    return this.#count === 0 ? 0 : this.#sumMs / this.#count;
  }

  /** Exact. */
  get maxMs(): number {
    return this.#maxMs;
  }

  add(latencyMs: number): void {
    const bucket = bucketOf(Math.max(0, Math.round(latencyMs * 1000)));
    this.#buckets[bucket] = this.#buckets[bucket]! + 1;
    this.#count++;
    this.#sumMs += latencyMs;
    if (latencyMs > this.#maxMs) this.#maxMs = latencyMs;
  }

  /** The least latency that `percent` of all do not exceed; 0 when nothing was counted. */
  percentileMs(percent: number): number {
    const wanted = Math.max(1, Math.ceil((percent / 100) * this.#count));
    let seen = 0;
    for (let bucket = 0; bucket < this.#buckets.length; bucket++) {
      seen += this.#buckets[bucket]!;
      if (seen >= wanted) return Math.min(upperBound(bucket) / 1000, this.#maxMs);
    }
    return this.#maxMs;
  }

  clear(): void {
    this.#buckets.fill(0);
    this.#count = 0;
    this.#sumMs = 0;
    this.#maxMs = 0;
  }
}

/** Values below 128 have a bucket of their own; above, each doubling is cut into 64 real steps of the 128 (the lower half repeats the one before). */
function bucketOf(micros: number): number {
  if (micros < STEPS) return micros;
  const doubling = Math.min(DOUBLINGS, Math.floor(Math.log2(micros)) - STEPS_LOG2 + 1);
  return Math.min(doubling * STEPS + Math.floor(micros / 2 ** doubling), STEPS * (DOUBLINGS + 1) - 1);
}

function upperBound(bucket: number): number {
  const doubling = Math.floor(bucket / STEPS);
  return ((bucket % STEPS) + 1) * 2 ** doubling - 1;
}

/** The percentiles that Kafka's tools report, and their neighbours; milliseconds. */
export interface LatencySummary {
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

export function summarize(histogram: LatencyHistogram): LatencySummary {
  const rounded = (ms: number): number => Number(ms.toFixed(3));
  return {
    mean: rounded(histogram.meanMs),
    p50: rounded(histogram.percentileMs(50)),
    p95: rounded(histogram.percentileMs(95)),
    p99: rounded(histogram.percentileMs(99)),
    p999: rounded(histogram.percentileMs(99.9)),
    max: rounded(histogram.maxMs),
  };
}

/** `mean 1.2 ms · p50 1.0 · p95 …` */
export function describeLatency({ mean, p50, p95, p99, p999, max }: LatencySummary): string {
  const shown = (ms: number): string => (ms < 10 ? ms.toFixed(2) : ms.toFixed(1));
  return `mean ${shown(mean)} ms, p50 ${shown(p50)}, p95 ${shown(p95)}, p99 ${shown(p99)}, p99.9 ${shown(p999)}, max ${shown(max)}`;
}
