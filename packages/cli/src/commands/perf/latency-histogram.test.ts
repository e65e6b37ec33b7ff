import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LatencyHistogram, summarize } from "./latency-histogram.ts";

test("percentiles are within 2 % of the exact ones, mean and maximum exact", () => {
  const latency = fc.double({ min: 0.001, max: 7_000_000, noNaN: true });
  fc.assert(
    fc.property(fc.array(latency, { minLength: 1, maxLength: 300 }), fc.integer({ min: 1, max: 1000 }), (values, permille) => {
      const histogram = new LatencyHistogram();
      for (const value of values) histogram.add(value);
      const sorted = values.toSorted((a, b) => a - b);
      const exact = sorted[Math.max(1, Math.ceil((permille / 1000) * values.length)) - 1]!;
      const found = histogram.percentileMs(permille / 10);
      assert.ok(Math.abs(found - exact) <= exact * 0.02 + 0.001, `${found} for ${exact}`);
      assert.equal(histogram.maxMs, sorted.at(-1));
      assert.ok(Math.abs(histogram.meanMs - values.reduce((a, b) => a + b) / values.length) < 1e-6 * histogram.maxMs + 1e-9);
    }),
  );
});

test("nothing counted, and latencies beyond the scale, are no trouble", () => {
  const histogram = new LatencyHistogram();
  assert.deepEqual(summarize(histogram), { mean: 0, p50: 0, p95: 0, p99: 0, p999: 0, max: 0 });
  histogram.add(1e9);
  histogram.add(-1);
  assert.equal(histogram.count, 2);
  assert.equal(histogram.maxMs, 1e9);
  histogram.clear();
  assert.equal(histogram.count, 0);
});
