// Transactions over tables with keys of every kind, by chance, with DDL between them; and what the tables are after each.
import type { SeededRandom } from "@ottla/base/simulated";
import type { RunningSqlServer } from "../../process/sql-server.ts";
import { rowText } from "../postgres/replayed-tables.ts";
import { SqlClient } from "./sql-client.ts";

export const DATABASE = "store";
/** Tables of the workload: what identifies a row differs, and one has an engine without transactions. */
export const WORKLOAD_TABLES = ["plain", "texts", "uniques", "keyless", "composite", "binaries"] as const;
type TableName = (typeof WORKLOAD_TABLES)[number];

const COLUMNS = `n int NOT NULL, big mediumtext, d decimal(12,3), bu bigint unsigned, ts timestamp(6) NULL, dt datetime(3), ti time(6), raw varbinary(300),
  la varchar(80) CHARACTER SET latin1, m enum('sad','ok','it''s, "fine"'), s set('x','y','z'), f double, b bit(5), da date, sj varchar(40) CHARACTER SET sjis, js json`;

export const WORKLOAD_SCHEMA: readonly string[] = [
  `CREATE DATABASE ${DATABASE} CHARACTER SET utf8mb4`,
  `CREATE TABLE ${DATABASE}.plain (id int PRIMARY KEY, ${COLUMNS})`,
  `CREATE TABLE ${DATABASE}.texts (name varchar(40) PRIMARY KEY, id int, ${COLUMNS})`,
  `CREATE TABLE ${DATABASE}.uniques (id int NOT NULL UNIQUE, ${COLUMNS})`,
  `CREATE TABLE ${DATABASE}.keyless (id int, ${COLUMNS})`,
  `CREATE TABLE ${DATABASE}.composite (part varchar(9), id bigint, ${COLUMNS}, PRIMARY KEY (part, id))`,
  `CREATE TABLE ${DATABASE}.binaries (k binary(8) PRIMARY KEY, id int, ${COLUMNS})`,
  `CREATE TABLE ${DATABASE}.done (number int PRIMARY KEY)`,
];

/** The tables as they were when a transaction was committed. */
export interface CommittedState {
  /** Undefined: the server died before it could be asked. */
  readonly gtid: string | undefined;
  readonly tables: ReadonlyMap<string, { readonly columns: readonly string[]; readonly rows: readonly string[] }>;
}

/** One writer. Its transactions are the only ones, so that what it sees before its commit is what the tables are. */
export class RandomWorkload {
  /** In the order of commits. */
  readonly committed: CommittedState[] = [];
  readonly #server: RunningSqlServer;
  readonly #random: SeededRandom;
  readonly #withDdl: boolean;
  #client: SqlClient | undefined;
  #nextId = 1;
  #number = 0;
  #extraColumns = 0;

  constructor(server: RunningSqlServer, random: SeededRandom, { withDdl }: { readonly withDdl: boolean }) {
    this.#server = server;
    this.#random = random;
    this.#withDdl = withDdl;
  }

  async close(): Promise<void> {
    await this.#client?.close();
    this.#client = undefined;
  }

  /** One transaction, or one statement that is a transaction; where the server dies in it, whether it was committed is asked later. */
  async transaction(): Promise<void> {
    const client = await this.#connected();
    const number = ++this.#number;
    let state: CommittedState | undefined;
    try {
      if (this.#withDdl && this.#random.nextInt(10) === 0) {
        await this.#ddl(client);
        return;
      }
      if (this.#random.nextInt(60) === 0) {
        await client.query(`TRUNCATE ${this.#table()}`);
        this.committed.push({ ...(await this.#state(client)), gtid: await gtidOf(client, this.#server.kind) });
        return;
      }
      await client.query("BEGIN");
      await client.query(`INSERT INTO done VALUES (${number})`);
      const statements = this.#random.nextInt(40) === 0 ? 60 : 1 + this.#random.nextInt(5);
      for (let i = 0; i < statements; i++) await this.#statement(client);
      if (this.#random.nextInt(8) === 0) {
        await client.query("ROLLBACK");
        return;
      }
      state = await this.#state(client);
      await client.query("COMMIT");
      this.committed.push({ ...state, gtid: await gtidOf(client, this.#server.kind) });
      state = undefined;
    } catch (error) {
      await this.close();
      if (!isConnectionLost(error)) throw error;
      const again = await this.#connected();
      if (state !== undefined && (await again.query(`SELECT 1 FROM done WHERE number = ${number}`)).length > 0) this.committed.push(state);
      // Of a statement that is a transaction nothing says whether it was done, but the tables.
      else if (state === undefined) this.committed.push(await this.#state(again));
    }
  }

  async #connected(): Promise<SqlClient> {
    for (let tries = 0; this.#client === undefined; tries++) {
      try {
        this.#client = await SqlClient.open(this.#server, DATABASE);
      } catch (error) {
        if (tries > 400) throw error;
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    }
    return this.#client;
  }

  async #state(client: SqlClient): Promise<CommittedState> {
    const tables = new Map<string, { columns: string[]; rows: string[] }>();
    for (const table of WORKLOAD_TABLES) {
      const columns = await client.query(
        `SELECT COLUMN_NAME, DATA_TYPE FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = '${DATABASE}' AND TABLE_NAME = '${table}' ORDER BY ORDINAL_POSITION`,
      );
      const rows = await client.query(`SELECT ${columns.map(([name, type]) => printedAs(name!, type!)).join(", ")} FROM ${table}`);
      const texts = rows.map((row) =>
        rowText(row.map((text, i) => (text !== null && columns[i]![1] === "timestamp" ? `${text.replace(/\.?0*$/, "")}+00` : text))),
      );
      tables.set(table, { columns: columns.map(([name]) => name!), rows: texts.sort() });
    }
    return { gtid: undefined, tables };
  }

  #table(): TableName {
    return WORKLOAD_TABLES[this.#random.nextInt(WORKLOAD_TABLES.length)]!;
  }

  async #statement(client: SqlClient): Promise<void> {
    const random = this.#random;
    const table = this.#table();
    const isPart = random.nextInt(6) === 0;
    if (isPart) await client.query("SAVEPOINT part");
    const roll = random.nextInt(100);
    const where = `ORDER BY MD5(CONCAT(id, '${random.nextInt(1000)}')) LIMIT ${1 + random.nextInt(3)}`;
    if (roll < 45) await this.#insert(client, table, roll < 4 ? 200 : 1 + random.nextInt(3));
    else if (roll < 72) await client.query(`UPDATE ${table} SET ${this.#change()} ${where}`);
    else if (roll < 85) await client.query(`UPDATE ${table} SET ${this.#keyChange(table)} ORDER BY id LIMIT 1`);
    else await client.query(`DELETE FROM ${table} ${where}`);
    if (isPart) await client.query(random.nextInt(2) === 0 ? "ROLLBACK TO part" : "RELEASE SAVEPOINT part");
  }

  #keyChange(table: TableName): string {
    const by = 1_000_000 + this.#random.nextInt(1_000_000);
    // In a collation in which upper and lower case are equal, they are other keys all the same.
    if (table === "texts") return this.#random.nextInt(2) === 0 ? "name = UPPER(name)" : `name = CONCAT('k', ${by}, id)`;
    if (table === "binaries") return `k = UNHEX(LPAD(HEX(${by} + id), 16, '0'))`;
    return `id = id + ${by}`;
  }

  async #insert(client: SqlClient, table: TableName, count: number): Promise<void> {
    const first = this.#nextId;
    this.#nextId += count;
    const own: Partial<Record<TableName, readonly [string, string]>> = {
      texts: ["name, ", "CONCAT('näme', g), "],
      composite: ["part, ", "CONCAT('p', g % 3), "],
      binaries: ["k, ", "UNHEX(CONCAT(LPAD(HEX(g), 8, '0'), '00000000')), "],
    };
    const [column, value] = own[table] ?? ["", ""];
    const v = this.#values();
    await client.query(
      `INSERT INTO ${table} (${column}id, n, big, d, bu, ts, dt, ti, raw, la, m, s, f, b, da, sj, js)
       SELECT ${value}g, g % 7, ${v.big}, ${v.d}, 18446744073709551615 - g, ${v.ts}, ${v.dt}, ${v.ti}, ${v.raw}, ${v.la}, ${v.m}, ${v.s}, g / 2, g % 32, ${v.da}, ${v.sj}, ${v.js}
       FROM (WITH RECURSIVE counted (g) AS (SELECT ${first} UNION ALL SELECT g + 1 FROM counted WHERE g < ${first + count - 1}) SELECT g FROM counted) AS numbers`,
    );
  }

  #values() {
    const pick = (...texts: readonly string[]): string => texts[this.#random.nextInt(texts.length)]!;
    return {
      big: pick("NULL", "''", "'ö \"q\" \\\\ é 🐎'", "REPEAT(MD5(g), 30)", "REPEAT(MD5(g), 3000)"),
      d: pick("NULL", "0", "-123456789.125", "0.001", "g * 1.5"),
      ts: pick("NULL", "'2026-03-04 05:06:07.123456'", "'1999-12-31 23:59:59'", "TIMESTAMP('2020-01-01') + INTERVAL g MICROSECOND"),
      dt: pick("NULL", "'1000-01-01 00:00:00'", "'9999-12-31 23:59:59.999'", "TIMESTAMP('1969-12-31 23:59:59.123') + INTERVAL g SECOND"),
      ti: pick("NULL", "'-838:59:59'", "'-00:00:00.000001'", "'23:59:59.999999'", "SEC_TO_TIME(g)"),
      raw: pick("NULL", "''", "UNHEX(MD5(g))", "CONCAT(0x00, UNHEX(MD5(g)), 0x00)"),
      la: pick("NULL", "''", "'é€ß'", "CONCAT('ÿ', g)"),
      sj: pick("NULL", "'表示ソ能'", "'ｱｲｳ'", "'plain'"),
      m: pick("NULL", "'sad'", `'it\\'s, "fine"'`),
      s: pick("NULL", "''", "'x,z'", "'y'"),
      js: pick(
        "NULL",
        "'{}'",
        `'{"b": [1, -2.5, null, true], "a": "ö \\\\"q"}'`,
        "CONCAT('{\"n\": ', g, ', \"k\": [', g / 7, ', \"', MD5(g), '\"]}')",
        "'18446744073709551615'",
      ),
      da: pick("NULL", "'0001-01-01'", "'9999-12-31'", "DATE('2020-02-28') + INTERVAL g DAY"),
    };
  }

  #change(): string {
    const v = this.#values();
    const g = (text: string): string => text.replace(/\bg\b/g, "id");
    const changes = ["n = n + 1", `big = ${g(v.big)}`, `d = ${g(v.d)}, ts = ${g(v.ts)}`, `dt = ${g(v.dt)}, ti = ${g(v.ti)}`];
    changes.push(
      `js = ${g(v.js)}`,
      `raw = ${g(v.raw)}, la = ${g(v.la)}`,
      `m = 'ok', b = ~b & 31, s = ${v.s}`,
      "n = n",
      `da = ${g(v.da)}, sj = ${v.sj}`,
    );
    return changes[this.#random.nextInt(changes.length)]!;
  }

  async #ddl(client: SqlClient): Promise<void> {
    const table = this.#table();
    const number = ++this.#extraColumns;
    const [extra] = await client.query(
      `SELECT COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = '${DATABASE}' AND TABLE_NAME = '${table}' AND COLUMN_NAME LIKE 'extra%'`,
    );
    const choices = [
      `ALTER TABLE ${table} ADD COLUMN extra${number} varchar(40)`,
      `ALTER TABLE ${table} ADD COLUMN extra${number} int FIRST`,
      `ALTER TABLE ${table} MODIFY n bigint NOT NULL`,
      `ALTER TABLE ${table} MODIFY n bigint NULL AFTER d`,
      `ALTER TABLE ${table} MODIFY m enum('sad','ok','it''s, "fine"','new${number}')`,
      `ALTER TABLE ${table} ENGINE=InnoDB`,
      `CREATE TABLE made${number} AS SELECT * FROM ${table}`,
      "FLUSH BINARY LOGS",
      "FLUSH TABLES",
      ...(extra === undefined ? [] : [`ALTER TABLE ${table} DROP COLUMN ${extra[0]}`]),
    ];
    await client.query(choices[this.#random.nextInt(choices.length)]!);
  }
}

/** Of the last transaction. This is the only writer: the last of all is its own. */
async function gtidOf(client: SqlClient, kind: RunningSqlServer["kind"]): Promise<string> {
  if (kind === "mariadb") return (await client.query("SELECT @@last_gtid"))[0]![0]!;
  const executed = (await client.query("SELECT @@gtid_executed"))[0]![0]!;
  return executed.replace(/:(?:.*[-:])?(\d+)$/, ":$1");
}

/** SQL that prints a column as the replayed tables print it. */
function printedAs(name: string, type: string): string {
  switch (type) {
    case "varbinary":
    case "binary":
      return `CONCAT('\\\\x', LOWER(HEX(${name})))`;
    case "bit":
      return `CONCAT('\\\\x', LPAD(LOWER(HEX(${name} + 0)), 2, '0'))`;
    case "datetime":
      return `TIMESTAMPDIFF(MICROSECOND, '1970-01-01', ${name}) DIV 1000 - (TIMESTAMPDIFF(MICROSECOND, '1970-01-01', ${name}) < 0 AND MICROSECOND(${name}) > 0 AND TIMESTAMPDIFF(MICROSECOND, '1970-01-01', ${name}) % 1000 <> 0)`;
    case "time":
      return `IF(${name} < 0, -1, 1) * (ABS(HOUR(${name}) * 3600 + MINUTE(${name}) * 60 + SECOND(${name})) * 1000000 + MICROSECOND(${name}))`;
    case "date":
      return `TO_DAYS(${name}) - 719528`;
    case "bigint":
      return name === "bu" ? `CAST(${name} AS SIGNED)` : name;
    case "json":
    case "enum":
    case "set":
    case "varchar":
    case "mediumtext":
      return `CONVERT(${name} USING utf8mb4)`;
    default:
      return name;
  }
}

function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { readonly code?: string };
  return (
    code === "PROTOCOL_CONNECTION_LOST" ||
    code === "ECONNRESET" ||
    code === "EPIPE" ||
    code === "ECONNREFUSED" ||
    /closed state/.test(error.message)
  );
}
