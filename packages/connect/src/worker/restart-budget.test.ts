import assert from "node:assert/strict";
import { test } from "node:test";
import { nextRestart, type RestartHistory } from "./restart-budget.ts";

const settings = { restartsMax: 3, backoffMs: 100, backoffMaxMs: 300 };

test("pauses double up to the longest; at the budget's end there is no more, and an hour later there is", () => {
  const delays: (number | undefined)[] = [];
  let history: RestartHistory = [];
  for (let nowMs = 0; nowMs < 4; nowMs++) {
    const next = nextRestart(history, settings, nowMs);
    delays.push(next?.delayMs);
    history = next?.history ?? history;
  }
  assert.deepEqual(delays, [100, 200, 300, undefined]);
  assert.equal(nextRestart(history, settings, 3_600_000)?.delayMs, 300);
  assert.equal(nextRestart(history, settings, 3_600_002)?.delayMs, 100);
  assert.equal(nextRestart([], { ...settings, restartsMax: 0 }, 0), undefined);
  assert.equal(nextRestart([], settings, 0, 5_000)?.delayMs, 5_000);
});
