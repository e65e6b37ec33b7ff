import { ClientError } from "../client-error.ts";
import { messageOf } from "../thrown.ts";

/** The error for bytes at `offset` that cannot be read. */
export function corrupt(topic: string, partition: number, offset: number, cause: unknown): ClientError {
  const reason = messageOf(cause);
  return new ClientError(
    "CORRUPT_BATCH",
    `${topic}-${partition} holds bytes at offset ${offset} that cannot be read: ${reason} Seek past it, or repair the log.`,
    { cause },
  );
}
