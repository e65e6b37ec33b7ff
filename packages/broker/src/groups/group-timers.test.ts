import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedClock } from "@ottla/base/simulated";
import fc from "fast-check";
import { GroupTimers } from "./group-timers.ts";

const session = (memberId: string) => ({ kind: "session" as const, memberId });

test("timers fire once, in order of their deadlines, and the last setting counts", () => {
  const clock = new SimulatedClock();
  const fired: string[] = [];
  const timers = new GroupTimers(clock, (groupId, timer) =>
    fired.push(`${clock.monotonicMs()} ${groupId} ${timer.kind === "session" ? timer.memberId : timer.kind}`),
  );
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
  const timers = new GroupTimers(clock, (_, timer) => {
    assert.ok(timer.kind === "session");
    fired.push(timer.memberId);
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
  const timers = new GroupTimers(clock, (groupId, timer) => {
    if (++count < 5) timers.set(groupId, timer, 0);
  });
  timers.set("g", { kind: "join" }, 0);
  clock.advance(0);
  assert.equal(count, 5);
});

test("what is due fires when somebody asks, once, and the rest in its own time", () => {
  const clock = new SimulatedClock();
  const fired: string[] = [];
  const timers = new GroupTimers(clock, (groupId) => fired.push(`${clock.monotonicMs()} ${groupId}`));
  clock.schedule(10, () => {
    timers.fireDue();
    assert.deepEqual(fired, ["10 due"], "ahead of the wake-up of the same moment");
  });
  timers.set("due", session("a"), 10);
  timers.set("later", session("a"), 11);
  clock.advance(20);
  assert.deepEqual(fired, ["10 due", "11 later"]);
  assert.equal(clock.pendingTimers, 0);
});

test("a forgotten group has no timers", () => {
  const clock = new SimulatedClock();
  const timers = new GroupTimers(clock, () => assert.fail("it fired"));
  for (let i = 0; i < 100; i++) timers.set("g", session(`${i}`), 100 - i);
  timers.cancelGroup("g");
  assert.equal(timers.size, 0);
  clock.advance(1000);
});

test("any sequence of settings and cancellations fires what a plain list would (seeded)", () => {
  const operation = fc.record({ kind: fc.constantFrom("set", "set", "cancel", "tick"), who: fc.nat({ max: 12 }), ms: fc.nat({ max: 40 }) });
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 120 }), (operations) => {
      const clock = new SimulatedClock();
      const fired: string[] = [];
      const timers = new GroupTimers(clock, (_, timer) =>
        fired.push(`${clock.monotonicMs()} ${timer.kind === "session" ? timer.memberId : ""}`),
      );
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
