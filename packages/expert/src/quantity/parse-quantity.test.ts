import assert from "node:assert/strict";
import { test } from "node:test";
import type { Dimension } from "./dimension.ts";
import { parseQuantity } from "./parse-quantity.ts";

test("quantities are read with their units", () => {
  const cases: readonly (readonly [string, Dimension, number])[] = [
    ["8TB", "bytes", 8e12],
    ["1.5 GiB", "bytes", 1.5 * 1024 ** 3],
    ["100MB/s", "bytesPerS", 1e8],
    ["10Gb/s", "bytesPerS", 1.25e9],
    ["7d", "seconds", 604_800],
    ["250ms", "seconds", 0.25],
    [".5h", "seconds", 1800],
    ["500/s", "recordsPerS", 500],
    ["86_400/d", "recordsPerS", 1],
    ["3_600_000", "records", 3_600_000],
    ["1e6", "records", 1_000_000],
    ["70%", "ratio", 0.7],
    ["0", "count", 0],
  ];
  for (const [text, dimension, value] of cases) assert.equal(parseQuantity(text, dimension), value, text);
});

test("what has no unit where one is needed, and nonsense, is refused with how to write it", () => {
  assert.throws(() => parseQuantity("100", "bytesPerS"), {
    code: "INVALID_QUANTITY",
    message: /its unit is one of B\/s, .*as in 100MB\/s, 10Gb\/s/,
  });
  for (const text of ["", "MB", "1..2", "-5", "5 5", "1e", "__proto__", "5constructor", "Infinity"])
    assert.throws(() => parseQuantity(text, "bytes"), { code: "INVALID_QUANTITY" }, text);
  assert.throws(() => parseQuantity("5constructor", "records"), { code: "INVALID_QUANTITY" });
});
