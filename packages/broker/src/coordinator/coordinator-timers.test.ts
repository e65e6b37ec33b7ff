import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedClock } from "@ottla/base/simulated";
import fc from "fast-check";
import { CoordinatorTimers } from "./coordinator-timers.ts";

interface Timer {
  readonly kind: string;
  readonly memberId?: string;
}

const session = (memberId: string): Timer => ({ kind: "session", memberId });
const timersOn = (clock: SimulatedClock, due: (key: string, timer: Timer) => void) =>
  new CoordinatorTimers<Timer>(clock, { due, nameOf: ({ kind, memberId }) => `${kind} ${memberId}` });

test("timers fire once, in order of their deadlines, and the last setting counts", () => {
  const clock = new SimulatedClock();
  const fired: string[] = [];
  const timers = timersOn(clock, (groupId, timer) => fired.push(`${clock.monotonicMs()} ${groupId} ${timer.memberId ?? timer.kind}`));
  timers.set("g", session("a"), 100);
  timers.set("g", session("b"), 50);
  timers.set("h", { kind: "join" }, 70);
  timers.set("g", session("b"), 200);
  timers.set("g", { kind: "sync" }, 60);
  timers.cancel("g", { kind: "sync" });
  clock.advance(1000);
  assert.deepEqual(fired, ["70 h join", "100 g a", "200 g b"]);
  assert.equal(timers.size, 0);
  assert.equal(clock.pendingTimers, 0);
});

test("a timer that an earlier one of the same moment moves or cancels does not fire", () => {
  const clock = new SimulatedClock();
  const fired: string[] = [];
  const timers = timersOn(clock, (_, timer) => {
    fired.push(timer.memberId!);
    if (timer.memberId !== "first") return;
    timers.set("g", session("moved"), 10);
    timers.cancel("g", session("cancelled"));
  });
  timers.set("g", session("first"), 5);
  timers.set("g", session("moved"), 6);
  timers.set("g", session("cancelled"), 6);
  // One wake-up for all three, as after a pause of the process.
  clock.schedule(4, () => timers.set("g", session("first"), 2));
  clock.advance(6);
  assert.deepEqual(fired, ["first"]);
  clock.advance(10);
  assert.deepEqual(fired, ["first", "moved"]);
});

test("a timer set anew without delay while it fires does not keep the loop busy", () => {
  const clock = new SimulatedClock();
  let count = 0;
  const timers = timersOn(clock, (groupId, timer) => {
    if (++count < 5) timers.set(groupId, timer, 0);
  });
  timers.set("g", { kind: "join" }, 0);
  clock.advance(0);
  assert.equal(count, 5);
});

test("what is due fires when somebody asks, once, and the rest in its own time", () => {
  const clock = new SimulatedClock();
  const fired: string[] = [];
  const timers = timersOn(clock, (groupId) => fired.push(`${clock.monotonicMs()} ${groupId}`));
  clock.schedule(10, () => {
    timers.fireDueOf("due");
    assert.deepEqual(fired, ["10 due"], "ahead of the wake-up of the same moment");
  });
  timers.set("due", session("a"), 10);
  timers.set("later", session("a"), 11);
  clock.advance(20);
  assert.deepEqual(fired, ["10 due", "11 later"]);
  assert.equal(clock.pendingTimers, 0);
});

test("of what is due when somebody asks the earliest fires first, and what it moves or cancels does not fire", () => {
  let nowMs = 0;
  // A process that was paused: no wake-up has come.
  const clock = { nowMs: () => nowMs, monotonicMs: () => nowMs, schedule: () => ({ cancel: () => {} }), nextTurn: () => {} };
  const fired: string[] = [];
  const timers = new CoordinatorTimers<string>(clock, {
    nameOf: (timer) => timer,
    due: (key, timer) => {
      fired.push(timer);
      if (timer !== "first") return;
      timers.cancel(key, "cancelled");
      timers.set(key, "moved", 1);
    },
  });
  timers.set("g", "last", 30);
  timers.set("g", "cancelled", 20);
  timers.set("g", "moved", 20);
  timers.set("g", "first", 10);
  nowMs = 100;
  timers.fireDueOf("g");
  assert.deepEqual([fired, timers.size], [["first", "last"], 1]);
});

test("a forgotten key has no timers", () => {
  const clock = new SimulatedClock();
  const timers = timersOn(clock, () => assert.fail("it fired"));
  for (let i = 0; i < 100; i++) timers.set("g", session(`${i}`), 100 - i);
  timers.cancelAll("g");
  assert.equal(timers.size, 0);
  clock.advance(1000);
});

test("any sequence of settings and cancellations fires what a plain list would (seeded)", () => {
  const operation = fc.record({ kind: fc.constantFrom("set", "set", "cancel", "tick"), who: fc.nat({ max: 12 }), ms: fc.nat({ max: 40 }) });
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 120 }), (operations) => {
      const clock = new SimulatedClock();
      const fired: string[] = [];
      const timers = timersOn(clock, (_, timer) => fired.push(`${clock.monotonicMs()} ${timer.memberId}`));
      const model = new Map<string, number>();
      const expected: string[] = [];
      for (const { kind, who, ms } of [...operations, { kind: "tick", who: 0, ms: 100 }]) {
        if (kind === "set") {
          timers.set("g", session(`${who}`), ms);
          model.set(`${who}`, clock.monotonicMs() + ms);
        } else if (kind === "cancel") {
          timers.cancel("g", session(`${who}`));
          model.delete(`${who}`);
        } else {
          clock.advance(ms);
          const due = [...model].filter(([, deadline]) => deadline <= clock.monotonicMs());
          for (const [name, deadline] of due) {
            expected.push(`${deadline} ${name}`);
            model.delete(name);
          }
        }
        assert.equal(timers.size, model.size);
      }
      // Those of one moment may come in any order.
      assert.deepEqual([...fired].sort(), expected.sort());
      const moments = fired.map((text) => Number(text.split(" ")[0]));
      assert.deepEqual(
        moments,
        [...moments].sort((a, b) => a - b),
      );
    }),
  );
});

test("sessions that end together after a pause of the process leave others their turn", async () => {
  let nowMs = 0;
  const turns: (() => void)[] = [];
  // Every look at this clock takes a millisecond.
  const clock = {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs++,
    schedule: (_: number, run: () => void) => {
      turns.push(run);
      return { cancel: () => {} };
    },
    nextTurn: (run: () => void) => void turns.push(run),
  };
  const fired: string[] = [];
  const timers = new CoordinatorTimers<string>(clock, { due: (key) => fired.push(key), nameOf: (timer) => timer });
  for (let i = 0; i < 20; i++) timers.set(`g${i}`, "session", 1);
  nowMs += 1000;
  const perTurn: number[] = [];
  for (let turn = turns.shift(); turn; turn = turns.shift()) {
    const before = fired.length;
    turn();
    perTurn.push(fired.length - before);
  }
  assert.equal(new Set(fired).size, 20);
  assert.ok(Math.max(...perTurn) < 10, `fired per turn: ${perTurn.join(", ")}`);
});
