import assert from "node:assert/strict";
import { test } from "node:test";
import { NOW_MS, sampleBatch } from "../records-tests/sample-batches.ts";
import {
  attributes,
  baseOffset,
  baseSequence,
  computeCrc,
  crc,
  isTransactional,
  lastOffset,
  lastSequence,
  magic,
  maxTimestamp,
  partitionLeaderEpoch,
  producerEpoch,
  producerId,
  readRecords,
  setBaseOffset,
  setLogAppendTime,
  setPartitionLeaderEpoch,
  setProducerState,
  timestampType,
} from "./index.ts";

/** Where the batch lies in its buffer must never matter. */
const AT = 7;

function shifted(): Buffer {
  return Buffer.concat([Buffer.alloc(AT, 0xee), sampleBatch(), Buffer.alloc(3, 0xee)]);
}

test("offset and leader epoch are patched in place and leave the checksum alone", () => {
  const buffer = shifted();
  const before = crc(buffer, AT);
  for (const offset of [0, 1, 2 ** 31, 2 ** 32 + 5, Number.MAX_SAFE_INTEGER - 2]) {
    setBaseOffset(buffer, AT, offset);
    setPartitionLeaderEpoch(buffer, AT, offset % 1000);
    assert.equal(baseOffset(buffer, AT), offset);
    assert.equal(lastOffset(buffer, AT), offset + 2);
    assert.equal(partitionLeaderEpoch(buffer, AT), offset % 1000);
    assert.equal(crc(buffer, AT), before);
    assert.equal(computeCrc(buffer, AT), before);
  }
});

test("log append time changes attributes, the largest timestamp and the checksum", () => {
  const buffer = shifted();
  assert.equal(timestampType(buffer, AT), "createTime");
  setLogAppendTime(buffer, AT, NOW_MS + 99);
  assert.equal(timestampType(buffer, AT), "logAppendTime");
  assert.equal(attributes(buffer, AT), 0x08);
  assert.equal(maxTimestamp(buffer, AT), NOW_MS + 99);
  assert.equal(computeCrc(buffer, AT), crc(buffer, AT));
  assert.deepEqual(
    readRecords(buffer, AT).map((record) => record.timestamp),
    [NOW_MS + 99, NOW_MS + 99, NOW_MS + 99],
  );
});

test("a built batch takes another producer, epoch and sequence", () => {
  const buffer = shifted();
  setProducerState(buffer, AT, 2 ** 40 + 1, 32767, 12);
  assert.deepEqual([producerId(buffer, AT), producerEpoch(buffer, AT), baseSequence(buffer, AT)], [2 ** 40 + 1, 32767, 12]);
  assert.equal(computeCrc(buffer, AT), crc(buffer, AT));
  setProducerState(buffer, AT, -1, -1, -1);
  assert.deepEqual([producerId(buffer, AT), producerEpoch(buffer, AT), baseSequence(buffer, AT)], [-1, -1, -1]);
  assert.equal(isTransactional(buffer, AT), false);
});

test("sequences wrap from 2^31 - 1 to 0", () => {
  const batch = sampleBatch();
  for (const [first, last] of [
    [-1, -1],
    [0, 2],
    [2147483645, 2147483647],
    [2147483646, 0],
    [2147483647, 1],
  ] as const) {
    setProducerState(batch, 0, 1, 0, first);
    assert.equal(lastSequence(batch, 0), last);
  }
});

test("the format is a signed byte, as Java reads it", () => {
  const batch = sampleBatch();
  assert.equal(magic(batch, 0), 2);
  batch[16] = 0xff;
  assert.equal(magic(batch, 0), -1);
});
