import { ConnectError } from "../connect-error.ts";
import type { SourceOffset } from "../storage/offset-store.ts";
import { isPlace } from "../storage/place-json.ts";

/**
 * Of what a source gave as its places: a place that cannot be kept would be tried again and again, and never be there after a restart.
 * @throws ConnectError `CONNECT_SOURCE`
 */
export function requirePlaces(offsets: readonly SourceOffset[]): void {
  for (const { partition, offset } of offsets)
    if (!isPlace(partition) || (offset !== null && !isPlace(offset)))
      throw new ConnectError(
        "CONNECT_SOURCE",
        `The source gave ${isPlace(partition) ? "an offset" : "a partition"} that cannot be kept; it is an object of texts, numbers and flags, and of such objects at most 20 deep.`,
      );
}

/** Of the cluster's answers and our own: what is the same however often it is tried. */
const FOR_GOOD: ReadonlySet<unknown> = new Set([
  "MESSAGE_TOO_LARGE",
  "RECORD_LIST_TOO_LARGE",
  "RECORD_TOO_LARGE",
  "INVALID_RECORD",
  "CONNECT_SOURCE",
]);

/** Whether offsets that could not be committed never can be. */
export function isForGood(error: unknown): error is Error {
  return error instanceof Error && "code" in error && FOR_GOOD.has(error.code);
}
