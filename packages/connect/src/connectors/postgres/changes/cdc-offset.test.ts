import assert from "node:assert/strict";
import { test } from "node:test";
import { type CdcOffset, offsetOfChange, readOffset, writeOffset } from "./cdc-offset.ts";

const identity = { systemId: "7", timeline: 1, slot: "s" };

test("an offset is read as it was written: between transactions, within one, within a snapshot", () => {
  const offsets: readonly CdcOffset[] = [
    { commitLsn: 5n, identity },
    { commitLsn: 5n, within: { xid: 8, lsn: 6n, index: 2, part: 1 }, identity },
    { commitLsn: 5n, snapshot: { isTableDone: false }, identity },
    { commitLsn: 5n, snapshot: { table: "public.a", key: ["1", "x"], isTableDone: true }, identity },
    { commitLsn: 5n, identity, progress: { incremental: "[]", signalOffset: 3 } },
  ];
  for (const offset of offsets) assert.deepEqual(readOffset(writeOffset(offset)), offset);
});

test("a change's offset is the same, name by name in order, whichever way it is written", () => {
  const within = { xid: 8, lsn: 6n, index: 2, part: 1 };
  for (const messageType of ["INSERT", "BEGIN"])
    assert.deepEqual(
      Object.entries(offsetOfChange({ commitLsn: 5n, ...within, messageType, tsUs: 9n }, identity)),
      Object.entries(writeOffset({ commitLsn: 5n, within, identity }, { messageType, tsUs: 9n })),
    );
});

test("Debezium's offsets are gone on behind, and a snapshot that it has ended is not made again", () => {
  assert.deepEqual(readOffset({ lsn: 7, txId: 3, ts_usec: 1 }), { commitLsn: 7n });
  assert.deepEqual(readOffset({ lsn: 7, lsn_commit: 5, lsn_proc: 7 }), { commitLsn: 5n });
  const during = { lsn: 7, snapshot: "INITIAL", snapshot_completed: false };
  assert.deepEqual(readOffset(during).snapshot, { isTableDone: false });
  assert.equal(readOffset({ ...during, snapshot_completed: true }).snapshot, undefined);
  assert.equal(readOffset({ lsn: 7, snapshot: true, last_snapshot_record: true }).snapshot, undefined);
  assert.deepEqual(readOffset({ lsn: 7, snapshot: true, last_snapshot_record: false }).snapshot, { isTableDone: false });
});

test("what is no place in the log is refused, with what to do", () => {
  assert.throws(() => readOffset({}), { code: "CONNECT_STATE", message: /has neither lsn_commit nor lsn\. Reset/ });
  for (const lsn of ["7", 1.5, -1, {}])
    assert.throws(() => readOffset({ lsn }), { code: "CONNECT_STATE", message: /not a place in the log/ });
});
