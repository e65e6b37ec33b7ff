import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { makeWorld } from "../testing/simulated-world.ts";
import { HeartbeatTimer } from "./heartbeat-timer.ts";

const SECOND_MS = 1000;

/** Beats in ten seconds where each asks for the next after `pauseMs`. */
async function beatsIn10s(pauseMs: number): Promise<number> {
  const { clock, pass } = makeWorld();
  let beats = 0;
  const timer = new HeartbeatTimer(
    clock,
    () => {
      // Beyond any bound: the test would hang.
      if (++beats > 5000) timer.stop();
      return Promise.resolve(pauseMs);
    },
    () => {},
  );
  timer.now();
  await pass(10 * SECOND_MS);
  timer.stop();
  return beats;
}

describe("heartbeats", () => {
  test("come as often as the coordinator says", async () => {
    assert.deepEqual([await beatsIn10s(SECOND_MS), await beatsIn10s(100)], [11, 101]);
  });

  for (const pauseMs of [0, 1, -1, Number.MIN_SAFE_INTEGER])
    test(`but not all the time, where it says ${pauseMs} ms`, async () => {
      const beats = await beatsIn10s(pauseMs);
      assert.ok(beats >= 100 && beats <= 120, `${beats} in ten seconds`);
    });

  test("that are urgent come at once, many in a row; and so they do again after a quiet time", async () => {
    const { clock, pass } = makeWorld();
    const beats: number[] = [];
    let urgent = 8;
    const timer = new HeartbeatTimer(
      clock,
      () => {
        beats.push(clock.monotonicMs());
        return Promise.resolve(urgent-- > 0 ? 0 : 30 * SECOND_MS);
      },
      () => {},
    );
    for (let round = 0; round < 5; round++) {
      urgent = 8;
      beats.length = 0;
      const startedMs = clock.monotonicMs();
      timer.now();
      await pass(SECOND_MS);
      assert.deepEqual(beats, Array(9).fill(startedMs));
    }
    timer.stop();
  });
});
