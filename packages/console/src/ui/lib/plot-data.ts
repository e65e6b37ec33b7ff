/** A value at a time. */
export interface PlotPoint {
  readonly atMs: number;
  readonly value: number;
}

const LEAST_S = 60;

/** Times in seconds and values, for a plot. A point alone has a time before it without a value: of one time the axis would be one of years. */
export function plotData(points: readonly PlotPoint[]): [number[], (number | null)[]] {
  const times = points.map(({ atMs }) => atMs / 1000);
  const values = points.map(({ value }) => value);
  return times.length === 1
    ? [
        [times[0]! - LEAST_S, times[0]!],
        [null, values[0]!],
      ]
    : [times, values];
}
