import { test } from "node:test";
import { endureBadDays } from "./bad-days.ts";

const seed = Date.now() % 1_000_000;

test("instances come, go, are killed and cut off: each word is counted once, exactly", async (t) => {
  t.diagnostic(`seed ${seed}`);
  await endureBadDays({ seed, blows: 6, isPersistent: seed % 2 === 0, tell: (what) => t.diagnostic(what) });
});
