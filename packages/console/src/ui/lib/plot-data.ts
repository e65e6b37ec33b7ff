/** A value at a time. */
export interface PlotPoint {
  readonly atMs: number;
  readonly value: number;
}

const LEAST_S = 60;
const [MINUTE_S, DAY_S] = [60, 86_400];

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

const toTheSecond = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const toTheMinute = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const toTheDay = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

/** What stands below lines that are `stepS` apart, at times in seconds: each as exact as the step, and all of one width. */
export function timeLabels(timesS: readonly number[], stepS: number): string[] {
  const format = stepS < MINUTE_S ? toTheSecond : stepS < DAY_S ? toTheMinute : toTheDay;
  return timesS.map((timeS) => format.format(timeS * 1000));
}
