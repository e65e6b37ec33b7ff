import assert from "node:assert/strict";
import { test } from "node:test";
import { Pace } from "./pace.ts";

test("the clock is looked at behind each record that takes long, and seldom where records are short", () => {
  const pace = new Pace();
  const counts = (...ms: readonly number[]): number[] =>
    ms.map((each) => {
      const { recordCount } = pace;
      pace.took(recordCount, each * recordCount);
      return recordCount;
    });
  // As many more each time, for as long as that is short.
  assert.deepEqual(counts(0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01), [1, 2, 4, 8, 16, 32, 32]);
  assert.deepEqual(counts(0.25, 0.25, 0.25), [32, 4, 8]);
  assert.deepEqual(counts(50, 50, 0.01, 0.01), [4, 1, 1, 2]);
  // Nobody was kept for long by what is not there.
  pace.took(0, 0);
  assert.equal(pace.recordCount, 4);
});
