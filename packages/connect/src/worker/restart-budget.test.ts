import assert from "node:assert/strict";
import { test } from "node:test";
import { nextRestart, type RestartHistory } from "./restart-budget.ts";

const settings = { restartsMax: 3, backoffMs: 100, backoffMaxMs: 300 };

test("pauses double up to the longest; at the budget's end there is no more, and an hour later there is", () => {
  const delays: (number | undefined)[] = [];
  let history: RestartHistory = [];
  for (let nowMs = 0; nowMs < 4; nowMs++) {
    const next = nextRestart(history, settings, { nowMs, share: 1 });
    delays.push(next?.delayMs);
    history = next?.history ?? history;
  }
  assert.deepEqual(delays, [100, 200, 300, undefined]);
  assert.equal(nextRestart(history, settings, { nowMs: 3_600_000, share: 1 })?.delayMs, 300);
  assert.equal(nextRestart(history, settings, { nowMs: 3_600_002, share: 1 })?.delayMs, 100);
  assert.equal(nextRestart([], { ...settings, restartsMax: 0 }, { nowMs: 0, share: 0 }), undefined);
});

test("tasks that failed together are spread over half of their pause, and none begins before it may", () => {
  const delays = (afterMs?: number): (number | undefined)[] =>
    [0, 0.5, 1].map((share) => nextRestart([], settings, { nowMs: 0, share, afterMs })?.delayMs);
  assert.deepEqual(delays(), [50, 75, 100]);
  assert.deepEqual(delays(20), [50, 75, 100]);
  assert.deepEqual(delays(5_000), [5_000, 5_025, 5_050]);
});
