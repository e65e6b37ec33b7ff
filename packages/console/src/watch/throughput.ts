/** A rate at a moment. */
export interface RatePoint {
  readonly atMs: number;
  readonly perS: number;
}

/** Rates are taken over at least so long: a look may come early. */
const WINDOW_MS = 10_000;

/** The rate of something that only grows, out of readings of it. Its past is bounded by the points that are asked for. */
export class Throughput {
  readonly #pointsMax: number;
  #readings: { readonly monotonicMs: number; readonly total: number }[] = [];
  #points: RatePoint[] = [];

  constructor(pointsMax = 0) {
    this.#pointsMax = pointsMax;
  }

  /** A total that shrank (a topic was made anew) begins again. */
  read(total: number, monotonicMs: number, atMs: number): void {
    const last = this.#readings.at(-1);
    if (last !== undefined && total < last.total) this.#readings = [];
    this.#readings.push({ monotonicMs, total });
    while (this.#readings.length > 2 && monotonicMs - this.#readings[1]!.monotonicMs >= WINDOW_MS) this.#readings.shift();
    const perS = this.perS;
    if (perS === undefined || this.#pointsMax === 0) return;
    this.#points.push({ atMs, perS });
    if (this.#points.length > this.#pointsMax) this.#points.shift();
  }

  /** Undefined until it was read twice. */
  get perS(): number | undefined {
    const [first, last] = [this.#readings[0], this.#readings.at(-1)];
    if (first === undefined || last === undefined || first === last) return undefined;
    const spanMs = last.monotonicMs - first.monotonicMs;
    return spanMs <= 0 ? undefined : ((last.total - first.total) * 1000) / spanMs;
  }

  get points(): readonly RatePoint[] {
    return this.#points;
  }
}
