import type { SqlValue } from "../sql-session.ts";
import type { SourceColumn, TimeFacts } from "./source-column.ts";

/** A table or view by its name. */
export interface SourceTable {
  readonly schema: string;
  readonly name: string;
  readonly type: "TABLE" | "VIEW";
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

/** A database that is read. One call at a time, but for what `pages` yields. */
export interface SourceDatabase {
  readonly system: "postgresql" | "sqlite";
  /** A copy that follows another server, whose open transactions cannot be seen here. */
  readonly isReplica: boolean;
  placeholder(index: number): string;
  tables(types: readonly string[], schemaPattern: string | undefined): Promise<readonly SourceTable[]>;
  describe(from: RowSource): Promise<SourceFacts>;
  /** Rows of one statement. Throws {@link ColumnsChanged}. */
  page(sql: string, values: readonly SqlValue[], facts: SourceFacts): Promise<readonly RawRow[]>;
  /** Rows of one statement, all of one moment, at most `count()` at a time. */
  pages(sql: string, values: readonly SqlValue[], facts: SourceFacts, count: () => number): AsyncGenerator<readonly RawRow[]>;
  /** One value of one row. */
  value(sql: string): Promise<unknown>;
  /** The database's clock, in microseconds. */
  nowUs(): Promise<bigint>;
  /** Transactions that are open now and may still bring late rows, by names that are not used again. */
  openTransactions(from: RowSource, kind: LateKind): Promise<ReadonlySet<string>>;
  /** How times are written to hold them against an expression of times: in the form that its own values have. */
  timeWriter(from: RowSource, expression: string, time: TimeFacts): Promise<(us: bigint) => SqlValue>;
  isPassing(error: unknown): boolean;
  close(): Promise<void>;
}

/** Columns are no longer what they were described as; they are described anew. */
export class ColumnsChanged extends Error {
  override readonly name = "ColumnsChanged";
}
