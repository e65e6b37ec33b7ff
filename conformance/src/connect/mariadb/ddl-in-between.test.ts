// DDL of every kind between rows: each row has the columns and values that its table had when it was written, whether it is read at once or when the catalog is far ahead.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { SourceItem, SourcePlace } from "@ottla/connect";
import { mariadbSource } from "@ottla/connect/mariadb";
import { startMariadb } from "../../process/mariadb.ts";
import { startMysql } from "../../process/mysql.ts";
import type { RunningSqlServer } from "../../process/sql-server.ts";
import { waitUntil } from "../../process/wait-until.ts";
import { MemoryTask, MemoryTopics } from "../postgres/memory-worker.ts";
import { settingsFor } from "./source-settings.ts";
import { SqlClient } from "./sql-client.ts";

/** What is altered, and which table gets a row by which values behind it. */
interface Step {
  readonly ddl: string;
  readonly table: string;
  readonly values: string;
}

const STEPS: readonly Step[] = [
  { ddl: "", table: "a", values: "(id, x) VALUES (?, 'é')" },
  { ddl: "RENAME TABLE a TO tmp, b TO a, tmp TO b", table: "a", values: "(id, y, z) VALUES (?, 7, 'swapped')" },
  { ddl: "", table: "b", values: "(id, x) VALUES (?, 'other')" },
  { ddl: "RENAME TABLE b TO tmp, a TO b, tmp TO a", table: "b", values: "(id, y, z) VALUES (?, 8, 'back')" },
  {
    ddl: "ALTER TABLE a ADD COLUMN first_one int NOT NULL DEFAULT 5 FIRST, ADD COLUMN last_one text",
    table: "a",
    values: "(id, x, last_one) VALUES (?, 'x', 'l')",
  },
  { ddl: "ALTER TABLE a MODIFY first_one varchar(20) AFTER x", table: "a", values: "(id, x, first_one) VALUES (?, 'x', 'moved')" },
  { ddl: "ALTER TABLE a CHANGE x `x y` varchar(40) CHARACTER SET latin1", table: "a", values: "(id, `x y`) VALUES (?, 'ünïcode')" },
  { ddl: "DELETE FROM a; ALTER TABLE a CONVERT TO CHARACTER SET sjis", table: "a", values: "(id, `x y`) VALUES (?, '表示ソ')" },
  { ddl: "ALTER TABLE a CONVERT TO CHARACTER SET utf8mb4", table: "a", values: "(id, `x y`) VALUES (?, '🐎')" },
  {
    ddl: "ALTER TABLE a ADD COLUMN twice int AS (id * 2) STORED, ADD COLUMN thrice int AS (id * 3) VIRTUAL",
    table: "a",
    values: "(id) VALUES (?)",
  },
  { ddl: "ALTER TABLE a DROP COLUMN twice, DROP COLUMN last_one", table: "a", values: "(id, first_one) VALUES (?, 'f')" },
  {
    ddl: "ALTER TABLE a DROP PRIMARY KEY, ADD COLUMN other int NOT NULL DEFAULT 1, ADD PRIMARY KEY (other, id)",
    table: "a",
    values: "(id, other) VALUES (?, 3)",
  },
  { ddl: "ALTER TABLE a DROP PRIMARY KEY", table: "a", values: "(id, other) VALUES (?, 4)" },
  { ddl: "ALTER TABLE a ADD UNIQUE KEY u (id)", table: "a", values: "(id, other) VALUES (?, 5)" },
  { ddl: "ALTER TABLE a MODIFY id bigint unsigned NOT NULL", table: "a", values: "(id, other) VALUES (?, 6)" },
  { ddl: "DROP TABLE b; CREATE TABLE b (z int, y text, id int PRIMARY KEY)", table: "b", values: "(z, y, id) VALUES (1, 'anew', ?)" },
  { ddl: "ALTER TABLE parts EXCHANGE PARTITION p0 WITH TABLE whole", table: "whole", values: "(id, v) VALUES (?, 1)" },
  { ddl: "ALTER TABLE parts TRUNCATE PARTITION p1", table: "parts", values: "(id, v) VALUES (?, 2)" },
  {
    ddl: "ALTER TABLE parts REORGANIZE PARTITION p1 INTO (PARTITION p1 VALUES LESS THAN (5000), PARTITION p2 VALUES LESS THAN MAXVALUE)",
    table: "parts",
    values: "(id, v) VALUES (?, 3)",
  },
  { ddl: "ALTER TABLE parts REMOVE PARTITIONING", table: "parts", values: "(id, v) VALUES (?, 4)" },
  { ddl: "ALTER TABLE b ENGINE = MyISAM", table: "b", values: "(z, y, id) VALUES (2, 'no transactions', ?)" },
  {
    ddl: "ALTER TABLE b ENGINE = InnoDB; CREATE INDEX i ON b (z); CREATE TRIGGER t AFTER INSERT ON b FOR EACH ROW INSERT INTO seen VALUES (NEW.id)",
    table: "b",
    values: "(z, y, id) VALUES (3, 'with a trigger', ?)",
  },
  { ddl: "DROP TRIGGER t; RENAME TABLE b TO moved.b", table: "moved.b", values: "(z, y, id) VALUES (4, 'elsewhere', ?)" },
  { ddl: "DROP TABLE moved.b; DROP TABLE whole", table: "a", values: "(id, other) VALUES (?, 9)" },
];
const MARIADB_STEPS: readonly Step[] = [
  { ddl: "ALTER TABLE a ADD COLUMN hidden int INVISIBLE DEFAULT 7", table: "a", values: "(id, other) VALUES (?, 7)" },
  { ddl: "ALTER TABLE a ADD COLUMN instant int DEFAULT 3, ALGORITHM = INSTANT", table: "a", values: "(id, other) VALUES (?, 8)" },
  { ddl: "CREATE OR REPLACE TABLE seen (id text, n int)", table: "seen", values: "(n, id) VALUES (1, '?')" },
];

interface Told {
  readonly topic: string;
  readonly key: Readonly<Record<string, string>> | null;
  readonly after: Readonly<Record<string, string | null>>;
}

const texts = (row: Readonly<Record<string, unknown>>): Record<string, string | null> =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value === null ? null : String(value as string | number | bigint)]));

const told = (items: readonly SourceItem[]): Told[] =>
  items.flatMap((item) => {
    const { topic, key, value } = item as {
      topic?: string;
      key?: Record<string, unknown> | null;
      value?: { op: string; after: Record<string, unknown> };
    };
    if (topic === undefined || value?.op !== "c") return [];
    return [{ topic, key: key === null || key === undefined ? null : (texts(key) as Record<string, string>), after: texts(value.after) }];
  });

async function readWhole(task: MemoryTask, isWhole: () => boolean): Promise<void> {
  const error = await Promise.race([waitUntil("all of it is read", isWhole, { timeoutMs: 20_000 }), task.ended]);
  if (error instanceof Error) throw error;
}

for (const kind of ["MariaDB", "MySQL"] as const)
  describe(`DDL between rows in ${kind}`, () => {
    test("each row is as its table was, read at once and read late", async () => {
      const server: RunningSqlServer = await (kind === "MySQL" ? startMysql() : startMariadb());
      const sql = await SqlClient.open(server);
      try {
        await sql.query("CREATE DATABASE store CHARACTER SET utf8mb4; CREATE DATABASE moved; USE store");
        await sql.query(
          "CREATE TABLE a (id int PRIMARY KEY, x varchar(30)); CREATE TABLE b (id bigint PRIMARY KEY, y int, z text); CREATE TABLE seen (id int)",
        );
        await sql.query("CREATE TABLE whole (id int PRIMARY KEY, v int)");
        await sql.query(
          "CREATE TABLE parts (id int PRIMARY KEY, v int) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN MAXVALUE)",
        );
        await sql.query("INSERT INTO parts VALUES (1, 1), (100, 100)");
        const config = settingsFor(server, { "database.include.list": "store,moved", "snapshot.mode": "initial" });
        const early = new MemoryTopics();
        const task = new MemoryTask(early, config, "exactlyOnce", undefined, mariadbSource);
        await waitUntil("the snapshot is done", () => early.isSnapshotDone && early.offset?.["snapshot"] === undefined);
        const beginning: SourcePlace = early.offset!;
        const steps = kind === "MySQL" ? STEPS : [...STEPS, ...MARIADB_STEPS];
        const expected: Pick<Told, "topic" | "after">[] = [];
        let id = 1000;
        for (const { ddl, table, values } of steps) {
          id++;
          if (ddl !== "") await sql.query(ddl);
          await sql.query(`INSERT INTO ${table} ${values.replace("?", String(id))}`);
          const [database, name] = table.includes(".") ? table.split(".") : ["store", table];
          const columns = (
            await sql.query(
              `SELECT COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = '${database}' AND TABLE_NAME = '${name}' ORDER BY ORDINAL_POSITION`,
            )
          ).map(([column]) => column!);
          const [row] = await sql.query(`SELECT ${columns.map((column) => `\`${column}\``).join(", ")} FROM ${table} WHERE id = ${id}`);
          expected.push({ topic: `shop.${database}.${name}`, after: Object.fromEntries(columns.map((column, i) => [column, row![i]!])) });
        }
        const isWhole = (topics: MemoryTopics): boolean => told(topics.records).some(({ after }) => after["id"] === String(id));
        await readWhole(task, () => isWhole(early));
        assert.equal(await task.stop(), undefined);
        const late = new MemoryTopics();
        late.offset = beginning;
        const second = new MemoryTask(late, config, "exactlyOnce", undefined, mariadbSource);
        await readWhole(second, () => isWhole(late));
        assert.equal(await second.stop(), undefined);
        const read = told(early.records).filter(({ topic }) => topic !== "shop.store.seen" || kind === "MariaDB");
        const rows = read.filter(({ topic, after }) => topic !== "shop.store.seen" || after["n"] === "1");
        assert.deepEqual(
          rows.map(({ topic, after }) => ({ topic, after })),
          expected,
        );
        assert.deepEqual(told(late.records), told(early.records), "read late");
        assert.ok(
          read.some(({ topic, key }) => topic === "shop.store.a" && key === null),
          "the key went away",
        );
        assert.ok(
          read.some(({ key }) => key !== null && "other" in key),
          "and was another one",
        );
      } finally {
        await sql.close();
        await server.stop();
      }
    });
  });
