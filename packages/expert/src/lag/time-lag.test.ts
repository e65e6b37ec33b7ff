import assert from "node:assert/strict";
import { test } from "node:test";
import { consumersToDrain, drainTimeS, lossDeadlineS, ratePerS } from "./lag-forecast.ts";
import { COMMIT_DISTANCE_MS, COMMITS_MAX, EMPTY_HISTORY, ENDS_MAX, recordCommit, recordEnd } from "./partition-history.ts";
import { timeLagMs } from "./time-lag.ts";

const points = (...pairs: readonly (readonly [number, number])[]) => pairs.map(([offset, timeS]) => ({ offset, timeMs: timeS * 1000 }));

test("the time lag is found between two ends, and beyond them", () => {
  const ends = points([1000, 0], [1600, 60]);
  assert.equal(timeLagMs(ends, 1300), 30_000);
  assert.equal(timeLagMs(ends, 700), 90_000);
  assert.equal(timeLagMs(ends, 1600), 0);
  assert.equal(timeLagMs(ends, 1700), 0);
});

test("one end, or ends that do not move, tell no time", () => {
  assert.equal(timeLagMs([], 5), undefined);
  assert.equal(timeLagMs(points([10, 0]), 5), undefined);
  assert.equal(timeLagMs(points([10, 0], [10, 60]), 5), undefined);
  assert.equal(timeLagMs(points([10, 0]), 10), 0);
});

test("after a pause the time counts from when records came again", () => {
  assert.equal(timeLagMs(points([100, 0], [100, 600], [200, 660]), 100), 60_000);
  assert.equal(timeLagMs(points([100, 0], [100, 600], [200, 660]), 150), 30_000);
});

test("ends are kept as a bounded line: none that goes back, two of a run", () => {
  const ends = (...pairs: readonly (readonly [number, number])[]) =>
    points(...pairs)
      .reduce(recordEnd, EMPTY_HISTORY)
      .ends.map(({ offset, timeMs }) => [offset, timeMs / 1000]);
  assert.deepEqual(ends([5, 1], [4, 2], [6, 1], [7, 3]), [
    [5, 1],
    [7, 3],
  ]);
  assert.deepEqual(ends([5, 1], [5, 2], [5, 3], [5, 4], [6, 5]), [
    [5, 1],
    [5, 4],
    [6, 5],
  ]);
  assert.equal(ends(...Array.from({ length: 100 }, (_, i) => [i, i] as const)).length, ENDS_MAX);
});

test("commits are kept as a bounded window", () => {
  const history = Array.from({ length: 30 }, (_, i) => ({ offset: i, timeMs: i * COMMIT_DISTANCE_MS, lag: 0 })).reduce(
    recordCommit,
    EMPTY_HISTORY,
  );
  assert.deepEqual(
    history.commits.map(({ offset }) => offset),
    Array.from({ length: COMMITS_MAX }, (_, i) => 20 + i),
  );
  assert.equal(recordCommit(history, { offset: 99, timeMs: 29 * COMMIT_DISTANCE_MS, lag: 0 }), history);
});

test("looks that come close are one commit, with the least lag; one that goes back stands for itself", () => {
  const sample = (timeMs: number, offset: number, lag: number) => ({ timeMs, offset, lag });
  const kept = (...samples: readonly ReturnType<typeof sample>[]) => samples.reduce(recordCommit, EMPTY_HISTORY).commits;
  const [first, last] = [sample(0, 1, 9), sample(COMMIT_DISTANCE_MS, 5, 4)];
  assert.deepEqual(kept(first, sample(100, 2, 0), sample(200, 3, 7)), [first, sample(200, 3, 0)]);
  assert.deepEqual(kept(first, last, sample(COMMIT_DISTANCE_MS + 1, 5, 5)), [first, last, sample(COMMIT_DISTANCE_MS + 1, 5, 5)]);
  assert.deepEqual(kept(first, sample(100, 9, 1), sample(200, 3, 7)), [first, sample(100, 9, 1), sample(200, 3, 7)]);
});

test("drain time, consumers and the deadline of loss, with the reference's figures", () => {
  assert.equal(drainTimeS(3_600_000, { producedPerS: 1000, consumedPerS: 1500 }), 7200);
  assert.equal(drainTimeS(1, { producedPerS: 10, consumedPerS: 10 }), Number.POSITIVE_INFINITY);
  assert.equal(drainTimeS(0, { producedPerS: 10, consumedPerS: 0 }), 0);
  assert.equal(consumersToDrain(3_600_000, 1000, 250, 1800), 12);
  assert.equal(consumersToDrain(0, 0, 250, 1800), 1);
  assert.equal(lossDeadlineS(3_600_000, 86_400_000, { producedPerS: 1000, consumedPerS: 800 }) / 3600, 115);
  assert.equal(lossDeadlineS(10, 10, { producedPerS: 0, consumedPerS: 0 }), 0);
  assert.equal(lossDeadlineS(10, 20, { producedPerS: 5, consumedPerS: 5 }), Number.POSITIVE_INFINITY);
});

test("a rate needs two moments", () => {
  assert.equal(ratePerS([]), undefined);
  assert.equal(ratePerS(points([10, 0])), undefined);
  assert.equal(ratePerS(points([10, 0], [30, 0.5], [70, 2])), 30);
});
