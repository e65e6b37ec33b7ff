import type { PgSession } from "../connection/pg-session.ts";
import type { TableFilter } from "../tables/table-filter.ts";

/** What the log is read by: of each table the versions of its rows in the catalog, and of the rest one for all. */
export type TableMarks = ReadonlyMap<string, string>;

const PUBLICATIONS = "publications";
const TYPES = "types";
const SCHEMAS_PUBLISHED_SINCE = 150_000;

/** A row of the catalog is another one, by its `xmin`, as soon as a transaction changed it; counting and vacuuming change none. */
const sum = (parts: readonly string[]): string => `sum(hashtextextended(concat_ws('.', ${parts.join(", ")}), 0)::numeric)`;

/** What is committed by now of the tables that are captured. Two that are equal: nothing that decoding needs was changed between. */
export async function tableMarks(session: PgSession, version: number, filter: TableFilter): Promise<TableMarks> {
  const tables = await session.query(
    `SELECT n.nspname, c.relname, concat_ws(' ', c.oid, c.xmin, c.relfilenode,
       (SELECT ${sum(["a.attnum", "a.xmin"])} FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0),
       (SELECT ${sum(["i.indexrelid", "i.xmin"])} FROM pg_index i WHERE i.indrelid = c.oid))
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND c.relpersistence = 'p'`,
  );
  const [[types] = []] = await session.query(
    `SELECT concat_ws(' ', (SELECT ${sum(["t.oid", "t.xmin"])} FROM pg_type t WHERE t.typtype IN ('e', 'd')), (SELECT ${sum(["e.oid", "e.xmin"])} FROM pg_enum e))`,
  );
  const relations = ["pg_publication", "pg_publication_rel", ...(version >= SCHEMAS_PUBLISHED_SINCE ? ["pg_publication_namespace"] : [])];
  const sums = relations.map((relation) => `(SELECT ${sum(["p.oid", "p.xmin"])} FROM ${relation} p)`);
  const [[publications] = []] = await session.query(`SELECT concat_ws(' ', ${sums.join(", ")})`);
  return new Map([
    ...tables
      .filter(([schema, table]) => filter.isPublished(schema!, table!))
      .map(([schema, table, mark]) => [`${schema}.${table}`, mark ?? ""] as const),
    [TYPES, types ?? ""],
    [PUBLICATIONS, publications ?? ""],
  ]);
}

/** Names of what is not the same in both, in order. */
export function changedBetween(before: TableMarks, after: TableMarks): string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => before.get(name) !== after.get(name)).sort();
}
