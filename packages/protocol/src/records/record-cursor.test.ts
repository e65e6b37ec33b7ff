import assert from "node:assert/strict";
import { test } from "node:test";
import { MalformedBytesError } from "@ottla/base";
import fc from "fast-check";
import { arbitraryRecords, NOW_MS, sampleBatch, sampleRecord } from "../records-tests/sample-batches.ts";
import { CODEC_NAMES, decompressRecords, RecordCursor, readRecords, updateCrc } from "./index.ts";

const RECORDS_AT = 61;

test("records of any shape survive building and reading, in every codec", () => {
  fc.assert(
    fc.property(arbitraryRecords, fc.constantFrom(...CODEC_NAMES), fc.nat(2 ** 40), (records, codec, baseOffset) => {
      const batch = sampleBatch(records, codec, { baseOffset });
      assert.deepEqual(
        readRecords(batch),
        records.map((record, i) => ({ offset: baseOffset + i, ...record })),
      );
    }),
  );
});

test("headers are walked in order, duplicates, nulls and empty ones included", () => {
  const headers = [
    { key: "a", value: Buffer.from("1") },
    { key: "a", value: null },
    { key: "", value: Buffer.alloc(0) },
  ];
  const cursor = new RecordCursor().open(sampleBatch([sampleRecord({ headers })]));
  cursor.moveNext();
  assert.equal(cursor.headerCount, 3);
  const seen: unknown[] = [];
  while (cursor.moveNextHeader()) seen.push([cursor.headerKeyLength, cursor.headerValueLength]);
  assert.deepEqual(seen, [
    [1, 1],
    [1, -1],
    [0, 0],
  ]);
  assert.deepEqual(cursor.headers(), headers);
  assert.deepEqual(cursor.headers(), headers);
});

test("headers that nobody walked do not hinder the next record", () => {
  const headers = [{ key: "a", value: null }];
  const cursor = new RecordCursor().open(sampleBatch([sampleRecord({ headers }), sampleRecord()]));
  assert.ok(cursor.moveNext());
  assert.ok(cursor.moveNext());
  assert.equal(cursor.headerCount, 0);
  assert.equal(cursor.moveNextHeader(), false);
  assert.deepEqual(cursor.headers(), []);
});

test("one cursor reads batch after batch", () => {
  const cursor = new RecordCursor();
  for (const codec of CODEC_NAMES) {
    cursor.open(sampleBatch(undefined, codec));
    let count = 0;
    while (cursor.moveNext()) count++;
    assert.equal(count, 3);
    assert.equal(cursor.moveNext(), false);
  }
});

test("the bytes of a record can be taken as they are", () => {
  const batch = sampleBatch();
  const cursor = new RecordCursor().open(batch);
  const parts: Buffer[] = [];
  while (cursor.moveNext()) parts.push(cursor.bytes.subarray(cursor.recordStart, cursor.recordEnd));
  assert.deepEqual(Buffer.concat(parts), decompressRecords(batch, 0));
});

test("numbers written in more bytes than needed are read", () => {
  // length 9, attributes, timestampDelta 0 in three bytes, offsetDelta 0 in two, key null, value null, no headers
  const record = Buffer.from([18, 0, 0x80, 0x80, 0, 0x80, 0, 1, 1, 0]);
  assert.deepEqual(readRecords(withRecords(1, record)), [{ offset: 0, timestamp: NOW_MS, key: null, value: null, headers: [] }]);
});

test("any negative length is null, as Java reads it", () => {
  const records = readRecords(withRecords(1, Buffer.from([16, 0, 0, 0, 3, 5, 2, 0, 3])));
  assert.deepEqual(records, [{ offset: 0, timestamp: NOW_MS, key: null, value: null, headers: [{ key: "", value: null }] }]);
});

for (const [fault, count, record] of [
  ["a count larger than its records", 2, [12, 0, 0, 0, 1, 1, 0]],
  ["a count smaller than its records", 1, [12, 0, 0, 0, 1, 1, 0, 12, 0, 0, 0, 1, 1, 0]],
  ["a negative count", -1, [12, 0, 0, 0, 1, 1, 0]],
  ["a negative record length", 1, [1, 0, 0, 0, 1, 1, 0]],
  ["a record length beyond the batch", 1, [14, 0, 0, 0, 1, 1, 0]],
  ["a record length shorter than the fields", 1, [10, 0, 0, 0, 1, 1, 0]],
  ["bytes in a record behind its fields", 1, [14, 0, 0, 0, 1, 1, 0, 0]],
  ["a key beyond the record", 1, [12, 0, 0, 0, 100, 1, 0]],
  ["a key of 2 GiB", 1, [20, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff, 0x0f, 1, 0]],
  ["a varint of six bytes", 1, [22, 0, 0, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 1, 1, 0]],
  ["a varlong outside the safe integers", 1, [30, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 0, 1, 1, 0]],
  ["a negative header count", 1, [12, 0, 0, 0, 1, 1, 1]],
  ["more headers than bytes", 1, [22, 0, 0, 0, 1, 1, 0xfe, 0xff, 0xff, 0xff, 0x0f, 0]],
  ["a header without a key", 1, [16, 0, 0, 0, 1, 1, 2, 1, 1]],
  ["a header beyond the record", 1, [16, 0, 0, 0, 1, 1, 2, 40, 1]],
  ["headers that do not fill the record", 1, [18, 0, 0, 0, 1, 1, 2, 0, 1, 0]],
] as const) {
  test(`malformed, whatever follows the batch: ${fault}`, () => {
    const batch = withRecords(count, Buffer.from(record));
    assert.throws(() => readRecords(batch), MalformedBytesError);
    assert.throws(() => readRecords(Buffer.concat([batch, Buffer.alloc(300, 2)])), MalformedBytesError);
    assert.throws(() => readRecords(Buffer.concat([batch, Buffer.alloc(300, 0)])), MalformedBytesError);
  });
}

test("a record or header that does not fit is never handed out", () => {
  const record = new RecordCursor().open(withRecords(1, Buffer.from([14, 0, 0, 0, 1, 1, 0])));
  assert.throws(() => record.moveNext(), MalformedBytesError);
  const header = new RecordCursor().open(withRecords(1, Buffer.from([22, 0, 0, 0, 1, 1, 4, 0, 20, 0, 0, 0])));
  assert.ok(header.moveNext());
  assert.throws(() => header.moveNextHeader(), MalformedBytesError);
});

test("a cursor that met bad bytes has no next record", () => {
  const cursor = new RecordCursor().open(withRecords(2, Buffer.from([1, 0, 0, 0, 1, 1, 0])));
  assert.throws(() => cursor.moveNext(), MalformedBytesError);
  assert.equal(cursor.moveNext(), false);
});

test("an unknown codec and an offset outside the safe integers are malformed", () => {
  const codec = sampleBatch();
  codec[22] = 5;
  assert.throws(() => readRecords(codec), MalformedBytesError);
  const offset = sampleBatch();
  offset[0] = 0x7f;
  assert.throws(() => readRecords(offset), MalformedBytesError);
});

/** A batch header over record bytes made by hand. */
function withRecords(count: number, records: Buffer): Buffer {
  const batch = Buffer.concat([sampleBatch().subarray(0, RECORDS_AT), records]);
  batch.writeInt32BE(batch.length - 12, 8);
  batch.writeInt32BE(count, 57);
  updateCrc(batch, 0);
  return batch;
}
