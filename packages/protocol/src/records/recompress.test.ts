import assert from "node:assert/strict";
import { test } from "node:test";
import { MalformedBytesError } from "@ottla/base";
import { NOW_MS, sampleBatch, sampleRecord } from "../records-tests/sample-batches.ts";
import {
  BATCH_OVERHEAD_BYTES,
  CODEC_NAMES,
  checkBatchBytes,
  codecNameOf,
  compressionOf,
  isTransactional,
  readRecords,
  recompressBatch,
  setLogAppendTime,
  setProducerState,
  timestampType,
} from "./index.ts";

const records = Array.from({ length: 50 }, (_, i) =>
  sampleRecord({ value: Buffer.alloc(200, i), timestamp: NOW_MS + i, headers: [{ key: "h", value: null }] }),
);

test("a batch changes its codec and nothing else, from every codec to every codec", () => {
  for (const from of CODEC_NAMES) {
    const original = sampleBatch(records, from, { isTransactional: true, baseOffset: 77, partitionLeaderEpoch: 3 });
    setProducerState(original, 0, 9, 8, 7);
    setLogAppendTime(original, 0, NOW_MS + 1000);
    const buffer = Buffer.concat([Buffer.alloc(5), original, Buffer.alloc(5)]);
    for (const to of CODEC_NAMES) {
      const result = recompressBatch(buffer, 5, to);
      assert.equal(checkBatchBytes(result), null);
      assert.equal(codecNameOf(compressionOf(result, 0)), to);
      assert.equal(timestampType(result, 0), "logAppendTime");
      assert.equal(isTransactional(result, 0), true);
      // All header fields but length, checksum and codec.
      for (const [start, end] of [
        [0, 8],
        [12, 17],
        [23, BATCH_OVERHEAD_BYTES],
      ] as const)
        assert.deepEqual(result.subarray(start, end), original.subarray(start, end));
      assert.deepEqual(readRecords(result), readRecords(original));
    }
  }
});

test("a batch that has the codec is not copied", () => {
  const batch = sampleBatch(records, "lz4");
  assert.equal(recompressBatch(batch, 0, "lz4").buffer, batch.buffer);
});

test("a batch that cannot be unpacked is malformed, and so is one that unpacks to too much", () => {
  const batch = sampleBatch(records, "zstd");
  assert.throws(() => recompressBatch(batch, 0, "gzip", 1000), MalformedBytesError);
  batch.fill(0, BATCH_OVERHEAD_BYTES);
  assert.throws(() => recompressBatch(batch, 0, "gzip"), MalformedBytesError);
});
