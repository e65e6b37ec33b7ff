import type { Connection } from "mysql2";
import { ConnectError } from "../../connect-error.ts";
import { isPassing, isRefusal } from "../mariadb/connection/passing-error.ts";
import { connectMariadb, type MariadbLogin } from "./mariadb-client.ts";
import {
  MARIADB_COLUMNS,
  type MariadbColumns,
  type SqlBlame,
  type SqlDialect,
  type SqlRow,
  type SqlSession,
  type SqlValue,
} from "./sql-session.ts";

/** Names in double quotes, backslashes as themselves, and nothing cut to fit. */
const SQL_MODE = "ANSI_QUOTES,NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO";
const VALUES_MAX = 65_535;
const UNKNOWN_ZONE = 1298;
/** Of a packet, the part that is not values: the statement's text, at most so many bytes for each value. */
const PACKET_SHARE = 0.5;
const LEAST_BYTES = 65_536;

/** What stands behind `jdbc:mariadb:` or `jdbc:mysql:`. @throws ConnectError CONNECT_CONFIG for a URL that is none; else what the driver says where it cannot be reached */
export async function openMariadb(rest: string, login: MariadbLogin & { readonly zone: string }): Promise<SqlSession> {
  const { connection } = await connectMariadb(rest, login);
  const query = (sql: string, values: readonly SqlValue[] = []): Promise<readonly SqlRow[]> => ask(connection, sql, values);
  await query(`SET SESSION sql_mode = '${SQL_MODE}'`);
  await setZone(query, login.zone);
  const [limit] = await query("SELECT @@max_allowed_packet AS bytes");
  const valueBytesMax = Math.max(LEAST_BYTES, Math.floor(Number(limit?.["bytes"] ?? 0) * PACKET_SHARE));
  return {
    dialect: { ...MARIADB, valueBytesMax, mariadb: await columnsOf(query) },
    query,
    close: () => new Promise((resolve) => resolve(connection.destroy())),
  };
}

/** The first that the server has: MySQL compares by bytes, spaces too, from 8.0.17 on; before, by accents and case, and spaces. */
const MYSQL_COLLATIONS = ["utf8mb4_0900_bin", "utf8mb4_0900_as_cs"];
const MYSQL_SCALE_MAX = 30;

async function columnsOf(query: SqlSession["query"]): Promise<MariadbColumns> {
  const [server] = await query("SELECT VERSION() AS version");
  if (/mariadb/i.test(String(server?.["version"]))) return MARIADB_COLUMNS;
  const names = MYSQL_COLLATIONS.map((name) => `'${name}'`).join(", ");
  const rows = await query(`SELECT COLLATION_NAME AS name FROM information_schema.COLLATIONS WHERE COLLATION_NAME IN (${names})`);
  const there = new Set(rows.map(({ name }) => String(name)));
  return {
    server: "MySQL",
    keyCollation: MYSQL_COLLATIONS.find((name) => there.has(name)) ?? "utf8mb4_bin",
    decimalScaleMax: MYSQL_SCALE_MAX,
  };
}

/** A TIMESTAMP takes a text by the session's zone, a DATETIME as it is. */
async function setZone(query: SqlSession["query"], zone: string): Promise<void> {
  const text = /^(?:UTC|GMT|Z|Etc\/UTC)$/i.test(zone) ? "+00:00" : zone;
  try {
    await query(`SET SESSION time_zone = '${text.replaceAll("'", "''")}'`);
  } catch (error) {
    if ((error as { readonly errno?: unknown }).errno !== UNKNOWN_ZONE) throw error;
    throw new ConnectError(
      "CONNECT_CONFIG",
      `db.timezone: the server does not know the zone "${zone}"; load its zones (mariadb-tzinfo-to-sql /usr/share/zoneinfo | mariadb mysql), or leave db.timezone out for UTC.`,
      { cause: error },
    );
  }
}

function ask(connection: Connection, sql: string, values: readonly SqlValue[]): Promise<readonly SqlRow[]> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, rows: unknown): void => {
      if (error === null) resolve(Array.isArray(rows) ? (rows as SqlRow[]) : []);
      else reject(error);
    };
    if (values.length === 0) connection.query(sql, done);
    else connection.execute(sql, values.map(asDriverValue), done);
  });
}

/** The driver sends numbers as doubles, which whole numbers of 64 bits are not. */
function asDriverValue(value: SqlValue): string | number | Buffer | null {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "boolean") return Number(value);
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value;
}

/** Whose an error of MariaDB is. */
function blameOfMariadb(error: unknown): SqlBlame {
  if (isRefusal(error)) return "task";
  return isPassing(error) ? "passing" : "row";
}

const MARIADB: SqlDialect = {
  name: "mariadb",
  begin: "BEGIN",
  forUpdate: " FOR UPDATE",
  valuesMax: VALUES_MAX,
  isCommittedByDdl: true,
  placeholder: () => "?",
  upsert(keys, cells) {
    const set = cells.length === 0 ? [`${keys[0]} = ${keys[0]}`] : cells.map((name) => `${name} = VALUES(${name})`);
    return ` ON DUPLICATE KEY UPDATE ${set.join(", ")}`;
  },
  columnsQuery: (schema, table) => ({
    sql: "SELECT COLUMN_NAME AS name FROM information_schema.COLUMNS WHERE TABLE_NAME = ? AND TABLE_SCHEMA = COALESCE(?, DATABASE()) ORDER BY ORDINAL_POSITION",
    values: [table, schema ?? null],
  }),
  blameOf: blameOfMariadb,
};
