import type { PgSession } from "../connection/pg-session.ts";
import type { PublishedTable } from "./published-tables.ts";

const UNDEFINED_TABLE = "42P01";

/** Locks tables until the transaction ends: rows may be written, but no table is rewritten or dropped. Those that were dropped meanwhile are left out. */
export async function lockTables(session: PgSession, tables: readonly PublishedTable[]): Promise<PublishedTable[]> {
  const locked: PublishedTable[] = [];
  for (const table of tables) {
    await session.query("SAVEPOINT ottla_lock");
    try {
      await session.query(`LOCK TABLE ${table.from} IN ACCESS SHARE MODE`);
      locked.push(table);
    } catch (error) {
      if ((error as { readonly code?: unknown }).code !== UNDEFINED_TABLE) throw error;
      await session.query("ROLLBACK TO ottla_lock");
    }
    await session.query("RELEASE ottla_lock");
  }
  return locked;
}

/** Whether a table has other files now than in the transaction's snapshot: a query sees the old ones, the function the present ones. */
export async function anyRewritten(session: PgSession, tables: readonly PublishedTable[]): Promise<boolean> {
  if (tables.length === 0) return false;
  const ids = tables.map(({ relation }) => relation.relationId).join(", ");
  const [[count] = []] = await session.query(
    `SELECT count(*) FROM pg_class c
     WHERE c.oid IN (SELECT unnest(ARRAY[${ids}]::oid[]) UNION SELECT p.relid FROM unnest(ARRAY[${ids}]::oid[]) AS t(id), LATERAL pg_partition_tree(t.id) p)
       AND c.relfilenode <> 0 AND c.relfilenode IS DISTINCT FROM pg_relation_filenode(c.oid)`,
  );
  return count !== "0";
}
