import assert from "node:assert/strict";
import { test } from "node:test";
import { produceStorm } from "../testing/produce-storm.ts";

// More of them: `npm run storm:produce -- 1 1000`.
test("producers that lose their connections with requests in flight and send again are all answered, stored once, and nothing of them is kept", async () => {
  for (const seed of [3, 8]) {
    const { faults } = await produceStorm(seed);
    assert.deepEqual(faults, [], `seed ${seed}`);
  }
});
