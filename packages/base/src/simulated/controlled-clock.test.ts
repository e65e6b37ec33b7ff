import assert from "node:assert/strict";
import { test } from "node:test";
import { testClock } from "../contracts/clock-contract.ts";
import { ControlledClock } from "./controlled-clock.ts";
import { SimulatedClock } from "./simulated-clock.ts";

testClock("controlled clock", () => {
  const below = new SimulatedClock();
  return {
    clock: new ControlledClock(below),
    passUntil: async (isDone) => {
      while (!isDone()) below.advance(1);
    },
  };
});

testClock("controlled clock, frozen", () => {
  const below = new SimulatedClock();
  const clock = new ControlledClock(below);
  clock.freeze();
  return {
    clock,
    passUntil: async (isDone) => {
      while (!isDone()) {
        below.advance(0);
        clock.advance(1);
      }
    },
  };
});

test("controlled clock: while it stands still no timer fires, and it goes on from there", () => {
  const below = new SimulatedClock(1_000_000);
  const clock = new ControlledClock(below);
  const ran: string[] = [];
  clock.schedule(10, () => ran.push("before"));
  below.advance(4);
  clock.freeze();
  clock.schedule(3, () => ran.push("while"));
  below.advance(1000);
  assert.deepEqual([ran, clock.monotonicMs(), clock.nowMs()], [[], 4, 1_000_004]);
  clock.resume();
  below.advance(5);
  assert.deepEqual([ran, clock.monotonicMs(), clock.nowMs()], [["while"], 9, 1_000_009]);
  below.advance(1);
  assert.deepEqual(ran, ["while", "before"]);
});

test("controlled clock: advanced, what becomes due runs at its own moment, also what is set within the span, and what is taken back does not", () => {
  for (const freezes of [true, false]) {
    const clock = new ControlledClock(new SimulatedClock(0));
    if (freezes) clock.freeze();
    const ran: number[] = [];
    const note = (): void => void ran.push(clock.monotonicMs());
    const late = clock.schedule(25, note);
    clock.schedule(10, () => {
      note();
      clock.schedule(5, note);
      clock.schedule(0, note);
      late.cancel();
      assert.throws(() => clock.advance(1), { code: "INVALID_TIME" });
    });
    clock.schedule(100, note);
    clock.advance(30);
    assert.deepEqual([ran, clock.monotonicMs(), clock.nowMs(), clock.isFrozen, clock.pendingTimers], [[10, 10, 15], 30, 30, freezes, 1]);
    clock.advance(70);
    assert.deepEqual(ran, [10, 10, 15, 100]);
  }
});

test("controlled clock: wall time jumps alone, and comes back with the clock below it", () => {
  const below = new SimulatedClock(1_000_000);
  const clock = new ControlledClock(below);
  clock.jumpWall(-5000);
  below.advance(10);
  assert.deepEqual([clock.nowMs(), clock.monotonicMs()], [995_010, 10]);
  clock.freeze();
  clock.jumpWall(1);
  clock.advance(90);
  assert.deepEqual([clock.nowMs(), clock.monotonicMs()], [995_101, 100]);
  clock.restore();
  assert.deepEqual([clock.nowMs(), clock.monotonicMs(), clock.isFrozen], [1_000_010, 100, false]);
  clock.freeze();
  clock.advance(0.75);
  clock.jumpWall(0.5);
  assert.deepEqual([clock.nowMs(), clock.monotonicMs()], [1_000_011, 100.75], "wall time is told in whole ms");
  clock.resume();
  assert.equal(clock.nowMs(), 1_000_011);
  assert.throws(() => clock.advance(Number.NaN), { code: "INVALID_TIME" });
  assert.throws(() => clock.jumpWall(Infinity), { code: "INVALID_TIME" });
});

test("controlled clock: wall time passes by just what was asked for, however many timers run and wherever monotonic time begins", () => {
  for (let round = 0; round < 200; round++) {
    const below = new SimulatedClock(1_000_000);
    below.advance(round * 1.7);
    const clock = new ControlledClock(below);
    clock.freeze();
    const now = clock.nowMs();
    for (let timer = 0; timer < 20; timer++) clock.schedule(timer * 0.37, () => {});
    clock.schedule(3, () => clock.jumpWall(100));
    clock.advance(46_000);
    assert.equal(clock.nowMs(), now + 46_100);
    clock.resume();
    assert.equal(clock.nowMs(), now + 46_100);
  }
});
