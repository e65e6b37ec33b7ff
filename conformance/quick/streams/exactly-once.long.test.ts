import { test } from "node:test";
import { endureBadDays } from "./bad-days.ts";

// SEED=N repeats a run.
const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);

for (const isPersistent of [false, true]) {
  test(`a long bad day, with stores ${isPersistent ? "on the disk" : "in memory"}: each word is counted once, exactly`, async (t) => {
    t.diagnostic(`seed ${seed}`);
    await endureBadDays({ seed, blows: Number(process.env["BLOWS"] ?? 60), isPersistent, tell: (what) => t.diagnostic(what) });
  });
}
