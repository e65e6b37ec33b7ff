import assert from "node:assert/strict";
import { test } from "node:test";
import { runsOf } from "@ottla/base/simulated";
import { runSeed } from "./run-seed.ts";

test("a simulated day follows from its seed alone, event by event", async () => {
  const [first, second] = [await runSeed(439, "short"), await runSeed(439, "short")];
  assert.deepEqual([...first.trace.lines()], [...second.trace.lines()]);
  assert.ok(first.trace.length > 200, `${first.trace.length} events`);
});

/** `npm run test:history` goes through hundreds. */
const DAYS = runsOf({ quick: 1, long: 20 });

test("days on which everything goes wrong break no promise of the broker", async () => {
  for (let seed = 1; seed <= DAYS; seed++) {
    const { faults, recordsSent, trace } = await runSeed(seed);
    assert.deepEqual(faults, [], `seed ${seed}\n${[...trace.lines(50)].join("\n")}`);
    assert.ok(recordsSent > 10, `seed ${seed} sent ${recordsSent} records`);
  }
});
