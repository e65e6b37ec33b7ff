import assert from "node:assert/strict";
import { test } from "node:test";
import { endOf, tokenOf } from "./page-token.ts";

test("where a page ended is told as text, and read as it was", () => {
  for (const end of [
    { partition: 3, after: null },
    { partition: -1, after: { key: Buffer.from([0, 255, 34]), startMs: -1, endMs: 7 } },
  ]) {
    assert.match(tokenOf(end), /^[A-Za-z0-9_-]+$/);
    assert.deepEqual(endOf(tokenOf(end)), end);
  }
});

test("what no page gave is refused", () => {
  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  for (const token of [
    "",
    "x",
    encoded(7),
    encoded({}),
    encoded(["a"]),
    encoded([1, "k"]),
    encoded([1, "k", 1.5, 2]),
    encoded([1, 7, 1, 2]),
  ])
    assert.throws(() => endOf(token), { code: "STREAMS_BAD_ARGUMENT" }, token);
});
