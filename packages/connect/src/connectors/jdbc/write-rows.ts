import type { JdbcSinkSettings } from "./jdbc-sink-config.ts";
import type { RowCell, RowWish } from "./row-of-record.ts";
import { quoted, type SqlDialect, type SqlValue } from "./sql-session.ts";

/** A statement and its values. */
export interface SqlStatement {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** A table's name as SQL has it; a dot is between schema and table. */
export function tableName(table: string): { readonly schema: string | undefined; readonly table: string; readonly sql: string } {
  const dot = table.indexOf(".");
  if (dot < 0) return { schema: undefined, table, sql: quoted(table) };
  const [schema, own] = [table.slice(0, dot), table.slice(dot + 1)];
  return { schema, table: own, sql: `${quoted(schema)}.${quoted(own)}` };
}

/**
 * The statements that bring rows into their tables, in the records' order: rows behind each other that are alike go in one statement, where of two with one key the later one is written.
 */
export function statementsOf(rows: readonly RowWish[], settings: JdbcSinkSettings, dialect: SqlDialect): SqlStatement[] {
  const statements: SqlStatement[] = [];
  let run: RowWish[] = [];
  let kind = "";
  const end = (): void => {
    if (run.length > 0) statements.push(...statementsOfRun(run, settings, dialect));
    run = [];
  };
  for (const row of rows) {
    const own = JSON.stringify([row.table, row.isDelete, row.keys.map(({ name }) => name), row.cells.map(({ name }) => name)]);
    if (own !== kind) end();
    kind = own;
    run.push(row);
  }
  end();
  return statements;
}

function statementsOfRun(run: readonly RowWish[], settings: JdbcSinkSettings, dialect: SqlDialect): SqlStatement[] {
  const [first] = run;
  if (first === undefined) return [];
  const mode = settings["insert.mode"];
  const target = tableName(first.table).sql;
  if (first.isDelete || mode === "update")
    return lastOfKeys(run).map((row) => (row.isDelete ? deletion(target, row, dialect) : update(target, row, dialect)));
  const columns = [...first.keys, ...first.cells];
  const each = Math.max(1, Math.min(settings["batch.size"], Math.floor(dialect.valuesMax / columns.length)));
  const rows = mode === "upsert" ? lastOfKeys(run) : run;
  const head = `INSERT INTO ${target} (${columns.map(({ name }) => quoted(name)).join(", ")}) VALUES `;
  const names = (cells: readonly RowCell[]) => cells.map(({ name }) => quoted(name));
  const tail = mode === "upsert" ? dialect.upsert(names(first.keys), names(first.cells)) : "";
  const statements: SqlStatement[] = [];
  for (const part of parts(rows, each, dialect.valueBytesMax)) {
    const values: SqlValue[] = [];
    const tuples = part.map((row) => `(${[...row.keys, ...row.cells].map((cell) => placed(cell, values, dialect)).join(", ")})`);
    statements.push({ sql: head + tuples.join(", ") + tail, values });
  }
  return statements;
}

/** At most so many rows and bytes in each; a row that is larger by itself is alone. */
function* parts(rows: readonly RowWish[], rowsMax: number, bytesMax = Number.POSITIVE_INFINITY): Generator<readonly RowWish[]> {
  let part: RowWish[] = [];
  let bytes = 0;
  for (const row of rows) {
    const own = bytesMax === Number.POSITIVE_INFINITY ? 0 : bytesOf(row);
    if (part.length >= rowsMax || (part.length > 0 && bytes + own > bytesMax)) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(row);
    bytes += own;
  }
  if (part.length > 0) yield part;
}

const FIXED_BYTES = 16;

function bytesOf({ keys, cells }: RowWish): number {
  let bytes = 0;
  for (const { value } of [...keys, ...cells])
    bytes += FIXED_BYTES + (typeof value === "string" ? Buffer.byteLength(value) : value instanceof Uint8Array ? value.length : 0);
  return bytes;
}

/** Two rows with one key in one upsert are an error of the database, or a matter of luck. */
function lastOfKeys(rows: readonly RowWish[]): readonly RowWish[] {
  const last = new Map<string, RowWish>();
  for (const row of rows) last.set(keyText(row), row);
  return last.size === rows.length ? rows : [...last.values()];
}

function keyText({ keys }: RowWish): string {
  return JSON.stringify(
    keys.map(({ value }) =>
      typeof value === "bigint" ? `${value}n` : value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value,
    ),
  );
}

function placed({ value }: RowCell, values: SqlValue[], dialect: SqlDialect): string {
  values.push(value);
  return dialect.placeholder(values.length - 1);
}

function whereKeys(keys: readonly RowCell[], values: SqlValue[], dialect: SqlDialect): string {
  return ` WHERE ${keys.map((cell) => `${quoted(cell.name)} = ${placed(cell, values, dialect)}`).join(" AND ")}`;
}

function deletion(target: string, { keys }: RowWish, dialect: SqlDialect): SqlStatement {
  const values: SqlValue[] = [];
  return { sql: `DELETE FROM ${target}${whereKeys(keys, values, dialect)}`, values };
}

function update(target: string, { keys, cells }: RowWish, dialect: SqlDialect): SqlStatement {
  const values: SqlValue[] = [];
  const set = (cells.length === 0 ? keys : cells).map((cell) => `${quoted(cell.name)} = ${placed(cell, values, dialect)}`).join(", ");
  return { sql: `UPDATE ${target} SET ${set}${whereKeys(keys, values, dialect)}`, values };
}
