import assert from "node:assert/strict";
import { test } from "node:test";
import { sampleBatch, sampleRecord } from "../records-tests/sample-batches.ts";
import { announcedBatchSize, batchViews, countBatches, firstBatch, nextBatch, wholeBatchesEnd } from "./index.ts";

const batches = [sampleBatch(), sampleBatch([sampleRecord({ value: Buffer.alloc(500) })]), sampleBatch()];
const log = Buffer.concat(batches);

test("whole batches are walked, and a last one that is cut at any byte ends the walk", () => {
  const lastStart = batches[0]!.length + batches[1]!.length;
  for (let end = lastStart; end < log.length; end++) {
    assert.equal(wholeBatchesEnd(log, 0, end), lastStart);
    assert.equal(countBatches(log, 0, end), 2);
  }
  assert.equal(wholeBatchesEnd(log), log.length);
  assert.deepEqual([...batchViews(log)], batches);
});

test("the walk starts anywhere a batch starts", () => {
  const second = nextBatch(log, firstBatch(log));
  assert.equal(second, batches[0]!.length);
  assert.deepEqual([...batchViews(log, second)], batches.slice(1));
});

test("a length that no batch can have ends the walk", () => {
  for (const length of [-1, 0, 48, 2 ** 31 - 1, -(2 ** 31)]) {
    const broken = Buffer.from(log);
    broken.writeInt32BE(length, batches[0]!.length + 8);
    assert.equal(wholeBatchesEnd(broken), batches[0]!.length);
    assert.equal(countBatches(broken), 1);
  }
});

test("the first twelve bytes announce a batch's size", () => {
  assert.equal(announcedBatchSize(log, 0, 11), 0);
  assert.equal(announcedBatchSize(log, 0, 12), batches[0]!.length);
  assert.equal(announcedBatchSize(Buffer.alloc(12), 0), -1);
});
