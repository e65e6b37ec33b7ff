import assert from "node:assert/strict";
import { test } from "node:test";
import { countFlight, decodeDelays, encodeDelays, lateShare, meanMinutes, noDelays } from "./airport-delays.ts";

test("a flight read twice is counted once", () => {
  const delays = noDelays("ORD");
  assert.equal(countFlight(delays, 4, 20), true);
  assert.equal(countFlight(delays, 4, 20), false);
  assert.equal(countFlight(delays, 3, 99), false);
  assert.equal(countFlight(delays, 9, -10), true);
  assert.deepEqual(delays, { airport: "ORD", flights: 2, late: 1, delayMinutes: 10, longestMinutes: 20, through: 9 });
  assert.equal(meanMinutes(delays), 5);
  assert.equal(lateShare(delays), 0.5);
});

test("late is fifteen minutes or more", () => {
  const delays = noDelays("ORD");
  countFlight(delays, 0, 14);
  assert.equal(delays.late, 0);
  countFlight(delays, 1, 15);
  assert.equal(delays.late, 1);
});

test("the value in the topic holds all that is needed to go on", () => {
  const delays = noDelays("ORD");
  countFlight(delays, 5, 33);
  assert.deepEqual(decodeDelays(Buffer.from(encodeDelays(delays, "Chicago O'Hare International"))), delays);
});

test("values of other people are passed over", () => {
  for (const text of [
    "",
    "nope",
    "[]",
    "5",
    '{"airport":"ORD"}',
    '{"airport":"ORD","flights":1,"late":0,"delayMinutes":0,"longestMinutes":0,"through":"x"}',
  ])
    assert.equal(decodeDelays(Buffer.from(text)), undefined, text);
  assert.equal(decodeDelays(null), undefined);
});
