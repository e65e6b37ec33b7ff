// What a binlog has in place of rows, in every form that sessions can send it: refused, or understood, and never passed over.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { mariadbSource } from "@ottla/connect/mariadb";
import { startMariadb } from "../../process/mariadb.ts";
import { startMysql } from "../../process/mysql.ts";
import type { RunningSqlServer } from "../../process/sql-server.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "../../process/temporary-folder.ts";
import { waitUntil } from "../../process/wait-until.ts";
import { MemoryTask, MemoryTopics } from "../postgres/memory-worker.ts";
import { settingsFor } from "./source-settings.ts";
import { SqlClient } from "./sql-client.ts";

interface ToldChange {
  readonly topic?: string;
  readonly value?: { readonly op: string; readonly after?: Readonly<Record<string, unknown>> | null } | null;
}

for (const kind of ["MariaDB", "MySQL"] as const)
  describe(`statements in ${kind}'s binlog`, () => {
    const folder = makeTemporaryFolder("load-data");
    const file = `${folder}/rows.txt`;
    let server: RunningSqlServer;
    let sql: SqlClient;
    before(async () => {
      const settings = ["--server-id=1", "--secure-file-priv="];
      server = await (kind === "MySQL" ? startMysql(settings) : startMariadb([...settings, "--lower-case-table-names=1"]));
      sql = await SqlClient.open(server);
      await sql.query("CREATE DATABASE store CHARACTER SET utf8mb4; USE store; CREATE TABLE marks (id int PRIMARY KEY)");
      writeFileSync(file, "77\n78\n");
    });
    after(async () => {
      await sql.close();
      await server.stop();
      removeTemporaryFolder(folder);
    });

    let mark = 0;
    /** Everything that was written before is read. */
    async function readAll(topics: MemoryTopics, task: MemoryTask): Promise<void> {
      const id = ++mark;
      await sql.query(`INSERT INTO store.marks VALUES (${id})`);
      const isRead = (item: ToldChange): boolean => item.topic === "shop.store.marks" && item.value?.after?.["id"] === id;
      const read = waitUntil("the mark comes", () => topics.records.some((item) => isRead(item as ToldChange)), { timeoutMs: 20_000 });
      const error = await Promise.race([read, task.ended]);
      if (error instanceof Error) throw error;
    }
    const start = (topics: MemoryTopics): MemoryTask =>
      new MemoryTask(
        topics,
        settingsFor(server, { "database.include.list": "store", "event.processing.failure.handling.mode": "warn" }),
        "exactlyOnce",
        undefined,
        mariadbSource,
      );

    test("a change of rows that comes as its statement is told of in every form", async () => {
      await sql.query(
        "CREATE TABLE a (id int PRIMARY KEY, n int); CREATE TABLE b (id int PRIMARY KEY, n int); INSERT INTO b VALUES (1, 1)",
      );
      await sql.query(
        "CREATE FUNCTION f() RETURNS int DETERMINISTIC MODIFIES SQL DATA BEGIN INSERT INTO store.a VALUES (900 + FLOOR(1), 1); RETURN 1; END",
      );
      const statements = [
        "INSERT INTO a VALUES (1, 1)",
        "/* why */ INSERT/*x*/INTO`a`VALUES (2, 1)",
        "UPDATE b JOIN a ON b.id = a.id SET a.n = 5",
        "UPDATE b, a SET a.n = 6 WHERE a.id = b.id",
        "UPDATE a AS x SET x.n = 7",
        "DELETE x FROM a AS x WHERE x.id = 2",
        `LOAD DATA INFILE '${file}' INTO TABLE a (id)`,
        ...(kind === "MySQL" ? [] : ["CREATE TABLE made SELECT * FROM a"]),
        "SELECT f()",
        "DELETE FROM a WHERE id = 901",
        "DO f()",
        ...(kind === "MySQL"
          ? ["WITH c AS (SELECT 1 AS id) DELETE a FROM a JOIN c ON a.id = c.id"]
          : ["SET STATEMENT max_statement_time = 10 FOR INSERT INTO a VALUES (50, 1)", "ANALYZE INSERT INTO a VALUES (51, 1)"]),
      ];
      const topics = new MemoryTopics();
      const task = start(topics);
      await readAll(topics, task);
      const session = await SqlClient.open(server, "store");
      await session.query("SET SESSION binlog_format = STATEMENT");
      for (const statement of statements) {
        const before = task.logged.length;
        await session.query(statement);
        await readAll(topics, task);
        const problems = task.logged.slice(before).map(({ fields }) => String(fields["problem"]));
        assert.ok(
          problems.some((text) => text.includes("in the binlog as its statement")),
          `${statement}: ${problems.join("; ")}`,
        );
      }
      const told = task.logged.length;
      await session.query("INSERT INTO information VALUES (1)").catch(() => undefined);
      await sql.query(
        "CREATE TABLE plain (id int, `select` int); CREATE OR REPLACE VIEW v AS SELECT 1; ANALYZE TABLE a; SET @x = 1; DROP TABLE plain",
      );
      await readAll(topics, task);
      assert.deepEqual(task.logged.slice(told), [], "what changes no row is passed over");
      await session.close();
      assert.equal(await task.stop(), undefined);
    });

    test("a table is known to be emptied however that is said", async () => {
      await sql.query("CREATE TABLE emptied (id int PRIMARY KEY); CREATE TABLE `tàble` (id int PRIMARY KEY)");
      const topics = new MemoryTopics();
      const task = start(topics);
      await readAll(topics, task);
      const session = await SqlClient.open(server, "store");
      const plain = [
        "TRUNCATE emptied",
        "TRUNCATE/* all of it */TABLE/**/store/* here */./**/emptied",
        "/*!40000 TRUNCATE TABLE*/ `emptied`",
        // MySQL's data were made for names of which each letter counts.
        ...(kind === "MySQL" ? [] : ["TRUNCATE TABLE EMPTIED", "TRUNCATE `STORE`.`Emptied`"]),
      ];
      for (const statement of plain) await session.query(statement);
      await session.query("SET sql_mode = 'ANSI_QUOTES'");
      await session.query('TRUNCATE "store"."emptied"');
      await session.query("TRUNCATE `tàble`");
      await session.query("SET NAMES latin1");
      // The driver goes on to send UTF-8; a statement that is prepared from bytes is in the session's charset.
      await session.query("SET @s = CAST(X'5452554e4341544520607" + "4e0626c6560' AS CHAR CHARACTER SET latin1)");
      await session.query("PREPARE p FROM @s");
      await session.query("EXECUTE p");
      await readAll(topics, task);
      const emptied = topics.records.map((item) => item as ToldChange).filter(({ value }) => value?.op === "t");
      assert.deepEqual(
        emptied.map(({ topic }) => topic),
        [...Array<string>(plain.length + 1).fill("shop.store.emptied"), "shop.store.t_ble", "shop.store.t_ble"],
      );
      await session.close();
      assert.equal(await task.stop(), undefined);
    });
  });
