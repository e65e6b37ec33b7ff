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

/** How one database differs from another. */
export interface SqlDialect {
  readonly name: "postgresql" | "sqlite";
  readonly begin: string;
  /** Behind a SELECT: nobody else changes the rows before the transaction ends. */
  readonly forUpdate: string;
  /** The most values of one statement. */
  readonly valuesMax: number;
  placeholder(index: number): string;
  /** Columns of a table in order; empty: there is no such table. */
  readonly columnsQuery: (schema: string | undefined, table: string) => { readonly sql: string; readonly values: readonly SqlValue[] };
  /** What an error of it may go well later with. */
  isPassing(error: unknown): boolean;
}

/** A name that stands for itself. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
