import assert from "node:assert/strict";
import { test } from "node:test";
import type { Signal } from "../signals/signal.ts";
import {
  at,
  EMPTY_QUEUE,
  filterOf,
  nextTable,
  readQueue,
  type SnapshotQueue,
  withoutFirst,
  withSignal,
  writeQueue,
} from "./snapshot-queue.ts";

const TABLES = ["public.a", "public.b", "public.c", "sales.a"];
const execute = (id: string, ...collections: string[]): Signal => ({ kind: "execute-snapshot", id, collections, conditions: [] });

function walked(queue: SnapshotQueue): string[] {
  const seen: string[] = [];
  for (let now = queue; now.requests[0] !== undefined; ) {
    const table = nextTable(now.requests[0], now.place, TABLES);
    if (table === undefined) now = withoutFirst(now);
    else {
      seen.push(table);
      now = at(now, { table, isTableDone: true });
    }
  }
  return seen;
}

test("tables of a request come in the order of their names, each once, whole names in any case", () => {
  assert.deepEqual(walked(withSignal(EMPTY_QUEUE, execute("1", "sales.A", "public.[bc]", "public.b"))), [
    "public.b",
    "public.c",
    "sales.a",
  ]);
  assert.deepEqual(walked(withSignal(EMPTY_QUEUE, execute("1", "public"))), []);
});

test("a request that is stopped leaves out what was stopped, the table it is in as well; one that comes later has it again", () => {
  const begun = at(withSignal(EMPTY_QUEUE, execute("1", "public.*")), { table: "public.b", key: ["7"], isTableDone: false });
  assert.equal(nextTable(begun.requests[0]!, begun.place, TABLES), "public.b");
  const stopped = withSignal(begun, { kind: "stop-snapshot", id: "2", collections: ["public.b"] });
  assert.equal(nextTable(stopped.requests[0]!, stopped.place, TABLES), "public.c");
  assert.deepEqual(walked(withSignal(stopped, execute("3", "public.b"))), ["public.c", "public.b"]);
  assert.deepEqual(withSignal(begun, { kind: "stop-snapshot", id: "2", collections: [] }), EMPTY_QUEUE);
});

test("a paused queue stays paused over a restart, and a signal that changes nothing gives the same queue", () => {
  const paused = withSignal(withSignal(EMPTY_QUEUE, execute("1", "public.a")), { kind: "pause-snapshot", id: "p" });
  assert.deepEqual(readQueue(writeQueue(paused)), paused);
  assert.equal(withSignal(paused, { kind: "pause-snapshot", id: "q" }), paused);
  assert.equal(withSignal(EMPTY_QUEUE, { kind: "resume-snapshot", id: "q" }), EMPTY_QUEUE);
  assert.equal(writeQueue(EMPTY_QUEUE), undefined);
  assert.deepEqual(readQueue("{nonsense"), EMPTY_QUEUE);
  let full = EMPTY_QUEUE;
  for (let i = 0; i < 150; i++) full = withSignal(full, execute(String(i), "public.a"));
  assert.equal(full.requests.length, 100);
});

test("the first condition that names a table is its filter", () => {
  const [request] = withSignal(EMPTY_QUEUE, {
    kind: "execute-snapshot",
    id: "1",
    collections: ["public.*"],
    conditions: [
      { collection: "public.a", filter: "x > 1" },
      { collection: "public.*", filter: "true" },
    ],
  }).requests;
  assert.deepEqual(
    ["public.a", "public.b", "sales.a"].map((table) => filterOf(request!, table)),
    ["x > 1", "true", undefined],
  );
});
