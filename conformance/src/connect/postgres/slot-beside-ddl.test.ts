// PostgreSQL builds a slot's view of the catalog while others write. What is changed of tables meanwhile it may not see: it then decodes rows by columns of before, or not at all.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { SourceItem } from "@ottla/connect";
import pg from "pg";
import { findNpmPostgres, findPostgres, type RunningPostgres, startPostgres } from "../../process/postgres.ts";
import { waitUntil } from "../../process/wait-until.ts";
import { MemoryTask, MemoryTopics } from "./memory-worker.ts";

const servers = [
  ["PostgreSQL from npm", findNpmPostgres()],
  ["Debian's PostgreSQL", findPostgres()],
] as const;

/** A transaction with a number of its own, open. */
async function openTransaction(connection: pg.ClientConfig): Promise<pg.Client & { readonly xid: string }> {
  const client = new pg.Client(connection);
  client.on("error", () => undefined);
  await client.connect();
  await client.query("BEGIN");
  const { rows } = await client.query<{ xid: string }>("SELECT pg_current_xact_id()::xid::text AS xid");
  return Object.assign(client, { xid: rows[0]!.xid });
}

async function commit(client: pg.Client): Promise<void> {
  await client.query("COMMIT");
  await client.end();
}

for (const [name, programs] of servers)
  describe(`${name}: a slot that is made while tables change`, { skip: programs === undefined ? "it is not installed" : false }, () => {
    let postgres: RunningPostgres;
    let sql: pg.Client;
    before(async () => {
      postgres = await startPostgres(programs!, { wal_level: "logical" });
      sql = new pg.Client(postgres.connection);
      sql.on("error", () => undefined);
      await sql.connect();
    });
    after(async () => {
      await sql.end().catch(() => undefined);
      await postgres.stop();
    });

    const settings = (slot: string, more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
      "database.hostname": postgres.connection.host,
      "database.port": String(postgres.connection.port),
      "database.user": postgres.connection.user,
      "database.dbname": postgres.connection.database,
      "topic.prefix": "shop",
      "slot.name": slot,
      "table.include.list": `public.${slot}`,
      "status.update.interval.ms": "100",
      "retriable.restart.connector.wait.ms": "100",
      ...more,
    });
    const waiterFor = (xid: string) =>
      waitUntil(`the slot waits for ${xid}`, async () => {
        const { rowCount } = await sql.query(
          `SELECT 1 FROM pg_locks WHERE locktype = 'transactionid' AND NOT granted AND transactionid::text = '${xid}'`,
        );
        return rowCount === 1;
      });
    const lastOf = (topics: MemoryTopics, id: number) =>
      topics.records
        .map((item) => item as SourceItem & { value: { after: Record<string, unknown> | null } | null })
        .findLast(({ value }) => value?.after?.["id"] === id)?.value?.after;

    /** `change` is committed while the slot is built, `row` written by a transaction that began before the slot was whole and ends behind it. */
    async function changeWhileBuilt<Maker extends { readonly ended: Promise<unknown> }>(
      table: string,
      change: string,
      row: string,
      make: () => Maker,
    ): Promise<Maker> {
      const oldest = await openTransaction(postgres.connection);
      const task = make();
      await waiterFor(oldest.xid);
      const older = await openTransaction(postgres.connection);
      await sql.query(change);
      await commit(oldest);
      await waiterFor(older.xid);
      const writer = await openTransaction(postgres.connection);
      await writer.query(row);
      await commit(older);
      // Either the slot is whole, or it is made again and waits for the writer.
      await Promise.race([
        task.ended,
        waitUntil("the slot is whole or made again", async () => {
          const whole = await sql.query(
            `SELECT 1 FROM pg_replication_slots WHERE slot_name = '${table}' AND confirmed_flush_lsn IS NOT NULL`,
          );
          const waiting = await sql.query(`SELECT 1 FROM pg_locks WHERE NOT granted AND transactionid::text = '${writer.xid}'`);
          return whole.rowCount === 1 || waiting.rowCount === 1;
        }),
      ]);
      await commit(writer);
      return task;
    }
    let topics: MemoryTopics;
    const startTask = (slot: string, more?: Readonly<Record<string, string>>) => () =>
      new MemoryTask(topics, settings(slot, more), "exactlyOnce");

    test("a column that came meanwhile is in the next row", async () => {
      topics = new MemoryTopics();
      await sql.query("CREATE TABLE kettle (id int PRIMARY KEY); INSERT INTO kettle VALUES (1)");
      const task = await changeWhileBuilt(
        "kettle",
        "ALTER TABLE kettle ADD COLUMN litres int",
        "UPDATE kettle SET litres = 7",
        startTask("kettle"),
      );
      await sql.query("INSERT INTO kettle VALUES (2, 2)");
      await Promise.race([task.ended, waitUntil("the last row comes", () => Promise.resolve(lastOf(topics, 2)))]);
      assert.deepEqual(lastOf(topics, 1), { id: 1, litres: 7 });
      await task.stop();
    });

    test("a table that was made meanwhile is read", async () => {
      topics = new MemoryTopics();
      const task = await changeWhileBuilt(
        "pan",
        "CREATE TABLE pan (id int PRIMARY KEY, litres int)",
        "INSERT INTO pan VALUES (1, 7)",
        startTask("pan"),
      );
      const error = await Promise.race([
        task.ended,
        waitUntil("the row comes", () => Promise.resolve(lastOf(topics, 1)?.["litres"] === 7)),
      ]);
      assert.equal(error, true);
      await task.stop();
    });

    // As one makes it by hand before the connector is there.
    async function makeBadSlot(table: string): Promise<void> {
      const maker = new pg.Client(postgres.connection);
      await maker.connect();
      await sql.query(`CREATE PUBLICATION ${table} FOR ALL TABLES`);
      const { ended } = await changeWhileBuilt(
        table,
        `CREATE TABLE ${table} (id int PRIMARY KEY, litres int)`,
        `INSERT INTO ${table} VALUES (1, 7)`,
        () => ({ ended: maker.query(`SELECT pg_create_logical_replication_slot('${table}', 'pgoutput')`) }),
      );
      await ended;
      await maker.end();
    }

    test("what PostgreSQL cannot decode fails the task after a few tries, with what to do", async () => {
      topics = new MemoryTopics();
      await makeBadSlot("pot");
      const task = new MemoryTask(topics, settings("pot", { "publication.name": "pot", "snapshot.mode": "no_data" }), "exactlyOnce");
      const error = await task.ended;
      assert.match(
        error?.message ?? "",
        /cannot decode what the slot "pot" brings \(could not map file(node|number) .*Drop the slot.*when_needed/,
      );
      assert.equal(task.logged.filter(({ message }) => message.includes("is asked again")).length, 2);
    });

    test("with snapshot.mode when_needed the slot is made anew and the tables are read", async () => {
      topics = new MemoryTopics();
      await makeBadSlot("jug");
      const task = new MemoryTask(topics, settings("jug", { "publication.name": "jug", "snapshot.mode": "when_needed" }), "exactlyOnce");
      // A first snapshot is read before the slot is tried; the second one stands behind what was lost.
      await sql.query("INSERT INTO jug VALUES (2, 2)");
      await Promise.race([
        task.ended,
        waitUntil("the rows are read again", () =>
          Promise.resolve(task.logged.some(({ message }) => message === "Changes were lost; the tables are read anew")),
        ),
      ]);
      await sql.query("INSERT INTO jug VALUES (3, 3)");
      const error = await Promise.race([
        task.ended,
        waitUntil("the change comes", () => Promise.resolve(lastOf(topics, 3)?.["litres"] === 3)),
      ]);
      assert.equal(error, true);
      assert.deepEqual(
        [1, 2].map((id) => lastOf(topics, id)?.["litres"]),
        [7, 2],
      );
      await task.stop();
    });
  });
