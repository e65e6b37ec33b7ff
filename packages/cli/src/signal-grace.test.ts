import assert from "node:assert/strict";
import { test } from "node:test";
import { endsInTime } from "./signal-grace.ts";

const never = new Promise<void>(() => {});

test("without a signal work takes the time it takes, and its failure is the caller's", async () => {
  const { signal } = new AbortController();
  assert.equal(await endsInTime(Promise.resolve(), signal), true);
  await assert.rejects(endsInTime(Promise.reject(new Error("no")), signal), /no/);
});

test("after a signal all that is in hand shares one time, and late failures are nobody's", async () => {
  const stop = new AbortController();
  const late = Promise.withResolvers<void>();
  const first = endsInTime(late.promise, stop.signal, 10);
  stop.abort();
  assert.equal(await first, false);
  late.reject(new Error("late"));
  assert.equal(await endsInTime(Promise.resolve(), stop.signal, 10), true, "what is done at once still counts");
  assert.equal(await endsInTime(never, stop.signal, 10), false);
});

test("who comes when the time since the signal is over gets none of its own", async () => {
  const stop = new AbortController();
  stop.abort();
  assert.equal(await endsInTime(never, stop.signal, 20), false);
  const order: string[] = [];
  const late = endsInTime(never, stop.signal, 20).then(() => order.push("late"));
  const timer = new Promise<void>((resolve) => void setTimeout(resolve, 10)).then(() => order.push("10 ms later"));
  await Promise.all([late, timer]);
  assert.deepEqual(order, ["late", "10 ms later"]);
});
