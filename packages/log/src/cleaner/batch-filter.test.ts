import assert from "node:assert/strict";
import { test } from "node:test";
import { RecordBatchBuilder, RecordCursor } from "@ottla/protocol/records";
import { BatchFilter } from "./batch-filter.ts";
import { CleanedTransactions } from "./cleaned-transactions.ts";
import { OffsetMap } from "./offset-map.ts";

function offsetsIn(batch: Buffer): number[] {
  const cursor = new RecordCursor();
  cursor.open(batch, 0);
  const found: number[] = [];
  while (cursor.moveNext()) found.push(cursor.offset);
  return found;
}

test("a record behind what the map knows of stays, also one that will go when the map comes to it", () => {
  const builder = new RecordBatchBuilder();
  for (let i = 0; i < 3; i++) builder.append(null, Buffer.from(`without a key, ${i}`), [], 1000);
  const filter = new BatchFilter({
    map: new OffsetMap(8, [1, 2, 3, 4]),
    mapEndOffset: 2,
    endOffset: 3,
    transactions: new CleanedTransactions([]),
    producers: new Map(),
    nowMs: 2000,
    deleteRetentionMs: 1000,
  });
  const left = filter.filter(builder.close("none"), 0);
  assert.ok(Buffer.isBuffer(left), String(left));
  assert.deepEqual(offsetsIn(left), [2]);
});
