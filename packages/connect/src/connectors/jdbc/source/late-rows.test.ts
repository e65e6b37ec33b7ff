import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLogger } from "@ottla/base";
import { SimulatedClock } from "@ottla/base/simulated";
import { LateRows } from "./late-rows.ts";
import type { RowSource, SourceDatabase } from "./source-database.ts";

test("a bound is taken before the open transactions, and holds when all of these have ended, whoever began since", async () => {
  const from: RowSource = { kind: "query", sql: "(SELECT 1)", name: "the query" };
  const steps: string[] = [];
  let open = ["a", "b"];
  const database = {
    openTransactions: async () => {
      steps.push("open");
      return new Set(open);
    },
  } as unknown as SourceDatabase;
  const next = async (): Promise<bigint> => {
    steps.push("bound");
    return 7n;
  };
  const late = new LateRows(from, "numbers", new SimulatedClock(), silentLogger);
  assert.equal(await late.bound(database, next), undefined);
  open = ["b", "c"];
  assert.equal(await late.bound(database, next), undefined);
  open = ["c", "d"];
  assert.equal(await late.bound(database, next), 7n);
  assert.equal(await late.bound(database, async () => undefined), undefined);
  assert.deepEqual(steps, ["bound", "open", "open", "open"]);
});

test("a bound does not hold while it cannot be told who is open, and what is told is of later than it was asked last", async () => {
  const from: RowSource = { kind: "query", sql: "(SELECT 1)", name: "the query" };
  const clock = new SimulatedClock();
  const answers: (ReadonlySet<string> | undefined)[] = [undefined, new Set(["a"]), undefined, new Set(["b"])];
  const since: number[] = [];
  const database = {
    openTransactions: async (_from: RowSource, _kind: string, sinceMs: number) => {
      since.push(sinceMs - start);
      return answers[since.length - 1];
    },
  } as unknown as SourceDatabase;
  const start = clock.monotonicMs();
  const late = new LateRows(from, "times", clock, silentLogger);
  for (let poll = 0; poll < 3; poll++) {
    assert.equal(await late.bound(database, async () => 7n), undefined, `poll ${poll}`);
    assert.ok(late.isHeld);
    clock.advance(100);
  }
  assert.equal(await late.bound(database, async () => 8n), 7n);
  assert.ok(!late.isHeld);
  assert.deepEqual(since, [0, 0, 100, 100]);
});
