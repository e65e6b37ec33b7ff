import { ConnectError } from "../../connect-error.ts";
import { blameOfPostgres, connectPostgres, isRefusedByPostgres } from "./postgres-client.ts";
import { isRefusedByMariadb } from "./mariadb-client.ts";
import { openMariadb } from "./mariadb-session.ts";
import { onConflict, type SqlDialect, type SqlRow, type SqlSession } from "./sql-session.ts";

/** A database by its URL. */
export interface SessionWish {
  readonly url: string;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** The session's own, where a column with a zone takes times by it. */
  readonly zone: string;
}

/** @throws ConnectError CONNECT_CONFIG for a database that is not taken; what the driver says where it cannot be reached */
export function openSession(wish: SessionWish): Promise<SqlSession> {
  const [, system = "", rest = ""] = /^jdbc:([a-z]+):(.*)$/s.exec(wish.url) ?? [];
  if (system === "postgresql") return openPostgres(rest, wish);
  if (system === "sqlite") return openSqlite(rest);
  if (system === "mariadb" || system === "mysql") return openMariadb(rest, wish);
  throw new ConnectError(
    "CONNECT_CONFIG",
    `connection.url begins with jdbc:postgresql:, jdbc:mariadb: or jdbc:sqlite:, not with ${system === "" ? "what it begins with" : `jdbc:${system}:`}; other databases are not there yet.`,
  );
}

/** Whether a database, whichever it is, refuses a login. */
export const isRefusedLogin = (error: unknown): boolean => isRefusedByPostgres(error) || isRefusedByMariadb(error);

async function openPostgres(rest: string, wish: SessionWish): Promise<SqlSession> {
  const client = await connectPostgres(rest, wish);
  return {
    dialect: POSTGRES,
    query: async (sql, values = []) =>
      (
        await client.query<Record<string, unknown>>(
          sql,
          values.map((value) => (typeof value === "bigint" ? value.toString() : value)),
        )
      ).rows,
    close: () => client.end(),
  };
}

const POSTGRES: SqlDialect = {
  name: "postgresql",
  begin: "BEGIN",
  forUpdate: " FOR UPDATE",
  valuesMax: 65_535,
  isCommittedByDdl: false,
  upsert: onConflict,
  placeholder: (index) => `$${index + 1}`,
  columnsQuery: (schema, table) => ({
    sql: "SELECT column_name AS name FROM information_schema.columns WHERE table_name = $1 AND table_schema = COALESCE($2::text, current_schema()) ORDER BY ordinal_position",
    values: [table, schema ?? null],
  }),
  blameOf: blameOfPostgres,
};

async function openSqlite(path: string): Promise<SqlSession> {
  if (path === "") throw new ConnectError("CONNECT_CONFIG", "connection.url is jdbc:sqlite: and the database's path; it names no file.");
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(path, { timeout: 5000 });
  database.exec("PRAGMA journal_mode=WAL");
  const query = (sql: string, values: readonly unknown[]): readonly SqlRow[] => {
    const statement = database.prepare(sql);
    return statement.all(...(values.map((value) => (typeof value === "boolean" ? Number(value) : value)) as (string | null)[]));
  };
  return {
    dialect: SQLITE,
    query: (sql, values = []) => new Promise((resolve) => resolve(query(sql, values))),
    close: () => new Promise((resolve) => resolve(database.close())),
  };
}

const SQLITE: SqlDialect = {
  name: "sqlite",
  begin: "BEGIN IMMEDIATE",
  forUpdate: "",
  valuesMax: 32_766,
  isCommittedByDdl: false,
  upsert: onConflict,
  placeholder: () => "?",
  columnsQuery: (schema, table) => ({
    sql: "SELECT name FROM pragma_table_info(?, ?)",
    values: [table, schema ?? "main"],
  }),
  blameOf: (error) =>
    /database is locked|disk is full|I\/O/i.test(String(error))
      ? "passing"
      : /readonly database|unable to open|not authorized|access permission|not a database|malformed/i.test(String(error))
        ? "task"
        : "row",
};
