import { invariant, type TimeSlice } from "@ottla/base";

/** Work that may be interrupted between two of its steps, or waits for what is done elsewhere. */
export type Steps<T> = Generator<Promise<unknown> | undefined, T, unknown>;

/** All steps one after the other; none may wait. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    invariant(value === undefined, "What is done at once waits for nothing.");
  }
}

/** Steps with rests between them, in which others have their turns. What they look at must not be changed by others meanwhile, or may. */
export async function inTurns<T>(steps: Steps<T>, slice: TimeSlice): Promise<T> {
  let next = steps.next();
  while (!next.done) {
    if (next.value === undefined) {
      if (slice.isOver) await slice.rest();
      next = steps.next();
      continue;
    }
    let answer: { readonly value: unknown } | { readonly error: unknown };
    try {
      answer = { value: await next.value };
    } catch (error) {
      answer = { error };
    }
    next = "error" in answer ? steps.throw(answer.error) : steps.next(answer.value);
  }
  return next.value;
}

/** A step that waits for what is done elsewhere. */
export function* answerOf<T>(promise: Promise<T>): Steps<T> {
  return (yield promise) as T;
}
