// The server dies and its replica takes its place: reading goes on there by GTID, with nothing lost and nothing twice.
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

const ROWS = 300;
const BATCH = 50;

interface Change {
  readonly op: string;
  readonly after: { readonly id: number } | null;
  readonly source: { readonly server_id: bigint };
}

const changesOf = ({ records }: MemoryTopics): Change[] =>
  records.flatMap((record) => ("value" in record && record.value !== null ? [record.value as Change] : []));

async function follow(replica: SqlClient, { kind, connection }: RunningSqlServer): Promise<void> {
  const from = `MASTER_HOST = '${connection.host}', MASTER_PORT = ${connection.port}, MASTER_USER = '${connection.user}'`;
  const how = kind === "mariadb" ? "MASTER_USE_GTID = slave_pos" : "MASTER_AUTO_POSITION = 1, GET_MASTER_PUBLIC_KEY = 1";
  await replica.query(`CHANGE MASTER TO ${from}, ${how}`);
  await replica.query("START SLAVE");
}

for (const start of [startMariadb, startMysql])
  describe(`${start === startMysql ? "MySQL" : "MariaDB"}: a replica takes the place of a server that died`, () => {
    test("reading goes on at the place that was reached, in files of other names", async () => {
      const first = await start(["--server-id=1"]);
      const second = await start(["--server-id=2", "--log-slave-updates", "--log-bin=other"]);
      try {
        const sql = await SqlClient.open(first);
        const replica = await SqlClient.open(second);
        await follow(replica, first);
        await sql.query("CREATE DATABASE store; USE store; CREATE TABLE orders (id int PRIMARY KEY, note varchar(30))");
        const topics = new MemoryTopics();
        const settings = (server: RunningSqlServer) => settingsFor(server, { "database.include.list": "store" });
        const before = new MemoryTask(topics, settings(first), "exactlyOnce", undefined, mariadbSource);
        await waitUntil("the snapshot is done", () => topics.isSnapshotDone);
        for (let id = 1; id <= ROWS; id += BATCH)
          await sql.query(`INSERT INTO orders VALUES ${Array.from({ length: BATCH }, (_, i) => `(${id + i}, 'first')`).join(",")}`);
        await waitUntil("some are read", () => topics.records.length >= ROWS / 2);
        await before.kill();
        await waitUntil("the replica has all", async () => {
          const [row] = await replica.query("SELECT COUNT(*) FROM store.orders").catch(() => [["0"]]);
          return row?.[0] === String(ROWS);
        });
        await first.stop();
        await replica.query("STOP SLAVE");
        await replica.query("USE store");
        await replica.query("INSERT INTO orders VALUES (1000, 'second'); UPDATE orders SET note = 'moved' WHERE id = 1");
        const after = new MemoryTask(topics, settings(second), "exactlyOnce", undefined, mariadbSource);
        const isThere = waitUntil("the last change comes", () => changesOf(topics).some(({ op }) => op === "u"));
        const error = await Promise.race([isThere, after.ended]);
        if (error instanceof Error) throw error;
        assert.equal(await after.stop(), undefined);
        const changes = changesOf(topics);
        const created = changes.filter(({ op }) => op === "c").map((change) => change.after!.id);
        assert.deepEqual(created, [...Array.from({ length: ROWS }, (_, i) => i + 1), 1000]);
        assert.equal(Number(changes.at(-1)!.source.server_id), 2);
        await replica.close();
        await sql.close();
      } finally {
        await first.stop();
        await second.stop();
      }
    });

    test("of transactions that the new server never had, that is said", async () => {
      const first = await start(["--server-id=1"]);
      const second = await start(["--server-id=2", "--log-slave-updates"]);
      try {
        const sql = await SqlClient.open(first);
        const replica = await SqlClient.open(second);
        for (const client of [sql, replica])
          await client.query("CREATE DATABASE store; USE store; CREATE TABLE orders (id int PRIMARY KEY, note varchar(30))");
        const topics = new MemoryTopics();
        const settings = (server: RunningSqlServer) => settingsFor(server, { "database.include.list": "store" });
        const before = new MemoryTask(topics, settings(first), "exactlyOnce", undefined, mariadbSource);
        await waitUntil("the snapshot is done", () => topics.isSnapshotDone);
        await sql.query("INSERT INTO orders VALUES (1, 'first')");
        await waitUntil("it is read", () => topics.records.length > 0);
        await before.stop();
        // The other server's own files are gone, as they are after some days: what it lacks cannot be told apart from what it has purged.
        await replica.query("FLUSH BINARY LOGS");
        const [log] = (await replica.query("SHOW BINARY LOGS")).at(-1)!;
        await replica.query(`PURGE BINARY LOGS TO '${log}'`);
        const after = new MemoryTask(topics, settings(second), "exactlyOnce", undefined, mariadbSource);
        const error = await after.ended;
        assert.match(String(error), /Reset the connector's offsets/);
        await replica.close();
        await sql.close();
      } finally {
        await first.stop();
        await second.stop();
      }
    });
  });
