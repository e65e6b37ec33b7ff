import type { NameFilter } from "../debezium/name-filter.ts";
import type { CheckContext, CheckFinding } from "../../plugin/plugin-context.ts";
import { Catalog, type CatalogTable, SYSTEM_DATABASES } from "./catalog/catalog.ts";
import { MariadbSession } from "./connection/mariadb-session.ts";
import { serverFacts, variable, wrongSettings } from "./connection/server.ts";
import type { MariadbConfig } from "./mariadb-config.ts";
import { mariadbFilter } from "./tables/mariadb-filter.ts";

const TABLES_SHOWN_MAX = 20;
const TABLES_LOOKED_AT_MAX = 200;
const DAY_SEC = 86_400;

/** Whether the server can be read as these settings say, and what would be. Changes nothing. */
export async function checkMariadb(config: MariadbConfig, { signal }: CheckContext): Promise<readonly CheckFinding[]> {
  let filter: NameFilter;
  try {
    filter = mariadbFilter(config);
  } catch (error) {
    return [{ severity: "error", message: textOf(error) }];
  }
  let session: MariadbSession;
  try {
    session = await MariadbSession.open(config);
  } catch (error) {
    const at = `${config["database.hostname"]}:${config["database.port"]}`;
    return [
      {
        severity: "error",
        key: "database.hostname",
        message: `The server at ${at} cannot be reached as ${config["database.user"]}: ${textOf(error)}`,
      },
    ];
  }
  const stop = (): void => session.close();
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await findings(session, config, filter);
  } finally {
    signal.removeEventListener("abort", stop);
    session.close();
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function findings(session: MariadbSession, config: MariadbConfig, filter: NameFilter): Promise<CheckFinding[]> {
  const found: CheckFinding[] = (await wrongSettings(session)).map((message) => ({ severity: "error", message }));
  const server = await serverFacts(session);
  if (Number(config["database.server.id"] ?? 0) === server.serverId)
    found.push({
      severity: "error",
      key: "database.server.id",
      message: `${server.serverId} is the server's own number; give the connector another one.`,
    });
  const kept = Number((await variable(session, "binlog_expire_logs_seconds")) ?? 0);
  if (kept > 0 && kept < DAY_SEC)
    found.push({
      severity: "warning",
      message: `The server keeps its binlogs for ${kept} seconds: a connector that stands still for longer loses changes, and says so. Raise binlog_expire_logs_seconds.`,
    });
  found.push(...(await privilegeFindings(session, config)));
  found.push(...(await tableFindings(session, filter)));
  return found;
}

async function privilegeFindings(session: MariadbSession, config: MariadbConfig): Promise<CheckFinding[]> {
  const grants = (await session.query("SHOW GRANTS")).map(([text]) => String(text)).join("\n");
  const onAll = grants
    .split("\n")
    .filter((line) => / ON \*\.\* /.test(line))
    .join("\n");
  if (/ALL PRIVILEGES|REPLICATION (?:SLAVE|REPLICA)(?! ADMIN)/.test(onAll)) return [];
  return [
    {
      severity: "error",
      key: "database.user",
      message: `The user ${config["database.user"]} may not read the binlog: GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO it (MySQL: REPLICATION SLAVE, REPLICATION CLIENT).`,
    },
  ];
}

async function tableFindings(session: MariadbSession, filter: NameFilter): Promise<CheckFinding[]> {
  const catalog = new Catalog(session);
  const names = (await catalog.names()).filter(
    ({ database, table }) => !SYSTEM_DATABASES.has(database) && filter.hasTable(database, table),
  );
  if (names.length === 0)
    return [{ severity: "error", message: "No table is let through by the include and exclude lists, or the user may see none." }];
  const tables: CatalogTable[] = [];
  for (const { database, table } of names.slice(0, TABLES_LOOKED_AT_MAX)) {
    const now = await catalog.table(database, table);
    if (now !== undefined) tables.push(now);
  }
  const rows = tables.reduce((sum, { rowsEstimated }) => sum + rowsEstimated, 0);
  const shown = names.slice(0, TABLES_SHOWN_MAX).map(({ database, table }) => `${database}.${table}`);
  const found: CheckFinding[] = [
    {
      severity: "info",
      message: `${names.length} tables with about ${rows} rows: ${shown.join(", ")}${names.length > shown.length ? ", …" : ""}.`,
    },
  ];
  for (const { database, table, type, key } of tables) {
    if (type === "SYSTEM VERSIONED")
      found.push({
        severity: "error",
        message: `${database}.${table} is system-versioned: the binlog has the rows of its past as if they were new ones. Leave it out by table.exclude.list.`,
      });
    else if (key.length === 0)
      found.push({
        severity: "warning",
        message: `${database}.${table} has no primary key: its records have none, and a snapshot that is cut off reads it from its beginning.`,
      });
  }
  return [...found, ...(await cascadeFindings(session, filter))];
}

/** What a foreign key does by itself is done below the binlog. */
async function cascadeFindings(session: MariadbSession, filter: NameFilter): Promise<CheckFinding[]> {
  const rows = await session.query(
    `SELECT CONSTRAINT_SCHEMA, TABLE_NAME, CONSTRAINT_NAME FROM information_schema.REFERENTIAL_CONSTRAINTS
     WHERE DELETE_RULE IN ('CASCADE', 'SET NULL') OR UPDATE_RULE IN ('CASCADE', 'SET NULL')`,
  );
  return rows
    .map((row) => row.map(String))
    .filter(([database = "", table = ""]) => filter.hasTable(database, table))
    .slice(0, TABLES_SHOWN_MAX)
    .map(([database, table, name]) => ({
      severity: "warning" as const,
      message: `Rows of ${database}.${table} that the foreign key ${name} deletes or changes by itself (CASCADE, SET NULL) are not in the binlog, and so not in the topic.`,
    }));
}
