import assert from "node:assert/strict";
import { test } from "node:test";
import { type CdcOffset, readOffset, writeOffset } from "./cdc-offset.ts";

const place = { file: "bin.000007", position: 1234n, gtids: "0-1-7" };

test("an offset is read as it was written", () => {
  const offsets: readonly CdcOffset[] = [
    { place: { ...place, gtids: undefined } },
    { place, identity: { serverUid: "s", fileSec: 5 } },
    { place, within: { gtid: "0-1-8", change: 3, part: 1, event: 2, row: 9 }, identity: { serverUid: undefined, fileSec: 1 } },
    { place, within: { gtid: undefined, change: 0, part: 0, event: 1, row: 0 } },
    { place, snapshot: { isTableDone: false } },
    { place, snapshot: { table: "shop.a", key: ["-1.5", "X'00ff'", "_utf8mb4 X'c3a9'", "X''"], isTableDone: false } },
    { place, snapshot: { table: "shop.a", isTableDone: true } },
  ];
  for (const offset of offsets) assert.deepEqual(readOffset(writeOffset(offset)), offset);
});

test("Debezium's offset is one", () => {
  const theirs = { ts_sec: 1_700_000_000, file: "bin.000003", pos: 500, gtids: "0-1-5", row: 1, server_id: 1, event: 2 };
  assert.deepEqual(readOffset(theirs), {
    place: { file: "bin.000003", position: 500n, gtids: "0-1-5" },
    within: { gtid: undefined, change: undefined, part: 0, event: 2, row: 1 },
  });
  assert.deepEqual(readOffset({ file: "bin.000003", pos: 500, event: 0, row: 0 }), {
    place: { file: "bin.000003", position: 500n, gtids: undefined },
  });
});

test("an offset that somebody wrote by hand is refused by what is wrong with it, and becomes no part of a query", () => {
  const wrong: readonly (readonly [Record<string, unknown>, RegExp])[] = [
    [{}, /has no file and pos/],
    [{ file: 1, pos: 4 }, /has no file and pos/],
    [{ file: "f", pos: -1 }, /pos is -1/],
    [{ file: "f", pos: 1.5 }, /pos is 1\.5/],
    [{ file: "f", pos: 4, gtids: "0-1-7'; DROP TABLE a" }, /gtids are/],
    [{ file: "f", pos: 4, gtids: 7 }, /gtids are 7/],
    [{ file: "f", pos: 4, row: "x", event: 1 }, /row is "x"/],
    ...["none", "{}", '["1 OR 1=1"]', "[1]", "[\"X'0'\"]", '["1","_utf8mb4 X\'zz\'"]', "[\"_utf8mb4 'a'\"]"].map(
      (key) => [{ file: "f", pos: 4, snapshot: "INITIAL", snapshot_table: "a.b", snapshot_key: key }, /snapshot_key is/] as const,
    ),
  ];
  for (const [offset, message] of wrong)
    assert.throws(() => readOffset(offset), { name: "ConnectError", code: "CONNECT_STATE", message }, JSON.stringify(offset));
});
