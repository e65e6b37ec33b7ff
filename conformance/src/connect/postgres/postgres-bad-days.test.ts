// Replaying the topics of changes gives the tables at every commit, whatever dies in between.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { SeededRandom, testSeed } from "@ottla/base/simulated";
import type { SourceItem } from "@ottla/connect";
import pg from "pg";
import { findNpmPostgres, findPostgres, type RunningPostgres, startPostgres } from "../../process/postgres.ts";
import { waitUntil } from "../../process/wait-until.ts";
import { type Guarantee, MemoryTask, MemoryTopics } from "./memory-worker.ts";
import { RandomWorkload, WORKLOAD_SCHEMA, WORKLOAD_TABLES } from "./random-workload.ts";
import { ReplayedTables } from "./replayed-tables.ts";
import { StandstillWatch } from "./standstill-watch.ts";

const PREFIX = "shop";
/** Of each kind and server; `--days`. */
const DAYS = Number(process.env["OTTLA_CDC_DAYS"] ?? 0);
const TRANSACTIONS = Number(process.env["OTTLA_CDC_TRANSACTIONS"] ?? (DAYS > 0 ? 150 : 60));
const SETTINGS = { wal_level: "logical", max_wal_senders: "10", max_replication_slots: "10" };

type ChangeItem = SourceItem & { topic: string; value: { source: { txId: bigint | null } } };

interface Day {
  readonly guarantee: Guarantee;
  readonly withDdl: boolean;
  /** Incremental snapshots, asked for by chance. With `no_data` they are the only ones. */
  readonly signals?: "initial" | "no_data";
}

function settingsFor({ connection }: RunningPostgres): Record<string, string> {
  return {
    "database.hostname": connection.host,
    "database.port": String(connection.port),
    "database.user": connection.user,
    "database.dbname": connection.database,
    "topic.prefix": PREFIX,
    "slot.name": "cdc",
    "skipped.operations": "none",
    "snapshot.fetch.size": "50",
    "status.update.interval.ms": "200",
    "retriable.restart.connector.wait.ms": "100",
  };
}

async function run(programs: string, day: Day & { readonly seed: number }): Promise<string> {
  const random = new SeededRandom(day.seed);
  const postgres = await startPostgres(programs, SETTINGS);
  const topics = new MemoryTopics();
  const settings: Record<string, string> = {
    ...settingsFor(postgres),
    "snapshot.mode": day.signals ?? "initial",
    ...(day.signals !== undefined && { "signal.data.collection": "public.signals", "incremental.snapshot.chunk.size": "20" }),
  };
  const workload = new RandomWorkload(postgres.connection, random, { withDdl: day.withDdl, withSignals: day.signals !== undefined });
  /** Commits that were done when the last row of a snapshot was written. */
  let commitsAtSnapshot = 0;
  topics.onSnapshotRow = () => (commitsAtSnapshot = workload.committed.length);
  let kills = 0;
  let crashes = 0;
  let doing = "tables are made";
  let task: MemoryTask | undefined;
  const watch = new StandstillWatch({
    connection: postgres.connection,
    progress: () => workload.attempts + topics.records.length + kills + crashes,
    told: () => ({
      doing,
      kills,
      crashes,
      commits: workload.committed.length,
      records: topics.records.length,
      logged: task?.logged.slice(-8),
    }),
  });
  const alive = async (): Promise<string> => {
    const admin = new pg.Client(postgres.connection);
    await admin.connect();
    for (const statement of WORKLOAD_SCHEMA) await admin.query(statement);
    await admin.end();
    for (let i = 0; i < 20; i++) await workload.transaction();
    task = new MemoryTask(topics, settings, day.guarantee, random);
    for (let i = 0; i < TRANSACTIONS; i++) {
      doing = `transaction ${i}`;
      await workload.transaction();
      const roll = random.nextInt(100);
      if (roll < 6) {
        await sleep(random.nextInt(150));
        doing = `kill ${kills}`;
        await task.kill();
        kills++;
        task = new MemoryTask(topics, settings, day.guarantee, random);
      } else if (roll < 8) {
        doing = `crash ${crashes}`;
        await postgres.crash();
        crashes++;
      }
    }
    doing = "the end is awaited";
    await workload.close();
    // A mark behind everything, so that the end is known.
    const marker = new pg.Client(postgres.connection);
    marker.on("error", () => undefined);
    await marker.connect();
    // Without an initial snapshot this one brings what was there before.
    if (day.signals !== undefined)
      await marker.query(
        `INSERT INTO signals VALUES ('stop', 'stop-snapshot', '{}'), ('resume', 'resume-snapshot', '{}'), ('last', 'execute-snapshot', '{"data-collections": ["public[.](plain|whole|indexed|composite)"]}')`,
      );
    const isMark = ({ topic, value }: SourceItem & { value?: unknown }): boolean =>
      topic === `${PREFIX}.public.keyless` && (value as { after?: { id?: number } } | null)?.after?.id === -1;
    // More than one, since what a worker was given last it may keep until it is given more.
    const isWhole = waitUntil(
      "the last change comes",
      async () => {
        await marker.query("INSERT INTO keyless (id, n) VALUES (-1, 0)");
        return topics.records.some(isMark) && topics.offset?.["incremental_snapshot"] === undefined;
      },
      { timeoutMs: 180_000 },
    );
    const error = await Promise.race([isWhole, task.ended]);
    if (error instanceof Error) throw error;
    await task.stop();
    await marker.end();
    const { rows, known } = checkReplay(topics, workload, { ...day, commitsAtSnapshot });
    if (day.signals !== undefined) assert.ok(rows > 0, "no row was read by an incremental snapshot");
    return `${day.signals === undefined ? "" : `${rows} rows read incrementally, ${known} of them known, `}${workload.committed.length} commits, ${topics.records.length} records, ${kills} kills, ${crashes} crashes, losses ${JSON.stringify([...topics.losses])}, longest standstill ${Math.round(watch.longestMs)} ms`;
  };
  try {
    return await Promise.race([alive(), watch.stoodStill]);
  } finally {
    watch.stop();
    await workload.close();
    await postgres.stop();
  }
}

/**
 * With transactions every commit is compared. Where a snapshot was cut off and gone on with, what was committed until its last row comes again on top of the rows, so that
 * the tables are right from there on; rows without a key are not. Without transactions the last state is compared.
 */
function checkReplay(
  { records, wasSnapshotCutOff }: MemoryTopics,
  workload: RandomWorkload,
  { guarantee, commitsAtSnapshot, signals }: Day & { readonly commitsAtSnapshot: number },
): ReplayedTables["incremental"] {
  const changes = records.filter(
    (record): record is ChangeItem => record.topic !== undefined && record.topic.startsWith(`${PREFIX}.public.`),
  );
  const isWhole = guarantee === "exactlyOnce" && !wasSnapshotCutOff && signals !== "no_data";
  const first = isWhole ? 0 : signals === "no_data" ? workload.committed.length : commitsAtSnapshot;
  const compared = new Map(workload.committed.slice(first).map((state) => [BigInt(state.xid), state]));
  const left = isWhole ? [] : ["keyless"];
  const tables = new ReplayedTables({ knowsAll: isWhole });
  let count = 0;
  changes.forEach((change, i) => {
    tables.apply(change);
    const xid = change.value?.source.txId ?? null;
    const state = xid === null ? undefined : compared.get(xid);
    if (guarantee !== "exactlyOnce" || state === undefined) return;
    const rest = changes.slice(i + 1, i + 3).find(({ value }) => value !== null);
    if (change.value === null || rest?.value.source.txId === xid) return;
    count++;
    compare(tables, state.tables, left, `after transaction ${xid}`);
  });
  if (isWhole) assert.deepEqual(tables.faults, []);
  else if (guarantee === "exactlyOnce" && signals === "no_data")
    assert.deepEqual(
      tables.faults.filter((fault) => fault.includes(" is read with ")),
      [],
    );
  if (guarantee === "exactlyOnce" && signals !== "no_data")
    assert.ok(count > workload.committed.length / 4, `${count} commits were compared`);
  else compare(tables, workload.committed.at(-1)!.tables, signals === "no_data" ? ["keyless"] : left, "in the end");
  return tables.incremental;
}

/** The bag of `rows` without that of `others`. */
function without(rows: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const row of others) left.set(row, (left.get(row) ?? 0) + 1);
  return rows.filter((row) => {
    const count = left.get(row) ?? 0;
    left.set(row, count - 1);
    return count <= 0;
  });
}

function compare(
  tables: ReplayedTables,
  expected: ReadonlyMap<string, { columns: readonly string[]; rows: readonly string[] }>,
  left: readonly string[],
  when: string,
): void {
  for (const table of WORKLOAD_TABLES.filter((name) => !left.includes(name))) {
    const state = expected.get(table);
    if (state === undefined) continue;
    const rows = tables.rows(`${PREFIX}.public.${table}`, state.columns);
    const [extra, missing] = [without(rows, state.rows), without(state.rows, rows)];
    const told = (some: readonly string[]) => `${some.length} ${some.slice(0, 3).join(" ")}`;
    assert.ok(
      extra.length === 0 && missing.length === 0,
      `${table} ${when}: columns ${state.columns.join(",")}; too many: ${told(extra)}; missing: ${told(missing)}; faults: ${tables.faults.slice(-3).join("; ")}`,
    );
  }
}

const servers = [
  ["PostgreSQL from npm", findNpmPostgres()],
  ["Debian's PostgreSQL", findPostgres()],
] as const;

for (const [name, programs] of servers)
  describe(`${name} under kill -9 of the worker and of the database`, {
    skip: programs === undefined ? "it is not installed" : false,
  }, () => {
    const days: readonly Day[] = [
      { guarantee: "exactlyOnce", withDdl: false },
      { guarantee: "exactlyOnce", withDdl: true },
      { guarantee: "atLeastOnce", withDdl: true },
      { guarantee: "exactlyOnce", withDdl: true, signals: "initial" },
      { guarantee: "exactlyOnce", withDdl: false, signals: "no_data" },
    ];
    Array.from({ length: Math.max(1, DAYS) }, () => days)
      .flat()
      .forEach((day, i) => {
        test(`${day.guarantee}${day.withDdl ? " with DDL in between" : ""}${day.signals === undefined ? "" : `, incremental snapshots, snapshot.mode ${day.signals}`}`, async (t) => {
          const seed = testSeed() + i;
          t.diagnostic(`OTTLA_TEST_SEED=${seed}`);
          try {
            t.diagnostic(await run(programs!, { ...day, seed }));
          } catch (error) {
            // At once, since a campaign tells its failures at its end only.
            t.diagnostic(error instanceof Error ? error.message.slice(0, 1500) : String(error));
            throw new Error(`OTTLA_TEST_SEED=${seed}`, { cause: error });
          }
        });
      });
  });
