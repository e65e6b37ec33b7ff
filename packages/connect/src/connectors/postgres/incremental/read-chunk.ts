import type { Catalog } from "../catalog/catalog.ts";
import type { PgRow, PgSession } from "../connection/pg-session.ts";
import { sqlName, sqlText } from "../connection/sql-text.ts";
import { lockTables } from "../snapshot/lock-tables.ts";
import { type PublishedTable, publishedTable } from "../snapshot/published-tables.ts";
import type { TableFilter } from "../tables/table-filter.ts";
import type { ChunkPlace } from "./snapshot-queue.ts";

/** A table whose rows can be read in an order. */
export interface OrderedTable {
  readonly published: PublishedTable;
  readonly primaryKey: readonly string[];
  /** Columns that rows are read by. */
  readonly readBy: readonly string[];
  /** No two rows have the same values in them. */
  readonly isUnique: boolean;
}

/** Why a table is not read. */
export interface UnreadTable {
  readonly problem: string;
  /** Time may cure it. */
  readonly isPassing: boolean;
}

/** Begins a transaction in which the table stays as it is described. */
export async function lockTable(
  session: PgSession,
  catalog: Catalog,
  at: {
    readonly publication: string;
    readonly filter: TableFilter;
    readonly table: string;
    readonly surrogateKey: string | undefined;
  },
): Promise<OrderedTable | UnreadTable> {
  await session.query("BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY");
  const found = await publishedTable(session, at.publication, at.filter, at.table);
  if (found === undefined) return { problem: "it is gone, or not published", isPassing: false };
  const locking = await lockTables(session, [found]);
  if ("heldTable" in locking) return { problem: "it is held by somebody (ACCESS EXCLUSIVE)", isPassing: true };
  // Again, since before the lock it may have changed.
  const published = await publishedTable(session, at.publication, at.filter, at.table);
  if (published === undefined || published.relation.relationId !== found.relation.relationId)
    return { problem: "it was made anew just now", isPassing: true };
  const primaryKey = (await catalog.table(published.relation.relationId))?.primaryKey ?? [];
  const chosen =
    at.surrogateKey === undefined ? at.filter.keyColumns(published.relation.schema, published.relation.table) : [at.surrogateKey];
  const readBy = chosen ?? primaryKey;
  const missing = readBy.find((name) => !published.relation.columns.some((column) => column.name === name));
  if (missing !== undefined) return { problem: `it has no column "${missing}" that is published`, isPassing: false };
  if (readBy.length === 0)
    return {
      problem: 'it has no primary key: name a column to read it by ("surrogate-key" of the signal, or message.key.columns)',
      isPassing: false,
    };
  return { published, primaryKey, readBy, isUnique: chosen === undefined };
}

/** What of a table is read. */
export interface ChunkBounds {
  readonly filter: string | undefined;
  readonly after: readonly string[] | undefined;
  readonly upTo: readonly string[] | undefined;
  readonly limit: number;
}

/** The last row's values of the columns that rows are read by; undefined: there is no row. */
export async function lastKey(session: PgSession, table: OrderedTable, filter: string | undefined): Promise<readonly string[] | undefined> {
  const names = table.readBy.map(sqlName);
  const rows = await session.query(
    `SELECT ${names.join(", ")} FROM ${table.published.from}${whereOf(table, { filter, after: undefined, upTo: undefined })} ORDER BY ${names.map((name) => `${name} DESC`).join(", ")} LIMIT 1`,
  );
  return rows[0] as readonly string[] | undefined;
}

/** Rows behind the lower bound up to the upper, in order, and the snapshot that they are of. Of rows with the same key all come or none. */
export async function readRows(
  session: PgSession,
  table: OrderedTable,
  bounds: ChunkBounds,
): Promise<{ readonly rows: readonly PgRow[]; readonly snapshot: string | undefined }> {
  const selected = table.published.relation.columns.map(({ name }) => sqlName(name)).join(", ");
  const order = table.readBy.map(sqlName).join(", ");
  const rows = await session.query(
    `SELECT ${selected}, pg_current_snapshot() FROM ${table.published.from}${whereOf(table, bounds)} ORDER BY ${order}
     FETCH FIRST ${bounds.limit} ROWS ${table.isUnique ? "ONLY" : "WITH TIES"}`,
  );
  return { rows: rows.map((row) => row.slice(0, -1)), snapshot: rows[0]?.at(-1) ?? undefined };
}

function whereOf({ published, readBy }: OrderedTable, { filter, after, upTo }: Omit<ChunkBounds, "limit">): string {
  const names = `(${readBy.map(sqlName).join(", ")})`;
  const values = (key: readonly string[]): string => `(${key.map(sqlText).join(", ")})`;
  const conditions = [
    ...[published.rowFilter, filter].flatMap((text) => (text === undefined ? [] : [`(${text})`])),
    // Rows without a value cannot be found by it.
    ...readBy.map((name) => `${sqlName(name)} IS NOT NULL`),
    ...(after === undefined ? [] : [`${names} > ${values(after)}`]),
    ...(upTo === undefined ? [] : [`${names} <= ${values(upTo)}`]),
  ];
  return ` WHERE ${conditions.join(" AND ")}`;
}

/** The bounds of what is left of a table. */
export const boundsOf = (place: ChunkPlace, filter: string | undefined, limit: number): ChunkBounds => ({
  filter,
  after: place.key,
  upTo: place.maxKey,
  limit,
});
