import type { Connection, ConnectionOptions } from "mysql2";
import type { MariadbConfig } from "../mariadb-config.ts";
import { pemFile } from "../../pem-file.ts";

const CONNECT_TIMEOUT_MS = 15_000;
/** Texts must be the same whatever the server's and the user's own settings are; a reader that stands still must not be thrown out. */
const SETTINGS = [
  "time_zone = '+00:00'",
  "sql_mode = ''",
  "net_write_timeout = 31536000",
  "net_read_timeout = 31536000",
  "wait_timeout = 31536000",
  "lock_wait_timeout = 30",
];

/** A row of a query: the bytes that the server gave for each column, in utf8mb4. */
export type SqlRow = readonly (Buffer | null)[];

/** What of mysql2's inside the binlog's stream needs. */
export interface RawConnection {
  readonly stream: { destroy(): void };
  addCommand(command: RawCommand): void;
  /** Every command counts its packets anew. */
  _resetSequenceId(): void;
  writePacket(packet: { readonly buffer: Buffer; length(): number; writeHeader(sequenceId: number): void }): void;
  pause(): void;
  resume(): void;
}

/** A command of ours: `execute` is given each packet, the first time none; true: it is done. */
export interface RawCommand {
  execute(packet: RawPacket | undefined, connection: RawConnection): boolean;
  onResult(error: Error): void;
  stateName(): string;
}

export interface RawPacket {
  readonly buffer: Buffer;
  readonly offset: number;
  readonly end: number;
  isError(): boolean;
  asError(encoding: string): Error;
}

/** One connection. After it broke every call fails with what broke it. */
export class MariadbSession {
  readonly #connection: Connection;
  #failure: Error | undefined;

  private constructor(connection: Connection) {
    this.#connection = connection;
    // Without a listener a server that goes away would end the process.
    connection.on("error", (error: Error) => (this.#failure ??= error));
  }

  static async open(config: MariadbConfig): Promise<MariadbSession> {
    const { default: mysql } = await import("mysql2");
    const mode = config["database.ssl.mode"];
    const open = async (ssl: ConnectionOptions["ssl"]): Promise<MariadbSession> => {
      const session = new MariadbSession(mysql.createConnection({ ...optionsOf(config), ...(ssl !== undefined && { ssl }) }));
      try {
        await session.#connected();
        for (const setting of SETTINGS) await session.query(`SET SESSION ${setting}`);
        return session;
      } catch (error) {
        session.close();
        throw error;
      }
    };
    if (mode === "disable" || mode === "disabled") return open(undefined);
    try {
      return await open(tlsOptions(config));
    } catch (error) {
      const isWithoutTls = error instanceof Error && (error as { code?: unknown }).code === "HANDSHAKE_NO_SSL_SUPPORT";
      if (mode === "preferred" && isWithoutTls) return open(undefined);
      throw error;
    }
  }

  #connected(): Promise<void> {
    return new Promise((resolve, reject) => this.#connection.connect((error) => (error === null ? resolve() : reject(error))));
  }

  /** mysql2's own connection below. */
  get raw(): RawConnection {
    return this.#connection as unknown as RawConnection;
  }

  async query(sql: string): Promise<SqlRow[]> {
    if (this.#failure !== undefined) throw this.#failure;
    return new Promise((resolve, reject) => {
      this.#connection.query({ sql, rowsAsArray: true, typeCast: asItCame }, (error: Error | null, rows: unknown) => {
        if (error !== null) reject(error);
        else resolve(Array.isArray(rows) ? (rows as SqlRow[]) : []);
      });
    });
  }

  /** The answer's first row as texts. */
  async texts(sql: string): Promise<(string | null)[]> {
    const [row] = await this.query(sql);
    return (row ?? []).map((cell) => cell?.toString("utf8") ?? null);
  }

  /** Rows as they come; the server waits while nobody asks. At most about `rowsMax` are held. */
  async *stream(sql: string, rowsMax: number): AsyncGenerator<readonly SqlRow[]> {
    if (this.#failure !== undefined) throw this.#failure;
    const query = this.#connection.query({ sql, rowsAsArray: true, typeCast: asItCame });
    let rows: SqlRow[] = [];
    let failure: Error | undefined;
    let isEnded = false;
    let wake = (): void => undefined;
    query.on("result", (row: unknown) => {
      rows.push(row as SqlRow);
      if (rows.length >= rowsMax) this.#connection.pause();
      wake();
    });
    query.on("error", (error: Error) => ((failure = error), wake()));
    query.on("end", () => ((isEnded = true), wake()));
    const onConnectionError = (error: Error): void => ((failure ??= error), wake());
    this.#connection.on("error", onConnectionError);
    try {
      for (;;) {
        const broken: Error | undefined = failure ?? this.#failure;
        if (broken !== undefined) throw broken;
        if (rows.length >= rowsMax || (isEnded && rows.length > 0)) {
          const taken = rows;
          rows = [];
          this.#connection.resume();
          yield taken;
          continue;
        }
        if (isEnded) return;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      this.#connection.off("error", onConnectionError);
    }
  }

  /** Never throws, and never waits for a server that does not answer. */
  close(): void {
    this.#failure ??= new Error("The connection was closed.");
    this.#connection.destroy();
  }
}

const asItCame = (field: { buffer(): Buffer | null }): Buffer | null => field.buffer();

function optionsOf(config: MariadbConfig): ConnectionOptions {
  const password = config["database.password"];
  return {
    host: config["database.hostname"],
    port: config["database.port"],
    user: config["database.user"],
    ...(password !== undefined && { password }),
    charset: "utf8mb4_bin",
    connectTimeout: CONNECT_TIMEOUT_MS,
    enableKeepAlive: true,
    supportBigNumbers: true,
    // Nothing of the client's files for a server that asks for them.
    flags: ["-LOCAL_FILES"],
  };
}

function tlsOptions(config: MariadbConfig): NonNullable<ConnectionOptions["ssl"]> {
  const mode = config["database.ssl.mode"];
  const file = (name: "database.ssl.ca" | "database.ssl.cert" | "database.ssl.key") => pemFile(config[name], name);
  const [ca, cert, key] = [file("database.ssl.ca"), file("database.ssl.cert"), file("database.ssl.key")];
  const checksName = mode === "verify-full" || mode === "verify_identity";
  return {
    rejectUnauthorized: checksName || mode === "verify-ca" || mode === "verify_ca",
    verifyIdentity: checksName,
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  };
}
