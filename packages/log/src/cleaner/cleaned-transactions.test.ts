import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { encodeEndTransactionMarker, setBaseOffset } from "@ottla/protocol/records";
import { makeBatch, START_MS } from "../testing/log-fixture.ts";
import { BatchFilter } from "./batch-filter.ts";
import { CleanedTransactions } from "./cleaned-transactions.ts";
import { OffsetMap } from "./offset-map.ts";

const PRODUCER = 7;

/** A batch of one record, or of so many, of the producer's transaction. */
function recordsAt(offset: number, records = 1): Buffer {
  const batch = makeBatch({ records, producerId: PRODUCER, isTransactional: true });
  setBaseOffset(batch, 0, offset);
  return batch;
}

function markerAt(offset: number, outcome: "abort" | "commit", producerEpoch = 0): Buffer {
  const place = { producerId: PRODUCER, producerEpoch, baseOffset: offset, partitionLeaderEpoch: 0, timestampMs: START_MS };
  return encodeEndTransactionMarker({ outcome, coordinatorEpoch: 1 }, place);
}

const aborted = (firstOffset: number, lastOffset: number) => ({
  producerId: PRODUCER,
  firstOffset,
  lastOffset,
  lastStableOffset: lastOffset + 1,
});

describe("the transactions that a cleaner is inside of", () => {
  it("end at their marker's offset also where the marker itself is gone", () => {
    const transactions = new CleanedTransactions([aborted(0, 3)]);
    assert.equal(transactions.isAborted(recordsAt(0), 0), true);
    assert.equal(transactions.isAborted(recordsAt(10), 0), false, "the next one of the same producer");
    assert.equal(transactions.isObsoleteMarker(markerAt(11, "commit"), 0), false);
    assert.deepEqual(transactions.takeRetained(), []);
  });

  it("follow one another, each aborted one known by its own entry, also where a marker between them is gone", () => {
    const [first, second] = [aborted(0, 3), aborted(10, 13)];
    const transactions = new CleanedTransactions([second, first]);
    assert.equal(transactions.isAborted(recordsAt(0), 0), true);
    assert.equal(transactions.isAborted(recordsAt(10), 0), true);
    assert.equal(transactions.isObsoleteMarker(markerAt(13, "abort"), 0), false);
    assert.deepEqual(transactions.takeRetained(), [second]);
  });

  it("have nothing to do with control records that end none, which stay", () => {
    const transactions = new CleanedTransactions([aborted(0, 3)]);
    const other = markerAt(2, "abort");
    const KEY_TYPE_AT = 68;
    assert.equal(other.readInt16BE(KEY_TYPE_AT), 0);
    other.writeInt16BE(7, KEY_TYPE_AT);
    assert.equal(transactions.isObsoleteMarker(other, 0), false);
    assert.equal(transactions.isAborted(recordsAt(3), 0), true, "the transaction is open as before");
  });

  it("need no marker once their batches are gone", () => {
    const transactions = new CleanedTransactions([aborted(0, 3)]);
    assert.equal(transactions.isObsoleteMarker(markerAt(3, "abort"), 0), true);
    assert.equal(transactions.isObsoleteMarker(markerAt(5, "commit"), 0), true);
  });
});

describe("the last marker of a producer that has no batch left", () => {
  const filterAt = (nowMs: number, epoch: number): BatchFilter =>
    new BatchFilter({
      map: new OffsetMap(10, [1, 2, 3, 4]),
      mapEndOffset: 100,
      endOffset: 100,
      transactions: new CleanedTransactions([]),
      producers: new Map([[PRODUCER, { producerId: PRODUCER, epoch, lastOffset: -1 }]]),
      nowMs,
      deleteRetentionMs: 1000,
    });

  it("stays, empty, where it alone tells the producer's epoch; one of an older epoch goes", () => {
    for (const [producerEpoch, left] of [
      [4, "nothing"],
      [5, "empty"],
    ] as const) {
      const dated = filterAt(START_MS, 5).filter(markerAt(20, "commit", producerEpoch), 0);
      assert.ok(Buffer.isBuffer(dated), "it is given its delete horizon first");
      const found = filterAt(START_MS + 1000, 5).filter(dated, 0);
      assert.equal(Buffer.isBuffer(found) ? "empty" : found, left, `epoch ${producerEpoch}`);
      if (Buffer.isBuffer(found)) assert.equal(filterAt(START_MS + 5000, 5).filter(found, 0), "whole", "and stays so");
    }
  });
});
