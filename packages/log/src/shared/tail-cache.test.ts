import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BufferPool, POOLED_BYTES } from "./buffer-pool.ts";
import { TailCache } from "./tail-cache.ts";

const QUARTER = Math.floor(POOLED_BYTES / 4);

function filled(byte: number, length = QUARTER): Buffer {
  return Buffer.alloc(length, byte);
}

describe("the tail cache", () => {
  it("keeps the newest batches of all partitions within its bound, the oldest going first", () => {
    const cache = new TailCache(new BufferPool(4), POOLED_BYTES * 2);
    const [a, b] = [cache.partition(), cache.partition()];
    for (let i = 0; i < 40; i++) (i % 2 === 0 ? a : b).add(i, i, filled(i));
    assert.equal(cache.heldBytes, POOLED_BYTES * 2);
    assert.equal(a.count + b.count, 8);
    assert.deepEqual([a.startOffset, b.startOffset], [32, 33]);
  });

  it("gives batches that lie side by side as one piece, within the limits", () => {
    const cache = new TailCache(new BufferPool(4), POOLED_BYTES * 2);
    const tail = cache.partition();
    for (let i = 0; i < 10; i++) tail.add(i * 2, i * 2 + 1, filled(i, 100));
    const read = tail.collect(5, 350, 100, false);
    assert.deepEqual([read.records.length, read.sizeBytes, read.nextOffset], [1, 300, 10]);
    assert.deepEqual([...new Set(read.records[0])], [2, 3, 4]);
    assert.equal(tail.collect(5, 50, 100, false).sizeBytes, 0);
    assert.equal(tail.collect(5, 50, 100, true).sizeBytes, 100);
    assert.equal(tail.collect(5, 5000, 8, false).nextOffset, 8);
  });

  it("never changes bytes that a reader has not released yet", () => {
    const pool = new BufferPool(4);
    const cache = new TailCache(pool, POOLED_BYTES);
    const tail = cache.partition();
    tail.add(0, 0, filled(7));
    const read = tail.collect(0, POOLED_BYTES, 10, true);
    for (let i = 1; i < 30; i++) tail.add(i, i, filled(100));
    assert.deepEqual([...new Set(read.records[0])], [7]);
    const freeBefore = pool.freeCount;
    read.release!();
    assert.equal(pool.freeCount, freeBefore + 1);
  });

  it("gives copies where slow readers keep as much memory beside it as it has, so that they keep no more", () => {
    const cache = new TailCache(new BufferPool(4), POOLED_BYTES * 2);
    const tail = cache.partition();
    const reads = [];
    for (let i = 0; i < 40; i++) {
      tail.add(i, i, filled(i));
      reads.push(tail.collect(i, POOLED_BYTES, 100, true));
    }
    const memories = new Set(reads.map(({ records }) => records[0]!.buffer));
    const slabs = [...memories].filter(({ byteLength }) => byteLength === POOLED_BYTES);
    assert.ok(slabs.length <= 5, `${slabs.length} slabs are kept`);
    for (const [i, { records }] of reads.entries()) assert.deepEqual([...new Set(records[0])], [i]);
    for (const { release } of reads) release?.();
    tail.add(40, 40, filled(40));
    assert.equal(
      tail.collect(40, POOLED_BYTES, 100, true).records[0]!.buffer.byteLength,
      POOLED_BYTES,
      "when they are done it gives views again",
    );
  });

  it("forgets a partition's batches when one is too large to be kept, so that the rest stays contiguous", () => {
    const cache = new TailCache(new BufferPool(4), POOLED_BYTES * 2);
    const tail = cache.partition();
    tail.add(0, 0, filled(1));
    tail.add(1, 1, filled(2, POOLED_BYTES + 1));
    assert.deepEqual([tail.count, tail.startOffset], [0, Infinity]);
    tail.add(2, 2, filled(3));
    assert.equal(tail.startOffset, 2);
  });
});
