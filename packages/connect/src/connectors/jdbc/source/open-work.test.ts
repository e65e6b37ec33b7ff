import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom, testSeed } from "@ottla/base/simulated";
import { OpenWork, type SeenThread } from "./open-work.ts";

test("a transaction keeps its name while more and more is known of it, and the next one of its thread has another", () => {
  const work = new OpenWork();
  const names = (...threads: SeenThread[]): string[] => [...work.seen(threads)];
  assert.deepEqual(names({ thread: "7", statement: "70" }), ["7#1"]);
  assert.deepEqual(names({ thread: "7", statement: "70", began: "10:00:01" }), ["7#1"]);
  assert.deepEqual(names({ thread: "7", began: "10:00:01", transaction: "5" }), ["7#1"]);
  assert.deepEqual(names({ thread: "0", began: "10:00:01", transaction: "5" }, { thread: "7", statement: "71" }), ["7#1", "7#2"]);
  assert.deepEqual(names({ thread: "7", statement: "72" }), ["7#3"]);
  assert.deepEqual(names({ thread: "7", began: "10:00:02", transaction: "6" }), ["7#3"]);
  assert.deepEqual(names({ thread: "7", began: "10:00:02", transaction: "7" }), ["7#4"]);
  assert.deepEqual(names({ thread: "7", began: "10:00:03" }), ["7#5"]);
  assert.deepEqual(names(), []);
  assert.deepEqual(names({ thread: "7", began: "10:00:03" }), ["7#6"]);
});

test("no transaction that is still open is held to be over, however it is described and whatever its thread did before", (t) => {
  const seed = testSeed();
  t.diagnostic(`OTTLA_TEST_SEED=${seed}`);
  const random = new SeededRandom(seed);
  for (let round = 0; round < 200; round++) {
    // Each thread goes through statements and transactions; `since` is when its present work began.
    const threads = [0, 1, 2].map(() => ({ statement: 0, began: 0, transaction: 0, since: 0 }));
    let [now, statements, transactions] = [1, 0, 0];
    const work = new OpenWork();
    let waiting: ReadonlySet<string> = new Set();
    let candidate = 0;
    for (let step = 0; step < 120; step++) {
      now++;
      const one = threads[random.nextInt(threads.length)]!;
      if (one.began === 0 && one.statement === 0) Object.assign(one, { statement: ++statements, since: now });
      else if (one.statement === 0) one.statement = ++statements;
      else if (one.began === 0 && random.nextInt(3) > 0) one.began = Math.floor(now / 10) + 1;
      else if (one.began > 0 && one.transaction === 0 && random.nextInt(2) === 0) one.transaction = ++transactions;
      else if (random.nextInt(2) === 0) one.statement = 0;
      else Object.assign(one, { statement: 0, began: 0, transaction: 0 });
      if (random.nextInt(3) > 0) continue;
      const open = work.seen(
        threads.flatMap(({ statement, began, transaction }, thread) =>
          statement === 0 && began === 0
            ? []
            : [
                {
                  thread: String(thread),
                  statement: statement === 0 ? undefined : String(statement),
                  began: began === 0 ? undefined : String(began),
                  transaction: transaction === 0 ? undefined : String(transaction),
                },
              ],
        ),
      );
      waiting = candidate === 0 ? open : new Set([...waiting].filter((name) => open.has(name)));
      if (candidate === 0) candidate = now;
      if (waiting.size > 0) continue;
      const late = threads.filter((each) => (each.began > 0 || each.statement > 0) && each.since <= candidate);
      assert.deepEqual(late, [], `at step ${step} of round ${round}`);
      candidate = 0;
    }
  }
});
