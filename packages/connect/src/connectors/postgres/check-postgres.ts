import type { CheckContext, CheckFinding } from "../../plugin/plugin-context.ts";
import { PgSession } from "./connection/pg-session.ts";
import { sqlText } from "./connection/sql-text.ts";
import type { PostgresConfig } from "./postgres-config.ts";
import { serverVersion } from "./slot/server.ts";
import { type PublishedTable, publishedTables } from "./snapshot/published-tables.ts";
import { snapshotStatements } from "./snapshot/snapshot-statements.ts";
import { columnRules } from "./tables/column-rules.ts";
import { type TableFilter, tableFilter } from "./tables/table-filter.ts";

const OLDEST_SERVER = 130_000;
const TABLES_SHOWN_MAX = 20;

/** Whether the database can be read as these settings say, and what would be. Changes nothing. */
export async function checkPostgres(config: PostgresConfig, { signal }: CheckContext): Promise<readonly CheckFinding[]> {
  let filter: TableFilter;
  try {
    filter = tableFilter(config);
    columnRules(config["column.rules"]);
    snapshotStatements(config);
  } catch (error) {
    return [{ severity: "error", message: textOf(error) }];
  }
  let session: PgSession;
  try {
    session = await PgSession.open(config, "query");
  } catch (error) {
    const at = `${config["database.hostname"]}:${config["database.port"]}`;
    return [
      {
        severity: "error",
        key: "database.hostname",
        message: `PostgreSQL at ${at} cannot be reached as ${config["database.user"]}: ${textOf(error)}`,
      },
    ];
  }
  const stop = (): void => void session.close();
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await findings(session, config, filter);
  } finally {
    signal.removeEventListener("abort", stop);
    await session.close();
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function findings(session: PgSession, config: PostgresConfig, filter: TableFilter): Promise<CheckFinding[]> {
  const found: CheckFinding[] = [];
  const version = await serverVersion(session);
  if (version < OLDEST_SERVER)
    found.push({
      severity: "error",
      key: "database.hostname",
      message: `PostgreSQL ${Math.floor(version / 10_000)} is too old: 13 or later is needed.`,
    });
  const setting = async (name: string): Promise<string> =>
    (await session.query(`SELECT current_setting(${sqlText(name)}, true)`))[0]?.[0] ?? "";
  if ((await setting("wal_level")) !== "logical")
    found.push({
      severity: "error",
      message: "wal_level is not logical. Set wal_level=logical in postgresql.conf and restart the server.",
    });
  const [[mayReplicate] = []] = await session.query("SELECT rolsuper OR rolreplication FROM pg_roles WHERE rolname = current_user");
  if (mayReplicate !== "t")
    found.push({
      severity: "error",
      key: "database.user",
      message: `The role ${config["database.user"]} may not replicate: ALTER ROLE … REPLICATION.`,
    });
  if ((await setting("max_slot_wal_keep_size")) === "-1")
    found.push({
      severity: "warning",
      message:
        "max_slot_wal_keep_size is not set: a connector that stands still fills the server's disk. Set it to what the disk can spare.",
    });
  found.push(...(await slotFindings(session, config)));
  const [published] = await session.query(`SELECT 1 FROM pg_publication WHERE pubname = ${sqlText(config["publication.name"])}`);
  if (published !== undefined) found.push(...tableFindings(await publishedTables(session, config["publication.name"], filter)));
  else if (config["publication.autocreate.mode"] === "disabled")
    found.push({
      severity: "error",
      key: "publication.name",
      message: `There is no publication "${config["publication.name"]}", and none may be made.`,
    });
  else found.push({ severity: "info", key: "publication.name", message: `The publication "${config["publication.name"]}" will be made.` });
  return found;
}

async function slotFindings(session: PgSession, config: PostgresConfig): Promise<CheckFinding[]> {
  const name = config["slot.name"];
  const [slot] = await session.query(
    `SELECT plugin, active, database = current_database() FROM pg_replication_slots WHERE slot_name = ${sqlText(name)}`,
  );
  if (slot === undefined) {
    const [[isFull] = []] = await session.query(
      "SELECT count(*) >= current_setting('max_replication_slots')::int FROM pg_replication_slots",
    );
    return isFull === "t"
      ? [
          {
            severity: "error",
            key: "slot.name",
            message: "The server has no room for another slot: raise max_replication_slots, or drop one that nobody reads.",
          },
        ]
      : [{ severity: "info", key: "slot.name", message: `The slot "${name}" will be made.` }];
  }
  const [plugin, isActive, isHere] = slot;
  if (plugin !== "pgoutput" || isHere !== "t")
    return [
      {
        severity: "error",
        key: "slot.name",
        message: `The slot "${name}" is of another plugin or database; give slot.name another value.`,
      },
    ];
  return isActive === "t"
    ? [{ severity: "warning", key: "slot.name", message: `The slot "${name}" is being read by somebody; only one reader is possible.` }]
    : [];
}

function tableFindings(tables: readonly PublishedTable[]): CheckFinding[] {
  if (tables.length === 0)
    return [{ severity: "error", message: "No table of the publication is let through by the include and exclude lists." }];
  const rows = tables.reduce((sum, { rowsEstimated }) => sum + rowsEstimated, 0);
  const names = tables.slice(0, TABLES_SHOWN_MAX).map(({ name }) => name);
  const found: CheckFinding[] = [
    {
      severity: "info",
      message: `${tables.length} tables with about ${rows} rows: ${names.join(", ")}${tables.length > names.length ? ", …" : ""}.`,
    },
  ];
  for (const { name, relation } of tables) {
    if (relation.replicaIdentity === "full" || relation.columns.some(({ isKey }) => isKey)) continue;
    found.push({
      severity: "warning",
      message: `${name} has no replica identity: the server refuses updates and deletes of it. Give it a primary key, or ALTER TABLE ${name} REPLICA IDENTITY FULL.`,
    });
  }
  return found;
}
