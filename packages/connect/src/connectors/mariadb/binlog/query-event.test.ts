import assert from "node:assert/strict";
import { test } from "node:test";
import { MalformedBytesError } from "@ottla/base";
import { BinlogBytes } from "./binlog-bytes.ts";
import { readQuery } from "./query-event.ts";

/** A statement behind its event's header; `load`: what a LOAD DATA says beside it. */
function queryBytes(status: Buffer, sql: string, load: Buffer = Buffer.alloc(0)): BinlogBytes {
  const head = Buffer.alloc(13);
  head.writeUInt32LE(9, 0);
  head[8] = 4;
  head.writeUInt16LE(status.length, 11);
  return new BinlogBytes(Buffer.concat([head, load, status, Buffer.from(`shop\0${sql}`)]));
}

// Flags, sql_mode with ANSI_QUOTES, catalog, auto increment, charset, and what is not known here.
const STATUS = Buffer.concat([
  Buffer.from([0, 0, 0, 0, 0, 1, 4, 0, 0, 0, 0, 0, 0, 0, 6, 3]),
  Buffer.from("std"),
  Buffer.from([3, 1, 0, 1, 0, 4, 8, 0, 8, 0, 45, 0, 200, 7]),
]);

test("a statement has its session's charset and quotes, whatever else is told of it", () => {
  const { sql, ...rest } = readQuery(queryBytes(STATUS, "TRUNCATE a"), "plain");
  assert.deepEqual(
    [String(sql), rest],
    ["TRUNCATE a", { kind: "query", threadId: 9, database: "shop", collation: 8, hasAnsiQuotes: true }],
  );
  const none = readQuery(queryBytes(Buffer.alloc(0), "COMMIT"), "plain");
  assert.deepEqual([none.collation, none.hasAnsiQuotes, String(none.sql)], [undefined, false, "COMMIT"]);
  const unknown = readQuery(queryBytes(Buffer.from([99, 1, 2, 3]), "COMMIT"), "plain");
  assert.deepEqual([unknown.collation, String(unknown.sql)], [undefined, "COMMIT"]);
  const load = readQuery(queryBytes(STATUS, "LOAD DATA", Buffer.alloc(13, 7)), "load");
  assert.deepEqual([String(load.sql), load.database, load.collation], ["LOAD DATA", "shop", 8]);
});

test("what is told of a session does not reach into what follows", () => {
  for (const status of [Buffer.from([1, 4, 0]), Buffer.from([6, 200, 1]), Buffer.from([0, 1])])
    assert.throws(() => readQuery(queryBytes(status, "COMMIT"), "plain"), MalformedBytesError);
});
