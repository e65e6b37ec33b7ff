import assert from "node:assert/strict";
import { test } from "node:test";
import { InvariantError } from "@ottla/base";
import fc from "fast-check";
import { arbitraryRecord, arbitraryRecords, NOW_MS, sampleRecord } from "../records-tests/sample-batches.ts";
import { baseSequence, maxTimestamp, producerEpoch, producerId, RecordBatchBuilder, readRecords } from "./index.ts";

const value = Buffer.alloc(100, 1);

test("a batch never passes its limit, and a refused record changes nothing", () => {
  fc.assert(
    fc.property(arbitraryRecords, fc.integer({ min: 100, max: 5000 }), (records, limitBytes) => {
      const builder = new RecordBatchBuilder({ limitBytes });
      const taken = records.filter(({ key, value, headers, timestamp }) => {
        const { sizeInBytes, recordCount, maxTimestamp } = builder;
        const hasRoom = builder.hasRoomFor(key, value, headers, timestamp);
        assert.equal(builder.append(key, value, headers, timestamp), hasRoom);
        if (!hasRoom)
          assert.deepEqual([builder.sizeInBytes, builder.recordCount, builder.maxTimestamp], [sizeInBytes, recordCount, maxTimestamp]);
        return hasRoom;
      });
      const expectedBytes = builder.sizeInBytes;
      const batch = builder.close();
      assert.equal(batch.length, expectedBytes);
      assert.ok(batch.length <= limitBytes || taken.length === 1);
      assert.deepEqual(
        readRecords(batch),
        taken.map((record, offset) => ({ offset, ...record })),
      );
    }),
  );
});

test("the first record is taken, however large", () => {
  fc.assert(
    fc.property(arbitraryRecord, ({ key, value, headers, timestamp }) => {
      assert.equal(new RecordBatchBuilder({ limitBytes: 1 }).append(key, value, headers, timestamp), true);
    }),
  );
});

test("the guess at the codec's work lets more records in", () => {
  const counts = [1, 0.5].map((compressionRatio) => {
    const builder = new RecordBatchBuilder({ limitBytes: 10000, compressionRatio });
    while (builder.append(null, value, [], NOW_MS));
    assert.ok(builder.estimatedBytes <= 10000);
    return builder.recordCount;
  });
  // 61 bytes of header; 109 bytes a record, 110 from the 65th on; the record at hand counts in full.
  assert.deepEqual(counts, [90, 180]);
});

test("the batch carries the producer set last, and the largest timestamp", () => {
  const builder = new RecordBatchBuilder();
  builder.append(null, value, [], 5);
  builder.append(null, value, [], 9);
  builder.append(null, value, [], 7);
  builder.setProducerState(1, 1, 1);
  builder.setProducerState(2 ** 40, 3, 8);
  const batch = builder.close();
  assert.deepEqual([producerId(batch, 0), producerEpoch(batch, 0), baseSequence(batch, 0), maxTimestamp(batch, 0)], [2 ** 40, 3, 8, 9]);
});

test("bytes are copied: the caller may use his buffers again", () => {
  const builder = new RecordBatchBuilder();
  const reused = Buffer.from("first");
  builder.append(reused, null, [{ key: "h", value: reused }], NOW_MS);
  reused.fill(0);
  const [record] = readRecords(builder.close());
  assert.deepEqual(record, {
    offset: 0,
    ...sampleRecord({ key: Buffer.from("first"), value: null, headers: [{ key: "h", value: Buffer.from("first") }] }),
  });
});

test("an empty batch cannot be closed, a closed one takes no record", () => {
  const builder = new RecordBatchBuilder();
  assert.throws(() => builder.close(), InvariantError);
  builder.append(null, value);
  builder.close();
  assert.throws(() => builder.close(), InvariantError);
  assert.throws(() => builder.append(null, value), InvariantError);
});

test("packed before it is closed, it is the same batch, and its buffer is free", () => {
  for (const codec of ["lz4", "snappy", "gzip", "zstd"] as const) {
    const built = (): RecordBatchBuilder => {
      const builder = new RecordBatchBuilder({ buffer: Buffer.alloc(4096) });
      for (let i = 0; i < 20; i++) builder.append(Buffer.from(`k${i}`), Buffer.from("value ".repeat(20)), [], 1000 + i);
      builder.setProducerState(7, 1, 3);
      return builder;
    };
    const packed = built();
    packed.pack(codec).fill(0xff);
    assert.equal(packed.buffer.length, 0);
    assert.throws(() => packed.append(null, null), /closed/);
    assert.throws(() => packed.pack(codec), /cannot be/);
    const expected = built().close(codec);
    assert.equal(packed.estimatedBytes, expected.length);
    assert.deepEqual(packed.close(codec), expected);
    const other = built();
    other.pack(codec);
    assert.throws(() => other.close("none"), /another codec/);
  }
});
