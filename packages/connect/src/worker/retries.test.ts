import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedClock } from "@ottla/base/simulated";
import { RetriableError } from "../connect-error.ts";
import { retried, retriableIn } from "./retries.ts";

/** How long each pause was, with what became of it. */
async function run(retryTimeoutMs: number, failures: readonly Error[], retryDelayMaxMs = 1_000): Promise<readonly [string, ...number[]]> {
  const clock = new SimulatedClock();
  const delays: number[] = [];
  let at = 0;
  const outcome = await retried(
    () => {
      const failure = failures[at++];
      if (failure !== undefined) throw failure;
      return "well";
    },
    { retryTimeoutMs, retryDelayMaxMs },
    clock,
    new AbortController().signal,
    (delayMs) => {
      delays.push(delayMs);
      clock.advance(delayMs);
      return Promise.resolve();
    },
  ).catch((error: unknown) => (error as Error).message);
  return [outcome, ...delays];
}

test("what may go well later is tried again, with pauses that double, until the time for it is over", async () => {
  const later = (afterMs?: number): RetriableError => new RetriableError("later", afterMs === undefined ? {} : { afterMs });
  const always = Array.from({ length: 50 }, () => later());
  assert.deepEqual(await run(0, [later()]), ["later"]);
  assert.deepEqual(await run(10_000, [later(), later()]), ["well", 300, 600]);
  assert.deepEqual(await run(2_000, always), ["later", 300, 600, 1_000, 100]);
  assert.deepEqual(await run(Number.POSITIVE_INFINITY, [later(50), later(5_000)]), ["well", 50, 1_000]);
  assert.deepEqual(await run(10_000, [new Error("never")]), ["never"]);
  assert.deepEqual(await run(10_000, [new Error("outer", { cause: later(7) })]), ["well", 7]);
});

test("an error that is its own cause is looked at no further than need be", () => {
  const error = new Error("round");
  error.cause = error;
  assert.equal(retriableIn(error), undefined);
});
