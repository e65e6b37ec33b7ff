// Debezium and we read the same MariaDB; keys, values and headers are the same as Connect's JSON with schemas, but for times and the version.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { mariadbSource } from "@ottla/connect/mariadb";
import { startDebezium } from "../../kafka/java-tool.ts";
import { startMariadb } from "../../process/mariadb.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "../../process/temporary-folder.ts";
import { waitUntil } from "../../process/wait-until.ts";
import { asJson, byTopic, type JudgedRecord, parsedJson } from "../judged-records.ts";
import { MemoryTask, MemoryTopics } from "../postgres/memory-worker.ts";
import { JUDGED_CHANGES, JUDGED_TABLES } from "./judged-statements.ts";
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

/** Times, and whose version it is. */
const SOURCE_MASKED = ["version", "ts_ms", "ts_us", "ts_ns"];

test("envelopes, keys, types, places and tombstones are those of Debezium's connector for MariaDB", async () => {
  const folder = makeTemporaryFolder("debezium-mariadb");
  const server = await startMariadb();
  try {
    const sql = await SqlClient.open(server);
    for (const statement of JUDGED_TABLES) await sql.query(statement);
    const shared = settingsFor(server, {
      "database.include.list": "store",
      "provide.transaction.metadata": "true",
      "extended.headers.enabled": "true",
    });
    const engine = {
      ...shared,
      name: "shop",
      "connector.class": "io.debezium.connector.mariadb.MariaDbConnector",
      "offset.storage": "org.apache.kafka.connect.storage.MemoryOffsetBackingStore",
      "schema.history.internal": "io.debezium.relational.history.MemorySchemaHistory",
      "include.schema.changes": "false",
      "database.password": "",
      "database.server.id": "7001",
    };
    const lines = Object.entries(engine).map(([name, value]) => `${name}=${value}`);
    writeFileSync(`${folder}/engine.properties`, lines.join("\n"));
    const debezium = await startDebezium(`${folder}/engine.properties`, "mariadb");
    const told: string[] = [];
    createInterface({ input: debezium.process.stdout! }).on("line", (line) => told.push(line));
    const topics = new MemoryTopics();
    const task = new MemoryTask(topics, shared, "exactlyOnce", undefined, mariadbSource);
    await waitUntil("both stream", () => told.some((line) => line.includes('"snapshot":"last"')) && topics.isSnapshotDone, {
      timeoutMs: 60_000,
    });
    for (const statement of JUDGED_CHANGES) await sql.query(statement);
    await waitUntil(
      "both are at the end",
      () =>
        told.some((line) => line.includes("the end")) &&
        told.at(-1)!.includes("END") &&
        topics.records.at(-1)?.topic === "shop.transaction" &&
        topics.records.length >= told.length,
      { timeoutMs: 60_000 },
    );
    const mine = byTopic(await asJson(topics.records, SOURCE_MASKED));
    await task.stop();
    await debezium.kill();
    await sql.close();
    const theirs = byTopic(
      told.map((line): JudgedRecord => {
        const [topic = "", key = "", value = "", headers = "{}"] = line.split("\t");
        return {
          topic,
          key: parsedJson(key, SOURCE_MASKED),
          value: parsedJson(value, SOURCE_MASKED),
          headers: Object.keys(JSON.parse(headers) as object),
        };
      }),
    );
    assert.deepEqual([...mine.keys()].sort(), [...theirs.keys()].sort());
    for (const [topic, judged] of theirs) {
      const isTransactions = topic === "shop.transaction";
      const ours = isTransactions ? ended(mine.get(topic) ?? [], judged) : (mine.get(topic) ?? []);
      const records = isTransactions ? ended(judged, judged) : judged;
      assert.equal(ours.length, records.length, topic);
      const sorted = ({ headers, ...rest }: JudgedRecord) => ({
        ...rest,
        headers: headers.filter((name) => !name.endsWith("runId")).sort(),
      });
      records.forEach((record, i) => assert.deepEqual(sorted(ours[i]!), sorted(record), `record ${i} of ${topic}`));
    }
  } finally {
    await server.stop();
    removeTemporaryFolder(folder);
  }
});
