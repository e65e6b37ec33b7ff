import assert from "node:assert/strict";
import { test } from "node:test";
import { lowestOffsets } from "./lowest-offsets.ts";

const at = (topic: string, partition: number, offset: number) => ({ topic, partition, offset });

test("of each partition the lowest offset that is not done holds commits back", () => {
  assert.deepEqual(lowestOffsets([]), []);
  assert.deepEqual(lowestOffsets([at("a", 0, 7), undefined, at("a", 1, 3), at("b", 0, 9), at("a", 0, 5), at("a", 0, 6), at("b", 0, 9)]), [
    at("a", 0, 5),
    at("a", 1, 3),
    at("b", 0, 9),
  ]);
});
