// Parquet files of the S3 sink, read by DuckDB.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { DuckDBInstance } from "@duckdb/node-api";
import { array, dateSchema, decimalSchema, map, optional, plain, struct, timeSchema, timestampSchema } from "@ottla/connect";
import { startFakeS3 } from "./fake-s3.ts";
import { openS3Task, recordAt } from "./s3-task.ts";

const context = {
  signal: new AbortController().signal,
  reportBad: (_: unknown, error: unknown): void => {
    throw error;
  },
};

async function queried(file: Uint8Array, sql: string): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), "ottla-parquet-"));
  try {
    const path = join(folder, "file.parquet");
    writeFileSync(path, file);
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    const reader = await connection.runAndReadAll(sql.replace("FILE", `'${path}'`));
    const rows = reader.getRowObjectsJson();
    connection.closeSync();
    instance.closeSync();
    return rows;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

for (const codec of ["snappy", "gzip", "none"])
  test(`every type of Connect's data is in Parquet what it was (${codec})`, async () => {
    await using s3 = await startFakeS3(["lake"]);
    const schema = struct({
      i8: plain("int8"),
      i64: plain("int64"),
      f: plain("float", true),
      d: plain("double"),
      b: plain("boolean"),
      s: plain("string", true),
      raw: plain("bytes", true),
      price: decimalSchema(2),
      day: dateSchema(),
      at: timeSchema(),
      ts: timestampSchema({ optional: true }),
      tags: array(plain("string", true), { optional: true }),
      counts: map(plain("string"), plain("int32", true)),
      inner: optional(struct({ x: plain("int32"), list: optional(array(struct({ y: plain("string", true) }))) })),
    });
    const full = {
      i8: -128,
      i64: 2n ** 62n + 1n,
      f: 0.5,
      d: 1e-300,
      b: true,
      s: "é",
      raw: Buffer.from([1, 255]),
      price: { unscaled: -123456789012345678901234567890n, scale: 2 },
      day: new Date("1969-12-31"),
      at: new Date(3_723_004),
      ts: new Date("2026-11-27T09:44:59.123Z"),
      tags: ["a", null, ""],
      counts: new Map([["k", 1] as const, ["l", null] as const]),
      inner: { x: 7, list: [{ y: "p" }, { y: null }] },
    };
    const bare = { ...full, f: null, s: null, raw: null, ts: null, tags: [], counts: new Map(), inner: { x: 8, list: null } };
    const none = { ...full, tags: null, inner: null, price: { unscaled: 5n, scale: 2 } };
    const task = await openS3Task({
      "s3.bucket.name": "lake",
      "store.url": s3.url,
      "aws.access.key.id": "test",
      "aws.secret.access.key": "test",
      "format.class": "io.confluent.connect.s3.format.parquet.ParquetFormat",
      "parquet.codec": codec,
      "flush.size": "3",
    });
    await task.write(
      [full, bare, none].map((value, offset) => recordAt(offset, value, { schema })),
      context,
    );
    await task.close?.();
    const [object] = s3.objects.values();
    const row = {
      i8: -128,
      i64: "4611686018427387905",
      f: 0.5,
      d: 1e-300,
      b: true,
      s: "é",
      raw: "\\x01\\xFF",
      price: "-1234567890123456789012345678.90",
      day: "1969-12-31",
      at: "01:02:03.004",
      ts: "2026-11-27 09:44:59.123",
      tags: ["a", null, ""],
      counts: [
        { key: "k", value: 1 },
        { key: "l", value: null },
      ],
      inner: { x: 7, list: [{ y: "p" }, { y: null }] },
    };
    assert.deepEqual(await queried(object!.body, "SELECT * REPLACE (ts::TIMESTAMP AS ts) FROM FILE"), [
      row,
      { ...row, f: null, s: null, raw: null, ts: null, tags: [], counts: [], inner: { x: 8, list: null } },
      { ...row, tags: null, inner: null, price: "0.05" },
    ]);
  });

test("a file of many row groups and parts has every row", async () => {
  await using s3 = await startFakeS3(["lake"]);
  const schema = struct({ n: plain("int64"), text: plain("string") });
  const task = await openS3Task({
    "s3.bucket.name": "lake",
    "store.url": s3.url,
    "aws.access.key.id": "test",
    "aws.secret.access.key": "test",
    "format.class": "parquet",
    "parquet.codec": "none",
    "flush.size": "200000",
    "s3.part.size": "5242880",
  });
  for (let from = 0; from < 200_000; from += 2000) {
    const batch = Array.from({ length: 2000 }, (_, index) =>
      recordAt(from + index, { n: BigInt(from + index), text: `row ${from + index} ${"x".repeat(100)}` }, { schema }),
    );
    await task.write(batch, context);
  }
  await task.close?.();
  const [object] = s3.objects.values();
  assert.ok(object!.etag.includes("-"), "it was sent in parts");
  assert.deepEqual(await queried(object!.body, "SELECT count(*) AS rows, count(DISTINCT text) AS texts, sum(n)::BIGINT AS sum FROM FILE"), [
    { rows: "200000", texts: "200000", sum: "19999900000" },
  ]);
  const groups = "SELECT row_group_id, any_value(row_group_num_rows) AS rows, count(*) AS columns FROM parquet_metadata(FILE) GROUP BY 1";
  assert.deepEqual(
    await queried(object!.body, `SELECT max(rows) AS most, sum(rows)::BIGINT AS rows, min(columns) AS columns FROM (${groups})`),
    [{ most: "16384", rows: "200000", columns: "2" }],
  );
});

test("keys and headers are columns of files beside, whose rows stand in the values' order", async () => {
  await using s3 = await startFakeS3(["lake"]);
  const task = await openS3Task({
    "s3.bucket.name": "lake",
    "store.url": s3.url,
    "aws.access.key.id": "test",
    "aws.secret.access.key": "test",
    "format.class": "parquet",
    "flush.size": "2",
    "store.kafka.keys": "true",
    "keys.format.class": "parquet",
    "store.kafka.headers": "true",
    "headers.format.class": "parquet",
  });
  const schema = struct({ n: plain("int32") });
  await task.write(
    [
      recordAt(0, { n: 1 }, { schema, key: "a", keySchema: plain("string"), headers: [{ key: "x", value: "1" }] }),
      recordAt(1, { n: 2 }, { schema, key: "b", keySchema: plain("string") }),
    ],
    context,
  );
  await task.close?.();
  const stem = "lake/topics/orders/partition=0/orders+0+0000000000";
  const read = async (ending: string): Promise<unknown> => queried(s3.objects.get(stem + ending)!.body, "SELECT * FROM FILE");
  assert.deepEqual(await read(".snappy.parquet"), [{ n: 1 }, { n: 2 }]);
  assert.deepEqual(await read(".keys.snappy.parquet"), [{ key: "a" }, { key: "b" }]);
  assert.deepEqual(await read(".headers.snappy.parquet"), [{ headers: [{ key: "x", value: "1" }] }, { headers: [] }]);
});
