import type { Client, ClientConfig } from "pg";
import { ConnectError } from "../../connect-error.ts";
import type { SqlBlame } from "./sql-session.ts";
import { pemFile } from "../pem-file.ts";
import { decodedPart } from "./url-part.ts";

/** Who asks; left out: what the URL says. */
export interface PostgresLogin {
  readonly user?: string | undefined;
  readonly password?: string | undefined;
}

const PORT = 5432;
const PORT_MAX = 65_535;
const URL_TEXT = /^(?:\/\/([^/?]*)\/)?([^?]*)(?:\?(.*))?$/s;
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * A connected client for what stands behind `jdbc:postgresql:`; of several hosts the first that answers.
 * @throws ConnectError CONNECT_CONFIG for a URL that is none; else what the driver says where nobody can be reached
 */
export async function connectPostgres(rest: string, login: PostgresLogin, options: Readonly<Record<string, string>> = {}): Promise<Client> {
  const { default: pg } = await import("pg");
  let failure: unknown;
  for (const config of clientConfigs(rest, login, options)) {
    const client = new pg.Client(config);
    // Without a listener a server that stops would end the process; the next query fails, and says so.
    client.on("error", () => {});
    try {
      await client.connect();
      return client;
    } catch (error) {
      failure = error;
      cutOff(client);
    }
  }
  throw failure;
}

function clientConfigs(rest: string, { user, password }: PostgresLogin, options: Readonly<Record<string, string>>): ClientConfig[] {
  const [, hosts = "localhost", path = "", query = ""] = URL_TEXT.exec(rest) ?? [];
  const database = decodedPart(path);
  const given = new URLSearchParams(query);
  const settings = { ...options };
  const schema = given.get("currentSchema");
  if (schema !== null) settings["search_path"] = schema;
  return hosts.split(",").map((host) => {
    const [, name = "", port = String(PORT)] = /^(\[[^\]]+\]|[^:]*)(?::(\d{1,5}))?$/.exec(host) ?? [];
    if (name === "" || Number(port) > PORT_MAX || database === undefined)
      throw new ConnectError(
        "CONNECT_CONFIG",
        "connection.url is of the form jdbc:postgresql://host:port/database; there is no host in it, or a port above 65535, or a percent sign that stands for nothing.",
      );
    return {
      host: name.replace(/^\[|\]$/g, ""),
      port: Number(port),
      database,
      user: user ?? given.get("user") ?? undefined,
      password: password ?? given.get("password") ?? undefined,
      ssl: tlsOf(given),
      application_name: given.get("ApplicationName") ?? "ottla connect",
      options: Object.entries(settings)
        .map(([key, value]) => `-c ${key}=${value.replaceAll(/([\\ ])/g, String.raw`\$1`)}`)
        .join(" "),
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
    };
  });
}

function tlsOf(given: URLSearchParams): ClientConfig["ssl"] {
  const mode = given.get("sslmode") ?? (given.get("ssl") === "true" ? "verify-full" : "");
  if (!["require", "verify-ca", "verify-full"].includes(mode)) return false;
  const root = pemFile(given.get("sslrootcert"), "connection.url, sslrootcert,");
  return {
    rejectUnauthorized: mode !== "require",
    ...(root !== undefined && { ca: root }),
    ...(mode === "verify-ca" && { checkServerIdentity: () => undefined }),
  };
}

/** Whether a login is refused by PostgreSQL. */
export function isRefusedByPostgres(error: unknown): boolean {
  return ((error as { readonly code?: string } | null)?.code ?? "").startsWith("28");
}

/** A lost connection, a server that stops, is full or only to be read from, a deadlock, a transaction that met another. */
export function isPassingInPostgres(error: unknown): boolean {
  const code = (error as { readonly code?: string } | null)?.code ?? "";
  return /^(?:08|40|53|55|57|25006)/.test(code) || /^E[A-Z]+$/.test(code) || /connection|terminated/i.test(String(error));
}

/** Whose an error of PostgreSQL is: the task's are a login that is refused, a permission that is missing, a database or table that is gone. */
export function blameOfPostgres(error: unknown): SqlBlame {
  if (/^(?:28|3D000|3F000|42501|42P01)/.test((error as { readonly code?: string } | null)?.code ?? "")) return "task";
  return isPassingInPostgres(error) ? "passing" : "row";
}

/** Ends a session without waiting for a server that may not answer. */
export function cutOff(client: Client): void {
  (client as unknown as { readonly connection: { readonly stream: { destroy(): void } } }).connection.stream.destroy();
  client.end().catch(() => {});
}
