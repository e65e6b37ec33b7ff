import { systemClock, systemRandom } from "@ottla/base/node";
import { ConnectError } from "../../../connect-error.ts";
import { timeZone } from "./exact-time.ts";
import type { JdbcSourceSettings } from "./jdbc-source-config.ts";
import type { SourceDatabase } from "./source-database.ts";

/** A database that nobody answers for, or that refuses the login; time may mend it. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

/** What is told of an error of a database. */
export function toldFailure(error: unknown): ConnectError {
  if (error instanceof ConnectError) return error;
  const cause = error instanceof Unreachable ? error.cause : error;
  const why = cause instanceof Error ? cause.message : String(cause);
  const what = error instanceof Unreachable ? "The database cannot be reached" : "The database refused to be read";
  return new ConnectError("CONNECT_SOURCE", `${what}: ${why}.`, { cause });
}

/** @throws ConnectError CONNECT_CONFIG for a database or a zone that is not taken; {@link Unreachable} with what the driver says where it cannot be reached */
export async function openSourceDatabase(settings: JdbcSourceSettings): Promise<SourceDatabase> {
  return openOf(settings).catch((error: unknown) => {
    if (error instanceof ConnectError) throw error;
    throw new Unreachable("The database cannot be reached", { cause: error });
  });
}

async function openOf(settings: JdbcSourceSettings): Promise<SourceDatabase> {
  const rules = {
    numeric: settings["numeric.mapping"],
    granularity: settings["timestamp.granularity"],
    zone: timeZone(settings["db.timezone"]),
  };
  const [, system = "", rest = ""] = /^jdbc:([a-z]+):(.*)$/s.exec(settings["connection.url"]) ?? [];
  if (system === "postgresql") {
    const { PostgresDatabase } = await import("./postgres-database.ts");
    const { "connection.user": user, "connection.password": password, "transaction.isolation.mode": isolation } = settings;
    return PostgresDatabase.open(rest, { user, password, isolation }, rules);
  }
  if (system === "mariadb" || system === "mysql") {
    const { MariadbDatabase } = await import("./mariadb-database.ts");
    const { "connection.user": user, "connection.password": password, "transaction.isolation.mode": isolation } = settings;
    const unsigned = settings["bigint.unsigned.handling.mode"];
    return MariadbDatabase.open(rest, { user, password, isolation }, { ...rules, unsigned }, { clock: systemClock, random: systemRandom });
  }
  if (system === "sqlite") {
    const { SqliteDatabase } = await import("./sqlite-database.ts");
    return SqliteDatabase.open(rest, rules);
  }
  throw new ConnectError(
    "CONNECT_CONFIG",
    `connection.url begins with jdbc:postgresql:, jdbc:mariadb: or jdbc:sqlite:, not with ${system === "" ? "what it begins with" : `jdbc:${system}:`}; other databases are not there yet.`,
  );
}
