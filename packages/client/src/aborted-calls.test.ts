// Every call that waits for brokers, with a broker that falls silent at each of its requests in turn: the caller's signal ends the call at once, nothing stays behind, and the next call works.
import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, test } from "node:test";
import { startObliging } from "./testing/obliging-broker.ts";
import { consuming, type Prepare, producing, sharing, start, transactions } from "./testing/waiting-calls.ts";
import { ClientError } from "./client-error.ts";

/** More requests than any call makes. */
const REQUESTS_MAX = 25;

const failsWith = (code: string) => (error: unknown) => error instanceof ClientError && error.code === code;
const wentHome = new Error("the user went home");
const isAborted = (error: unknown) => failsWith("ABORTED")(error) && (error as Error).cause === wentHome;

/** True: the call was done with so many answers. */
async function abortAfter(answers: number, prepare: Prepare, isShared: boolean): Promise<boolean> {
  const stage = await start(isShared);
  const { world, broker, client } = stage;
  const prepared = await prepare(stage);
  const { call, next } = typeof prepared === "function" ? { call: prepared, next: prepared } : prepared;
  broker.pauseAfter(answers);
  const caller = new AbortController();
  let isSettled = false;
  const pending = call(caller.signal);
  const note = () => void (isSettled = true);
  pending.then(note, note);
  await world.until("the call is done, or waits", () => isSettled || broker.heldCount > 0);
  const isDone = isSettled;
  if (isDone) await pending;
  else {
    const before = world.clock.monotonicMs();
    caller.abort(wentHome);
    await world.pass(0);
    assert.ok(isSettled, "it goes on");
    await assert.rejects(pending, isAborted);
    assert.equal(world.clock.monotonicMs(), before, "it took time");
    assert.equal(getEventListeners(caller.signal, "abort").length, 0);
  }
  broker.resume();
  if (!isDone) await world.settle(next(undefined));
  await world.settle(client.close());
  await world.pass(0);
  assert.equal(world.clock.pendingTimers, 0, "a timer is left");
  assert.equal(world.net.sockets.size, 0, "a connection is left");
  return isDone;
}

for (const [what, calls, isShared] of [
  ["producing", producing, false],
  ["in transactions", transactions, false],
  ["consuming", consuming, false],
  ["sharing", sharing, true],
] as const)
  describe(`a signal, ${what}`, () => {
    for (const [name, prepare] of Object.entries(calls))
      test(`ends ${name} at each request that is not answered, and the next call works`, async () => {
        for (let answers = 0; ; answers++) {
          const isDone = await abortAfter(answers, prepare, isShared).catch((error: unknown) => {
            throw new Error(`After ${answers} answers: ${(error as Error).message}`, { cause: error });
          });
          if (isDone) break;
          assert.ok(answers < REQUESTS_MAX, "it is never done");
        }
      });
  });

test("a poll after one that was aborted waits for the callback that that one began, and is given its records", async () => {
  const { world, client } = await startObliging();
  const assigned = Promise.withResolvers<void>();
  let isBegun = false;
  const consumer = client.consumer({ groupId: "g" });
  consumer.subscribe("t", {
    onAssigned: () => {
      isBegun = true;
      return assigned.promise;
    },
  });
  const caller = new AbortController();
  const first = consumer.poll(60_000, { signal: caller.signal });
  await world.until("the callback has begun", () => isBegun);
  caller.abort(wentHome);
  await assert.rejects(first, isAborted);
  const second = consumer.poll(60_000);
  await world.pass(100);
  assigned.resolve();
  assert.equal((await world.settle(second))[0]!.topic, "t");
  await world.settle(client.close());
});
