import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { IndexCache } from "../shared/index-cache.ts";
import { OffsetIndex } from "./offset-index.ts";
import { SegmentIndexes } from "./segment-indexes.ts";
import { TimeIndex } from "./time-index.ts";

describe("the offset index", () => {
  it("finds the last entry at or before an offset, and is read back as it was written", () => {
    const index = OffsetIndex.empty();
    for (let i = 0; i < 1000; i++) index.append(i * 10, i * 4000);
    const read = OffsetIndex.decode(index.encode(), 4_000_000)!;
    for (const found of [index, read]) {
      assert.deepEqual(
        [-1, 0, 9, 10, 5555, 9990, 1e9].map((offset) => found.floor(offset)),
        [-1, 0, 0, 1, 555, 999, 999],
      );
      assert.equal(found.positionAt(555), 555 * 4000);
    }
    assert.equal(OffsetIndex.empty().floor(5), -1);
  });

  it("holds the largest relative offset and position there are", () => {
    const index = OffsetIndex.empty();
    index.append(0x7fffffff, 0x7ffffffe);
    assert.equal(OffsetIndex.decode(index.encode(), 0x7fffffff)!.relativeOffsetAt(0), 0x7fffffff);
  });

  it("is not read from bytes that cannot be one of this log", () => {
    const index = OffsetIndex.empty();
    index.append(1, 100);
    index.append(2, 200);
    const bytes = index.encode();
    assert.equal(OffsetIndex.decode(bytes, 200), undefined, "an entry beyond the log's end");
    assert.equal(OffsetIndex.decode(bytes.subarray(0, 9), 1000), undefined, "half an entry");
    assert.equal(OffsetIndex.decode(Buffer.concat([bytes, bytes]), 1000), undefined, "offsets that do not ascend");
    assert.equal(OffsetIndex.decode(Buffer.alloc(24), 1000), undefined, "zeros");
  });
});

describe("the time index", () => {
  it("leads to an offset behind which a time may first be reached, and is read back as it was written", () => {
    const index = TimeIndex.empty();
    for (let i = 0; i < 500; i++) index.maybeAppend(1_700_000_000_000 + i * 100, i * 7);
    index.maybeAppend(5, 9999); // not later: not kept
    const read = TimeIndex.decode(index.encode())!;
    for (const found of [index, read]) {
      assert.equal(found.count, 500);
      assert.deepEqual(
        [0, 100, 101, 250, 1e9].map((ms) => found.floorRelativeOffset(1_700_000_000_000 + ms)),
        [0, 0, 7, 14, 499 * 7],
      );
      assert.equal(found.lastTimestampMs, 1_700_000_000_000 + 49_900);
    }
  });

  it("is not read from bytes that cannot be one", () => {
    assert.equal(TimeIndex.decode(Buffer.alloc(13)), undefined);
    assert.equal(TimeIndex.decode(Buffer.alloc(24)), undefined, "times that do not ascend");
  });
});

describe("the index cache", () => {
  it("drops what was used longest ago, never what is asked for now", () => {
    const indexes = new SegmentIndexes(0);
    for (let i = 0; i < 16; i++) indexes.offsets.append(i, i);
    const cache = new IndexCache(indexes.sizeBytes * 2);
    const dropped: number[] = [];
    const holders = [0, 1, 2].map((i) => ({ dropIndexes: () => void dropped.push(i) }));
    cache.used(holders[0]!, indexes);
    cache.used(holders[1]!, indexes);
    cache.used(holders[0]!, indexes);
    cache.used(holders[2]!, indexes);
    assert.deepEqual(dropped, [1]);
    assert.equal(cache.sizeBytes, indexes.sizeBytes * 2);
    new IndexCache(0).used(holders[0]!, indexes);
    assert.deepEqual(dropped, [1]);
  });
});
