import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeRecord } from "./decode-record.ts";
import { ToldTogether } from "./told-together.ts";

function countUntilFull(value: Buffer): number {
  const told = new ToldTogether();
  const record = { topic: "t", partition: 0, offset: 0, timestamp: 0, key: null, value, headers: [] };
  while (!told.isFull) told.add(decodeRecord(record as never));
  return told.take().length;
}

test("an event holds no more records, signs, and bytes behind them than it may, and the one that fills it", () => {
  assert.equal(countUntilFull(Buffer.alloc(1, "x")), 100);
  assert.equal(countUntilFull(Buffer.alloc(20_000, "x")), 27);
  // Told in three signs a byte.
  assert.equal(countUntilFull(Buffer.alloc(6_000, 0xff)), 30);
  assert.equal(countUntilFull(Buffer.alloc(200_000, "x")), 3);
  assert.equal(countUntilFull(Buffer.alloc(10_000_000, "x")), 1);
});

test("what was taken is not kept", () => {
  const told = new ToldTogether();
  assert.equal(told.isEmpty, true);
  told.add(decodeRecord({ topic: "t", key: null, value: Buffer.alloc(1_000_000), headers: [] } as never));
  assert.deepEqual([told.isEmpty, told.isFull, told.take().length], [false, true, 1]);
  assert.deepEqual([told.isEmpty, told.isFull, told.take().length], [true, false, 0]);
});
