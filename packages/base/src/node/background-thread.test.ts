import assert from "node:assert/strict";
import { test } from "node:test";
import { shortBursts } from "./background-thread.ts";

test("long work sleeps after each burst, and not before it is over", () => {
  let nowMs = 100;
  const slept: number[] = [];
  const breathe = shortBursts({ burstMs: 3, nowMs: () => nowMs, cpuMs: () => nowMs, sleep: () => slept.push(nowMs++) });
  for (; nowMs < 112; nowMs++) breathe();
  assert.deepEqual(slept, [103, 107, 111]);
});

test("who slept long works longer", () => {
  let nowMs = 0;
  const slept: number[] = [];
  const breathe = shortBursts({ burstMs: 3, nowMs: () => nowMs, cpuMs: () => nowMs, sleep: () => (slept.push(nowMs), (nowMs += 5)) });
  for (; nowMs < 40; nowMs++) breathe();
  assert.deepEqual(slept, [3, 18, 33]);
});

test("who is interrupted all the time does not sleep as well", () => {
  let nowMs = 0;
  let share = 0.5;
  const slept: number[] = [];
  const breathe = shortBursts({ burstMs: 3, nowMs: () => nowMs, cpuMs: () => nowMs * share, sleep: () => slept.push(nowMs) });
  for (; nowMs < 40; nowMs++) breathe();
  assert.deepEqual(slept, []);
  share = 1;
  for (; nowMs < 44; nowMs++) breathe();
  assert.deepEqual(slept, [42]);
});

test("a moment's sleep ends by itself", () => {
  const breathe = shortBursts({ burstMs: 0 });
  breathe();
  breathe();
});
