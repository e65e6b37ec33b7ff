// Rows of an outbox become records, each once and in order, whatever dies in between: on a store in memory, and on a real PostgreSQL with the guide's own code.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { SeededRandom } from "@ottla/base/simulated";
import { type Client, ClientError, KafkaError, type ProducerRecord } from "@ottla/client";
import { type OutboxBatch, type OutboxClaim, OutboxPublisher, type OutboxStore } from "@ottla/client/outbox";
import type { Pool } from "pg";
import { makeTopic, partitionsOf, readRecords, withClient } from "./client-cases/case-client.ts";
import type { OutboxProcessOrder } from "./client-cases/outbox-process.ts";
import { uniqueName } from "./clients/unique-name.ts";
import { nodeBinary, repositoryRoot } from "./paths.ts";
import { startChild } from "./process/child.ts";
import { findPostgres, startPostgres } from "./process/postgres.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "./process/temporary-folder.ts";
import { waitUntil } from "./process/wait-until.ts";
import { requireTarget } from "./target.ts";

const ROWS = 300;
const KEYS = 7;
const PARTITIONS = 3;
const MANY_ROWS = 2000;
const KILLS_MIN = 8;
/** For what a machine with other work does in seconds. */
const READ_MS_MAX = 120_000;
/** Longer than this nothing stands still that will ever move. */
const STANDSTILL_MS_MAX = 120_000;
const PUBLISHER = `${repositoryRoot}conformance/src/client-cases/outbox-process.ts`;

/** A call that takes long on a busy machine is no trouble that these tests are about. */
function withPatientClient(run: (client: Client) => Promise<void>): Promise<void> {
  return withClient(requireTarget, run, { requestTimeoutMs: STANDSTILL_MS_MAX, apiTimeoutMs: STANDSTILL_MS_MAX });
}

/** A database as a store sees one. */
class MemoryStore implements OutboxStore {
  readonly #rows: (ProducerRecord & { batch?: number })[] = [];
  #last = 0;

  insert(record: ProducerRecord): Promise<void> {
    this.#rows.push({ ...record });
    return Promise.resolve();
  }

  claim({ limit, after }: OutboxClaim): Promise<OutboxBatch | undefined> {
    let rows = this.#rows.filter(({ batch }) => batch !== undefined);
    if (rows.length === 0 && limit > 0 && this.#rows.length > 0) {
      this.#last = Math.max(this.#last, after) + 1;
      rows = this.#rows.slice(0, limit);
      for (const row of rows) row.batch = this.#last;
    }
    return Promise.resolve(rows.length === 0 ? undefined : { number: this.#last, records: rows });
  }

  markPublished(batch: number): Promise<void> {
    if (this.#rows[0]?.batch === batch) this.#rows.splice(0, this.#rows.filter((row) => row.batch === batch).length);
    return Promise.resolve();
  }
}

/** The process dies before or after a step of the store, as chance has it. */
function dying(store: OutboxStore, random: SeededRandom): OutboxStore {
  const around = async <T>(step: () => Promise<T>): Promise<T> => {
    if (random.nextInt(8) === 0) throw new Death();
    const result = await step();
    if (random.nextInt(8) === 0) throw new Death();
    return result;
  };
  return { claim: (request) => around(() => store.claim(request)), markPublished: (batch) => around(() => store.markPublished(batch)) };
}

class Death extends Error {}

/** What a busy cluster says: a publisher that runs would try again, the next one goes on. */
function mayPass(error: unknown): boolean {
  return (error instanceof KafkaError || error instanceof ClientError) && (error.retriable || error.abortable);
}

/** Rows come in while publishers live and die; gives what is in the topic in the end. */
async function liveAndDie(
  client: Client,
  store: OutboxStore,
  insert: (record: ProducerRecord) => Promise<void>,
  seed: number,
): Promise<void> {
  const topic = await makeTopic(client, PARTITIONS);
  const random = new SeededRandom(seed);
  const transactionalId = uniqueName("outbox");
  const inserting = (async () => {
    for (let i = 0; i < ROWS; i++) await insert({ topic, key: `k${i % KEYS}`, value: String(i) });
  })();
  let isInserted = false;
  void inserting.then(() => (isInserted = true));
  let deaths = 0;
  for (let isDone = false; !isDone; ) {
    const isLast = isInserted;
    const publisher = new OutboxPublisher(client, dying(store, random), { transactionalId, batchRecordsMax: 20 });
    // Some die in the middle of publishing.
    const killer = random.nextInt(3) === 0 ? setTimeout(() => void publisher.close({ timeoutMs: 0 }), random.nextInt(30)) : undefined;
    try {
      await publisher.publishPending();
    } catch (error) {
      deaths++;
      if (!(error instanceof Death) && killer === undefined && !mayPass(error)) throw error;
    }
    clearTimeout(killer);
    await publisher.close({ timeoutMs: 0 });
    isDone = isLast && (await store.claim({ limit: 1, after: 0 }).catch(() => true)) === undefined;
  }
  await inserting;
  await expectEachOnceInOrder(client, topic, ROWS, `${deaths} deaths`);
  assert.ok(deaths > 3, `${deaths} deaths`);
}

/** What the topic holds: the rows 0 to `count` − 1, those of a partition in order. */
async function expectEachOnceInOrder(client: Client, topic: string, count: number, story: string): Promise<void> {
  const consumer = client.consumer({ autoOffsetReset: "earliest", isolationLevel: "read_committed" });
  consumer.assign(partitionsOf(topic, PARTITIONS));
  const records = await readRecords(consumer, count, READ_MS_MAX);
  for (const batch of await consumer.poll(200)) records.push(...batch);
  assert.deepEqual(
    records.map(({ value }) => Number(value)).toSorted((a, b) => a - b),
    Array.from({ length: count }, (_, i) => i),
    story,
  );
  for (const place of partitionsOf(topic, PARTITIONS)) {
    const values = records.filter(({ partition }) => partition === place.partition).map(({ value }) => Number(value));
    assert.deepEqual(
      values,
      values.toSorted((a, b) => a - b),
    );
  }
}

describe("the outbox", { concurrency: false }, () => {
  for (const seed of [1, 2, 3]) {
    test(`publishers that die at any step publish each row once and in order, seed ${seed}`, () =>
      withPatientClient((client) => {
        const store = new MemoryStore();
        return liveAndDie(client, store, (record) => store.insert(record), seed);
      }));
  }

  test("an open batch of which the cluster does not know any more is not guessed at", () =>
    withPatientClient(async (client) => {
      const topic = await makeTopic(client, 1);
      const store = new MemoryStore();
      await store.insert({ topic, value: "a" });
      await store.claim({ limit: 1, after: 0 });
      const publisher = new OutboxPublisher(client, store, { transactionalId: uniqueName("outbox") });
      await assert.rejects(publisher.run(), { code: "OUTBOX_POSITION_LOST" });
      await publisher.close();
    }));

  test("a row that no record can be made of stops the publisher with its name, and loses nothing", () =>
    withPatientClient(async (client) => {
      const topic = await makeTopic(client, 1);
      const store = new MemoryStore();
      for (const record of [
        { topic, value: "a" },
        { topic, value: 5 as never },
      ])
        await store.insert(record);
      const publisher = new OutboxPublisher(client, store, { transactionalId: uniqueName("outbox") });
      await assert.rejects(publisher.run(), { code: "TRANSACTION_FAILED", message: /value is 5/ });
      await publisher.close();
      assert.equal((await store.claim({ limit: 0, after: 0 }))!.records.length, 2);
    }));

  const programs = findPostgres();
  const needs = programs === undefined ? { skip: "PostgreSQL is not installed (Debian: postgresql)" } : {};
  test("with PostgreSQL, which is killed and started again meanwhile", needs, async () => {
    const { default: pg } = await import("pg");
    const { PostgresOutbox, schema } = await storeOfTheGuide();
    const postgres = await startPostgres(programs!);
    const pool = new pg.Pool({ ...postgres.connection, max: 5 });
    // A connection that breaks while it is idle is replaced by the pool.
    pool.on("error", () => {});
    try {
      await pool.query(schema);
      const insert = async ({ topic, key, value }: ProducerRecord) => {
        for (;;) {
          try {
            await pool.query("INSERT INTO outbox (topic, key, value) VALUES ($1, $2, $3)", [topic, key, Buffer.from(value as string)]);
            return;
          } catch {
            // Not committed, or committed without an answer: only the first is left to chance here, since the row before a crash is awaited.
            await new Promise((resolve) => setTimeout(resolve, 20));
          }
        }
      };
      const real: OutboxStore = new PostgresOutbox(pool);
      let claims = 0;
      const store: OutboxStore = {
        async claim(request) {
          if (++claims === 20) await postgres.crash();
          try {
            return await real.claim(request);
          } catch {
            throw new Death();
          }
        },
        markPublished: (batch) => real.markPublished(batch).catch(() => Promise.reject(new Death())),
      };
      await withPatientClient((client) => liveAndDie(client, store, insert, 4));
    } finally {
      await pool.end();
      await postgres.stop();
    }
  });

  test("with PostgreSQL, a row that is committed after one with a greater id is published, too, and each once", needs, async () => {
    const { default: pg } = await import("pg");
    const { PostgresOutbox, schema } = await storeOfTheGuide();
    const postgres = await startPostgres(programs!);
    const pool = new pg.Pool({ ...postgres.connection, max: 5 });
    try {
      await pool.query(schema);
      await withPatientClient(async (client) => {
        const topic = await makeTopic(client, PARTITIONS);
        const insert = (db: Pick<Pool, "query">, value: number) =>
          db.query("INSERT INTO outbox (topic, key, value) VALUES ($1, $2, $3)", [topic, `k${value}`, Buffer.from(String(value))]);
        const publisher = new OutboxPublisher(client, new PostgresOutbox(pool), { transactionalId: uniqueName("outbox") });
        const late = await pool.connect();
        await late.query("BEGIN");
        // Its id is the smaller one, and it is published behind the other.
        await insert(late, 1);
        await insert(pool, 0);
        assert.equal(await publisher.publishPending(), 1);
        await insert(pool, 2);
        await late.query("COMMIT");
        late.release();
        assert.equal(await publisher.publishPending(), 2);
        await publisher.close();
        await expectEachOnceInOrder(client, topic, 3, "out of order of ids");
      });
    } finally {
      await pool.end();
      await postgres.stop();
    }
  });

  test("with PostgreSQL, publishers in processes that are killed at any moment, and PostgreSQL too", needs, async () => {
    const { default: pg } = await import("pg");
    const { schema, address, remove } = writeStoreOfTheGuide();
    const postgres = await startPostgres(programs!);
    const pool = new pg.Pool({ ...postgres.connection, max: 2 });
    pool.on("error", () => {});
    try {
      await pool.query(`${schema}; CREATE TABLE inserted (first bigint PRIMARY KEY)`);
      await withPatientClient(async (client) => {
        const topic = await makeTopic(client, PARTITIONS);
        const random = new SeededRandom(5);
        const order: OutboxProcessOrder = {
          bootstrap: requireTarget().bootstrap,
          transactionalId: uniqueName("outbox"),
          store: address,
          database: postgres.connection,
          batchRecordsMax: 20,
        };
        const inserting = insertRows(pool, topic);
        const rowsLeft = async () => {
          const { rows } = await pool.query("SELECT count(*) AS count FROM outbox");
          return Number((rows[0] as { readonly count: string }).count);
        };
        for (let kills = 0, isDone = false; !isDone; kills++) {
          // Every other one is killed where it hurts most: its batch is published and not marked. The rest die at any moment.
          const isHeld = kills < KILLS_MIN && kills % 2 === 1;
          const life = { ...order, holdsMarks: isHeld, batchRecordsMax: kills < KILLS_MIN ? 20 : 500 };
          const publisher = startChild(nodeBinary, ["--conditions=source", PUBLISHER, JSON.stringify(life)]);
          let said = "";
          publisher.process.stdout!.on("data", (chunk: string) => (said += chunk));
          let isGone = false;
          void publisher.exited.then(() => (isGone = true));
          const hears = async (word: string) => {
            await waitUntil(word, () => isGone || said.includes(word), { timeoutMs: STANDSTILL_MS_MAX, everyMs: 5 }).catch(() => {});
            assert.ok(said.includes(word), `kill ${kills}: the publisher never said "${word}". It said:\n${publisher.outputTail()}`);
          };
          if (isHeld) await hears("published");
          else if (kills < KILLS_MIN) {
            await hears("publishing");
            await new Promise((resolve) => setTimeout(resolve, random.nextInt(120)));
          } else {
            await inserting;
            await untilNone(rowsLeft);
            isDone = true;
          }
          assert.equal(await publisher.kill(), "SIGKILL", publisher.outputTail());
          if (isHeld) assert.equal((await pool.query("SELECT 1 FROM outbox WHERE batch IS NOT NULL LIMIT 1")).rowCount, 1);
          if (kills === KILLS_MIN / 2) await postgres.crash();
        }
        await expectEachOnceInOrder(client, topic, MANY_ROWS, `${KILLS_MIN} kills`);
      });
    } finally {
      await pool.end();
      await postgres.stop();
      remove();
    }
  });
});

/** However slow: fails only when nothing gets less any more. */
async function untilNone(left: () => Promise<number>): Promise<void> {
  for (let before = Infinity; before > 0; ) {
    const known = before;
    before = await waitUntil(
      `fewer rows than ${known} are left`,
      async () => {
        const now = await left();
        return now < known ? { now } : undefined;
      },
      { timeoutMs: STANDSTILL_MS_MAX },
    ).then(({ now }) => now);
  }
}

interface GuidesStore {
  readonly PostgresOutbox: new (pool: unknown) => OutboxStore;
  readonly schema: string;
}

/** The store as it stands in the guide, as a file. */
function writeStoreOfTheGuide(): { readonly address: string; readonly schema: string; remove(): void } {
  const guide = readFileSync(`${repositoryRoot}docs/guides/client-outbox.md`, "utf8");
  const [, code] = /^```js\n\/\/ postgres-outbox\.mjs\n([\s\S]*?)^```/m.exec(guide)!;
  const [, schema] = /schema = `([^`]*)`/.exec(code!)!;
  const folder = makeTemporaryFolder("outbox");
  const file = `${folder}/postgres-outbox.mjs`;
  writeFileSync(file, code!);
  return { address: pathToFileURL(file).href, schema: schema!, remove: () => removeTemporaryFolder(folder) };
}

async function storeOfTheGuide(): Promise<GuidesStore> {
  const { address, remove } = writeStoreOfTheGuide();
  try {
    return (await import(address)) as GuidesStore;
  } finally {
    remove();
  }
}

/** Fifty at a time, each fifty in a transaction; what was committed without an answer is found again by the number of its first row. */
async function insertRows(pool: Pool, topic: string): Promise<void> {
  for (let first = 0; first < MANY_ROWS; ) {
    const numbers = Array.from({ length: 50 }, (_, i) => first + i);
    const values = numbers.map((n) => `('${topic}', 'k${n % KEYS}', '${n}'::bytea)`).join(", ");
    try {
      const { rows } = await pool.query("SELECT count(*) AS done FROM inserted WHERE first = $1", [first]);
      if ((rows[0] as { readonly done: string }).done === "0")
        await pool.query(`BEGIN; INSERT INTO outbox (topic, key, value) VALUES ${values}; INSERT INTO inserted VALUES (${first}); COMMIT`);
      first += numbers.length;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
