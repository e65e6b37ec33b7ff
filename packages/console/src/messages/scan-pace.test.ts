import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedClock } from "@ottla/base/simulated";
import { ScanPace } from "./scan-pace.ts";

test("a reading looks at no more records and bytes a second than it may, and is told in between that it waits", async () => {
  const clock = new SimulatedClock();
  const { signal } = new AbortController();
  const restedMs = async (records: number, bytes: number): Promise<number> => {
    const pace = new ScanPace(clock, 1_000);
    const began = clock.monotonicMs();
    for (;;) {
      const rested = pace.rest(records, bytes, signal);
      clock.advance(250);
      if ((await rested) === undefined) return clock.monotonicMs() - began;
    }
  };
  assert.ok((await restedMs(10, 0)) <= 500);
  assert.equal(await restedMs(3_000, 0), 3_250);
  assert.equal(await restedMs(1, 128 * 1024 * 1024), 2_250);
});

test("a reading that waits ends with its signal", async () => {
  const clock = new SimulatedClock();
  const ending = new AbortController();
  const rested = new ScanPace(clock, 100).rest(1_000_000, 0, ending.signal);
  ending.abort(new Error("enough"));
  await assert.rejects(rested, /enough/);
});
