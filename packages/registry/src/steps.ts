import type { TimeSlice } from "@ottla/base";

/** Work that may be interrupted between two of its steps. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** All steps one after the other. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Steps with rests between them, in which others have their turns. What they look at must not be changed by others meanwhile, or may. */
export async function inTurns<T>(steps: Steps<T>, slice: TimeSlice): Promise<T> {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    if (slice.isOver) await slice.rest();
  }
}
