import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedClock } from "@ottla/base/simulated";
import { told } from "./live-stream.ts";

const EVENT = { event: "look", data: "1" };

function streamThat(writeSSE: () => Promise<void>) {
  const seen: string[] = [];
  const stream = { aborted: false, closed: false, writeSSE, abort: () => void seen.push("aborted") };
  const c = { env: { outgoing: { destroy: () => void seen.push("destroyed") } } };
  const clock = new SimulatedClock();
  return { seen, clock, tell: () => told(c as never, stream as never, clock, EVENT) };
}

test("who takes nothing for half a minute is not waited for, and the connection goes", async () => {
  const { seen, clock, tell } = streamThat(() => new Promise(() => {}));
  const telling = tell();
  clock.advance(29_999);
  assert.deepEqual(seen, []);
  clock.advance(1);
  assert.equal(await telling, false);
  assert.deepEqual(seen, ["aborted", "destroyed"]);
});

test("who takes an event is told of the next", async () => {
  const { seen, clock, tell } = streamThat(async () => {});
  assert.equal(await tell(), true);
  clock.advance(60_000);
  assert.deepEqual(seen, []);
});
