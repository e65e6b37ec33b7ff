import type { RunningSqlServer } from "../../process/sql-server.ts";

/** How a connector reaches a test's server. */
export function settingsFor({ connection }: RunningSqlServer, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    "database.hostname": connection.host,
    "database.port": String(connection.port),
    "database.user": connection.user,
    "database.ssl.mode": "disable",
    "topic.prefix": "shop",
    "skipped.operations": "none",
    "offset.idle.interval.ms": "200",
    "retriable.restart.connector.wait.ms": "100",
    ...more,
  };
}
