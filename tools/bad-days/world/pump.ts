import type { SimulatedClock } from "@ottla/base/simulated";

/** How it ended: by itself, without anything left to happen, or at the end of the time it was given. */
export type PumpEnd = "done" | "nothing happens any more" | "out of time";

/** Lets simulated time pass, event by event, until the work is done. No time of the machine passes in it, and nothing but the simulated clock moves anything. */
export async function pumpUntilDone(clock: SimulatedClock, work: Promise<unknown>, limitMs: number): Promise<PumpEnd> {
  const endMs = clock.monotonicMs() + limitMs;
  let isDone = false;
  let failure: { readonly error: unknown } | undefined;
  work.then(
    () => (isDone = true),
    (error: unknown) => {
      isDone = true;
      failure = { error };
    },
  );
  await clock.advanceAsync(0);
  while (!isDone) {
    const dueMs = clock.nextDueMs;
    if (dueMs === undefined) return "nothing happens any more";
    if (dueMs > endMs) return "out of time";
    await clock.advanceAsync(dueMs - clock.monotonicMs());
  }
  if (failure) throw failure.error;
  return "done";
}
