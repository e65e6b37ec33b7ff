import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sampleBatch, sampleRecord } from "../records-tests/sample-batches.ts";
import { CODEC_NAMES, firstRecordSince, recordWithMaxTimestamp, setLogAppendTime } from "./index.ts";

const times = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 20 });

test("E1: the first record at or after a time is found, however the times are ordered", () => {
  fc.assert(
    fc.property(times, fc.integer({ min: 0, max: 32 }), fc.nat(25), fc.constantFrom(...CODEC_NAMES), (timestamps, target, from, codec) => {
      const batch = sampleBatch(
        timestamps.map((timestamp) => sampleRecord({ timestamp })),
        codec,
        { baseOffset: 100 },
      );
      const index = timestamps.findIndex((timestamp, i) => timestamp >= target && i >= from);
      assert.deepEqual(
        firstRecordSince(batch, 0, target, 100 + from),
        index < 0 ? null : { timestamp: timestamps[index], offset: 100 + index },
      );
    }),
  );
});

test("E1: the first of the records with the largest timestamp is found", () => {
  fc.assert(
    fc.property(times, (timestamps) => {
      const batch = sampleBatch(timestamps.map((timestamp) => sampleRecord({ timestamp })));
      const timestamp = Math.max(...timestamps);
      assert.deepEqual(recordWithMaxTimestamp(batch, 0), { timestamp, offset: timestamps.indexOf(timestamp) });
    }),
  );
});

test("E1: under log append time every record has the batch's time", () => {
  const batch = sampleBatch();
  setLogAppendTime(batch, 0, 5000);
  assert.deepEqual(firstRecordSince(batch, 0, 4999, 1), { timestamp: 5000, offset: 1 });
  assert.equal(firstRecordSince(batch, 0, 5001), null);
  assert.deepEqual(recordWithMaxTimestamp(batch, 0), { timestamp: 5000, offset: 0 });
});

test("E1: records without a timestamp have no largest one", () => {
  const batch = sampleBatch([sampleRecord({ timestamp: -1 })]);
  assert.equal(recordWithMaxTimestamp(batch, 0), null);
  assert.equal(firstRecordSince(batch, 0, 0), null);
});
