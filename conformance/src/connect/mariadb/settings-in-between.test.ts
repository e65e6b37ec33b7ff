// Settings of the server and of sessions that change while a connector reads.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { mariadbSource } from "@ottla/connect/mariadb";
import { startMariadb } from "../../process/mariadb.ts";
import { startMysql } from "../../process/mysql.ts";
import type { RunningSqlServer } from "../../process/sql-server.ts";
import { waitUntil } from "../../process/wait-until.ts";
import { MemoryTask, MemoryTopics } from "../postgres/memory-worker.ts";
import { settingsFor } from "./source-settings.ts";
import { SqlClient } from "./sql-client.ts";

const idsOf = ({ records }: MemoryTopics): unknown[] =>
  records.flatMap((item) => (item as { value?: { after?: { id: unknown } } }).value?.after?.id ?? []);

async function reads(topics: MemoryTopics, task: MemoryTask, id: number): Promise<void> {
  const error = await Promise.race([waitUntil(`row ${id} comes`, () => idsOf(topics).includes(id), { timeoutMs: 20_000 }), task.ended]);
  if (error instanceof Error) throw error;
}

async function on(
  server: RunningSqlServer,
  story: (sql: SqlClient, start: (topics: MemoryTopics) => MemoryTask) => Promise<void>,
): Promise<void> {
  const sql = await SqlClient.open(server);
  try {
    await sql.query("CREATE DATABASE store; USE store; CREATE TABLE things (id int PRIMARY KEY, text mediumtext)");
    const config = settingsFor(server, { "database.include.list": "store", "errors.max.retries": "0" });
    await story(sql, (topics) => new MemoryTask(topics, config, "exactlyOnce", undefined, mariadbSource));
  } finally {
    await sql.close();
    await server.stop();
  }
}

test("MySQL that stops to write GTIDs, and writes them again, is gone on with, each row once", async () => {
  await on(await startMysql(), async (sql, start) => {
    const topics = new MemoryTopics();
    let id = 0;
    for (const modes of [[], ["ON_PERMISSIVE", "OFF_PERMISSIVE", "OFF"], ["OFF_PERMISSIVE", "ON_PERMISSIVE", "ON"]]) {
      for (const mode of modes) await sql.query(`SET GLOBAL gtid_mode = ${mode}`);
      await sql.query(`INSERT INTO things VALUES (${++id}, 'between')`);
      const task = start(topics);
      await reads(topics, task, id);
      await sql.query(`INSERT INTO things VALUES (${++id}, 'meanwhile')`);
      await reads(topics, task, id);
      assert.equal(await task.stop(), undefined);
    }
    assert.deepEqual(idsOf(topics), [1, 2, 3, 4, 5, 6]);
  });
});

for (const kind of ["MariaDB", "MySQL"] as const)
  describe(`sessions of ${kind}`, () => {
    test("rows without all their columns are refused, and one of 40 MiB is read", async () => {
      const settings = ["--server-id=1", "--max-allowed-packet=64M"];
      await on(await (kind === "MySQL" ? startMysql(settings) : startMariadb(settings)), async (sql, start) => {
        const topics = new MemoryTopics();
        const task = start(topics);
        await sql.query("INSERT INTO things VALUES (1, 'x')");
        await reads(topics, task, 1);
        await sql.query("INSERT INTO things SELECT 2, LEFT(REPEAT('0123456789abcdef', 1048576), 16777215)");
        await sql.query("ALTER TABLE things MODIFY text longtext; INSERT INTO things VALUES (3, REPEAT('0123456789abcdef', 2621440))");
        await reads(topics, task, 3);
        const text = topics.records
          .map((item) => (item as { value?: { after?: { id: number; text: string } } }).value?.after)
          .find((row) => row?.id === 3)!.text;
        assert.equal(text.length, 40 * 1024 * 1024);
        assert.ok(text.endsWith("9abcdef"));
        await sql.query("SET SESSION binlog_row_image = MINIMAL; UPDATE things SET text = 'y' WHERE id = 1");
        const error = await task.ended;
        assert.match(String(error), /store\.things came without all its columns.*binlog_row_image=FULL/);
      });
    });
  });
