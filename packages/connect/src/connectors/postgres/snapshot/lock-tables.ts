import type { PgSession } from "../connection/pg-session.ts";
import type { PublishedTable } from "./published-tables.ts";

const UNDEFINED_TABLE = "42P01";
const NOT_AVAILABLE = "55P03";
const DEADLOCK = "40P01";
/** Less than PostgreSQL's `deadlock_timeout`, so that of a deadlock it is we who give way and not a transaction of somebody's. */
const LOCK_WAIT_MS = 500;

/** Tables that are locked, or the one that somebody holds. */
export type Locking = { readonly locked: readonly PublishedTable[] } | { readonly heldTable: string };

/**
 * Locks tables until the transaction ends: rows may be written, but no table is rewritten or dropped. Those that were dropped meanwhile are left out. Where somebody holds one for long, the transaction
 * has to be rolled back, which lets go of the others, and may be tried again.
 */
export async function lockTables(session: PgSession, tables: readonly PublishedTable[]): Promise<Locking> {
  const locked: PublishedTable[] = [];
  await session.query(`SET LOCAL lock_timeout = ${LOCK_WAIT_MS}`);
  for (const table of tables) {
    await session.query("SAVEPOINT ottla_lock");
    try {
      await session.query(`LOCK TABLE ${table.from} IN ACCESS SHARE MODE`);
      locked.push(table);
    } catch (error) {
      const { code } = error as { readonly code?: unknown };
      if (code === NOT_AVAILABLE || code === DEADLOCK) return { heldTable: table.name };
      if (code !== UNDEFINED_TABLE) throw error;
      await session.query("ROLLBACK TO ottla_lock");
    }
    await session.query("RELEASE ottla_lock");
  }
  await session.query("SET LOCAL lock_timeout = 0");
  return { locked };
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
