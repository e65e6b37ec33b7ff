import type { JdbcSinkSettings } from "./jdbc-sink-config.ts";
import { type TimeZone, timeZone } from "./source/exact-time.ts";

/** What a sink's settings say of values before a database is asked for anything. */
export interface ColumnRules {
  readonly zone: TimeZone;
  /** Whether times are written with their zone's offset: a column with a zone takes it, and one without leaves it out. */
  readonly writesOffset: boolean;
  readonly hasArrays: boolean;
}

/** @throws ConnectError CONNECT_CONFIG for a zone that there is not */
export function columnRules(settings: JdbcSinkSettings): ColumnRules {
  const isPostgres = settings["connection.url"].startsWith("jdbc:postgresql:");
  return { zone: timeZone(settings["db.timezone"]), writesOffset: isPostgres, hasArrays: isPostgres };
}
