import assert from "node:assert/strict";
import { test } from "node:test";
import { MalformedBytesError } from "@ottla/base";
import { type CdcOffset, readOffset, writeOffset } from "./changes/cdc-offset.ts";
import type { ServerFacts } from "./connection/server.ts";
import { asDumpError, BinlogLostError, judgeFile, judgeGtidMode, judgePosition, judgeServer } from "./judge-binlog.ts";

const server = (uid: string | undefined, isMariaDb = true): ServerFacts => ({ version: "", isMariaDb, uid, serverId: 1 });
const offset = (gtids: string | undefined, uid: string | undefined = "a", fileSec?: number): CdcOffset => ({
  place: { file: "bin.000007", position: 1234n, gtids },
  identity: { serverUid: uid, fileSec },
});

test("places of another server are refused, unless they are GTIDs", () => {
  assert.doesNotThrow(() => judgeServer(offset("0-1-7"), server("b")));
  assert.doesNotThrow(() => judgeServer(offset(undefined), server("a")));
  assert.doesNotThrow(() => judgeServer(offset(undefined), server(undefined)));
  for (const gtids of [undefined, ""]) assert.throws(() => judgeServer(offset(gtids), server("b")), BinlogLostError);
  assert.doesNotThrow(() => judgeServer(offset("uuid:1-7"), server("b", false)));
  assert.throws(() => judgeServer(offset("uuid:1-7"), server("a")), /are of MySQL, but this server is MariaDB/);
  assert.throws(() => judgeServer(offset("0-1-7"), server("a", false)), /are of MariaDB, but this server is MySQL/);
});

test("where MySQL writes no GTIDs any longer its own files say where reading goes on, and those of another server nothing", () => {
  const set = "3e11fa47-71ca-11e1-9e33-c80aa9429562:1-7";
  assert.equal(judgeGtidMode(offset(set), server("b", false), "ON"), true);
  for (const none of [undefined, ""]) assert.equal(judgeGtidMode(offset(none), server("a", false), "ON"), false);
  for (const mode of ["OFF", "OFF_PERMISSIVE", "ON_PERMISSIVE", undefined]) {
    assert.equal(judgeGtidMode(offset(set), server("a", false), mode), false);
    assert.throws(() => judgeGtidMode(offset(set), server("b", false), mode), BinlogLostError);
  }
});

test("a place that has no room in the protocol is refused", () => {
  const at = (position: bigint): CdcOffset => ({ place: { file: "bin.000007", position, gtids: undefined } });
  assert.doesNotThrow(() => judgePosition(at(2n ** 32n - 1n)));
  assert.throws(() => judgePosition(at(2n ** 32n)), { name: "ConnectError", message: /beyond 4 GiB.*Reset the connector's offsets/ });
});

test("bytes that are no binlog are told of with their place", () => {
  assert.match(
    String(asDumpError(new MalformedBytesError("An event is short."), offset("0-1-7"), 5)),
    /Behind bin\.000007:1234 the binlog cannot be read: An event is short\./,
  );
});

test("binlogs that were reset are seen by the file in which the server begins", () => {
  assert.doesNotThrow(() => judgeFile(offset("0-1-7", "a", 100), server("a"), "bin.000007", 100));
  assert.doesNotThrow(() => judgeFile(offset("0-1-7", "a"), server("a"), "bin.000007", 100));
  assert.doesNotThrow(() => judgeFile(offset("0-1-7", "a", 100), server("b"), "bin.000001", 5), "another server has other files");
  assert.throws(() => judgeFile(offset("0-1-7", "a", 100), server("a"), "bin.000007", 101), /made at another time/);
  assert.throws(() => judgeFile(offset("0-1-7", "a", 100), server("a"), "bin.000001", 100), /RESET MASTER/);
});

test("what the server says of a dump is told with the remedy", () => {
  const fatal = (message: string) => Object.assign(new Error(message), { errno: 1236 });
  assert.match(
    String(asDumpError(fatal("Could not find first log file"), offset("0-1-7"), 5)),
    /behind 0-1-7: Could not find.*Reset the connector's offsets/,
  );
  assert.match(
    String(asDumpError(new Error("A slave with the same server_uuid/server_id is already connected; the first event"), offset(""), 5)),
    /as server 5.*database\.server\.id/,
  );
  const other = new Error("no");
  assert.equal(asDumpError(other, offset(""), 5), other);
});

test("an offset is read as it was written, and Debezium's is taken over", () => {
  const whole: CdcOffset = {
    place: { file: "bin.000007", position: 2n ** 40n, gtids: "0-1-7,2-1-9" },
    within: { gtid: "0-1-8", change: 3, part: 1, event: 4, row: 2 },
    snapshot: { table: "shop.a", key: ["1", "_utf8mb4 X'61'"], isTableDone: false },
    identity: { serverUid: "a", fileSec: 100 },
  };
  assert.deepEqual(readOffset(writeOffset(whole)), whole);
  assert.deepEqual(readOffset({ transaction_id: null, ts_sec: 1, file: "b.1", pos: 4, gtids: "0-1-7", row: 1, server_id: 1, event: 2 }), {
    place: { file: "b.1", position: 4n, gtids: "0-1-7" },
    within: { gtid: undefined, change: undefined, part: 0, event: 2, row: 1 },
  });
  assert.throws(() => readOffset({ file: "b.1" }), /no file and pos/);
  assert.throws(() => readOffset({ file: "b.1", pos: -1 }), /not a whole number/);
  assert.throws(() => readOffset({ file: "b.1", pos: 1, gtids: "0-1-7'; DROP" }), /gtids/);
});
