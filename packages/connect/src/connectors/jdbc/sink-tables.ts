import { ConnectError } from "../../connect-error.ts";
import { DataError } from "../../data/data-error.ts";
import type { ColumnRules } from "./column-rules.ts";
import type { JdbcSinkSettings } from "./jdbc-sink-config.ts";
import type { RowCell, RowWish } from "./row-of-record.ts";
import { columnType, columnValue } from "./sql-columns.ts";
import { quoted, type SqlDialect, type SqlSession } from "./sql-session.ts";
import { tableName } from "./write-rows.ts";

/** What is known of the tables that a sink writes to. Tables are made and get columns within the transaction that needs them; {@link forget} when that is rolled back. */
export class SinkTables {
  readonly #settings: JdbcSinkSettings;
  readonly #rules: ColumnRules;
  readonly #columns = new Map<string, Set<string>>();

  constructor(settings: JdbcSinkSettings, rules: ColumnRules) {
    this.#settings = settings;
    this.#rules = rules;
  }

  forget(): void {
    this.#columns.clear();
  }

  /**
   * Whether there is something to do for a row; false: it is to be deleted of a table that is not there yet.
   * @throws ConnectError CONNECT_SINK where a table or a column is not there and may not be made
   */
  async prepare(row: RowWish, session: SqlSession): Promise<boolean> {
    const known = this.#columns.get(row.table) ?? (await this.#read(row, session));
    if (known === undefined) return false;
    const missing = [...row.keys, ...row.cells].filter(({ name }) => !known.has(name));
    for (const cell of missing) {
      if (!this.#settings["auto.evolve"])
        throw new ConnectError(
          "CONNECT_SINK",
          `The table ${row.table} has no column ${cell.name}; add it, leave the field out by fields.whitelist, or set auto.evolve=true.`,
        );
      if (row.keys.includes(cell))
        throw new ConnectError("CONNECT_SINK", `The table ${row.table} has no column ${cell.name}, and a column of the key is not added.`);
      await session.query(
        `ALTER TABLE ${tableName(row.table).sql} ADD COLUMN ${columnSql(cell, session.dialect, this.#rules, { isKey: false, isAdded: true })}`,
      );
      known.add(cell.name);
    }
    return true;
  }

  async #read(row: RowWish, session: SqlSession): Promise<Set<string> | undefined> {
    const { schema, table, sql } = tableName(row.table);
    const asked = session.dialect.columnsQuery(schema, table);
    const columns = new Set((await session.query(asked.sql, asked.values)).map((found) => String(found["name"])));
    if (columns.size === 0) {
      if (!this.#settings["auto.create"])
        throw new ConnectError("CONNECT_SINK", `There is no table ${row.table}; make it, or set auto.create=true.`);
      if (row.isDelete) return undefined;
      const cells = [...row.keys, ...row.cells];
      const parts = cells.map((cell) => columnSql(cell, session.dialect, this.#rules, { isKey: row.keys.includes(cell), isAdded: false }));
      if (row.keys.length > 0) parts.push(`PRIMARY KEY (${row.keys.map(({ name }) => quoted(name)).join(", ")})`);
      await session.query(`CREATE TABLE ${sql} (${parts.join(", ")})`);
      for (const { name } of cells) columns.add(name);
    }
    this.#columns.set(row.table, columns);
    return columns;
  }
}

function columnSql(
  { name, schema }: RowCell,
  dialect: SqlDialect,
  rules: ColumnRules,
  { isKey, isAdded }: { readonly isKey: boolean; readonly isAdded: boolean },
): string {
  const { defaultValue, optional } = schema;
  if (isAdded && !optional && defaultValue === undefined)
    throw new DataError("the column is not in the table, and what is added may be null or has a default", name);
  const standard = defaultValue === undefined || isKey ? "" : ` DEFAULT ${literal(columnValue(schema, defaultValue, rules))}`;
  return `${quoted(name)} ${columnType(schema, dialect, isKey)}${optional && !isKey ? "" : " NOT NULL"}${standard}`;
}

function literal(value: ReturnType<typeof columnValue>): string {
  if (value === null) return "NULL";
  if (typeof value === "string") return `'${value.replaceAll("'", "''")}'`;
  if (value instanceof Uint8Array) throw new DataError("bytes are no default of a column; make the column by hand");
  return String(value).toUpperCase();
}
