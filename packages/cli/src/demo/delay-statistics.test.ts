import assert from "node:assert/strict";
import { test } from "node:test";
import { lateShare, meanMinutes, noDelays, publishedDelays, statisticsSerde, withFlight } from "./delay-statistics.ts";

test("flights add up, and late is fifteen minutes or more", () => {
  const delays = [14, 15, -10].reduce(withFlight, noDelays);
  assert.deepEqual(delays, { flights: 3, late: 1, delayMinutes: 19, longestMinutes: 15 });
  assert.equal(lateShare(delays), 1 / 3);
  assert.equal(meanMinutes(withFlight(noDelays, -7)), -7);
  // Of flights that were all early the longest delay is negative.
  assert.equal([-9, -7].reduce(withFlight, noDelays).longestMinutes, -7);
  assert.deepEqual([lateShare(noDelays), meanMinutes(noDelays)], [0, 0]);
});

test("what is stored is read as it was, and what is none is refused", () => {
  const delays = { flights: 2 ** 40, late: 3, delayMinutes: -5, longestMinutes: -1 };
  assert.deepEqual(statisticsSerde.deserialize("t", statisticsSerde.serialize("t", delays, []), []), delays);
  assert.throws(() => statisticsSerde.deserialize("t", Buffer.alloc(31), []), /31 bytes are no delay statistics/);
});

test("what is published says the name, the mean and the share", () => {
  assert.deepEqual(JSON.parse(publishedDelays("ORD", "Chicago O'Hare International", [20, 10].reduce(withFlight, noDelays))), {
    airport: "ORD",
    name: "Chicago O'Hare International",
    flights: 2,
    meanDelay: 15,
    lateShare: 0.5,
    late: 1,
    delayMinutes: 30,
    longestMinutes: 20,
  });
});
