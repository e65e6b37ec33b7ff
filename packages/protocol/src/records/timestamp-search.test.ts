import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { MalformedBytesError, TimeSlice } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import fc from "fast-check";
import { sampleBatch, sampleRecord } from "../records-tests/sample-batches.ts";
import { CODEC_NAMES, firstRecordSince, recordWithMaxTimestamp, setLogAppendTime } from "./index.ts";

const slice = new TimeSlice(systemClock);
const times = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 20 });

test("the first record at or after a time is found, however the times are ordered", async () => {
  await fc.assert(
    fc.asyncProperty(
      times,
      fc.integer({ min: 0, max: 32 }),
      fc.nat(25),
      fc.constantFrom(...CODEC_NAMES),
      async (timestamps, target, from, codec) => {
        const batch = sampleBatch(
          timestamps.map((timestamp) => sampleRecord({ timestamp })),
          codec,
          { baseOffset: 100 },
        );
        const index = timestamps.findIndex((timestamp, i) => timestamp >= target && i >= from);
        assert.deepEqual(
          await firstRecordSince(batch, 0, target, 100 + from, slice),
          index < 0 ? null : { timestamp: timestamps[index], offset: 100 + index },
        );
      },
    ),
  );
});

test("the first of the records with the largest timestamp is found", async () => {
  await fc.assert(
    fc.asyncProperty(times, async (timestamps) => {
      const batch = sampleBatch(timestamps.map((timestamp) => sampleRecord({ timestamp })));
      const timestamp = Math.max(...timestamps);
      assert.deepEqual(await recordWithMaxTimestamp(batch, 0, slice), { timestamp, offset: timestamps.indexOf(timestamp) });
    }),
  );
});

test("under log append time every record has the batch's time", async () => {
  const batch = sampleBatch();
  setLogAppendTime(batch, 0, 5000);
  assert.deepEqual(await firstRecordSince(batch, 0, 4999, 1, slice), { timestamp: 5000, offset: 1 });
  assert.equal(await firstRecordSince(batch, 0, 5001, 0, slice), null);
  assert.deepEqual(await recordWithMaxTimestamp(batch, 0, slice), { timestamp: 5000, offset: 0 });
});

test("records without a timestamp have no largest one", async () => {
  const batch = sampleBatch([sampleRecord({ timestamp: -1 })]);
  assert.equal(await recordWithMaxTimestamp(batch, 0, slice), null);
  assert.equal(await firstRecordSince(batch, 0, 0, 0, slice), null);
});

test("of a batch only what leads to the record is read: what cannot be read behind it does not matter, what comes before does", async () => {
  const records = Array.from({ length: 100 }, (_, i) => sampleRecord({ timestamp: i, value: randomBytes(5000) }));
  const batch = sampleBatch(records, "gzip");
  const cut = Buffer.from(batch.subarray(0, batch.length >> 1));
  cut.writeInt32BE(cut.length - 12, 8);
  assert.deepEqual(await firstRecordSince(cut, 0, 20, 0, slice), { timestamp: 20, offset: 20 });
  await assert.rejects(() => firstRecordSince(cut, 0, 80, 0, slice), MalformedBytesError);
  await assert.rejects(() => recordWithMaxTimestamp(cut, 0, slice), MalformedBytesError);
});
