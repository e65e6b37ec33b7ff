import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "./simulated/seeded-random.ts";
import { SimulatedClock } from "./simulated/simulated-clock.ts";
import { sortInSlices } from "./sort-in-slices.ts";
import { TimeSlice } from "./time-slice.ts";

test("texts come out as toSorted has them, however many", async () => {
  const random = new SeededRandom(7);
  const slice = new TimeSlice(new SimulatedClock());
  for (const count of [0, 1, 2, 1023, 1024, 1025, 3000, 9000]) {
    const texts = Array.from({ length: count }, () =>
      String.fromCharCode(97 + random.nextInt(26), random.nextInt(0xffff)).repeat(1 + random.nextInt(3)),
    );
    assert.deepEqual(await sortInSlices(slice, texts), texts.toSorted());
  }
});

test("others get their turn while many are sorted", async () => {
  let turns = 0;
  const slice = { isOver: true, rest: () => Promise.resolve(void turns++) } as TimeSlice;
  await sortInSlices(
    slice,
    Array.from({ length: 4096 }, (_, i) => String(i)),
  );
  assert.ok(turns > 16, `${turns} turns`);
});
