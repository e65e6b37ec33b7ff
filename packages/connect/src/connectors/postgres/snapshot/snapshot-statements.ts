import { ConnectError } from "../../../connect-error.ts";
import type { PostgresConfig } from "../postgres-config.ts";

const PREFIX = "snapshot.select.statement.overrides.";

/** `snapshot.select.statement.overrides` by table, without the semicolon at the end. @throws ConnectError CONNECT_CONFIG where a table that is named has none */
export function snapshotStatements(config: PostgresConfig): ReadonlyMap<string, string> {
  const statements = config["snapshot.select.statements"];
  return new Map(
    config["snapshot.select.statement.overrides"].map((given) => {
      const table = given.trim();
      const statement = statements[`${PREFIX}${table}`];
      if (statement === undefined)
        throw new ConnectError(
          "CONNECT_CONFIG",
          `${PREFIX.slice(0, -1)} names ${table}, and there is no ${PREFIX}${table}. Set it to a SELECT.`,
        );
      return [table, statement.trim().replace(/;+$/, "")];
    }),
  );
}
