import type { TimeSlice } from "@ottla/base";

/** So many partitions, of which each is some microseconds of work, make a step. */
export const PARTITIONS_PER_STEP = 500;

/** Long work that stops for a moment between its steps. What it reads must not change meanwhile. */
export type Steps<Result> = Generator<void, Result, void>;

/** All steps at once. */
export function atOnce<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** The steps with rests between them, so that others on the loop get their turn. */
export async function inSlices<Result>(steps: Steps<Result>, slice: TimeSlice): Promise<Result> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (slice.isOver) await slice.rest();
  }
}
