import type { Connection, ConnectionOptions } from "mysql2";
import { ConnectError } from "../../connect-error.ts";
import { pemFile } from "../pem-file.ts";
import { decodedPart } from "./url-part.ts";

/** Who asks; left out: what the URL says. */
export interface MariadbLogin {
  readonly user?: string | undefined;
  readonly password?: string | undefined;
}

/** A connection, and what the URL says beside host and database. */
export interface MariadbClient {
  readonly connection: Connection;
  readonly parameters: URLSearchParams;
}

const PORT = 3306;
const PORT_MAX = 65_535;
const CONNECT_TIMEOUT_MS = 10_000;
const URL_TEXT = /^\/\/(\[[^\]]+\]|[^:/?]+)(?::(\d{1,5}))?(?:\/([^?]*))?(?:\?(.*))?$/s;
const STATEMENTS_KEPT = 32;

/**
 * A connection for what stands behind `jdbc:mariadb:` or `jdbc:mysql:`.
 * @throws ConnectError CONNECT_CONFIG for a URL that is none; else what the driver says where it cannot be reached
 */
export async function connectMariadb(rest: string, login: MariadbLogin): Promise<MariadbClient> {
  const [options, parameters] = optionsOf(rest, login);
  const { default: mysql } = await import("mysql2");
  const connection = mysql.createConnection(options);
  // Without a listener a server that stops would end the process; the next query fails, and says so.
  connection.on("error", () => {});
  await new Promise<void>((resolve, reject) => connection.connect((error) => (error === null ? resolve() : reject(error))));
  return { connection, parameters };
}

function optionsOf(rest: string, { user, password }: MariadbLogin): readonly [ConnectionOptions, URLSearchParams] {
  const [, host, port = String(PORT), path = "", query = ""] = URL_TEXT.exec(rest) ?? [];
  const database = decodedPart(path) ?? "";
  if (host === undefined || database === "" || Number(port) > PORT_MAX)
    throw new ConnectError(
      "CONNECT_CONFIG",
      "connection.url is of the form jdbc:mariadb://host:port/database; it is not, or has no database, or a port above 65535, or a percent sign that stands for nothing.",
    );
  const given = new URLSearchParams(query);
  const [name, secret] = [user ?? given.get("user") ?? undefined, password ?? given.get("password") ?? undefined];
  const tls = tlsOf(given);
  const options: ConnectionOptions = {
    host: host.replace(/^\[|\]$/g, ""),
    port: Number(port),
    database,
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
    // Nothing of the client's files for a server that asks for them.
    flags: ["-LOCAL_FILES"],
  };
  return [options, given];
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
