import assert from "node:assert/strict";
import { test } from "node:test";
import { PendingChanges } from "./pending-changes.ts";

const bytes = (text: string) => Buffer.from(text);
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
  pending.put(0, bytes("a"), bytes("1"), 0, 7, -1);
  pending.put(0, bytes("b"), bytes("1"), 0, 7, -1);
  pending.put(0, bytes("a"), bytes("2"), 0, 7, -1);
  pending.put(0, bytes("a"), bytes("3"), 0, 8, -1);
  pending.put(1, bytes("b"), null, 0, 7, -1);
  assert.deepEqual(taken(pending), ["b@7 1", "a@7 2", "a@8 3", "b@7 gone"]);
  assert.deepEqual(pending.takeCounts(), { skipped: 1, lost: 0 });
  assert.deepEqual(pending.takeCounts(), { skipped: 0, lost: 0 });
});

test("at its bounds keys that wait stay current, and what has no room is counted as lost", () => {
  const pending = new PendingChanges(2, 1_000);
  for (const key of ["a", "b", "c", "a"]) pending.put(0, bytes(key), bytes(key), 0, -1, -1);
  assert.deepEqual(taken(pending), ["b@-1 b", "a@-1 a"]);
  assert.deepEqual(pending.takeCounts(), { skipped: 1, lost: 1 });
  const small = new PendingChanges(10, 10);
  small.put(0, bytes("a"), bytes("12345678"), 0, -1, -1);
  small.put(0, bytes("b"), bytes("1"), 0, -1, -1);
  assert.deepEqual([taken(small), small.takeCounts().lost], [["a@-1 12345678"], 1]);
  // What was taken makes room.
  small.put(0, bytes("b"), bytes("1"), 0, -1, -1);
  assert.deepEqual(taken(small), ["b@-1 1"]);
});

test("bytes are copied: their memory is used again after the call", () => {
  const pending = new PendingChanges(10, 1_000);
  const lent = bytes("x");
  pending.put(0, lent, lent, 0, -1, -1);
  lent[0] = 0x79;
  assert.deepEqual(taken(pending), ["x@-1 x"]);
});

test("what waits of a partition may be forgotten, and makes room", () => {
  const pending = new PendingChanges(3, 1_000);
  pending.put(0, bytes("a"), bytes("1"), 0, -1, -1);
  pending.put(1, bytes("b"), bytes("1"), 0, -1, -1);
  pending.put(0, bytes("c"), bytes("1"), 0, -1, -1);
  pending.forget(0);
  for (const key of ["d", "e"]) pending.put(2, bytes(key), bytes("1"), 0, -1, -1);
  assert.deepEqual(taken(pending), ["b@-1 1", "d@-1 1", "e@-1 1"]);
  assert.deepEqual(pending.takeCounts(), { skipped: 0, lost: 0 });
});
