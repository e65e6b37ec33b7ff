import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode } from "../errors/error-codes.ts";
import { NOW_MS, sampleBatch, sampleRecord } from "../records-tests/sample-batches.ts";
import {
  CODEC_NAMES,
  checkBatchBytes,
  checkEachRecord,
  checkProducedRecords,
  encodeEndTransactionMarker,
  setProducerState,
  updateCrc,
} from "./index.ts";

const PRODUCE_VERSION = 9;
const { CORRUPT_MESSAGE, INVALID_RECORD, INVALID_TIMESTAMP, UNSUPPORTED_COMPRESSION_TYPE } = ErrorCode;

/** A sound batch with one change and a checksum that fits again. */
function changed(change: (batch: Buffer) => void): Buffer {
  const batch = sampleBatch();
  change(batch);
  updateCrc(batch, 0);
  return batch;
}

test("C3: sound batches of every codec pass, at any base offset", () => {
  for (const codec of CODEC_NAMES) {
    for (const baseOffset of [0, 1234567890123])
      assert.equal(checkProducedRecords(sampleBatch(undefined, codec, { baseOffset }), PRODUCE_VERSION), null);
  }
});

test("C3: a flipped bit anywhere behind the leader epoch is found", () => {
  const sound = sampleBatch();
  for (let at = 16; at < sound.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const damaged = Buffer.from(sound);
      damaged[at]! ^= 1 << bit;
      assert.notEqual(checkProducedRecords(damaged, PRODUCE_VERSION), null, `bit ${bit} of byte ${at}`);
      assert.equal(checkBatchBytes(damaged)?.errorCode, CORRUPT_MESSAGE);
    }
  }
});

test("C3: a batch cut at any byte is refused", () => {
  const sound = sampleBatch();
  for (let end = 0; end < sound.length; end++) {
    assert.notEqual(checkProducedRecords(sound.subarray(0, end), PRODUCE_VERSION), null);
    assert.equal(checkBatchBytes(sound, 0, end)?.errorCode, CORRUPT_MESSAGE);
  }
});

for (const [fault, errorCode, records] of [
  ["C1: no batch at all", INVALID_RECORD, Buffer.alloc(0)],
  ["C1: two batches", INVALID_RECORD, Buffer.concat([sampleBatch(), sampleBatch()])],
  ["C1: the formats of before Kafka 0.11", INVALID_RECORD, changed((b) => b.writeInt8(1, 16))],
  ["C1: a format of the future", CORRUPT_MESSAGE, changed((b) => b.writeInt8(3, 16))],
  ["C3: a length below any format's", CORRUPT_MESSAGE, changed((b) => b.writeInt32BE(13, 8))],
  ["C3: a length below the header's", CORRUPT_MESSAGE, changed((b) => b.writeInt32BE(48, 8))],
  ["C3: more offsets than records", INVALID_RECORD, changed((b) => b.writeInt32BE(3, 23))],
  ["C3: fewer offsets than records", INVALID_RECORD, changed((b) => b.writeInt32BE(1, 23))],
  ["C3: a negative last offset delta", INVALID_RECORD, changed((b) => b.writeInt32BE(-2, 23))],
  ["C3: no records", INVALID_RECORD, changed((b) => (b.writeInt32BE(-1, 23), b.writeInt32BE(0, 57)))],
  ["C3: more records than the bytes can hold", INVALID_RECORD, changed((b) => (b.writeInt32BE(999, 23), b.writeInt32BE(1000, 57)))],
  ["C3: an unknown codec", UNSUPPORTED_COMPRESSION_TYPE, changed((b) => b.writeInt16BE(5, 21))],
  ["C3: a control record", INVALID_RECORD, changed((b) => b.writeInt16BE(0x20, 21))],
  ["C3: a transaction marker", INVALID_RECORD, marker()],
  ["C3: a producer without a sequence", INVALID_RECORD, changed((b) => setProducerState(b, 0, 5, 0, -1))],
  ["C3: a producer outside the safe integers", INVALID_RECORD, changed((b) => (setProducerState(b, 0, 5, 0, 0), b.writeInt8(0x7f, 43)))],
  ["C3: a timestamp outside the safe integers", INVALID_TIMESTAMP, changed((b) => b.writeInt8(0x7f, 35))],
] as const) {
  test(`a produced batch is refused: ${fault}`, () => {
    const found = checkProducedRecords(records, PRODUCE_VERSION);
    assert.equal(found?.errorCode, errorCode);
    assert.match(found.message, /^[A-Z].*\.$/);
  });
}

test("C1: a cut batch behind the whole one is let pass, to be dropped", () => {
  const batch = sampleBatch();
  for (let bytes = 0; bytes < batch.length; bytes++) {
    assert.equal(checkProducedRecords(Buffer.concat([batch, batch.subarray(0, bytes)]), PRODUCE_VERSION), null);
  }
});

test("C7: zstd needs Produce version 7", () => {
  const batch = sampleBatch(undefined, "zstd");
  assert.equal(checkProducedRecords(batch, 6)?.errorCode, UNSUPPORTED_COMPRESSION_TYPE);
  assert.equal(checkProducedRecords(batch, 7), null);
});

const ANY = { requiresKey: false, earliestTimestamp: -Infinity, latestTimestamp: Infinity };
const keyless = [sampleRecord(), sampleRecord({ key: null }), sampleRecord({ key: Buffer.alloc(0) }), sampleRecord({ key: null })];

test("C6: records without a key are named where a key is asked for; an empty key is one", () => {
  for (const codec of CODEC_NAMES) {
    assert.equal(checkEachRecord(sampleBatch(keyless, codec), ANY), null);
    const found = checkEachRecord(sampleBatch(keyless, codec), { ...ANY, requiresKey: true });
    assert.equal(found?.errorCode, INVALID_RECORD);
    assert.deepEqual(
      found.records?.map((record) => record.batchIndex),
      [1, 3],
    );
  }
});

test("C6: at most 100 faults are listed", () => {
  const batch = sampleBatch(Array.from({ length: 101 }, () => sampleRecord({ key: null })));
  assert.equal(checkEachRecord(batch, { ...ANY, requiresKey: true })?.records?.length, 100);
});

test("C3: timestamps are held against both bounds; no timestamp is no fault", () => {
  const records = [NOW_MS - 1, NOW_MS, NOW_MS + 10, NOW_MS + 11, -1].map((timestamp) => sampleRecord({ timestamp }));
  const found = checkEachRecord(sampleBatch(records), { ...ANY, earliestTimestamp: NOW_MS, latestTimestamp: NOW_MS + 10 });
  assert.equal(found?.errorCode, INVALID_TIMESTAMP);
  assert.deepEqual(
    found.records?.map((record) => record.batchIndex),
    [0, 3],
  );
});

test("offsets that do not follow each other, and records that are none, are refused", () => {
  const gap = changed((b) => b.writeInt8(4, 61 + 2 + 1)); // the first record's offset delta: 2
  assert.equal(checkEachRecord(gap, ANY)?.errorCode, INVALID_RECORD);
  const nonsense = changed((b) => b.fill(0xff, 61));
  assert.equal(checkEachRecord(nonsense, ANY)?.errorCode, INVALID_RECORD);
  const headers = changed((b) => b.writeInt8(2, b.length - 1));
  assert.equal(checkEachRecord(headers, ANY)?.errorCode, INVALID_RECORD);
  const header = sampleBatch([sampleRecord({ headers: [{ key: "h", value: null }] })]);
  header[header.length - 1] = 3; // the header's value length: -2
  updateCrc(header, 0);
  assert.equal(checkEachRecord(header, ANY)?.errorCode, INVALID_RECORD);
});

function marker(): Buffer {
  const place = { producerId: 1, producerEpoch: 0, baseOffset: 0, partitionLeaderEpoch: -1, timestampMs: NOW_MS };
  return encodeEndTransactionMarker({ outcome: "commit", coordinatorEpoch: 0 }, place);
}
