import assert from "node:assert/strict";
import { test } from "node:test";
import { runSeed } from "./run-seed.ts";

test("a simulated day follows from its seed alone, event by event", async () => {
  for (const seed of [3, 7]) {
    const [first, second] = [await runSeed(seed), await runSeed(seed)];
    assert.deepEqual([...first.trace.lines()], [...second.trace.lines()]);
    assert.ok(first.trace.length > 200, `${first.trace.length} events`);
  }
});

test("days on which everything goes wrong break no promise of the broker", async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const { faults, recordsSent, trace } = await runSeed(seed);
    assert.deepEqual(faults, [], `seed ${seed}\n${[...trace.lines(50)].join("\n")}`);
    assert.ok(recordsSent > 10, `seed ${seed} sent ${recordsSent} records`);
  }
});
