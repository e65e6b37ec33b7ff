import assert from "node:assert/strict";
import { test } from "node:test";
import { testClock } from "../contracts/clock-contract.ts";
import { SimulatedClock } from "./simulated-clock.ts";

testClock("simulated clock", () => {
  const clock = new SimulatedClock();
  return {
    clock,
    passUntil: async (isDone) => {
      while (!isDone()) clock.advance(1);
    },
  };
});

test("simulated clock: each timer runs at its own moment, also one set by another within the span", () => {
  const clock = new SimulatedClock(1_000_000);
  const ran: number[] = [];
  clock.schedule(10, () => {
    ran.push(clock.monotonicMs());
    clock.schedule(5, () => ran.push(clock.monotonicMs()));
    clock.schedule(50, () => ran.push(clock.monotonicMs()));
  });
  clock.advance(30);
  assert.deepEqual(ran, [10, 15]);
  assert.equal(clock.nextDueMs, 60);
  assert.equal(clock.nowMs(), 1_000_030);
});

test("simulated clock: a jump of wall time runs no timer and leaves monotonic time", () => {
  const clock = new SimulatedClock(0);
  clock.schedule(10, () => assert.fail("no timer may run"));
  clock.jumpWall(-3_600_000);
  assert.deepEqual([clock.nowMs(), clock.monotonicMs(), clock.pendingTimers], [-3_600_000, 0, 1]);
});

test("simulated clock: advanceAsync lets promises settle between timers", async () => {
  const clock = new SimulatedClock();
  const ran: number[] = [];
  const loop = async (): Promise<void> => {
    for (let i = 0; i < 3; i++) {
      await new Promise<void>((resolve) => clock.schedule(10, resolve));
      ran.push(clock.monotonicMs());
    }
  };
  const looping = loop();
  await clock.advanceAsync(30);
  await looping;
  assert.deepEqual(ran, [10, 20, 30]);
});
