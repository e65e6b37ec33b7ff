import assert from "node:assert/strict";
import { test } from "node:test";
import { MalformedBytesError } from "@ottla/base";
import { NOW_MS } from "../records-tests/sample-batches.ts";
import {
  decodeEndTransactionMarker,
  encodeEndTransactionMarker,
  isControl,
  isTransactional,
  RecordBatchBuilder,
  RecordCursor,
  recordCount,
} from "./index.ts";

const place = { producerId: 1000, producerEpoch: 2, baseOffset: 50, partitionLeaderEpoch: 1, timestampMs: NOW_MS };

test("a marker is a control batch of one record that ends a transaction", () => {
  for (const outcome of ["commit", "abort"] as const) {
    const batch = encodeEndTransactionMarker({ outcome, coordinatorEpoch: 9 }, place);
    assert.ok(isControl(batch, 0) && isTransactional(batch, 0));
    assert.equal(recordCount(batch, 0), 1);
    assert.deepEqual(decoded(batch), { outcome, coordinatorEpoch: 9 });
  }
});

test("control records of other types are passed over, later versions are read", () => {
  assert.equal(decoded(control("00000002", "0000")), null);
  assert.deepEqual(decoded(control("00070001", "00050000000400ff")), { outcome: "commit", coordinatorEpoch: 4 });
});

test("keys and values that are too short, missing or of a negative version are malformed", () => {
  for (const [key, value] of [
    ["000000", "000000000000"],
    [null, "000000000000"],
    ["ffff0000", "000000000000"],
    ["00000000", "0000000000"],
    ["00000000", null],
    ["00000000", "ffff00000000"],
  ] as const) {
    assert.throws(() => decoded(control(key, value)), MalformedBytesError);
  }
});

function decoded(batch: Buffer): ReturnType<typeof decodeEndTransactionMarker> {
  const cursor = new RecordCursor().open(batch);
  cursor.moveNext();
  return decodeEndTransactionMarker(cursor);
}

function control(key: string | null, value: string | null): Buffer {
  const builder = new RecordBatchBuilder({ isControl: true, isTransactional: true });
  builder.append(key === null ? null : Buffer.from(key, "hex"), value === null ? null : Buffer.from(value, "hex"), [], NOW_MS);
  return builder.close();
}
