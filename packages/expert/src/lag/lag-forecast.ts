import { wholeUp } from "../size/whole-up.ts";

/** Rates in records per second. */
export interface LagRates {
  readonly producedPerS: number;
  readonly consumedPerS: number;
}

/** When the group has caught up if both rates stay, in seconds; infinite when it does not. */
export function drainTimeS(lag: number, { producedPerS, consumedPerS }: LagRates): number {
  if (lag <= 0) return 0;
  const gain = consumedPerS - producedPerS;
  return gain > 0 ? lag / gain : Number.POSITIVE_INFINITY;
}

/** How many consumers of one rate keep up and work the lag off within a time. At least one. */
export function consumersToDrain(lag: number, producedPerS: number, perConsumerPerS: number, withinS: number): number {
  return Math.max(1, wholeUp((producedPerS + Math.max(0, lag) / withinS) / perConsumerPerS));
}

/** When retention takes records that the group has not read, if both rates stay: in seconds, infinite when the lag does not grow, 0 when it happens already. */
export function lossDeadlineS(lag: number, retainedRecords: number, { producedPerS, consumedPerS }: LagRates): number {
  if (lag >= retainedRecords && lag > 0) return 0;
  const growth = producedPerS - consumedPerS;
  return growth > 0 ? (retainedRecords - lag) / growth : Number.POSITIVE_INFINITY;
}

/** The rate between the first and the last of the samples, per second; undefined when they tell none. */
export function ratePerS(samples: readonly { readonly offset: number; readonly timeMs: number }[]): number | undefined {
  const first = samples[0];
  const last = samples.at(-1);
  if (!first || !last || last.timeMs <= first.timeMs) return undefined;
  return (1000 * (last.offset - first.offset)) / (last.timeMs - first.timeMs);
}
