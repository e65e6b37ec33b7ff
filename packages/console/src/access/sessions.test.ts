import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedClock } from "@ottla/base/simulated";
import { Sessions } from "./sessions.ts";

const owner = (name: string) => ({ name, role: "viewer", how: "password" }) as const;

test("sessions by the thousand: the oldest make way, of one person the oldest of theirs, and what they watched ends", () => {
  const clock = new SimulatedClock();
  const sessions = new Sessions(clock, { idleMs: 60_000, lifeMs: 600_000 });
  const anna = Array.from({ length: 25 }, () => sessions.begin(owner("anna")));
  const first = sessions.find(anna[24])!;
  assert.deepEqual(
    anna.map((token) => sessions.find(token) !== undefined),
    anna.map((_, i) => i >= 5),
  );
  const tokens = Array.from({ length: 5_000 }, (_, i) => sessions.begin(owner(`u${i}`)));
  assert.equal(sessions.count, 2_000);
  assert.deepEqual([sessions.find(anna[24]), first.signal.aborted], [undefined, true]);
  assert.ok(sessions.find(tokens[4_999]) !== undefined && sessions.find(tokens[2_999]) === undefined);
  assert.equal(new Set([...anna, ...tokens]).size, 5_025);
  clock.advance(60_001);
  assert.equal(sessions.find(tokens[4_999]), undefined);
  clock.advance(60_000);
  assert.equal(sessions.count, 0, "what is over is swept away");
  sessions.stop();
});

test("what is no token is none", () => {
  const sessions = new Sessions(new SimulatedClock(), { idleMs: 1, lifeMs: 1 });
  for (const token of [undefined, "", "x", "A".repeat(43), "A".repeat(100_000), "__proto__"]) assert.equal(sessions.find(token), undefined);
  sessions.stop();
});
