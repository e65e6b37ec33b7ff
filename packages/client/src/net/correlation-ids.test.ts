import assert from "node:assert/strict";
import { test } from "node:test";
import { CorrelationIds } from "./correlation-ids.ts";

test("correlation ids begin anew after the largest the protocol has room for", () => {
  const ids = new CorrelationIds(2 ** 31 - 2);
  assert.deepEqual([ids.take(), ids.take(), ids.take(), ids.take()], [2 ** 31 - 2, 2 ** 31 - 1, 0, 1]);
});
