// One writer for each database. Every change of a row has a number of its own, so that a topic tells which changes it has, and how often.
import { setTimeout as sleep } from "node:timers/promises";
import type { SeededRandom } from "@ottla/base/simulated";
import pg from "pg";
import type { RunningSqlServer } from "../../process/sql-server.ts";
import type { RunningPostgres } from "../../process/postgres.ts";
import { SqlClient } from "../mariadb/sql-client.ts";

/** A table whose rows are written; its key is `id`. */
export interface WrittenTable {
  readonly name: string;
  readonly topic: string;
}

export const POSTGRES_TABLES: readonly WrittenTable[] = ["orders", "items"].map((name) => ({ name, topic: `shop.public.${name}` }));
export const MARIADB_TABLES: readonly WrittenTable[] = [{ name: "parts", topic: "depot.stock.parts" }];

const TABLE = "id int PRIMARY KEY, n int NOT NULL, note varchar(200)";
const LARGE_TRANSACTION = 300;

interface SqlSession {
  query(sql: string): Promise<number>;
  rows(sql: string): Promise<readonly (readonly unknown[])[]>;
  close(): Promise<void>;
}

/** Writes until {@link DatabaseWriter.stop}; a server that dies is gone back to. */
export class DatabaseWriter {
  /** By table: numbers of changes that were committed for sure. */
  readonly committed = new Map<string, Set<number>>();
  readonly #open: () => Promise<SqlSession>;
  readonly #tables: readonly WrittenTable[];
  readonly #random: SeededRandom;
  #session: SqlSession | undefined;
  #n = 0;
  #nextId = 1;
  #isStopped = false;
  #written: Promise<void> = Promise.resolve();

  constructor(open: () => Promise<SqlSession>, tables: readonly WrittenTable[], random: SeededRandom) {
    this.#open = open;
    this.#tables = tables;
    this.#random = random;
    for (const { name } of tables) this.committed.set(name, new Set());
  }

  async prepare(): Promise<void> {
    const session = await this.#connected();
    for (const { name } of this.#tables) await session.query(`CREATE TABLE ${name} (${TABLE})`);
    for (let i = 0; i < 10; i++) await this.#transaction();
    // What was changed again before anybody looks is in no topic.
    for (const { name } of this.#tables)
      this.committed.set(name, new Set([...(await this.rowsOf(name)).values()].map((text) => Number(text.split(" ")[0]))));
  }

  begin(pauseMs: number): void {
    this.#written = (async () => {
      while (!this.#isStopped) {
        await this.#transaction();
        await sleep(this.#random.nextInt(pauseMs));
      }
    })();
  }

  /** Resolves when the last change is committed: one to each table, behind everything. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#written;
    for (const { name } of this.#tables) {
      const committed = this.committed.get(name)!;
      const before = committed.size;
      while (committed.size === before) await this.#transaction((changes) => this.#insert(name, 1, changes));
    }
  }

  /** `id` to `n` and `note`, as texts. */
  async rowsOf(table: string): Promise<Map<string, string>> {
    const rows = await (await this.#connected()).rows(`SELECT id, n, note FROM ${table}`);
    return new Map(rows.map(([id, n, note]) => [String(id), `${String(n)} ${String(note)}`]));
  }

  async close(): Promise<void> {
    this.#isStopped = true;
    await this.#written.catch(() => undefined);
    await this.#session?.close();
  }

  async #transaction(does?: (changes: [string, number][]) => Promise<void>): Promise<void> {
    const random = this.#random;
    const changes: [string, number][] = [];
    try {
      const session = await this.#connected();
      await session.query("BEGIN");
      if (does !== undefined) await does(changes);
      else if (random.nextInt(40) === 0) await this.#insert(this.#anyTable(), LARGE_TRANSACTION, changes);
      else for (let i = 1 + random.nextInt(4); i > 0; i--) await this.#statement(session, changes);
      if (does === undefined && random.nextInt(10) === 0) return void (await session.query("ROLLBACK"));
      await session.query("COMMIT");
      for (const [table, n] of changes) this.committed.get(table)!.add(n);
    } catch {
      // What was under way may be committed or not.
      await this.#session?.close();
      this.#session = undefined;
      await sleep(50);
    }
  }

  #anyTable(): string {
    return this.#tables[this.#random.nextInt(this.#tables.length)]!.name;
  }

  async #insert(table: string, count: number, changes: [string, number][]): Promise<void> {
    const values = Array.from({ length: count }, () => {
      changes.push([table, ++this.#n]);
      return `(${this.#nextId++}, ${this.#n}, 'note ${this.#n} é''"')`;
    });
    await this.#session!.query(`INSERT INTO ${table} (id, n, note) VALUES ${values.join(", ")}`);
  }

  async #statement(session: SqlSession, changes: [string, number][]): Promise<void> {
    const random = this.#random;
    const table = this.#anyTable();
    const roll = random.nextInt(100);
    if (roll < 35) return this.#insert(table, 1 + random.nextInt(3), changes);
    const [[found] = []] = await session.rows(
      `SELECT id FROM ${table} WHERE id >= ${1 + random.nextInt(this.#nextId)} ORDER BY id LIMIT 1`,
    );
    if (found === undefined) return this.#insert(table, 1, changes);
    const id = Number(found);
    if (roll < 85) {
      const note = random.nextInt(5) === 0 ? "NULL" : `'note ${this.#n}'`;
      // Of another key it is a delete and a creation.
      const set = roll < 80 ? "" : `id = ${this.#nextId++}, `;
      if ((await session.query(`UPDATE ${table} SET ${set}n = ${this.#n + 1}, note = ${note} WHERE id = ${id}`)) === 1)
        changes.push([table, ++this.#n]);
    } else await session.query(`DELETE FROM ${table} WHERE id = ${id}`);
  }

  async #connected(): Promise<SqlSession> {
    while (this.#session === undefined)
      try {
        this.#session = await this.#open();
      } catch {
        await sleep(100);
      }
    return this.#session;
  }
}

export async function openPostgres({ connection }: RunningPostgres): Promise<SqlSession> {
  const client = new pg.Client({ ...connection, connectionTimeoutMillis: 10_000, query_timeout: 60_000 });
  client.on("error", () => undefined);
  await client.connect();
  return {
    query: async (sql) => (await client.query(sql)).rowCount ?? 0,
    rows: async (sql) => (await client.query({ text: sql, rowMode: "array" })).rows as unknown[][],
    close: () => client.end().catch(() => undefined),
  };
}

export async function openMariadb(server: RunningSqlServer): Promise<SqlSession> {
  const client = await SqlClient.open(server, "stock");
  return {
    async query(sql) {
      await client.query(sql);
      if (!sql.startsWith("UPDATE")) return 0;
      const [[count] = []] = await client.query("SELECT ROW_COUNT()");
      return Number(count);
    },
    rows: (sql) => client.query(sql),
    close: () => client.close(),
  };
}
