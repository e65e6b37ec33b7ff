/** One figure before and after, over several runs each. */
export interface Comparison {
  readonly before: Spread;
  readonly after: Spread;
  /** After ÷ before, of the medians. */
  readonly ratio: number;
  /** `unchanged` where the runs of one reach into those of the other, or the medians are nearly equal: the difference is no larger than the noise. */
  readonly verdict: "better" | "worse" | "unchanged";
}

/** The middle of several runs, and how far they lie apart. */
interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Medians this near to each other are the same to whoever waits. */
const SAME_SHARE = 0.03;

/** Judges runs made by turns. A difference counts where no run before reaches into those after. */
export function compareRuns(before: readonly number[], after: readonly number[], isMoreBetter: boolean): Comparison {
  const was = spreadOf(before);
  const is = spreadOf(after);
  const ratio = was.median === 0 ? (is.median === 0 ? 1 : Number.POSITIVE_INFINITY) : is.median / was.median;
  const isApart = is.min > was.max || is.max < was.min;
  if (!isApart || Math.abs(ratio - 1) < SAME_SHARE) return { before: was, after: is, ratio, verdict: "unchanged" };
  return { before: was, after: is, ratio, verdict: ratio > 1 === isMoreBetter ? "better" : "worse" };
}

function spreadOf(runs: readonly number[]): Spread {
  const sorted = runs.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { median, min: sorted[0]!, max: sorted.at(-1)! };
}
