import type { DatabaseSync, StatementSync } from "node:sqlite";
import { TimeSlice } from "@ottla/base";
import { nodeDisk, systemClock } from "@ottla/base/node";
import { ConnectError } from "../../../connect-error.ts";
import { DataError, shown } from "../../../data/data-error.ts";
import { timeSchema } from "../../../data/logical-types.ts";
import { plain } from "../../../data/make-schema.ts";
import { quoted, type SqlValue } from "../sql-session.ts";
import { msOf, timeText } from "./exact-time.ts";
import {
  type ColumnForm,
  dayForm,
  DOUBLE,
  intForm,
  numericForm,
  sourceColumn,
  TEXT,
  timestampForm,
  type ValueRules,
} from "./source-column.ts";
import { hexOf, hexText } from "./source-position.ts";
import type { LateKind, RawRow, RowSource, SourceDatabase, SourceFacts, SourceTable } from "./source-database.ts";

/** Whole numbers from this on are milliseconds since 1970, smaller ones seconds. */
const MILLISECONDS_FROM = 100_000_000_000;

/** SQLite as a source of rows. Its calls are synchronous; rows are taken in slices of time, and what a query does before its first row (to sort without an index) takes the loop while it lasts. */
export class SqliteDatabase implements SourceDatabase {
  readonly system = "sqlite";
  readonly blindness = undefined;
  readonly quoted = quoted;
  readonly #database: DatabaseSync;
  readonly #rules: ValueRules;
  /** So that what was open before has another name than what is open now. */
  #generation = 0;

  private constructor(database: DatabaseSync, rules: ValueRules) {
    this.#database = database;
    this.#rules = rules;
  }

  static async open(path: string, rules: ValueRules): Promise<SqliteDatabase> {
    if (path === "") throw new ConnectError("CONNECT_CONFIG", "connection.url is jdbc:sqlite: and the database's path; it names no file.");
    if (nodeDisk.stat(path) === undefined)
      throw new ConnectError("CONNECT_CONFIG", `There is no file ${path}; connection.url is jdbc:sqlite: and the database's path.`);
    const sqlite = await import("node:sqlite");
    // A file that others write to is asked again later, not waited for: waiting would hold the loop.
    return new SqliteDatabase(new sqlite.DatabaseSync(path, { timeout: 0 }), rules);
  }

  placed(value: SqlValue, values: SqlValue[]): string {
    values.push(value);
    return "?";
  }

  async tables(types: readonly string[]): Promise<readonly SourceTable[]> {
    const rows = this.#all(
      "SELECT name, type FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
    );
    return rows
      .map(({ name, type }) => ({ schema: "main", name: String(name), type: type === "view" ? ("VIEW" as const) : ("TABLE" as const) }))
      .filter(({ type }) => types.includes(type));
  }

  async describe(from: RowSource): Promise<SourceFacts> {
    if (from.kind === "query") {
      const statement = this.#prepare(`SELECT * FROM ${from.sql}`);
      const columns = statement
        .columns()
        .map(({ name, type }) => sourceColumn(name, sqliteForm(type ?? "", this.#rules), { isNotNull: false }));
      return { columns, keyColumns: [], signature: "" };
    }
    const rows = this.#all('SELECT name, type, "notnull", pk, hidden FROM pragma_table_xinfo(?)', [from.table.name]).filter(
      ({ hidden }) => hidden !== 1n,
    );
    const keys = rows.filter(({ pk }) => Number(pk) > 0).sort((a, b) => Number(a["pk"]) - Number(b["pk"]));
    const columns = rows.map(({ name, type, notnull, pk }) => {
      const isCounted = pk === 1n && keys.length === 1 && /^integer$/i.test(String(type));
      return sourceColumn(String(name), sqliteForm(String(type), this.#rules), { isNotNull: notnull === 1n || isCounted, isCounted });
    });
    // A key that is not counted may have null in SQLite, several times.
    const isKey = keys.every(({ name }) => columns.find((column) => column.name === name)?.isNotNull);
    return { columns, keyColumns: isKey ? keys.map(({ name }) => String(name)) : [], signature: "" };
  }

  async page(sql: string, values: readonly SqlValue[], { columns }: SourceFacts): Promise<readonly RawRow[]> {
    await turn();
    const rows: RawRow[] = [];
    const slice = new TimeSlice(systemClock);
    for (const row of this.#prepare(sql).iterate(...(values as string[]))) {
      rows.push(columns.map(({ name }) => row[name]));
      if (slice.isOver) await slice.rest();
    }
    return rows;
  }

  async *pages(sql: string, values: readonly SqlValue[], { columns }: SourceFacts, count: () => number): AsyncGenerator<readonly RawRow[]> {
    let rows: RawRow[] = [];
    const slice = new TimeSlice(systemClock);
    for (const row of this.#prepare(sql).iterate(...(values as string[]))) {
      rows.push(columns.map(({ name }) => row[name]));
      if (slice.isOver) await slice.rest();
      if (rows.length < count()) continue;
      yield rows;
      rows = [];
      await turn();
    }
    if (rows.length > 0) yield rows;
  }

  async value(sql: string): Promise<unknown> {
    return Object.values(this.#all(sql)[0] ?? {})[0];
  }

  async nowUs(): Promise<bigint> {
    return BigInt(systemClock.nowMs()) * 1000n;
  }

  /** One writes at a time, so that numbers are committed in their order; a time is older than its commit. */
  async openTransactions(_from: RowSource, kind: LateKind): Promise<ReadonlySet<string>> {
    if (kind === "numbers") return new Set();
    try {
      this.#database.exec("BEGIN IMMEDIATE");
    } catch (error) {
      if (this.isPassing(error)) return new Set([String(this.#generation)]);
      throw error;
    }
    this.#database.exec("ROLLBACK");
    this.#generation++;
    return new Set();
  }

  /** Texts are held against texts: in the form that a stored one has. */
  async timeWriter(_from: RowSource, expression: string): Promise<(us: bigint) => SqlValue> {
    const sample = await this.value(`SELECT ${expression} FROM ${_from.sql} WHERE ${expression} IS NOT NULL LIMIT 1`);
    const { zone } = this.#rules;
    if (typeof sample === "bigint") return (us) => (sample >= MILLISECONDS_FROM ? msOf(us) : Math.floor(msOf(us) / 1000));
    const text = typeof sample === "string" ? sample : "";
    const separator = text.charAt(10) === "T" ? "T" : " ";
    if (text.length === 10) return (us) => timeText(zone.toWall(us), 0).slice(0, 10);
    return text.endsWith("Z") || /[+]00(?::?00)?$/.test(text)
      ? (us) => timeText(us, 0, separator)
      : (us) => timeText(zone.toWall(us), 0, separator);
  }

  isPassing(error: unknown): boolean {
    return /database is locked|database schema is locked|disk is full|disk I\/O/i.test(String(error));
  }

  async close(): Promise<void> {
    this.#database.close();
  }

  #all(sql: string, values: readonly SqlValue[] = []): Record<string, unknown>[] {
    return this.#prepare(sql).all(...(values as string[]));
  }

  #prepare(sql: string): StatementSync {
    const statement = this.#database.prepare(sql);
    statement.setReadBigInts(true);
    return statement;
  }
}

/** Nothing here waits for anything: between two pages others have their turn. */
function turn(): Promise<void> {
  return new Promise((resolve) => systemClock.nextTurn(resolve));
}

const INT64 = intForm("int64");
const TIME: ColumnForm = { schema: timeSchema(), read: (raw) => new Date(`1970-01-01T${ofText(raw)}Z`) };
const BYTES: ColumnForm = {
  schema: plain("bytes"),
  // An offset has no bytes, and a text is before all bytes.
  key: {
    expression: (name) => name,
    kept: (raw) => (raw instanceof Uint8Array ? hexText(raw) : refused(raw, "bytes")) as string,
    literal: (kept) => `x'${hexOf(kept)}'`,
  },
  read: (raw) => (raw instanceof Uint8Array ? raw : refused(raw, "bytes")),
};
const INTEGER: ColumnForm = { ...INT64, read: (raw) => (typeof raw === "bigint" ? raw : refused(raw, "a whole number")) };
const REAL: ColumnForm = {
  ...DOUBLE,
  read: (raw) => (typeof raw === "number" || typeof raw === "bigint" ? Number(raw) : refused(raw, "a number")),
};
const TEXTS: ColumnForm = { ...TEXT, read: (raw) => (raw instanceof Uint8Array ? refused(raw, "a text") : String(raw)) };
const BOOLEAN: ColumnForm = {
  schema: plain("boolean"),
  read: (raw) => (raw === 1n || raw === "true" ? true : raw === 0n || raw === "false" ? false : refused(raw, "a boolean")),
};

/** What a column of a declared type becomes; SQLite itself takes anything anywhere, so each value is looked at. */
function sqliteForm(declared: string, rules: ValueRules): ColumnForm {
  const type = declared.toUpperCase();
  const [, precision, scale = "0"] = /\((\d+)(?:\s*,\s*(\d+))?\)/.exec(type) ?? [];
  if (/BOOL/.test(type)) return BOOLEAN;
  if (/DATETIME|TIMESTAMP/.test(type)) return epochOrText(timestampForm(6, false, rules));
  if (type.startsWith("DATE")) return epochOrText(dayForm(rules));
  if (type.startsWith("TIME")) return TIME;
  if (/INT/.test(type)) return INTEGER;
  if (/CHAR|CLOB|TEXT|JSON|UUID/.test(type) || type === "") return TEXTS;
  if (/BLOB|BINARY/.test(type)) return BYTES;
  if (/REAL|FLOA|DOUB/.test(type)) return REAL;
  if (/DEC|NUMERIC/.test(type)) return numericForm(precision === undefined ? undefined : Number(precision), Number(scale), rules.numeric);
  return TEXTS;
}

/** Times are texts, or numbers of seconds or milliseconds. SQLite's own have whole seconds, so reading goes no finer. */
function epochOrText(form: ColumnForm): ColumnForm {
  const text = (raw: unknown): string => {
    if (typeof raw !== "bigint") return ofText(raw);
    return `${timeText(raw * (raw >= MILLISECONDS_FROM || raw <= -MILLISECONDS_FROM ? 1000n : 1_000_000n))}Z`;
  };
  const us = (raw: unknown): bigint => form.time!.us(text(raw));
  return { ...form, time: { unitUs: 1_000_000n, isZoned: false, us }, read: (raw) => form.read(text(raw)) };
}

function ofText(raw: unknown): string {
  return typeof raw === "string" ? raw : (refused(raw, "a time") as never);
}

function refused(raw: unknown, what: string): unknown {
  throw new DataError(`${shown(raw)} is not ${what}, as the column's type says`);
}
