import assert from "node:assert/strict";
import { test } from "node:test";
import { BufferPool, POOLED_BYTES } from "./buffer-pool.ts";

test("a pool keeps as many unused buffers as it may; the memory of others is free when they are given back", () => {
  const pool = new BufferPool(1);
  const [one, other] = [pool.lease(500_000), pool.lease(500_000)];
  assert.deepEqual([one.buffer.length, one.heldBytes], [500_000, POOLED_BYTES]);
  one.release();
  other.release();
  assert.equal(pool.freeCount, 1);
  assert.equal(one.buffer.length, 500_000, "kept for the next one");
  assert.equal(other.buffer.buffer.byteLength, 0);
  assert.equal(pool.lease(400_000).buffer.buffer, one.buffer.buffer);
});

test("a buffer that is not for the pool is free when it is given back; a small one is left to the collector", () => {
  const pool = new BufferPool(1);
  for (const [byteLength, left] of [
    [100_000, 0],
    [2 * POOLED_BYTES, 0],
    [1000, 1000],
  ] as const) {
    const { buffer, heldBytes, release } = pool.lease(byteLength);
    assert.deepEqual([buffer.length, heldBytes], [byteLength, byteLength]);
    release();
    assert.equal(buffer.length, left);
  }
});
