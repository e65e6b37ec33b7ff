import type { SqlValue } from "../sql-session.ts";
import type { SourceColumn, TimeFacts } from "./source-column.ts";

/** A table or view by its name. */
export interface SourceTable {
  readonly schema: string;
  readonly name: string;
  readonly type: "TABLE" | "VIEW";
}

/** Tables as a database lists them (schema, name, and `VIEW` or something else), those of the types that are asked for. */
export function tablesOf(rows: readonly (readonly unknown[])[], types: readonly string[]): readonly SourceTable[] {
  return rows
    .map(([schema, name, type]) => ({
      schema: String(schema),
      name: String(name),
      type: type === "VIEW" ? ("VIEW" as const) : ("TABLE" as const),
    }))
    .filter(({ type }) => types.includes(type));
}

/** What rows are read of: a table or a query. */
export type RowSource =
  | { readonly kind: "table"; readonly table: SourceTable; readonly sql: string; readonly name: string }
  | { readonly kind: "query"; readonly sql: string; readonly name: string };

/** What is known of a source of rows as it is now. */
export interface SourceFacts {
  readonly columns: readonly SourceColumn[];
  /** The primary key's columns in order; empty: there is none. */
  readonly keyColumns: readonly string[];
  /** The driver's own: what its results must look like for `columns` to hold. */
  readonly signature: string;
}

/** A row in its columns' order, as the driver has it. */
export type RawRow = readonly unknown[];

/** What open transactions may still bring: rows with a smaller number, or with an earlier time. */
export type LateKind = "numbers" | "times";

/** Of a copy that follows another server. */
export const COPY_IS_BLIND =
  "the database is a copy that follows another; transactions that are open there cannot be seen here, and rows that commit late may be lost: set timestamp.delay.interval.ms, or read from the primary";

/** A database that is read. One call at a time, but for what `pages` yields. */
export interface SourceDatabase {
  readonly system: "postgresql" | "mariadb" | "sqlite";
  /** Why transactions that are open cannot be seen here, and what to do; undefined: they can. */
  readonly blindness: string | undefined;
  /** Whether rows are compared column by column: where an index is not used for `(a, b) > (1, 2)`. */
  readonly comparesByColumn?: boolean;
  /** A name that stands for itself. */
  quoted(name: string): string;
  /** How a statement names a value: itself, or a place for it, and then it is put at the end of `values`. */
  placed(value: SqlValue, values: SqlValue[]): string;
  tables(types: readonly string[], schemaPattern: string | undefined, catalogPattern: string | undefined): Promise<readonly SourceTable[]>;
  describe(from: RowSource): Promise<SourceFacts>;
  /** Rows of one statement. Throws {@link ColumnsChanged}. */
  page(sql: string, values: readonly SqlValue[], facts: SourceFacts): Promise<readonly RawRow[]>;
  /** Rows of one statement, all of one moment, at most `count()` at a time. */
  pages(sql: string, values: readonly SqlValue[], facts: SourceFacts, count: () => number): AsyncGenerator<readonly RawRow[]>;
  /** One value of one row. */
  value(sql: string): Promise<unknown>;
  /** The database's clock, in microseconds. */
  nowUs(): Promise<bigint>;
  /** Transactions that are open now and may still bring late rows, by names that are not used again; undefined: that cannot be told yet of `sinceMs` (by the clock's monotonic time) or later. */
  openTransactions(from: RowSource, kind: LateKind, sinceMs: number): Promise<ReadonlySet<string> | undefined>;
  /** How times are written to hold them against an expression of times: in the form that its own values have. */
  timeWriter(from: RowSource, expression: string, time: TimeFacts): Promise<(us: bigint) => SqlValue>;
  isPassing(error: unknown): boolean;
  close(): Promise<void>;
}

/** Columns are no longer what they were described as; they are described anew. */
export class ColumnsChanged extends Error {
  override readonly name = "ColumnsChanged";
}
