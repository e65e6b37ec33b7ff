import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "../simulated/seeded-random.ts";
import { LatencyHistogram, latencyBoundsMs } from "./latency-histogram.ts";

const MINUTE_MS = 60_000;

function recorded(durationsMs: readonly number[], nowMs = 0): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const ms of durationsMs) histogram.record(ms, nowMs);
  return histogram;
}

test("a quantile is the smallest duration that so many did not exceed, at most an eighth too high", () => {
  const seed = 848;
  const random = new SeededRandom(seed);
  for (let round = 0; round < 50; round++) {
    const scale = 10 ** random.nextInt(9);
    const durations = Array.from({ length: 1 + random.nextInt(300) }, () => (1 + random.nextInt(scale)) / 1000).sort((a, b) => a - b);
    const shares = [0.001, 0.5, 0.75, 0.99, 0.999, 1];
    const found = recorded(durations).quantiles(shares, 0)!;
    for (const [i, share] of shares.entries()) {
      const exact = durations[Math.max(1, Math.ceil(share * durations.length)) - 1]!;
      assert.ok(found[i]! >= exact && found[i]! <= exact * 1.125 + 0.001, `seed ${seed}: ${found[i]} for ${exact} at ${share}`);
    }
  }
});

test("quantiles forget after five to ten minutes; what is counted and summed is for ever", () => {
  const histogram = recorded([1, 1, 1]);
  histogram.record(100, 6 * MINUTE_MS);
  assert.ok(histogram.quantiles([0.5], 6 * MINUTE_MS)![0]! < 2, "the last window still counts");
  assert.ok(histogram.quantiles([0.5], 12 * MINUTE_MS)![0]! >= 100);
  assert.equal(histogram.quantiles([0.5], 30 * MINUTE_MS), undefined);
  assert.deepEqual([histogram.count, histogram.sumMs], [4, 103]);
});

test("counts by bound include the bound itself; those beyond the last are in the count alone", () => {
  const histogram = recorded([...latencyBoundsMs, 60_000, 0]);
  assert.deepEqual(
    histogram.cumulative(),
    latencyBoundsMs.map((_, i) => i + 2),
  );
  assert.equal(histogram.count, latencyBoundsMs.length + 2);
});

test("odd durations harm nothing: negative ones count as none, days as an hour and more", () => {
  const histogram = recorded([-5, NaN, 10 * 24 * 60 * MINUTE_MS, Infinity]);
  assert.deepEqual(histogram.quantiles([0.5, 1], 0), [0, 4_294_967.295]);
  assert.equal(histogram.cumulative().at(-1), 2);
});
