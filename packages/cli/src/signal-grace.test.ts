import assert from "node:assert/strict";
import { mock, test } from "node:test";
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
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const first = endsInTime(late.promise, stop.signal);
    stop.abort();
    mock.timers.tick(500);
    assert.equal(await first, false);
    late.reject(new Error("late"));
    assert.equal(await endsInTime(Promise.resolve(), stop.signal), true, "what is done at once still counts");
    const second = endsInTime(never, stop.signal);
    mock.timers.tick(500);
    assert.equal(await second, false);
  } finally {
    mock.timers.reset();
  }
});
