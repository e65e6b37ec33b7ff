// The connector in a worker, onto a broker: by Debezium's names, over restarts, and where the binlog is not what it was.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Client } from "@ottla/client";
import { mariadbSource } from "@ottla/connect/mariadb";
import { MemoryOffsetStore, startInProcessWorker } from "@ottla/connect/worker";
import { silentLogger } from "@ottla/base";
import { startKafka } from "@ottla/testing";
import { readRecords } from "../../client-cases/case-client.ts";
import { startMariadb } from "../../process/mariadb.ts";
import { startMysql } from "../../process/mysql.ts";
import type { RunningSqlServer } from "../../process/sql-server.ts";
import { waitUntil } from "../../process/wait-until.ts";
import { configValues } from "../postgres/source-config.ts";
import { settingsFor } from "./source-settings.ts";
import { SqlClient } from "./sql-client.ts";

const QUICK = { "offset.flush.interval.ms": "50" };

interface ReadRecord {
  readonly key: unknown;
  readonly value: { readonly op: string; readonly before: unknown; readonly after: unknown } | null;
}

async function readTopic(client: Client, topic: string, count: number): Promise<ReadRecord[]> {
  const consumer = client.consumer({ autoOffsetReset: "earliest" });
  consumer.assign([{ topic, partition: 0 }]);
  const parse = (bytes: Uint8Array | null): unknown => (bytes === null ? null : JSON.parse(Buffer.from(bytes).toString()));
  await waitUntil(`${topic} is there`, async () => (await client.admin().listTopics()).some(({ name }) => name === topic));
  const records = await readRecords(consumer, count);
  await consumer.close();
  return records.map(({ key, value }) => ({ key: parse(key), value: parse(value) as ReadRecord["value"] }));
}

for (const start of [startMariadb, startMysql])
  describe(`${start === startMysql ? "MySQL" : "MariaDB"}'s changes through a worker onto a broker`, () => {
    let server: RunningSqlServer;
    let sql: SqlClient;
    before(async () => {
      server = await start();
      sql = await SqlClient.open(server);
      await sql.query("CREATE DATABASE store");
      await sql.query("USE store");
    });
    after(async () => {
      await sql.close();
      await server.stop();
    });

    const configFor = (className: string, table: string): Record<string, string> => ({
      ...settingsFor(server, { "table.include.list": `store.${table}`, "errors.max.retries": "0" }),
      "connector.class": className,
      "value.converter": "org.apache.kafka.connect.json.JsonConverter",
      "value.converter.schemas.enable": "false",
      "key.converter": "org.apache.kafka.connect.json.JsonConverter",
      "key.converter.schemas.enable": "false",
    });

    test("rows that are there and changes behind them, each once over a restart, by both of Debezium's names", async () => {
      await using kafka = await startKafka();
      const client = kafka.client();
      const offsets = new MemoryOffsetStore();
      await sql.query(
        "CREATE TABLE kettle (id int PRIMARY KEY, label text, price decimal(8,2)); INSERT INTO kettle VALUES (41, 'copper', 12.34)",
      );
      const first = await startInProcessWorker({ client, offsets, properties: QUICK });
      await first.putConfig("kettles", configFor("io.debezium.connector.mariadb.MariaDbConnector", "kettle"));
      await readTopic(client, "shop.store.kettle", 1);
      await sql.query("UPDATE kettle SET label = 'tin'");
      await readTopic(client, "shop.store.kettle", 2);
      await first.stop();
      await sql.query("DELETE FROM kettle");
      const second = await startInProcessWorker({ client, offsets, properties: QUICK });
      await second.putConfig("kettles", configFor("io.debezium.connector.mysql.MySqlConnector", "kettle"));
      const records = await readTopic(client, "shop.store.kettle", 4);
      await second.stop();
      const [copper, tin] = ["copper", "tin"].map((label) => ({ id: 41, label, price: "BNI=" }));
      assert.deepEqual(
        records.map(({ key, value }) => [key, value?.op, value?.before, value?.after]),
        [
          [{ id: 41 }, "r", null, copper],
          [{ id: 41 }, "u", copper, tin],
          [{ id: 41 }, "d", tin, null],
          [{ id: 41 }, undefined, undefined, undefined],
        ],
      );
    });

    test("binlogs that were reset fail the task with what to do, though the server has such GTIDs again", async () => {
      await using kafka = await startKafka();
      const client = kafka.client();
      const offsets = new MemoryOffsetStore();
      await sql.query("CREATE TABLE reset_me (id int PRIMARY KEY); INSERT INTO reset_me VALUES (1); FLUSH BINARY LOGS");
      const first = await startInProcessWorker({ client, offsets, properties: QUICK });
      await first.putConfig("reset", configFor("mariadb", "reset_me"));
      await sql.query("INSERT INTO reset_me VALUES (2)");
      await readTopic(client, "shop.store.reset_me", 2);
      await first.stop();
      await sql.query("RESET MASTER");
      for (let id = 10; id < 40; id++) await sql.query(`INSERT INTO reset_me VALUES (${id})`);
      const second = await startInProcessWorker({ client, offsets, properties: QUICK });
      await second.putConfig("reset", configFor("mariadb", "reset_me"));
      const trace = await waitUntil("the task says so", () => second.statuses.get({ connector: "reset", task: 0 })?.trace);
      assert.match(trace, /binlogs were reset \(RESET MASTER\).*Reset the connector's offsets/s);
      await second.stop();
      await sql.query("DROP TABLE reset_me");
    });

    test("a dry run names what is missing and what would be read", async () => {
      const check = async (more: Record<string, string>) => {
        const config = configValues(mariadbSource.config, settingsFor(server, more));
        const found = await mariadbSource.check!(config, { signal: new AbortController().signal, log: silentLogger });
        return found.map(({ severity, message }) => `${severity}: ${message}`).join("\n");
      };
      await sql.query(
        "CREATE TABLE parent (id int PRIMARY KEY); CREATE TABLE child (p int, FOREIGN KEY child_parent (p) REFERENCES parent (id) ON DELETE CASCADE)",
      );
      const isMariadb = server.kind === "mariadb";
      if (isMariadb) await sql.query("CREATE TABLE past (id int PRIMARY KEY) WITH SYSTEM VERSIONING");
      await sql.query("SET GLOBAL binlog_row_metadata = MINIMAL");
      const found = await check({ "database.include.list": "store" });
      await sql.query("SET GLOBAL binlog_row_metadata = FULL");
      assert.match(found, /error: binlog_row_metadata is not FULL.*SET GLOBAL/);
      assert.match(found, /info: \d+ tables with about/);
      assert.match(found, /warning: Rows of store\.child that the foreign key/);
      assert.match(found, /warning: store\.child has no primary key/);
      if (isMariadb) assert.match(found, /error: store\.past is system-versioned/);
      assert.match(await check({ "database.server.id": "1" }), /error: 1 is the server's own number/);
      assert.match(await check({ "table.include.list": "store.nothing" }), /error: No table is let through/);
      assert.match(await check({ "database.port": "1" }), /error: The server at 127\.0\.0\.1:1 cannot be reached/);
      await sql.query("CREATE USER weak@localhost; GRANT SELECT ON *.* TO weak@localhost");
      assert.match(await check({ "database.user": "weak" }), /error: The user weak may not read the binlog/);
    });
  });
