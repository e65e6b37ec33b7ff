import { ConnectError } from "../../../connect-error.ts";
import type { SlotIdentity } from "../changes/cdc-offset.ts";
import type { PgSession } from "../connection/pg-session.ts";
import { sqlName, sqlText } from "../connection/sql-text.ts";
import { type Lsn, NO_LSN, parseLsn } from "../pgoutput/lsn.ts";
import type { PostgresConfig } from "../postgres-config.ts";
import type { TableFilter } from "../tables/table-filter.ts";
import type { ServerIdentity, SlotState } from "./judge-slot.ts";

const PARENTHESES_SINCE = 150_000;
const FAILOVER_SINCE = 170_000;

/** A number such as 180004. */
export async function serverVersion(session: PgSession): Promise<number> {
  const [[version] = []] = await session.query("SHOW server_version_num");
  return Number(version);
}

/** On a replication connection. */
export async function identifyServer(session: PgSession): Promise<ServerIdentity> {
  const [[systemId, timelineText, , database] = []] = await session.query("IDENTIFY_SYSTEM");
  const timeline = Number(timelineText);
  const switches = new Map<number, Lsn>();
  if (timeline > 1) {
    const [[, content] = []] = await session.query(`TIMELINE_HISTORY ${timeline}`);
    for (const line of (content ?? "").split("\n")) {
      const [before, place] = line.trim().split(/\s+/);
      const lsn = parseLsn(place ?? "");
      if (lsn !== undefined) switches.set(Number(before), lsn);
    }
  }
  return { systemId: systemId!, timeline, database: database!, switches };
}

export const identityOf = ({ systemId, timeline }: ServerIdentity, slot: string): SlotIdentity => ({ systemId, timeline, slot });

/** Undefined: there is none of that name. */
export async function findSlot(session: PgSession, name: string): Promise<SlotState | undefined> {
  const [[text] = []] = await session.query(`SELECT row_to_json(s) FROM pg_replication_slots s WHERE slot_name = ${sqlText(name)}`);
  if (text == null) return undefined;
  const slot = JSON.parse(text) as Record<string, string | null> & { readonly active?: boolean };
  return {
    plugin: slot["plugin"] ?? "physical",
    database: slot["database"] ?? "",
    confirmedLsn: parseLsn(slot["confirmed_flush_lsn"] ?? ""),
    isActive: slot.active === true,
    walStatus: slot["wal_status"] ?? undefined,
    invalidation: slot["invalidation_reason"] ?? undefined,
  };
}

/** Sessions whose transactions have written and are open, the oldest first, as a person reads them. */
export async function oldestWriters(session: PgSession): Promise<string[]> {
  const rows = await session.query(
    `SELECT format('pid %s (%s, %s) since %s', pid, coalesce(nullif(application_name, ''), usename), state, date_trunc('second', xact_start))
     FROM pg_stat_activity WHERE backend_xid IS NOT NULL ORDER BY xact_start LIMIT 3`,
  );
  return rows.map(([text]) => text ?? "");
}

/** A slot just made: all that is committed behind `lsn` comes by it, all before is in the snapshot, which lasts until the connection is used again. */
export async function createSlot(
  session: PgSession,
  name: string,
  options: { readonly version: number; readonly isFailover: boolean; readonly snapshot: "export" | "nothing" },
): Promise<{ readonly lsn: Lsn; readonly snapshotName: string | null }> {
  const { version, snapshot } = options;
  const isFailover = options.isFailover && version >= FAILOVER_SINCE;
  const modern = `(SNAPSHOT '${snapshot}'${isFailover ? ", FAILOVER true" : ""})`;
  const tail = version >= PARENTHESES_SINCE ? modern : snapshot === "export" ? "EXPORT_SNAPSHOT" : "NOEXPORT_SNAPSHOT";
  const [[, place, snapshotName] = []] = await session.query(`CREATE_REPLICATION_SLOT ${sqlName(name)} LOGICAL pgoutput ${tail}`);
  return { lsn: parseLsn(place ?? "") ?? NO_LSN, snapshotName: snapshotName ?? null };
}

/** Makes the publication as `publication.autocreate.mode` says, or throws what is missing. Before the slot, since the log is read with the catalog of its time. */
export async function ensurePublication(session: PgSession, config: PostgresConfig, filter: TableFilter): Promise<void> {
  const name = config["publication.name"];
  const mode = config["publication.autocreate.mode"];
  const [[isAll] = []] = await session.query(`SELECT puballtables FROM pg_publication WHERE pubname = ${sqlText(name)}`);
  if (isAll === undefined) {
    if (mode === "disabled")
      throw new ConnectError(
        "CONNECT_CONFIG",
        `There is no publication "${name}". Make it (CREATE PUBLICATION ${sqlName(name)} FOR TABLE …), or set publication.autocreate.mode.`,
      );
    const tables = mode === "filtered" ? await filteredTables(session, filter) : [];
    if (mode === "filtered" && tables.length === 0)
      throw new ConnectError(
        "CONNECT_CONFIG",
        "No table is let through by the include and exclude lists, so that there is nothing to publish.",
      );
    const what = mode === "all_tables" ? " FOR ALL TABLES" : tables.length > 0 ? ` FOR TABLE ${tables.join(", ")}` : "";
    await session.query(`CREATE PUBLICATION ${sqlName(name)}${what}`);
    return;
  }
  if (mode !== "filtered" || isAll === "t") return;
  const present = await session.query(
    `SELECT format('%I.%I', schemaname, tablename) FROM pg_publication_tables WHERE pubname = ${sqlText(name)}`,
  );
  const missing = (await filteredTables(session, filter)).filter((table) => !present.some(([text]) => text === table));
  if (missing.length > 0) await session.query(`ALTER PUBLICATION ${sqlName(name)} ADD TABLE ${missing.join(", ")}`);
}

async function filteredTables(session: PgSession, filter: TableFilter): Promise<string[]> {
  const rows = await session.query(
    `SELECT n.nspname, c.relname, format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence = 'p' ORDER BY 1, 2`,
  );
  return rows.filter(([schema, table]) => filter.isPublished(schema!, table!)).map(([, , text]) => text!);
}

/** What the slot holds back. */
export interface SlotLag {
  /** Bytes of the log that the server keeps for the slot. */
  readonly retainedBytes: number;
  /** Bytes that were written and not acknowledged. */
  readonly unconfirmedBytes: number;
  readonly walStatus: string;
}

export async function slotLag(session: PgSession, name: string): Promise<SlotLag | undefined> {
  const [[retained, unconfirmed, walStatus] = []] = await session.query(
    `SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn), wal_status
     FROM pg_replication_slots WHERE slot_name = ${sqlText(name)}`,
  );
  if (retained == null) return undefined;
  return { retainedBytes: Number(retained), unconfirmedBytes: Number(unconfirmed), walStatus: walStatus ?? "" };
}
