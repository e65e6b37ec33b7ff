import assert from "node:assert/strict";
import { test } from "node:test";
import { type Knee, kneeOf, nextRate, type SweepPlan, type SweptRate } from "./find-knee.ts";

const PLAN: SweepPlan = { firstPerS: 1000, lastPerS: 1_000_000, p99MaxMs: undefined };

/** Sweeps a system that bears rates up to a limit, and counts its steps. */
function sweep(step: (rate: number) => Partial<SweptRate>, plan: SweepPlan = PLAN): Knee & { readonly steps: number } {
  const steps: SweptRate[] = [];
  for (let rate = nextRate(steps, plan); rate !== undefined; rate = nextRate(steps, plan)) {
    assert.ok(steps.length < 40, "it ends");
    steps.push({ targetPerS: rate, ratePerS: rate, p99Ms: 5, isBroken: false, ...step(rate) });
  }
  return { ...kneeOf(steps, plan), steps: steps.length };
}

test("the knee is closed in to fifteen hundredths, in few steps", () => {
  for (const limit of [1500, 10_000, 77_777, 300_001, 999_999]) {
    const { goodPerS, badPerS, steps } = sweep((rate) => ({ p99Ms: rate > limit ? 500 : 5 }));
    assert.ok(goodPerS! <= limit && badPerS! > limit && badPerS! / goodPerS! <= 1.16, `${limit}: ${goodPerS} ${badPerS}`);
    assert.ok(steps <= 15, `${steps}`);
  }
});

test("a rate that is not kept, and one at which something fails, is too much however quick the rest was", () => {
  assert.equal(sweep((rate) => ({ ratePerS: Math.min(rate, 5000) })).goodPerS! <= 5155, true);
  assert.equal(sweep((rate) => ({ isBroken: rate > 5000 })).goodPerS! <= 5000, true);
});

test("without a knee the greatest rate is told, and with nothing that is borne the least", () => {
  assert.deepEqual(
    sweep(() => ({})),
    { goodPerS: 1_000_000, badPerS: undefined, p99MaxMs: 50, steps: 11 },
  );
  assert.deepEqual(
    sweep(() => ({ isBroken: true })),
    { goodPerS: undefined, badPerS: 1000, p99MaxMs: 50, steps: 1 },
  );
});

test("how slow is too slow can be said, and is else ten times the latency at rest", () => {
  assert.equal(kneeOf([{ targetPerS: 1, ratePerS: 1, p99Ms: 0.5, isBroken: false }], PLAN).p99MaxMs, 20.5);
  assert.equal(sweep((rate) => ({ p99Ms: rate / 1000 }), { ...PLAN, p99MaxMs: 8 }).goodPerS, 8000);
});

test("a good step above a bad one does not count", () => {
  const steps = [1000, 2000, 4000].map((rate) => ({ targetPerS: rate, ratePerS: rate, p99Ms: rate === 2000 ? 900 : 5, isBroken: false }));
  assert.deepEqual(kneeOf(steps, PLAN), { goodPerS: 1000, badPerS: 2000, p99MaxMs: 50 });
});
