/** Classes and codes of SQLSTATE that time may cure: connections, shutdowns, too many of something, a slot that a dead reader still has, a table that somebody holds. */
const PASSING_STATES = /^(?:08|57P0[1-5]|53|55006|55P03)/;
const PASSING_SYSTEM_CODES = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "EAI_AGAIN"]);
const PASSING_TEXT = /terminated|timeout|ended the replication stream|establishing an SSL connection|not queryable|socket hang up/i;

/** Whether the same may work later: the server is away, starts, stops, or has no room. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { readonly code?: unknown };
  if (typeof code === "string") return PASSING_STATES.test(code) || PASSING_SYSTEM_CODES.has(code);
  return PASSING_TEXT.test(error.message);
}
