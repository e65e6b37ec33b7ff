import assert from "node:assert/strict";
import { test } from "node:test";
import { printBytes, printNumber, printSeconds } from "./print-quantity.ts";

test("times have two units at most", () => {
  const texts = [0, 0.0123, 0.5, 1.5, 59, 60, 119.9, 3599.9, 9000, 86_400, 414_000, Number.POSITIVE_INFINITY].map(printSeconds);
  assert.deepEqual(texts, ["0 s", "12.3 ms", "500 ms", "1.5 s", "59 s", "1 min", "2 min", "1 h", "2 h 30 min", "1 d", "4 d 19 h", "never"]);
});

test("numbers have three digits that mean something", () => {
  assert.deepEqual([0, 0.04567, 1.2345, 99.96, 12_345.678, 3_600_000].map(printNumber), [
    "0",
    "0.0457",
    "1.23",
    "100",
    "12,346",
    "3,600,000",
  ]);
});

test("bytes are decimal", () => {
  assert.deepEqual([0, 999, 1000, 1_234_567, 79_380_000_000_000].map(printBytes), ["0 B", "999 B", "1 kB", "1.23 MB", "79.4 TB"]);
});
