import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedClock } from "@ottla/base/simulated";
import { OpenStreams } from "./open-streams.ts";

const turn = () => new Promise((resolve) => setImmediate(resolve));

test("a reader that takes nothing loses its place to others, one that is slow or has nothing to take does not", async () => {
  const clock = new SimulatedClock();
  const streams = new OpenStreams(1, clock);
  let ended = 0;
  const pieces = async function* (signal: AbortSignal): AsyncGenerator<string, void> {
    try {
      for (let i = 0; !signal.aborted && i < 4; i++) yield `${i}\n`;
      await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    } finally {
      ended++;
    }
  };
  const slow = streams.answer(pieces, "text/plain").body!.getReader();
  for (let i = 0; i < 4; i++) {
    clock.advance(50_000);
    assert.equal(new TextDecoder().decode((await slow.read()).value), `${i}\n`);
  }
  await turn();
  clock.advance(500_000);
  assert.equal(streams.count, 1);
  assert.throws(() => streams.answer(pieces, "text/plain"), { code: "STREAMS_TOO_MANY_STREAMS" });
  await slow.cancel();
  assert.deepEqual([streams.count, ended], [0, 1]);
  const stuck = streams.answer(pieces, "text/plain").body!.getReader();
  await stuck.read();
  await turn();
  clock.advance(60_000);
  assert.equal(streams.count, 0);
  await assert.rejects(
    stuck.read().then(() => stuck.read()),
    /took nothing for 60000 ms/,
  );
  assert.equal(ended, 2);
});
