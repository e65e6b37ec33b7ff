/** A step of a sweep, as far as the search looks at it. */
export interface SweptRate {
  readonly targetPerS: number;
  readonly ratePerS: number;
  readonly p99Ms: number;
  /** Something failed, or records could not be handed over in time. */
  readonly isBroken: boolean;
}

/** How the search goes. */
export interface SweepPlan {
  readonly firstPerS: number;
  readonly lastPerS: number;
  /** Latency beyond this is too much; undefined: ten times that of the least rate, and 20 ms more than that at least. */
  readonly p99MaxMs: number | undefined;
}

/** The knee: the greatest rate that is borne, and the least that is not. */
export interface Knee {
  readonly goodPerS: number | undefined;
  readonly badPerS: number | undefined;
  readonly p99MaxMs: number;
}

const GROWTH = 2;
/** The knee is known well enough when the rate that is too much is this much above the one that is borne. */
const NEAR = 1.15;
/** Less than this of what was asked for is a rate that is not kept. */
const KEPT = 0.97;
const WORSE = 10;
const WORSE_LEAST_MS = 20;

/** The next rate to try: doubled until one is too much, then halfway between; undefined when the knee is known, or there is nothing beyond. */
export function nextRate(steps: readonly SweptRate[], plan: SweepPlan): number | undefined {
  if (steps.length === 0) return plan.firstPerS;
  const { goodPerS, badPerS } = kneeOf(steps, plan);
  if (badPerS === undefined) return goodPerS! >= plan.lastPerS ? undefined : Math.min(plan.lastPerS, goodPerS! * GROWTH);
  if (goodPerS === undefined) return undefined;
  return badPerS / goodPerS <= NEAR ? undefined : Math.round(Math.sqrt(goodPerS * badPerS));
}

/** What the steps so far say of the knee. A good step above a bad one does not count: the noise was on its side. */
export function kneeOf(steps: readonly SweptRate[], plan: SweepPlan): Knee {
  const least = steps.toSorted((a, b) => a.targetPerS - b.targetPerS)[0];
  const p99MaxMs = plan.p99MaxMs ?? Math.max((least?.p99Ms ?? 0) * WORSE, (least?.p99Ms ?? 0) + WORSE_LEAST_MS);
  const isBorne = (step: SweptRate): boolean => !step.isBroken && step.ratePerS >= KEPT * step.targetPerS && step.p99Ms <= p99MaxMs;
  const bad = steps.filter((step) => !isBorne(step)).map(({ targetPerS }) => targetPerS);
  const badPerS = bad.length === 0 ? undefined : Math.min(...bad);
  const good = steps.filter((step) => isBorne(step) && step.targetPerS < (badPerS ?? Infinity)).map(({ targetPerS }) => targetPerS);
  return { goodPerS: good.length === 0 ? undefined : Math.max(...good), badPerS, p99MaxMs };
}
