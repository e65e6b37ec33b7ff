import { test } from "node:test";
import { runsOf, testSeed } from "@ottla/base/simulated";
import { endureBadDays } from "./bad-days.ts";

// OTTLA_TEST_SEED=N repeats a run.
const seed = testSeed();
const blows = Number(process.env["BLOWS"] ?? runsOf({ quick: 6, long: 40 }));
const kinds = runsOf({ quick: 1, long: 2 }) === 1 ? [seed % 2 === 0] : [false, true];

for (const isPersistent of kinds) {
  test(`instances come, go, are killed and cut off: each word is counted once, exactly; stores ${isPersistent ? "on the disk" : "in memory"}`, async (t) => {
    t.diagnostic(`seed ${seed}`);
    await endureBadDays({ seed, blows, isPersistent, tell: (what) => t.diagnostic(what) });
  });
}

for (const isPersistent of runsOf({ quick: 0, long: 1 }) === 0 ? [] : [false, true]) {
  test(`the same of instances with two threads each; stores ${isPersistent ? "on the disk" : "in memory"}`, async (t) => {
    t.diagnostic(`seed ${seed}`);
    await endureBadDays({ seed, blows: Math.ceil(blows / 3), isPersistent, workers: 2, tell: (what) => t.diagnostic(what) });
  });
}
