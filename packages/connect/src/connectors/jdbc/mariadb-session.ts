import type { Connection, ConnectionOptions } from "mysql2";
import { ConnectError } from "../../connect-error.ts";
import { isPassing, isRefusal } from "../mariadb/connection/passing-error.ts";
import type { SqlBlame, SqlDialect, SqlRow, SqlSession, SqlValue } from "./sql-session.ts";
import { pemFile } from "../pem-file.ts";

/** Who asks; left out: what the URL says. */
interface MariadbLogin {
  readonly user?: string | undefined;
  readonly password?: string | undefined;
}

const PORT = 3306;
const CONNECT_TIMEOUT_MS = 10_000;
const URL_TEXT = /^\/\/(\[[^\]]+\]|[^:/?]+)(?::(\d{1,5}))?(?:\/([^?]*))?(?:\?(.*))?$/s;
/** Names in double quotes, backslashes as themselves, and nothing cut to fit. */
const SQL_MODE = "ANSI_QUOTES,NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO";
const VALUES_MAX = 65_535;
/** Of a packet, the part that is not values: the statement's text, at most so many bytes for each value. */
const PACKET_SHARE = 0.5;
const LEAST_BYTES = 65_536;
const STATEMENTS_KEPT = 32;

/** What stands behind `jdbc:mariadb:` or `jdbc:mysql:`. @throws ConnectError CONNECT_CONFIG for a URL that is none; else what the driver says where it cannot be reached */
export async function openMariadb(rest: string, login: MariadbLogin): Promise<SqlSession> {
  const options = optionsOf(rest, login);
  const { default: mysql } = await import("mysql2");
  const connection = mysql.createConnection(options);
  // Without a listener a server that stops would end the process; the next query fails, and says so.
  connection.on("error", () => {});
  await new Promise<void>((resolve, reject) => connection.connect((error) => (error === null ? resolve() : reject(error))));
  const query = (sql: string, values: readonly SqlValue[] = []): Promise<readonly SqlRow[]> => ask(connection, sql, values);
  await query(`SET SESSION sql_mode = '${SQL_MODE}'`);
  await query("SET SESSION time_zone = '+00:00'");
  const [limit] = await query("SELECT @@max_allowed_packet AS bytes");
  const valueBytesMax = Math.max(LEAST_BYTES, Math.floor(Number(limit?.["bytes"] ?? 0) * PACKET_SHARE));
  return {
    dialect: { ...MARIADB, valueBytesMax },
    query,
    close: () => new Promise((resolve) => resolve(connection.destroy())),
  };
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

function optionsOf(rest: string, { user, password }: MariadbLogin): ConnectionOptions {
  const [, host, port = String(PORT), database = "", query = ""] = URL_TEXT.exec(rest) ?? [];
  if (host === undefined || database === "")
    throw new ConnectError(
      "CONNECT_CONFIG",
      "connection.url is of the form jdbc:mariadb://host:port/database; it is not, or has no database.",
    );
  const given = new URLSearchParams(query);
  const [name, secret] = [user ?? given.get("user") ?? undefined, password ?? given.get("password") ?? undefined];
  const tls = tlsOf(given);
  return {
    host: host.replace(/^\[|\]$/g, ""),
    port: Number(port),
    database: decodeURIComponent(database),
    ...(name !== undefined && { user: name }),
    ...(secret !== undefined && { password: secret }),
    ...(tls !== undefined && { ssl: tls }),
    charset: "utf8mb4_bin",
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    maxPreparedStatements: STATEMENTS_KEPT,
    connectTimeout: CONNECT_TIMEOUT_MS,
    enableKeepAlive: true,
    flags: ["-LOCAL_FILES"],
  };
}

/** By the names of the driver for Java: `sslMode` of trust, verify-ca, verify-full; `serverSslCert`. */
function tlsOf(given: URLSearchParams): ConnectionOptions["ssl"] {
  const mode = (given.get("sslMode") ?? (given.get("useSSL") === "true" ? "verify-full" : "disable")).toLowerCase().replace("_", "-");
  if (mode === "disable" || mode === "disabled") return undefined;
  const root = pemFile(given.get("serverSslCert"), "connection.url, serverSslCert,");
  const checksName = mode === "verify-full" || mode === "verify-identity";
  return {
    rejectUnauthorized: checksName || mode === "verify-ca",
    verifyIdentity: checksName,
    ...(root !== undefined && { ca: root }),
  };
}

/** Whether a login is refused by MariaDB. */
export function isRefusedByMariadb(error: unknown): boolean {
  const { errno } = error as { readonly errno?: unknown };
  return errno === 1045 || errno === 1698;
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
