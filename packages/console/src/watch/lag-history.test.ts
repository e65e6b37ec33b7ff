import assert from "node:assert/strict";
import { test } from "node:test";
import { LagHistory } from "./lag-history.ts";

const seen = (history: LagHistory, count: number, isWatched: boolean, from = 0): void => {
  for (let i = from; i < from + count; i++) history.see("g", { atMs: i, lag: i * 10 }, isWatched);
};
const times = (history: LagHistory): readonly number[] => history.points("g").map(({ atMs }) => atMs);

test("the lag of a group that nobody watches has a past; of one that is watched a closer one, which stays in outline", () => {
  const history = new LagHistory();
  assert.deepEqual(history.points("g"), []);
  seen(history, 30, false);
  assert.deepEqual(
    times(history),
    Array.from({ length: 24 }, (_, i) => i + 6),
  );
  seen(history, 300, true, 30);
  assert.deepEqual([times(history).length, times(history)[0], times(history).at(-1)], [180, 150, 329]);
  history.release("g");
  assert.deepEqual([times(history).length, times(history)[0], times(history).at(-1)], [24, 150, 329]);
  assert.deepEqual(history.points("g")[1], { atMs: 158, lag: 1580 });
  seen(history, 1, false, 1_000);
  assert.deepEqual([times(history).length, times(history).at(-1)], [24, 1_000]);
  history.forget("g");
  assert.deepEqual(history.points("g"), []);
});

test("of very many groups those are forgotten that were looked at longest ago", () => {
  const history = new LagHistory();
  for (let i = 0; i < 20_001; i++) history.see(`g${i}`, { atMs: i, lag: 0 }, false);
  assert.deepEqual([history.points("g0").length, history.points("g1").length, history.points("g20000").length], [0, 1, 1]);
});
