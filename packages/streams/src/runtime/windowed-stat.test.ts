import assert from "node:assert/strict";
import { test } from "node:test";
import { SampleWindow, WindowedStat } from "./windowed-stat.ts";

test("a stat knows all of all time, and of the rest what the last two windows had", () => {
  const stat = new WindowedStat();
  assert.deepEqual(stat.values(0), {
    total: 0,
    totalCount: 0,
    perSecond: 0,
    countPerSecond: 0,
    avg: Number.NaN,
    min: Number.NaN,
    max: Number.NaN,
  });
  stat.add(2);
  stat.add(4);
  assert.deepEqual(stat.values(3_000), { total: 6, totalCount: 2, perSecond: 2, countPerSecond: 2 / 3, avg: 3, min: 2, max: 4 });
  stat.roll();
  stat.add(9);
  assert.deepEqual(stat.values(30_000), { total: 15, totalCount: 3, perSecond: 0.5, countPerSecond: 0.1, avg: 5, min: 2, max: 9 });
  stat.roll();
  assert.deepEqual(stat.values(30_000), { total: 15, totalCount: 3, perSecond: 0.3, countPerSecond: 1 / 30, avg: 9, min: 9, max: 9 });
  stat.roll();
  assert.deepEqual(stat.values(30_000).avg, Number.NaN);
});

test("a window is over after 30 s, once, and its length is that of both", () => {
  const window = new SampleWindow(1_000);
  assert.equal(window.isOver(30_999), false);
  assert.equal(window.lengthMs(30_999), 29_999);
  assert.equal(window.isOver(31_000), true);
  assert.equal(window.isOver(31_000), false);
  assert.equal(window.lengthMs(41_000), 40_000);
  assert.equal(window.isOver(61_000), true);
  assert.equal(window.lengthMs(61_000), 30_000);
});
