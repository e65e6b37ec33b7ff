import assert from "node:assert/strict";
import { test } from "node:test";

// Before the module makes its formats.
process.env["TZ"] = "Pacific/Auckland";
const { clockTime } = await import("./format.ts");
const { plotData, timeLabels } = await import("./plot-data.ts");

test("a time that is not today's has the date of whoever looks", () => {
  assert.equal(clockTime(Date.UTC(2026, 0, 1, 20, 5, 9)), "2026-01-02 09:05:09");
  assert.match(clockTime(Date.now()), /^\d\d:\d\d:\d\d$/);
  assert.equal(clockTime(Number.MAX_SAFE_INTEGER), String(Number.MAX_SAFE_INTEGER));
});

test("labels of a plot are as exact as its lines are apart", () => {
  const at = Date.UTC(2026, 0, 1, 20, 5, 9) / 1000;
  assert.deepEqual(timeLabels([at, at + 5], 5), ["09:05:09", "09:05:14"]);
  assert.deepEqual(timeLabels([at], 60), ["09:05"]);
  assert.deepEqual(timeLabels([at], 86_400), ["2 Jan"]);
});

test("a point alone has a minute before it", () => {
  assert.deepEqual(plotData([{ atMs: 90_000, value: 3 }]), [
    [30, 90],
    [null, 3],
  ]);
});
