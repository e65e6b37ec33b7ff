import { systemClock, systemRandom } from "@ottla/base/node";
import { ConnectError } from "../../../connect-error.ts";
import { timeZone } from "./exact-time.ts";
import type { JdbcSourceSettings } from "./jdbc-source-config.ts";
import type { SourceDatabase } from "./source-database.ts";

/** @throws ConnectError CONNECT_CONFIG for a database or a zone that is not taken; what the driver says where it cannot be reached */
export async function openSourceDatabase(settings: JdbcSourceSettings): Promise<SourceDatabase> {
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
