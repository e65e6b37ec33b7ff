import assert from "node:assert/strict";
import { test } from "node:test";
import { NOW_MS, sampleBatch, sampleRecord } from "../records-tests/sample-batches.ts";
import { checkBatchBytes, readRecords, RecordCursor, RecordSelection } from "./index.ts";

const records = Array.from({ length: 100 }, (_, i) => sampleRecord({ value: Buffer.alloc(50, i), timestamp: NOW_MS + i }));

/** The batch with its records from `first` on alone. */
function without(selection: RecordSelection, batch: Buffer, first: number): Buffer {
  const cursor = new RecordCursor();
  cursor.open(batch, 0);
  selection.clear();
  for (let i = 0; cursor.moveNext(); i++) if (i >= first) selection.add(cursor);
  return selection.toBatch(batch, 0, cursor.bytes, null);
}

test("one selection makes batch after batch, longer and shorter ones, in the same memory", () => {
  const selection = new RecordSelection();
  const batch = sampleBatch(records);
  const memories = new Set<ArrayBufferLike>();
  for (const first of [60, 99, 0, 50, 1, 98]) {
    const made = without(selection, batch, first);
    checkBatchBytes(made);
    assert.deepEqual(
      readRecords(made, 0).map(({ value }) => value),
      records.slice(first).map(({ value }) => value),
    );
    memories.add(made.buffer);
  }
  // It grows twice at most: from nothing, and to what the longest needs.
  assert.ok(memories.size <= 3, `${memories.size} buffers`);
});

test("a batch beyond a mebibyte does not stay in memory", () => {
  const selection = new RecordSelection();
  const large = sampleBatch([sampleRecord({ value: Buffer.alloc(2 * 1024 * 1024, 7) }), sampleRecord({ value: Buffer.alloc(3, 8) })]);
  const small = without(selection, large, 1);
  const whole = without(selection, large, 0);
  assert.notEqual(whole.buffer, small.buffer);
  assert.equal(without(selection, large, 1).buffer, small.buffer);
});
