import assert from "node:assert/strict";
import { test } from "node:test";
import { greatestOf, leastOf } from "./extremes.ts";

test("the greatest and the least of a million numbers are found, which Math.max takes not as arguments", () => {
  const many = Array.from({ length: 1_000_000 }, (_, i) => (i * 7919) % 1_000_003);
  assert.throws(() => Math.max(...many), RangeError);
  assert.equal(greatestOf(many), many.toSorted((a, b) => b - a)[0]);
  assert.equal(leastOf(many), 0);
  assert.equal(greatestOf([], 3), 3);
  assert.equal(leastOf([5], 4), 4);
  assert.ok(Number.isNaN(greatestOf([1, Number.NaN])));
});
