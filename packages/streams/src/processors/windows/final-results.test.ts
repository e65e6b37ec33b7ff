import assert from "node:assert/strict";
import { test } from "node:test";
import type { OperatorContext } from "../operator.ts";
import { FinalResults } from "./final-results.ts";

test("final results are due once in an interval, and at once when the clock was put back", () => {
  let nowMs = 1_000_000;
  const context: Pick<OperatorContext, "systemTimeMs" | "emitIntervalMs" | "metadata"> = {
    systemTimeMs: () => nowMs,
    emitIntervalMs: 1_000,
    metadata: new Map<string, number>(),
  };
  const results = new FinalResults(context as OperatorContext, "windows");
  const isDue = (closeTimeMs: number): boolean => {
    if (!results.isDue(closeTimeMs, -1)) return false;
    results.take([], closeTimeMs);
    return true;
  };
  assert.equal(isDue(10), true);
  nowMs += 999;
  assert.equal(isDue(20), false);
  nowMs += 1;
  assert.equal(isDue(20), true);
  // By a quarter of an hour: nobody waits until the clock has caught up.
  nowMs -= 900_000;
  assert.equal(isDue(30), true);
  nowMs += 999;
  assert.equal(isDue(40), false);
  nowMs += 1;
  assert.equal(isDue(40), true);
});
