import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode } from "../errors/error-codes.ts";
import { NOW_MS, sampleBatch } from "../records-tests/sample-batches.ts";
import {
  type BatchFault,
  CODEC_NAMES,
  checkBatchBytes,
  checkProducedHeader,
  checkRequestRecords,
  encodeEndTransactionMarker,
  sizeInBytes,
  setProducerState,
  updateCrc,
} from "./index.ts";

const PRODUCE_VERSION = 9;
const { CORRUPT_MESSAGE, INVALID_RECORD, INVALID_TIMESTAMP, UNKNOWN_SERVER_ERROR, UNSUPPORTED_COMPRESSION_TYPE } = ErrorCode;

/** Both checks that come before the records are read. */
function checkProducedRecords(records: Buffer, produceVersion: number): BatchFault | null {
  return checkRequestRecords(records, produceVersion) ?? checkProducedHeader(records.subarray(0, sizeInBytes(records, 0)), Infinity);
}

/** A sound batch with one change and a checksum that fits again. */
function changed(change: (batch: Buffer) => void): Buffer {
  const batch = sampleBatch();
  change(batch);
  updateCrc(batch, 0);
  return batch;
}

test("sound batches of every codec pass", () => {
  for (const codec of CODEC_NAMES) assert.equal(checkProducedRecords(sampleBatch(undefined, codec), PRODUCE_VERSION), null);
});

test("a base offset that is not 0 is refused, before the size and the checksum are looked at", () => {
  for (const offset of [1, 777, -1, 1234567890123, Number.MAX_SAFE_INTEGER]) {
    const batch = sampleBatch(undefined, "none", { baseOffset: offset });
    batch[batch.length - 1]! ^= 1;
    assert.equal(checkProducedHeader(batch, 1)?.errorCode, INVALID_RECORD, String(offset));
  }
});

test("a batch larger than the topic takes is refused, before its checksum is looked at", () => {
  const batch = sampleBatch();
  assert.equal(checkProducedHeader(batch, batch.length), null);
  batch[batch.length - 1]! ^= 1;
  assert.equal(checkProducedHeader(batch, batch.length - 1)?.errorCode, ErrorCode.MESSAGE_TOO_LARGE);
  assert.equal(checkProducedHeader(batch, batch.length)?.errorCode, CORRUPT_MESSAGE);
});

test("a flipped bit anywhere behind the leader epoch is found", () => {
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

test("a batch cut at any byte is refused", () => {
  const sound = sampleBatch();
  for (let end = 0; end < sound.length; end++) {
    assert.notEqual(checkProducedRecords(sound.subarray(0, end), PRODUCE_VERSION), null);
    assert.equal(checkBatchBytes(sound, 0, end)?.errorCode, CORRUPT_MESSAGE);
  }
});

for (const [fault, errorCode, records] of [
  ["no batch at all", INVALID_RECORD, Buffer.alloc(0)],
  ["two batches", INVALID_RECORD, Buffer.concat([sampleBatch(), sampleBatch()])],
  ["the formats of before Kafka 0.11", INVALID_RECORD, changed((b) => b.writeInt8(1, 16))],
  ["a format of the future", CORRUPT_MESSAGE, changed((b) => b.writeInt8(3, 16))],
  ["a length below any format's", CORRUPT_MESSAGE, changed((b) => b.writeInt32BE(13, 8))],
  ["a length below the header's", CORRUPT_MESSAGE, changed((b) => b.writeInt32BE(48, 8))],
  ["more offsets than records", INVALID_RECORD, changed((b) => b.writeInt32BE(3, 23))],
  ["fewer offsets than records", INVALID_RECORD, changed((b) => b.writeInt32BE(1, 23))],
  ["a negative last offset delta", INVALID_RECORD, changed((b) => b.writeInt32BE(-2, 23))],
  ["no records", INVALID_RECORD, changed((b) => (b.writeInt32BE(-1, 23), b.writeInt32BE(0, 57)))],
  ["an unknown codec, as Apache Kafka answers it", UNKNOWN_SERVER_ERROR, changed((b) => b.writeInt16BE(5, 21))],
  ["a control record", INVALID_RECORD, changed((b) => b.writeInt16BE(0x20, 21))],
  ["a transaction marker", INVALID_RECORD, marker()],
  ["a producer without a sequence", INVALID_RECORD, changed((b) => setProducerState(b, 0, 5, 0, -1))],
  ["a producer outside the safe integers", INVALID_RECORD, changed((b) => (setProducerState(b, 0, 5, 0, 0), b.writeInt8(0x7f, 43)))],
  ["a base timestamp outside the safe integers", INVALID_TIMESTAMP, changed((b) => b.writeInt8(0x7f, 27))],
  ["an append time outside the safe integers", INVALID_TIMESTAMP, changed((b) => (b.writeInt16BE(8, 21), b.writeInt8(0x7f, 35)))],
] as const) {
  test(`a produced batch is refused: ${fault}`, () => {
    const found = checkProducedRecords(records, PRODUCE_VERSION);
    assert.equal(found?.errorCode, errorCode);
    assert.match(found.message, /^[A-Z].*\.$/);
  });
}

test("a cut batch behind the whole one is let pass, to be dropped", () => {
  const batch = sampleBatch();
  for (let bytes = 0; bytes < batch.length; bytes++) {
    assert.equal(checkProducedRecords(Buffer.concat([batch, batch.subarray(0, bytes)]), PRODUCE_VERSION), null);
  }
});

test("what lies behind the batch must be nothing, or the start of another", () => {
  const batch = sampleBatch();
  const behind = (bytes: Buffer) => checkRequestRecords(Buffer.concat([batch, bytes]), PRODUCE_VERSION)?.errorCode;
  assert.equal(behind(Buffer.alloc(11)), undefined);
  assert.equal(behind(Buffer.alloc(12)), CORRUPT_MESSAGE, "a length of 0");
  assert.equal(behind(batch.subarray(0, 16)), undefined);
  assert.equal(behind(Buffer.alloc(100)), CORRUPT_MESSAGE);
  assert.equal(behind(Buffer.alloc(100, 0xff)), CORRUPT_MESSAGE);
  assert.equal(behind(batch), INVALID_RECORD);
});

test("the largest time of the header is not looked at: it is set from the records", () => {
  assert.equal(
    checkProducedRecords(
      changed((b) => b.writeInt8(0x7f, 35)),
      PRODUCE_VERSION,
    ),
    null,
  );
});

test("a producer below −1 is none, as in Apache Kafka", () => {
  assert.equal(
    checkProducedRecords(
      changed((b) => setProducerState(b, 0, -2, 0, -1)),
      PRODUCE_VERSION,
    ),
    null,
  );
});

test("zstd needs Produce version 7", () => {
  const batch = sampleBatch(undefined, "zstd");
  assert.equal(checkProducedRecords(batch, 6)?.errorCode, UNSUPPORTED_COMPRESSION_TYPE);
  assert.equal(checkProducedRecords(batch, 7), null);
});

/** The end of a transaction, which only brokers write. */
function marker(): Buffer {
  return encodeEndTransactionMarker(
    { outcome: "commit", coordinatorEpoch: 0 },
    { producerId: 7, producerEpoch: 0, baseOffset: 0, partitionLeaderEpoch: -1, timestampMs: NOW_MS },
  );
}
