import assert from "node:assert/strict";
import { test } from "node:test";
import { pollWaitMs } from "./poll-wait.ts";

const idle = {
  hasWork: false,
  isSettled: true,
  commitDueMs: undefined,
  maxTaskIdleMs: 0,
  punctuationDueMs: Infinity,
  maxPollIntervalMs: 300_000,
};

test("a worker without anything to do waits for long, and no longer than for what comes first", () => {
  assert.equal(pollWaitMs(idle), 5_000);
  assert.equal(pollWaitMs({ ...idle, maxPollIntervalMs: 3_000 }), 1_000);
  assert.equal(pollWaitMs({ ...idle, commitDueMs: 70 }), 70);
  assert.equal(pollWaitMs({ ...idle, commitDueMs: -5 }), 0);
  assert.equal(pollWaitMs({ ...idle, punctuationDueMs: 20, commitDueMs: 70 }), 20);
  assert.equal(pollWaitMs({ ...idle, isSettled: false }), 100);
  assert.equal(pollWaitMs({ ...idle, isSettled: false, maxTaskIdleMs: 10 }), 10);
  assert.equal(pollWaitMs({ ...idle, maxTaskIdleMs: 10 }), 5_000);
  assert.equal(pollWaitMs({ ...idle, hasWork: true }), 0);
});
