/** What time may cure, by the server's numbers: too many connections, shutdown, a lock that was not had, a table that was altered under a transaction, a server that is not up yet or only to be read from. */
const PASSING_ERRORS = new Set([
  1040, 1053, 1077, 1079, 1152, 1158, 1159, 1160, 1161, 1184, 1203, 1205, 1213, 1226, 1290, 1412, 1836, 1927, 3169, 3032, 4031,
]);
const PASSING_CODES = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EAI_AGAIN",
  "PROTOCOL_CONNECTION_LOST",
  "PROTOCOL_SEQUENCE_TIMEOUT",
]);
const PASSING_TEXT = /closed state|socket hang up|was closed|did not say anything/i;

/** Whether the same may work later: the server is away, starts, stops, or has no room. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { errno, code } = error as { readonly errno?: unknown; readonly code?: unknown };
  if (typeof errno === "number" && errno > 0) return PASSING_ERRORS.has(errno);
  if (typeof code === "string" && PASSING_CODES.has(code)) return true;
  return PASSING_TEXT.test(error.message);
}

/** A login that is refused, a permission that is missing, a database or table that is gone. */
const REFUSALS = new Set([1044, 1045, 1049, 1142, 1143, 1146, 1227, 1698]);

/** Whether nothing can be done with this login or in this database. */
export function isRefusal(error: unknown): boolean {
  const { errno } = error as { readonly errno?: unknown };
  return typeof errno === "number" && REFUSALS.has(errno);
}
