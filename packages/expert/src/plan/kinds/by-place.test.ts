import assert from "node:assert/strict";
import { test } from "node:test";
import { byPlace } from "./by-place.ts";

test("a partition is found by topic and number, the first of equal ones", () => {
  const places = byPlace([
    { topic: "a-1", partition: 2, offset: 1 },
    { topic: "a", partition: 12, offset: 2 },
    { topic: "a-1", partition: 2, offset: 3 },
  ]);
  assert.deepEqual(
    [
      ["a-1", 2],
      ["a", 12],
      ["a-1", 12],
      ["a", 2],
    ].map(([topic, partition]) => places.find({ topic, partition } as never)?.offset),
    [1, 2, undefined, undefined],
  );
});
