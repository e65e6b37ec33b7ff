import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { pause } from "./pause.ts";
import { SimulatedClock } from "./simulated/simulated-clock.ts";

test("a pause is over with its time or with its signal, and leaves nothing behind", async () => {
  const clock = new SimulatedClock();
  const { signal, abort } = controller();
  let over = 0;
  const told = (): void => void over++;
  const first = pause(clock, 100, signal).then(told);
  clock.advance(99);
  await Promise.resolve();
  assert.equal(over, 0);
  clock.advance(1);
  await first;
  assert.equal(over, 1);
  assert.equal(getEventListeners(signal, "abort").length, 0);
  const second = pause(clock, 100, signal).then(told);
  abort();
  await second;
  assert.equal(over, 2);
  assert.equal(getEventListeners(signal, "abort").length, 0);
  await pause(clock, 100, signal);
});

test("a pause of no time gives others their turn", async () => {
  const clock = new SimulatedClock();
  const { signal } = controller();
  let isOver = false;
  const paused = pause(clock, -5, signal).then(() => (isOver = true));
  await Promise.resolve();
  assert.equal(isOver, false);
  clock.advance(0);
  await paused;
});

function controller(): { readonly signal: AbortSignal; readonly abort: () => void } {
  const made = new AbortController();
  return { signal: made.signal, abort: () => made.abort() };
}
