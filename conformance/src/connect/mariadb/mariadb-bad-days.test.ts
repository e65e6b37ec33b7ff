// Replaying the topics of changes gives the tables at every commit, whatever dies in between.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { SeededRandom, testSeed } from "@ottla/base/simulated";
import type { SourceItem } from "@ottla/connect";
import { mariadbSource } from "@ottla/connect/mariadb";
import { startMariadb } from "../../process/mariadb.ts";
import { startMysql } from "../../process/mysql.ts";
import { waitUntil } from "../../process/wait-until.ts";
import { type Guarantee, MemoryTask, MemoryTopics } from "../postgres/memory-worker.ts";
import { ReplayedTables } from "../postgres/replayed-tables.ts";
import { DATABASE, RandomWorkload, WORKLOAD_SCHEMA, WORKLOAD_TABLES } from "./random-workload.ts";
import { settingsFor } from "./source-settings.ts";
import { SqlClient } from "./sql-client.ts";

const TRANSACTIONS = Number(process.env["OTTLA_CDC_TRANSACTIONS"] ?? 40);

type ChangeItem = SourceItem & { topic: string; value: { source: { gtid: string | null } } | null };

interface Day {
  readonly seed: number;
  readonly guarantee: Guarantee;
  readonly withDdl: boolean;
  readonly kind: "MariaDB" | "MySQL";
}

async function run(day: Day): Promise<string> {
  const random = new SeededRandom(day.seed);
  const settings = ["--server-id=1", "--max-binlog-size=262144"];
  const isCompressed = random.nextInt(2);
  const server =
    day.kind === "MySQL" ? await startMysql(settings) : await startMariadb([...settings, `--log-bin-compress=${isCompressed}`]);
  const topics = new MemoryTopics();
  const config = settingsFor(server, {
    "snapshot.fetch.size": "50",
    "database.include.list": DATABASE,
    "table.include.list": WORKLOAD_TABLES.map((table) => `${DATABASE}.${table}`).join(","),
  });
  const workload = new RandomWorkload(server, random, { withDdl: day.withDdl });
  const start = (): MemoryTask => new MemoryTask(topics, config, day.guarantee, random, mariadbSource);
  /** Commits that were done when the last row of a snapshot was written. */
  let commitsAtSnapshot = 0;
  topics.onSnapshotRow = () => (commitsAtSnapshot = workload.committed.length);
  let [kills, crashes] = [0, 0];
  try {
    const admin = await SqlClient.open(server);
    for (const statement of WORKLOAD_SCHEMA) await admin.query(statement);
    await admin.close();
    for (let i = 0; i < 20; i++) await workload.transaction();
    let task = start();
    for (let i = 0; i < TRANSACTIONS; i++) {
      await workload.transaction();
      const roll = random.nextInt(100);
      if (roll < 12) {
        await sleep(random.nextInt(150));
        await task.kill();
        kills++;
        task = start();
      } else if (roll < 16) {
        await server.crash();
        crashes++;
      }
    }
    await workload.close();
    // A mark behind everything, so that the end is known.
    const marker = await SqlClient.open(server, DATABASE);
    const isMark = (item: SourceItem): boolean => {
      const { after } = (item as { value?: { after?: { id?: unknown } } | null }).value ?? {};
      return after?.id === -1;
    };
    // A worker that is given it last may keep it until it is given more.
    const isWhole = waitUntil(
      "the last change comes",
      async () => {
        await marker.query("INSERT INTO keyless (id, n) VALUES (-1, 0)");
        return topics.records.some(isMark);
      },
      { timeoutMs: 60_000 },
    );
    const error = await Promise.race([isWhole, task.ended]);
    if (error instanceof Error) throw error;
    await task.stop();
    await marker.close();
    const compared = checkReplay(topics, workload, day.guarantee, commitsAtSnapshot);
    return `${workload.committed.length} commits, ${compared} compared, ${topics.records.length} records, ${kills} kills, ${crashes} crashes, losses ${JSON.stringify([...topics.losses])}`;
  } finally {
    await workload.close();
    await server.stop();
  }
}

/** As for PostgreSQL: with transactions every commit is compared; where a snapshot was cut off, from its last row on, and rows without a key not at all. */
function checkReplay(
  { records, wasSnapshotCutOff }: MemoryTopics,
  workload: RandomWorkload,
  guarantee: Guarantee,
  commitsAtSnapshot: number,
): number {
  const changes = records.filter((record): record is ChangeItem => record.topic?.startsWith(`shop.${DATABASE}.`) === true);
  const isWhole = guarantee === "exactlyOnce" && !wasSnapshotCutOff;
  const compared = new Map(workload.committed.slice(isWhole ? 0 : commitsAtSnapshot).map((state) => [state.gtid, state]));
  const left = isWhole ? [] : ["keyless"];
  const tables = new ReplayedTables();
  let count = 0;
  changes.forEach((change, i) => {
    tables.apply(change);
    const gtid = change.value?.source.gtid ?? undefined;
    const state = gtid === undefined ? undefined : compared.get(gtid);
    if (guarantee !== "exactlyOnce" || state === undefined) return;
    const rest = changes.slice(i + 1, i + 3).find(({ value }) => value !== null);
    if (change.value === null || rest?.value?.source.gtid === gtid) return;
    count++;
    compare(tables, state.tables, left, `after transaction ${gtid}`);
  });
  if (isWhole) assert.deepEqual(tables.faults, []);
  if (guarantee === "exactlyOnce") assert.ok(count > workload.committed.length / 4, `${count} commits were compared`);
  // Only the mark came behind it.
  const { tables: last } = workload.committed.at(-1)!;
  compare(tables, last, [...left, "keyless"], "in the end");
  return count;
}

function compare(
  tables: ReplayedTables,
  expected: ReadonlyMap<string, { columns: readonly string[]; rows: readonly string[] }>,
  left: readonly string[],
  when: string,
): void {
  for (const table of WORKLOAD_TABLES.filter((name) => !left.includes(name))) {
    const state = expected.get(table)!;
    assert.deepEqual(tables.rows(`shop.${DATABASE}.${table}`, state.columns), state.rows, `${table} ${when}`);
  }
}

for (const kind of ["MariaDB", "MySQL"] as const)
  describe(`${kind} under kill -9 of the worker and of the database`, () => {
    const days = [
      { guarantee: "exactlyOnce", withDdl: false },
      { guarantee: "exactlyOnce", withDdl: true },
      { guarantee: "atLeastOnce", withDdl: true },
    ] as const;
    days.forEach((day, i) => {
      test(`${day.guarantee}${day.withDdl ? " with DDL in between" : ""}`, async (t) => {
        const seed = testSeed() + i;
        t.diagnostic(`OTTLA_TEST_SEED=${seed}`);
        try {
          t.diagnostic(await run({ ...day, kind, seed }));
        } catch (error) {
          throw new Error(`OTTLA_TEST_SEED=${seed}`, { cause: error });
        }
      });
    });
  });
