/** What time may cure, by the server's numbers: too many connections, shutdown, a lock that was not had, a table that was altered under a transaction, a server that is not up yet. */
const PASSING_ERRORS = new Set([
  1040, 1053, 1077, 1079, 1152, 1158, 1159, 1160, 1161, 1184, 1203, 1205, 1213, 1226, 1412, 1927, 3169, 3032, 4031,
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
