import assert from "node:assert/strict";
import { test } from "node:test";
import { type LogFields, silentLogger } from "@ottla/base";
import { SimulatedClock } from "@ottla/base/simulated";
import { KeySource } from "./key-source.ts";

const SCHEDULE = { refreshMs: 3_600_000, retryBackoffMs: 100, retryBackoffMaxMs: 10_000 };

/** A source whose fetches the test lets succeed and fail. */
function sceneOf(schedule = SCHEDULE) {
  const clock = new SimulatedClock();
  const log: string[] = [];
  const say = (message: string, fields: LogFields = {}) =>
    void log.push(`${message} (${typeof fields["error"] === "string" ? fields["error"] : ""})`);
  const fetches: { readonly signal: AbortSignal; readonly end: (keys: string | Error) => void }[] = [];
  const source = new KeySource(
    { clock, logger: { ...silentLogger, error: say, info: say } },
    "somewhere",
    schedule,
    (signal) =>
      new Promise<string>((resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason as Error));
        fetches.push({ signal, end: (keys) => (typeof keys === "string" ? resolve(keys) : reject(keys)) });
      }),
  );
  const end = async (keys: string | Error) => {
    fetches.at(-1)!.end(keys);
    await clock.advanceAsync(0);
  };
  return { clock, log, fetches, source, end };
}

test("the first fetch is waited for, and keys are fetched again every so often beside the logins", async () => {
  const { clock, fetches, source, end } = sceneOf();
  const waiting = source.current();
  await end("one");
  assert.equal(await waiting, "one");
  await clock.advanceAsync(3_599_999);
  assert.equal(fetches.length, 1);
  await clock.advanceAsync(1);
  assert.equal(fetches.length, 2);
  assert.equal(await source.current(), "one", "nobody waits for a later fetch");
  await end("two");
  assert.equal(await source.current(), "two");
});

test("an endpoint that is dead is told once and tried again with growing pauses; its return is told, too", async () => {
  const { clock, log, fetches, source, end } = sceneOf();
  const waiting = source.current();
  await end(new Error("connection refused"));
  assert.equal(await waiting, undefined, "a login does not wait for the retries");
  const pauses: number[] = [];
  for (let i = 0; i < 9; i++) {
    const before = fetches.length;
    let pause = 0;
    while (fetches.length === before) {
      await clock.advanceAsync(100);
      pause += 100;
    }
    pauses.push(pause);
    await end(new Error("connection refused"));
  }
  assert.deepEqual(pauses, [100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
  assert.deepEqual(log, [
    "the keys for OAUTHBEARER tokens cannot be fetched: nobody can log in with a token until they are there (connection refused)",
  ]);
  await clock.advanceAsync(10_000);
  await end("keys");
  assert.deepEqual([await source.current(), log.length, log[1]], ["keys", 2, "the keys for OAUTHBEARER tokens are there ()"]);
});

test("where a later fetch fails the old keys stay", async () => {
  const { clock, log, source, end } = sceneOf();
  await end("one");
  await clock.advanceAsync(3_600_000);
  await end(new Error("503"));
  assert.equal(await source.current(), "one");
  assert.match(log[0]!, /cannot be fetched anew: the old ones stay \(503\)/);
});

test("a fetch that hangs is given up after ten seconds", async () => {
  const { clock, log, fetches, source } = sceneOf();
  const waiting = source.current();
  await clock.advanceAsync(10_000);
  assert.ok(fetches[0]!.signal.aborted);
  assert.equal(await waiting, undefined);
  assert.match(log[0]!, /no answer within 10 s/);
});

test("a token that names an unknown key has the keys fetched once for all who wait, not again for a minute, and no flood of names has them fetched often", async () => {
  const { clock, fetches, source, end } = sceneOf();
  await end("one");
  const all = [source.refreshedFor("new"), source.refreshedFor("new"), source.refreshedFor("other"), source.current()];
  await end("two");
  assert.deepEqual(await Promise.all(all), ["two", "two", "two", "one"]);
  assert.equal(await source.refreshedFor("another"), undefined, "too soon after the last one");
  await clock.advanceAsync(59_000);
  assert.equal(await source.refreshedFor("new"), undefined, "it was nowhere a minute ago");
  await clock.advanceAsync(1000);
  void source.refreshedFor("new");
  assert.equal(fetches.length, 3);
  await end("three");
  for (let i = 0; i < 1000; i++) {
    void source.refreshedFor(`made-up-${i}`);
    await end("three");
    await clock.advanceAsync(10);
  }
  assert.equal(fetches.length, 4, "one each five seconds");
  await clock.advanceAsync(5000);
  assert.equal(await source.refreshedFor("x".repeat(1001)), undefined);
});

test("once it is closed nothing is fetched any more, and what is under way is broken off", async () => {
  const { clock, log, fetches, source } = sceneOf();
  const waiting = source.current();
  source.close();
  assert.ok(fetches[0]!.signal.aborted);
  assert.equal(await waiting, undefined);
  await clock.advanceAsync(10_000_000);
  assert.deepEqual([fetches.length, log], [1, []]);
});
