import assert from "node:assert/strict";
import { test } from "node:test";
import type { LogFields } from "@ottla/base";
import { SimulatedClock } from "@ottla/base/simulated";
import { CallWatch } from "./call-watch.ts";

function watched(warnMs: number) {
  const clock = new SimulatedClock();
  const told: string[] = [];
  const say =
    (level: string) =>
    (message: string, fields?: LogFields): void =>
      void told.push(
        `${level} ${message.split(";")[0]} ${String(fields?.["call"])} ${String(fields?.["forMs"])} ${String(fields?.["task"])}`,
      );
  const logger = { error: say("error"), warn: say("warn"), info: say("info"), debug: say("debug") };
  return { clock, told, watch: new CallWatch({ clock, logger, connector: "c", task: 3, warnMs }) };
}

test("a call that does not come back is told of after its time, again after twice that, and when it is back", async () => {
  const { clock, told, watch } = watched(1000);
  const back = Promise.withResolvers<string>();
  const call = watch.during("flush", () => back.promise);
  clock.advance(999);
  assert.deepEqual([told, watch.stuckMs], [[], 0]);
  clock.advance(1);
  assert.equal(watch.stuckMs, 1000);
  clock.advance(2999);
  assert.equal(watch.stuckMs, 3999);
  back.resolve("done");
  assert.equal(await call, "done");
  assert.deepEqual(told, [
    "warn a plugin's call does not come back flush 1000 3",
    "warn a plugin's call does not come back flush 2000 3",
    "info a plugin's call is back flush 3999 3",
  ]);
  assert.equal(watch.stuckMs, 0);
  clock.advance(100_000);
  assert.equal(told.length, 3);
});

test("what comes back in time, fails, or is not watched is not told of", async () => {
  const { clock, told, watch } = watched(1000);
  await watch.during("write", () => Promise.resolve());
  await assert.rejects(
    watch.during("write", () => Promise.reject(new Error("no"))),
    /no/,
  );
  await assert.rejects(
    watch.during("write", () => {
      throw new Error("at once");
    }),
    /at once/,
  );
  clock.advance(100_000);
  const off = watched(0);
  void off.watch.during("write", () => new Promise(() => {}));
  off.clock.advance(1_000_000);
  assert.deepEqual([told, off.told, off.watch.stuckMs], [[], [], 0]);
});
