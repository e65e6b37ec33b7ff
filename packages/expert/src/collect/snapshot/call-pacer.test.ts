import assert from "node:assert/strict";
import { test } from "node:test";
import { OttlaError } from "@ottla/base";
import { SimulatedClock } from "@ottla/base/simulated";
import { CallPacer } from "./call-pacer.ts";

const limits = { callsAtOnce: 2, requestsPerS: 10, callTimeoutMs: 1000, lookTimeoutMs: 5000 };

function pacer() {
  const clock = new SimulatedClock();
  const end = new AbortController();
  return { clock, end, pacer: new CallPacer(clock, limits, end.signal) };
}

test("no more calls at once, and no more requests a second, than the limits say", async () => {
  const { clock, pacer: paced } = pacer();
  const began: number[] = [];
  const ends: (() => void)[] = [];
  const call = () => {
    began.push(clock.monotonicMs());
    return new Promise<void>((resolve) => ends.push(resolve));
  };
  const start = clock.monotonicMs();
  const all = [1, 2, 3].map(() => paced.run(5, call));
  await clock.advanceAsync(0);
  assert.equal(began.length, 1, "the second waits for its half second");
  await clock.advanceAsync(500);
  assert.deepEqual(
    began.map((ms) => ms - start),
    [0, 500],
  );
  await clock.advanceAsync(2000);
  assert.equal(began.length, 2, "the third waits for a place");
  ends[0]!();
  await clock.advanceAsync(0);
  assert.equal(began.length, 3);
  ends[1]!();
  ends[2]!();
  await Promise.all(all);
  const { calls, failedCalls, requests, tookMs } = paced.cost;
  assert.deepEqual({ calls, failedCalls, requests, tookMs }, { calls: 3, failedCalls: 0, requests: 15, tookMs: 2500 });
});

test("what comes after the look's time is not asked, and a failure says why", async () => {
  const { clock, pacer: paced } = pacer();
  const refused = await paced.run(1, () => Promise.reject(new OttlaError("CLUSTER_AUTHORIZATION_FAILED", "You may not.")));
  assert.deepEqual(refused, { notObserved: "refused", message: "You may not." });
  clock.advance(100);
  const cause = new OttlaError("CONNECTION_LOST", "It is gone.");
  const late = await paced.run(0, () => Promise.reject(new OttlaError("CALL_TIMEOUT", "Too late.", { cause })));
  assert.deepEqual(late, { notObserved: "unreachable", message: "It is gone." });
  assert.equal(paced.cost.failedCalls, 2);
  clock.advance(5000);
  const after = await paced.run(1, () => assert.fail("asked all the same"));
  assert.deepEqual(after, { notObserved: "notAsked", message: "The look may take 5 s, and they were over." });
});

test("the signal ends the look, whatever waits", async () => {
  const { end, pacer: paced } = pacer();
  end.abort(new Error("stop"));
  await assert.rejects(
    paced.run(1, () => assert.fail("asked all the same")),
    /stop/,
  );
});
