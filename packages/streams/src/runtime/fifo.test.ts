import assert from "node:assert/strict";
import { test } from "node:test";
import { Fifo } from "./fifo.ts";

test("what was added comes in its order, also when the list never runs empty, and after it did", () => {
  const fifo = new Fifo<number>();
  assert.equal(fifo.take(), undefined);
  let added = 0;
  let taken = 0;
  for (let round = 0; round < 100; round++) {
    for (let i = 0; i < 100; i++) fifo.add(added++);
    for (let i = 0; i < 95; i++) assert.equal(fifo.take(), taken++);
  }
  while (taken < added) assert.equal(fifo.take(), taken++);
  assert.equal(fifo.take(), undefined);
  fifo.add(-1);
  assert.equal(fifo.take(), -1);
  assert.equal(fifo.take(), undefined);
});
