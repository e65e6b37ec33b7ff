import assert from "node:assert/strict";
import { test } from "node:test";
import {
  baseOffset,
  baseSequence,
  checkBatchBytes,
  compressionOf,
  codecNameOf,
  decodeEndTransactionMarker,
  deleteHorizon,
  encodeEndTransactionMarker,
  isControl,
  isTransactional,
  lastOffset,
  maxTimestamp,
  partitionLeaderEpoch,
  producerEpoch,
  producerId,
  RecordBatchBuilder,
  RecordCursor,
  readRecords,
  recordCount,
  sizeInBytes,
  timestampType,
} from "../records/index.ts";
import { type GoldenBatch, loadGoldenCases, toBytes } from "./golden-batch.ts";

for (const { name, batch, bytes } of loadGoldenCases()) {
  const java = Buffer.from(bytes, "hex");

  test(`a batch that Java wrote is read as it was meant: ${name}`, () => {
    assert.equal(checkBatchBytes(java), null);
    assertHeader(java, batch);
    if (batch.isControl) assertMarker(java, batch);
    else assert.deepEqual(readRecords(java), expectedRecords(batch));
  });

  if (batch.codec === "none" && batch.deleteHorizonMs === null) {
    test(`our bytes are Java's: ${name}`, () => {
      assert.equal((batch.isControl ? encodedMarker(batch) : encoded(batch)).toString("hex"), bytes);
    });
  }
}

function assertHeader(java: Buffer, batch: GoldenBatch): void {
  const count = batch.records.length;
  assert.equal(sizeInBytes(java, 0), java.length);
  assert.equal(codecNameOf(compressionOf(java, 0)), batch.codec);
  assert.equal(baseOffset(java, 0), batch.baseOffset);
  assert.equal(lastOffset(java, 0), batch.baseOffset + count - 1);
  assert.equal(recordCount(java, 0), count);
  assert.equal(partitionLeaderEpoch(java, 0), batch.partitionLeaderEpoch);
  assert.equal(timestampType(java, 0), batch.logAppendTimeMs === null ? "createTime" : "logAppendTime");
  assert.equal(maxTimestamp(java, 0), batch.logAppendTimeMs ?? Math.max(...batch.records.map((record) => record.timestamp)));
  assert.equal(deleteHorizon(java, 0), batch.deleteHorizonMs);
  assert.equal(producerId(java, 0), batch.producerId);
  assert.equal(producerEpoch(java, 0), batch.producerEpoch);
  assert.equal(baseSequence(java, 0), batch.baseSequence);
  assert.equal(isTransactional(java, 0), batch.isTransactional);
  assert.equal(isControl(java, 0), batch.isControl);
}

function assertMarker(java: Buffer, batch: GoldenBatch): void {
  const cursor = new RecordCursor().open(java);
  assert.ok(cursor.moveNext());
  assert.deepEqual(decodeEndTransactionMarker(cursor), batch.records[0]!.marker);
  assert.equal(cursor.timestamp, batch.records[0]!.timestamp);
  assert.ok(!cursor.moveNext());
}

function expectedRecords(batch: GoldenBatch): unknown {
  return batch.records.map((record, i) => ({
    offset: batch.baseOffset + i,
    timestamp: batch.logAppendTimeMs ?? record.timestamp,
    key: toBytes(record.key),
    value: toBytes(record.value),
    headers: record.headers.map(({ key, value }) => ({ key, value: toBytes(value) })),
  }));
}

function encoded(batch: GoldenBatch): Buffer {
  const builder = new RecordBatchBuilder(batch);
  builder.setProducerState(batch.producerId, batch.producerEpoch, batch.baseSequence);
  for (const record of batch.records) {
    const headers = record.headers.map(({ key, value }) => ({ key, value: toBytes(value) }));
    builder.append(toBytes(record.key), toBytes(record.value), headers, record.timestamp);
  }
  return builder.close();
}

function encodedMarker(batch: GoldenBatch): Buffer {
  return encodeEndTransactionMarker(batch.records[0]!.marker!, { ...batch, timestampMs: batch.records[0]!.timestamp });
}
