import type { Client, ClientConfig } from "pg";
import type { PostgresConfig } from "../postgres-config.ts";
import { pemFile } from "../../pem-file.ts";

/** Texts of values must be the same from queries and from the log, whatever the role's own settings are. */
const SETTINGS = {
  DateStyle: "ISO",
  IntervalStyle: "postgres",
  TimeZone: "UTC",
  extra_float_digits: "1",
  bytea_output: "hex",
  lc_monetary: "C",
  statement_timeout: "0",
  idle_in_transaction_session_timeout: "0",
};
const CONNECT_TIMEOUT_MS = 15_000;
const asItCame = { getTypeParser: () => (text: string) => text };

/** A row of a query: texts, as PostgreSQL's output functions give them. */
export type PgRow = readonly (string | null)[];

/** What of pg's inside a replication stream needs. */
export interface PgConnection {
  readonly stream: { pause(): void; resume(): void; destroy(): void };
  on(event: "copyData", listener: (message: { readonly chunk: Buffer }) => void): void;
  once(event: "replicationStart" | "copyDone" | "end", listener: () => void): void;
  sendCopyFromChunk(bytes: Buffer): void;
}

/** One connection. After it broke every call fails with what broke it. */
export class PgSession {
  readonly #client: Client;
  #failure: Error | undefined;

  private constructor(client: Client) {
    this.#client = client;
    // Without a listener a server that goes away would end the process.
    client.on("error", (error) => (this.#failure ??= error));
  }

  static async open(config: PostgresConfig, use: "query" | "replication"): Promise<PgSession> {
    const { default: pg } = await import("pg");
    const sslMode = config["database.sslmode"];
    const open = async (ssl: ClientConfig["ssl"]): Promise<PgSession> => {
      const session = new PgSession(new pg.Client({ ...clientConfig(config, use), ssl }));
      try {
        await session.#client.connect();
        return session;
      } catch (error) {
        await session.close();
        throw error;
      }
    };
    if (sslMode === "disable") return open(false);
    try {
      return await open(tlsOptions(config));
    } catch (error) {
      if (sslMode === "prefer" && error instanceof Error && error.message.includes("does not support SSL")) return open(false);
      throw error;
    }
  }

  /** pg's own connection below, for CopyBoth. */
  get connection(): PgConnection {
    return (this.#client as unknown as { readonly connection: PgConnection }).connection;
  }

  async query(sql: string): Promise<PgRow[]> {
    if (this.#failure !== undefined) throw this.#failure;
    const result = await this.#client.query<(string | null)[]>({ text: sql, rowMode: "array", types: asItCame });
    // Several statements give several results; the last one counts.
    return Array.isArray(result) ? ((result as { rows: PgRow[] }[]).at(-1)?.rows ?? []) : result.rows;
  }

  /** Never throws, and never waits for a server that does not answer. */
  async close(): Promise<void> {
    this.connection.stream.destroy();
    await this.#client.end().catch(() => undefined);
  }
}

/** What our sessions are called in `pg_stat_activity`; the server keeps 63 bytes of it. */
export const applicationName = (config: PostgresConfig): string =>
  Buffer.from(`ottla ${config["topic.prefix"]}`).subarray(0, 63).toString();

function clientConfig(config: PostgresConfig, use: "query" | "replication"): ClientConfig {
  const password = config["database.password"];
  return {
    host: config["database.hostname"],
    port: config["database.port"],
    user: config["database.user"],
    database: config["database.dbname"],
    ...(password !== undefined && { password }),
    application_name: applicationName(config),
    options: Object.entries(SETTINGS)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(" "),
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    ...(use === "replication" && { replication: "database" }),
  };
}

function tlsOptions(config: PostgresConfig): ClientConfig["ssl"] {
  const mode = config["database.sslmode"];
  const file = (name: "database.sslrootcert" | "database.sslcert" | "database.sslkey") => pemFile(config[name], name);
  const [ca, cert, key] = [file("database.sslrootcert"), file("database.sslcert"), file("database.sslkey")];
  const isChecked = mode === "verify-ca" || mode === "verify-full";
  return {
    rejectUnauthorized: isChecked,
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(mode === "verify-ca" && { checkServerIdentity: () => undefined }),
  };
}
