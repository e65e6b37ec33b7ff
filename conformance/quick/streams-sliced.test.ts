import assert from "node:assert/strict";
import { test } from "node:test";
import { testSeed } from "@ottla/base/simulated";
import { compareByTopic } from "../src/streams/compare-answers.ts";
import { describeMismatch } from "../src/streams/describe-mismatch.ts";
import { generateCase } from "../src/streams/generate-case.ts";
import { runCase } from "../src/streams/ours/run-case.ts";

const firstSeed = testSeed();
const CASES = 40;

for (const [name, options] of [
  ["of windows, suppressed changes and joins", { only: ["window", "suppress", "join", "emit", "count", "aggregate"] }],
  ["of all operators, where functions throw and bytes cannot be read", { failing: true }],
  ["of all operators with caches", { cached: true }],
] as const) {
  test(`topologies ${name} give each topic the same records in slices as in one call`, (t) => {
    t.diagnostic(`OTTLA_TEST_SEED=${firstSeed}`);
    for (let seed = firstSeed; seed < firstSeed + CASES; seed++) {
      const asked = generateCase(seed, { depthMax: 5, inputsMin: 30, inputsMax: 80, ...options });
      const mismatch = compareByTopic(runCase(asked), runCase(asked, { stepsPerSlice: 1 + (seed % 3) }));
      assert.ok(mismatch === undefined, mismatch && describeMismatch(`OTTLA_TEST_SEED=${seed}`, asked, mismatch));
    }
  });
}
