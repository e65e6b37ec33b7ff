import assert from "node:assert/strict";
import { test } from "node:test";
import { makeAll } from "../../runtime/fan-outs.ts";
import { noHeaders } from "../../record.ts";
import { StoreWalk, walkOf } from "../../stores/store-walk.ts";
import { Operator, type OperatorContext } from "../operator.ts";
import { FinalResults, type FinalResultsOwner } from "./final-results.ts";

class NoWindows extends Operator implements FinalResultsOwner<string> {
  process(): void {}
  closed() {
    return new StoreWalk(
      walkOf<string>(() => undefined),
      (entry) => entry,
    );
  }
  fold(): void {}
  give(): void {}
}

test("final results are due once in an interval, and at once when the clock was put back", () => {
  let nowMs = 1_000_000;
  const context: Pick<OperatorContext, "systemTimeMs" | "emitIntervalMs" | "metadata" | "fanOut"> = {
    systemTimeMs: () => nowMs,
    emitIntervalMs: 1_000,
    metadata: new Map<string, number>(),
    fanOut: makeAll,
  };
  const results = new FinalResults(context as OperatorContext, "windows", new NoWindows());
  const isDue = (closeTimeMs: number): boolean => {
    if (!results.isDue(closeTimeMs, -1)) return false;
    results.process(closeTimeMs, 0, closeTimeMs, "key", 1, closeTimeMs, noHeaders);
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
