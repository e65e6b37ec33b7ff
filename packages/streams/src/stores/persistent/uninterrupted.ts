import type { ThreadGate } from "@ottla/base/node";

/** Of the thread that this is: nobody ends a main thread from outside. */
let gate: ThreadGate | undefined;

/** From now on this thread is ended through it. */
export function endedThrough(given: ThreadGate): void {
  gate = given;
}

/** Runs what a thread must not be ended in the middle of: the state library holds a lock from the beginning of a transaction to its end, and would wait for it for ever as it cleans up. */
export function uninterrupted<T>(run: () => T): T {
  return gate === undefined ? run() : gate.during(run);
}
