// Debezium and we read the same MariaDB; keys, values and headers are the same as Connect's JSON with schemas, but for times and the version.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { mariadbSource } from "@ottla/connect/mariadb";
import { startDebezium } from "../../kafka/java-tool.ts";
import { startMariadb } from "../../process/mariadb.ts";
import { startMysql } from "../../process/mysql.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "../../process/temporary-folder.ts";
import { waitUntil } from "../../process/wait-until.ts";
import { asJson, byTopic, type JudgedRecord, parsedJson } from "../judged-records.ts";
import { MemoryTask, MemoryTopics } from "../postgres/memory-worker.ts";
import { JUDGED_CHANGES, JUDGED_TABLES, forMysql } from "./judged-statements.ts";
import { settingsFor } from "./source-settings.ts";
import { SqlClient } from "./sql-client.ts";

interface TransactionMark {
  readonly payload: { readonly status: string; readonly id: string };
}

const markOf = ({ value }: JudgedRecord) => (value as TransactionMark).payload;

/** Debezium begins a transaction for each statement that is not rows (TRUNCATE, other DDL), and tells the end of none of them; we tell those that have records, and their ends. */
function ended(transactions: readonly JudgedRecord[], judged: readonly JudgedRecord[]): JudgedRecord[] {
  const ids = new Set(judged.map(markOf).flatMap(({ status, id }) => (status === "END" ? [id] : [])));
  return transactions.filter((record) => ids.has(markOf(record).id));
}

/** Of a TRUNCATE Debezium tells no transaction in MySQL, and one in MariaDB; we tell it in both. Its documents of JSON lose the server's spaces in a stream, and keep them in a snapshot. */
function asMysqlTells(record: JudgedRecord): JudgedRecord {
  const { payload } = (record.value ?? {}) as { payload?: Record<string, unknown> };
  if (payload?.["op"] === "t") payload["transaction"] = "masked";
  for (const part of [payload?.["before"], payload?.["after"]] as ({ js?: unknown } | null | undefined)[])
    if (typeof part?.js === "string") part.js = JSON.stringify(JSON.parse(part.js));
  return record;
}

const UUID = "11111111-2222-3333-4444-555555555555";
const CONNECTORS = {
  mariadb: "io.debezium.connector.mariadb.MariaDbConnector",
  mysql: "io.debezium.connector.mysql.MySqlConnector",
} as const;

/** Times, and whose version it is. */
const SOURCE_MASKED = ["version", "ts_ms", "ts_us", "ts_ns"];

for (const [kind, title] of [
  ["mariadb", "envelopes, keys, types, places and tombstones are those of Debezium's connector for MariaDB"],
  ["mysql", "envelopes, keys, types, places and tombstones are those of Debezium's connector for MySQL"],
] as const)
  test(title, async () => {
    const folder = makeTemporaryFolder("debezium-mariadb");
    const server = await (kind === "mysql" ? startMysql(undefined, UUID) : startMariadb());
    // Debezium's reader stops at the full metadata of a MySQL as old as this one, and reads one that has the same transactions.
    const judged = kind === "mysql" ? await startMysql(["--server-id=1", "--binlog-row-metadata=MINIMAL"], UUID) : server;
    const tables = kind === "mysql" ? forMysql(JUDGED_TABLES) : JUDGED_TABLES;
    try {
      const clients = [await SqlClient.open(server), ...(judged === server ? [] : [await SqlClient.open(judged)])];
      const run = async (statements: readonly string[]): Promise<void> => {
        for (const statement of statements) for (const client of clients) await client.query(statement);
      };
      await run(tables);
      const shared = settingsFor(server, {
        "database.include.list": "store",
        "provide.transaction.metadata": "true",
        "extended.headers.enabled": "true",
      });
      const engine = {
        ...shared,
        "database.port": String(judged.connection.port),
        name: "shop",
        "connector.class": CONNECTORS[kind],
        ...(kind === "mysql" && { "database.ssl.mode": "disabled" }),
        "offset.storage": "org.apache.kafka.connect.storage.MemoryOffsetBackingStore",
        "schema.history.internal": "io.debezium.relational.history.MemorySchemaHistory",
        "include.schema.changes": "false",
        "database.password": "",
        "database.server.id": "7001",
      };
      const lines = Object.entries(engine).map(([name, value]) => `${name}=${value}`);
      writeFileSync(`${folder}/engine.properties`, lines.join("\n"));
      const debezium = await startDebezium(`${folder}/engine.properties`, kind);
      const withTail = (error: unknown): never => {
        throw new Error(
          `${topics.records.length} records of ours, ${told.length} of Debezium's, which said: ${debezium.outputTail().slice(-1500)}`,
          { cause: error },
        );
      };
      const told: string[] = [];
      createInterface({ input: debezium.process.stdout! }).on("line", (line) => told.push(line));
      const topics = new MemoryTopics();
      const task = new MemoryTask(topics, shared, "exactlyOnce", undefined, mariadbSource);
      await waitUntil("both stream", () => told.some((line) => line.includes('"snapshot":"last"')) && topics.isSnapshotDone, {
        timeoutMs: 60_000,
      }).catch(withTail);
      await run(JUDGED_CHANGES);
      await waitUntil(
        "both are at the end",
        () =>
          told.some((line) => line.includes("the end")) &&
          told.at(-1)!.includes("END") &&
          topics.records.at(-1)?.topic === "shop.transaction" &&
          topics.records.length >= told.length,
        { timeoutMs: 60_000 },
      ).catch(withTail);
      const masked = judged === server ? SOURCE_MASKED : [...SOURCE_MASKED, "pos", "thread"];
      const mine = byTopic(await asJson(topics.records, masked));
      await task.stop();
      await debezium.kill();
      for (const client of clients) await client.close();
      const theirs = byTopic(
        told.map((line): JudgedRecord => {
          const [topic = "", key = "", value = "", headers = "{}"] = line.split("\t");
          return {
            topic,
            key: parsedJson(key, masked),
            value: parsedJson(value, masked),
            headers: Object.keys(JSON.parse(headers) as object),
          };
        }),
      );
      assert.deepEqual([...mine.keys()].sort(), [...theirs.keys()].sort());
      for (const [topic, their] of theirs) {
        const isTransactions = topic === "shop.transaction";
        const ours = isTransactions ? ended(mine.get(topic) ?? [], their) : (mine.get(topic) ?? []);
        const records = isTransactions ? ended(their, their) : their;
        assert.equal(ours.length, records.length, topic);
        const sorted = ({ headers, ...rest }: JudgedRecord) => ({
          ...(kind === "mysql" ? asMysqlTells({ headers, ...rest }) : rest),
          headers: headers.filter((name) => !name.endsWith("runId")).sort(),
        });
        records.forEach((record, i) => assert.deepEqual(sorted(ours[i]!), sorted(record), `record ${i} of ${topic}`));
      }
    } finally {
      await server.stop();
      if (judged !== server) await judged.stop();
      removeTemporaryFolder(folder);
    }
  });
