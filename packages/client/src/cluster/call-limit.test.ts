import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SimulatedClock } from "@ottla/base/simulated";
import { ClientError } from "../client-error.ts";
import { Lifetime, lifetimeOf } from "../lifetime.ts";
import { CallLimit } from "./call-limit.ts";

const never = () => new Promise<never>(() => {});
const closed = new ClientError("CLIENT_CLOSED", "closed");

describe("a call's limit", () => {
  test("ends work that takes too long at the deadline, and lets go of everything when work ends in time", async () => {
    const clock = new SimulatedClock();
    const limit = new CallLimit(clock, 1000, []);
    const slow = assert.rejects(limit.bound("It", never), { code: "CALL_TIMEOUT", message: "It was not done within 1000 ms." });
    assert.equal(await limit.bound("It", () => Promise.resolve(5)), 5);
    await clock.advanceAsync(999);
    assert.equal(clock.pendingTimers, 1);
    await clock.advanceAsync(1);
    await slow;
    assert.equal(clock.pendingTimers, 0);
    let isStarted = false;
    const late = limit.bound("It", async () => void (isStarted = true));
    await assert.rejects(late, { code: "CALL_TIMEOUT" });
    assert.equal(isStarted, false, "work whose time is up is not begun");
  });

  test("lets go of work that fails at once, be it by throwing", async () => {
    const clock = new SimulatedClock();
    const limit = new CallLimit(clock, 1000, [new Lifetime()]);
    const thrown = new Error("at once");
    const work = (): Promise<never> => {
      throw thrown;
    };
    await assert.rejects(limit.bound("It", work), thrown);
    await assert.rejects(
      limit.bound("It", () => Promise.reject(thrown)),
      thrown,
    );
    assert.equal(clock.pendingTimers, 0);
  });

  test("ends with whichever life ends first, and a sleep with it", async () => {
    const clock = new SimulatedClock();
    const caller = new AbortController();
    const client = new Lifetime();
    const limit = new CallLimit(clock, Infinity, [lifetimeOf(caller.signal), client]);
    const working = assert.rejects(limit.bound("It", never), closed);
    const sleeping = limit.sleep(60_000);
    client.end(closed);
    await Promise.all([working, sleeping]);
    caller.abort();
    assert.equal(limit.ended?.code, "ABORTED", "the first in the list speaks");
    await limit.sleep(60_000);
    assert.equal(clock.pendingTimers, 0);
  });
});
