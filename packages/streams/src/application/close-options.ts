import { StreamsError } from "../streams-error.ts";

/** How an application ends. */
export interface CloseOptions {
  /** Default true: others take its tasks at once. False, as Java's default: they wait for the session timeout, so that an instance that comes back soon has them again; what was done is committed either way. */
  readonly leaveGroup?: boolean;
  /** So long what is in hand may take to be done with; then it is ended, whatever it does, and what it had not committed is done again by others. A thread that a user's function holds is terminated. Default 30,000. */
  readonly timeoutMs?: number;
}

/** Throws `STREAMS_BAD_ARGUMENT`: what is no time would end at once what is to have some. */
export function checkedClose(call: string, options: CloseOptions = {}): CloseOptions {
  const refuse = (what: string) => new StreamsError("STREAMS_BAD_ARGUMENT", `${call}: ${what}`);
  if (typeof options !== "object" || options === null) throw refuse("options are an object, or left out.");
  const { timeoutMs, leaveGroup } = options;
  if (timeoutMs !== undefined && !(typeof timeoutMs === "number" && timeoutMs >= 0))
    throw refuse("timeoutMs is a number of milliseconds, 0 or more.");
  if (leaveGroup !== undefined && typeof leaveGroup !== "boolean") throw refuse("leaveGroup is true or false.");
  return options;
}
