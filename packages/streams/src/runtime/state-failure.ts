import { StreamsError } from "../streams-error.ts";

const stateCodes: ReadonlySet<string> = new Set(["STREAMS_STATE_WRITE", "STREAMS_STATE_CORRUPTED", "STREAMS_RESTORE"]);
const CAUSES_MAX = 10;

/** What is wrong with the state of a task, also where a store's call failed in a user's code, which may have wrapped it. */
export function stateFailureIn(error: unknown): StreamsError | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < CAUSES_MAX; at = at.cause, depth++) {
    if (at instanceof StreamsError && stateCodes.has(at.code)) return at;
  }
  return undefined;
}
