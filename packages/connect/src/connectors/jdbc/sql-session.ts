/** A value as databases take it. */
export type SqlValue = string | number | bigint | boolean | Uint8Array | null;
/** A row by its columns. */
export type SqlRow = Readonly<Record<string, unknown>>;

/** A session with a database. One call at a time. */
export interface SqlSession {
  readonly dialect: SqlDialect;
  query(sql: string, values?: readonly SqlValue[]): Promise<readonly SqlRow[]>;
  close(): Promise<void>;
}

/** How MariaDB or MySQL has columns. */
export interface MariadbColumns {
  readonly server: "MariaDB" | "MySQL";
  /** In which texts of a key are compared: by their bytes, spaces at the end among them. */
  readonly keyCollation: string;
  readonly decimalScaleMax: number;
}

export const MARIADB_COLUMNS: MariadbColumns = { server: "MariaDB", keyCollation: "utf8mb4_nopad_bin", decimalScaleMax: 38 };

/** How one database differs from another. */
export interface SqlDialect {
  readonly name: "postgresql" | "sqlite" | "mariadb";
  readonly begin: string;
  /** Behind a SELECT: nobody else changes the rows before the transaction ends. */
  readonly forUpdate: string;
  /** The most values of one statement. */
  readonly valuesMax: number;
  /** The most bytes of one statement's values; undefined: as many as come. */
  readonly valueBytesMax?: number | undefined;
  /** A statement that makes or alters a table ends the transaction, and what was done in it is there. */
  readonly isCommittedByDdl: boolean;
  /** What MariaDB and MySQL differ in, as the server is. */
  readonly mariadb?: MariadbColumns | undefined;
  placeholder(index: number): string;
  /** Behind an INSERT: a row whose key is there gets these values, or stays where there are none. Names are quoted. */
  upsert(keys: readonly string[], cells: readonly string[]): string;
  /** Columns of a table in order; empty: there is no such table. */
  readonly columnsQuery: (schema: string | undefined, table: string) => { readonly sql: string; readonly values: readonly SqlValue[] };
  /** Whose an error is. */
  blameOf(error: unknown): SqlBlame;
}

/** `passing`: the same may go well later, on a new connection. `task`: no row is at fault, and nothing can be written with this login or in this database. `row`: a row has what the database does not take. */
export type SqlBlame = "passing" | "task" | "row";

/** As SQL:2016's drafts and most databases have it. */
export function onConflict(keys: readonly string[], cells: readonly string[]): string {
  const on = ` ON CONFLICT (${keys.join(", ")}) DO `;
  return cells.length === 0 ? `${on}NOTHING` : `${on}UPDATE SET ${cells.map((name) => `${name} = EXCLUDED.${name}`).join(", ")}`;
}

/** A name that stands for itself. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
