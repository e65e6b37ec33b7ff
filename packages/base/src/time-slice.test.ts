import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "./node/system-clock.ts";
import { SimulatedClock } from "./simulated/simulated-clock.ts";
import { mapInSlices, TimeSlice } from "./time-slice.ts";

test("a slice is over when its time is up, and begins anew after a rest", async () => {
  const clock = new SimulatedClock();
  const slice = new TimeSlice(clock, 5);
  clock.advance(4);
  assert.equal(slice.isOver, false);
  clock.advance(1);
  assert.equal(slice.isOver, true);
  const rested = slice.rest();
  await clock.advanceAsync(0);
  await rested;
  assert.equal(slice.isOver, false);
});

test("others get their turn during a rest", async () => {
  const order: string[] = [];
  setImmediate(() => order.push("another"));
  await new TimeSlice(systemClock).rest();
  order.push("rested");
  assert.deepEqual(order, ["another", "rested"]);
});

test("works that go on at the same time share a slice, down to a least one", async () => {
  const clock = new SimulatedClock();
  const lengthOf = async (works: number): Promise<number> => {
    const slices = Array.from({ length: works }, () => new TimeSlice(clock, 5));
    const rested = Promise.all(slices.map((slice) => slice.rest()));
    await clock.advanceAsync(0);
    await rested;
    let lengthMs = 0;
    for (; !slices[0]!.isOver; lengthMs += 0.05) clock.advance(0.05);
    return lengthMs;
  };
  assert.ok(Math.abs((await lengthOf(1)) - 5) < 0.1);
  assert.ok(Math.abs((await lengthOf(10)) - 0.5) < 0.1);
  assert.ok(Math.abs((await lengthOf(1000)) - 0.25) < 0.1);
  assert.ok(Math.abs((await lengthOf(1)) - 5) < 0.1, "those that went on do not count any more");
});

test("a map in slices is there at once while the slice lasts, and rests between items when it is over", async () => {
  const clock = new SimulatedClock();
  const double = (item: number): number => item * 2;
  assert.deepEqual(mapInSlices(new TimeSlice(clock, 5), [1, 2, 3], double), [2, 4, 6]);
  assert.deepEqual(mapInSlices(new TimeSlice(clock, 0), [1], double), [2], "no rest after the last");
  const slow = mapInSlices(new TimeSlice(clock, 0), [1, 2, 3], double);
  assert.ok(slow instanceof Promise);
  const begun: number[] = [];
  const others = mapInSlices(new TimeSlice(clock, 0), [1, 2, 3], (item) => begun.push(item));
  assert.deepEqual(begun, [1]);
  while (clock.pendingTimers > 0) await clock.advanceAsync(0);
  assert.deepEqual(await slow, [2, 4, 6]);
  assert.deepEqual(
    [await others, begun],
    [
      [1, 2, 3],
      [1, 2, 3],
    ],
  );
});
