import { ClientError, type ClientErrorCode } from "@ottla/client";

/**
 * What an error of a worker's loop means for its tasks. `none`: nothing; `groupGone`: they belong to somebody else; `positionLost`: what they read next is not there, mostly since somebody else has them and purged what is done; `transactionLost`: what they wrote since the last commit is void, and they begin anew from it;
 * `producerLost`: the same, with another producer and as a new member; `fatal`: nothing here mends it.
 */
export type Trouble = "none" | "groupGone" | "positionLost" | "transactionLost" | "producerLost" | "fatal";

const byCode: Readonly<Partial<Record<ClientErrorCode, Trouble>>> = {
  WOKEN_UP: "none",
  COMMIT_FAILED: "groupGone",
  NO_OFFSET: "positionLost",
  TRANSACTION_FAILED: "transactionLost",
  CALL_TIMEOUT: "transactionLost",
  DELIVERY_TIMEOUT: "transactionLost",
  ABORT_FAILED: "transactionLost",
  PRODUCER_FENCED: "producerLost",
  PRODUCER_FAILED: "producerLost",
};

export function troubleOf(found: Error): Trouble {
  const error = withoutCallback(found);
  if (!(error instanceof ClientError)) return "fatal";
  return byCode[error.code] ?? "fatal";
}

/** What a callback of a rebalance failed with: it is the worker's own, so users are told of the cause alone. */
export function withoutCallback(error: Error): Error {
  const isWrapped = error instanceof ClientError && error.code === "REBALANCE_CALLBACK_FAILED" && error.cause instanceof Error;
  return isWrapped ? withoutCallback(error.cause as Error) : error;
}
