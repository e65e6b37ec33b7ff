import { ConnectError } from "../../../connect-error.ts";
import type { MariadbSession, SqlRow } from "../connection/mariadb-session.ts";
import { serverFacts } from "../connection/server.ts";
import { sqlName, sqlText } from "../connection/sql-text.ts";
import { isAsked, textOfCharset } from "../values/charsets.ts";
import type { ColumnFacts, TextOf } from "../values/column-facts.ts";
import { catalogColumn } from "./catalog-column.ts";

/** Databases that are never captured. */
export const SYSTEM_DATABASES: ReadonlySet<string> = new Set(["mysql", "information_schema", "performance_schema", "sys"]);

/** A table as the catalog has it now, which may be later than the rows that the binlog brings. */
export interface CatalogTable {
  readonly database: string;
  readonly table: string;
  /** `BASE TABLE`, `SYSTEM VERSIONED`, `SEQUENCE`, `VIEW`. */
  readonly type: string;
  readonly engine: string;
  readonly rowsEstimated: number;
  readonly columns: readonly ColumnFacts[];
  /** In the order of the key; the first unique index without nulls where there is no primary one. */
  readonly key: readonly string[];
}

/** What the binlog does not say: the catalog, or in tests what is known. */
export interface TableFacts {
  table(database: string, table: string): Promise<CatalogTable | undefined>;
  /** How texts of a collation are read. */
  textOf(collation: number): Promise<TextOf>;
}

/** The server's numbers for a database and a table that are not there. */
const GONE: ReadonlySet<number> = new Set([1049, 1146]);

/** Every byte, in order. */
const ALL_BYTES = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString("hex");

/** Asks the server's catalog. */
export class Catalog implements TableFacts {
  readonly #session: MariadbSession;
  #isMariaDb: boolean | undefined;
  #charsets: ReadonlyMap<number, string> | undefined;
  readonly #texts = new Map<string, TextOf>();

  constructor(session: MariadbSession) {
    this.#session = session;
  }

  /** Every table with its kind, in the order of their names. */
  async names(): Promise<{ readonly database: string; readonly table: string }[]> {
    const rows = await this.#session.query(
      "SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES WHERE TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')",
    );
    return rows
      .map(([database, table]) => ({ database: String(database), table: String(table) }))
      .filter(({ database }) => !SYSTEM_DATABASES.has(database));
  }

  /** Undefined: it is gone, or went while it was asked for. */
  async table(database: string, table: string): Promise<CatalogTable | undefined> {
    const where = `TABLE_SCHEMA = ${sqlText(database)} AND TABLE_NAME = ${sqlText(table)}`;
    const [type, engine, rows, ownDatabase, ownTable] = await this.#session.texts(
      `SELECT TABLE_TYPE, ENGINE, TABLE_ROWS, TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES WHERE ${where}`,
    );
    if (type === undefined || type === null) return undefined;
    const columns = await this.#session.query(
      `SELECT COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, IS_NULLABLE, NUMERIC_PRECISION, NUMERIC_SCALE, DATETIME_PRECISION, CHARACTER_OCTET_LENGTH, COLUMN_DEFAULT, EXTRA
       FROM information_schema.COLUMNS WHERE ${where} ORDER BY ORDINAL_POSITION`,
    );
    const key = await this.#key(database, table);
    if (key === undefined || columns.length === 0) return undefined;
    this.#isMariaDb ??= (await serverFacts(this.#session)).isMariaDb;
    const isMariaDb = this.#isMariaDb;
    return {
      // As the server writes them, who may see names as the same that differ in case.
      database: ownDatabase ?? database,
      table: ownTable ?? table,
      type,
      engine: engine ?? "",
      rowsEstimated: Number(rows ?? 0),
      columns: columns.map((row) =>
        catalogColumn(
          row.map((cell) => cell?.toString("utf8") ?? null),
          isMariaDb,
        ),
      ),
      key,
    };
  }

  async #key(database: string, table: string): Promise<readonly string[] | undefined> {
    let rows: SqlRow[];
    try {
      rows = await this.#session.query(`SHOW KEYS FROM ${sqlName(database)}.${sqlName(table)}`);
    } catch (error) {
      if (GONE.has(Number((error as { readonly errno?: unknown }).errno))) return undefined;
      throw error;
    }
    const keys = new Map<string, { columns: string[]; isKey: boolean }>();
    for (const [, nonUnique, name, , column, , , part, , nulls] of rows.map((row) => row.map((cell) => cell?.toString("utf8") ?? null))) {
      const key = keys.get(name!) ?? { columns: [], isKey: true };
      keys.set(name!, key);
      if (column !== null) key.columns.push(column!);
      const isPrimary = name === "PRIMARY";
      if (nonUnique !== "0" || nulls === "YES" || column === null || (part !== null && !isPrimary)) key.isKey = false;
    }
    const primary = keys.get("PRIMARY") ?? [...keys.values()].find(({ isKey }) => isKey);
    return primary?.columns ?? [];
  }

  async textOf(collation: number): Promise<TextOf> {
    this.#charsets ??= await this.#askCharsets();
    const charset = this.#charsets.get(collation);
    if (charset === undefined)
      throw new ConnectError("CONNECT_SOURCE", `The server does not know the collation ${collation}, in which its own binlog has texts.`);
    let textOf = this.#texts.get(charset);
    if (textOf === undefined) {
      const [table] = isAsked(charset)
        ? await this.#session.texts(`SELECT CONVERT(CONVERT(X'${ALL_BYTES}' USING ${charset}) USING utf8mb4)`)
        : [];
      textOf = textOfCharset(charset, table ?? undefined);
      this.#texts.set(charset, textOf);
    }
    return textOf;
  }

  async #askCharsets(): Promise<ReadonlyMap<number, string>> {
    const ask = (table: string) =>
      this.#session.query(
        `SELECT ID, CHARACTER_SET_NAME FROM information_schema.${table} WHERE ID IS NOT NULL AND CHARACTER_SET_NAME IS NOT NULL`,
      );
    // MariaDB 10.10 has the collations that go with several charsets here alone.
    const rows = await ask("COLLATION_CHARACTER_SET_APPLICABILITY").catch(() => ask("COLLATIONS"));
    return new Map(rows.map(([id, charset]) => [Number(id), String(charset)]));
  }
}
