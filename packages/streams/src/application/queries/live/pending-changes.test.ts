import assert from "node:assert/strict";
import { test } from "node:test";
import { nameOf, PendingChanges } from "./pending-changes.ts";

const bytes = (text: string) => Buffer.from(text);
const put = (pending: PendingChanges, partition: number, key: string, value: Buffer | null, startMs: number) =>
  pending.put(nameOf(partition, bytes(key), startMs, -1), { partition, key: bytes(key), value, timestamp: 0, startMs, endMs: -1 });
const taken = (pending: PendingChanges): string[] => {
  const all: string[] = [];
  for (let change = pending.take(); change !== undefined; change = pending.take())
    all.push(
      `${Buffer.from(change.key).toString()}@${change.startMs} ${change.value === null ? "gone" : Buffer.from(change.value).toString()}`,
    );
  return all;
};

test("of each key in its window the latest change waits, in the order of the changes, and skipped ones are counted", () => {
  const pending = new PendingChanges(10, 1_000);
  put(pending, 0, "a", bytes("1"), 7);
  put(pending, 0, "b", bytes("1"), 7);
  put(pending, 0, "a", bytes("2"), 7);
  put(pending, 0, "a", bytes("3"), 8);
  put(pending, 1, "b", null, 7);
  assert.deepEqual(taken(pending), ["b@7 1", "a@7 2", "a@8 3", "b@7 gone"]);
  assert.deepEqual(pending.takeCounts(), { skipped: 1, lost: 0 });
  assert.deepEqual(pending.takeCounts(), { skipped: 0, lost: 0 });
});

test("at its bounds keys that wait stay current, and what has no room is counted as lost", () => {
  const pending = new PendingChanges(2, 1_000);
  for (const key of ["a", "b", "c", "a"]) put(pending, 0, key, bytes(key), -1);
  assert.deepEqual(taken(pending), ["b@-1 b", "a@-1 a"]);
  assert.deepEqual(pending.takeCounts(), { skipped: 1, lost: 1 });
  const small = new PendingChanges(10, 10);
  put(small, 0, "a", bytes("12345678"), -1);
  put(small, 0, "b", bytes("1"), -1);
  assert.deepEqual([taken(small), small.takeCounts().lost], [["a@-1 12345678"], 1]);
  // What was taken makes room.
  put(small, 0, "b", bytes("1"), -1);
  assert.deepEqual(taken(small), ["b@-1 1"]);
});

test("what waits of a partition may be forgotten, and makes room", () => {
  const pending = new PendingChanges(3, 1_000);
  put(pending, 0, "a", bytes("1"), -1);
  put(pending, 1, "b", bytes("1"), -1);
  put(pending, 0, "c", bytes("1"), -1);
  pending.forget(0);
  for (const key of ["d", "e"]) put(pending, 2, key, bytes("1"), -1);
  assert.deepEqual(taken(pending), ["b@-1 1", "d@-1 1", "e@-1 1"]);
  assert.deepEqual(pending.takeCounts(), { skipped: 0, lost: 0 });
});
