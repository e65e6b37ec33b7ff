import { type NameFilter, nameFilter } from "../../debezium/name-filter.ts";
import type { MariadbConfig } from "../mariadb-config.ts";

/** @throws ConnectError CONNECT_CONFIG where an expression is none, or an include and an exclude list stand together. */
export function mariadbFilter(config: MariadbConfig): NameFilter {
  const lists = (what: "database" | "table" | "column") => ({
    what,
    include: config[`${what}.include.list`],
    exclude: config[`${what}.exclude.list`],
  });
  return nameFilter({ spaces: lists("database"), tables: lists("table"), columns: lists("column"), keys: config["message.key.columns"] });
}
