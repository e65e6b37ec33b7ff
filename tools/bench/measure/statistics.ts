/** Several measurements of the same thing. */
export interface Sample {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly count: number;
}

/** Median and spread. Undefined for no values at all. */
export function summarize(values: readonly number[]): Sample | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
  return { median, least: sorted[0] ?? 0, most: sorted.at(-1) ?? 0, count: values.length };
}

/** A number with three significant digits, without exponents. */
export function formatNumber(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3;
  return value.toFixed(digits);
}

/** Such as `118 (112–121)`; a dash where nothing was measured. */
export function formatSample(sample: Sample | undefined): string {
  if (sample === undefined) return "–";
  return sample.count === 1
    ? formatNumber(sample.median)
    : `${formatNumber(sample.median)} (${formatNumber(sample.least)}–${formatNumber(sample.most)})`;
}
