import { ClientError, type ClientErrorCode, KafkaError } from "@ottla/client";
import { stateFailureIn } from "../../runtime/state-failure.ts";
import { StreamsError } from "../../streams-error.ts";

/**
 * What an error of a worker's loop means for its tasks. `none`: nothing; `groupGone`: they belong to somebody else; `positionLost`: what they read next is not there, mostly since somebody else has them and purged what is done; `transactionLost`: what they wrote since the last commit is void, and they begin anew from it;
 * `producerLost`: the same, with another producer and as a new member; `stateLost`: what a task has on the disk is no good, and is made again; `stateUnwritten`: the disk takes nothing, and may do so later; `fatal`: nothing here mends it.
 */
export type Trouble = "none" | "groupGone" | "positionLost" | "transactionLost" | "producerLost" | "stateLost" | "stateUnwritten" | "fatal";

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

/** What was read of a topic cannot be committed, since that was deleted. */
export class DeletedInput extends StreamsError {
  /** It matched a pattern: the group is about to take it away, and all else goes on. */
  readonly mayPass: boolean;

  constructor(applicationId: string, mayPass: boolean, cause: Error) {
    super(
      "STREAMS_UNKNOWN_TOPIC",
      `Application ${applicationId} cannot commit what it has read, since a topic that it reads, or a partition of it, is not there any more: ${cause.message}`,
      { cause },
    );
    this.mayPass = mayPass;
  }
}

/** Whether a commit failed for a topic that is not there. */
export function isOfDeletedTopic(error: unknown): error is KafkaError {
  return error instanceof KafkaError && (error.code === "UNKNOWN_TOPIC_OR_PARTITION" || error.code === "UNKNOWN_TOPIC_ID");
}

export function troubleOf(found: Error): Trouble {
  const error = withoutCallback(found);
  if (error instanceof DeletedInput) return error.mayPass ? "positionLost" : "fatal";
  if (error instanceof ClientError) return isHopeless(error) ? "fatal" : (byCode[error.code] ?? "fatal");
  // Whatever it was that did not pass.
  if (error instanceof StreamsError && error.code === "STREAMS_TASK_TIMEOUT") return "fatal";
  const state = stateErrorIn(error);
  if (state === undefined) return "fatal";
  return state.code === "STREAMS_STATE_WRITE" ? "stateUnwritten" : "stateLost";
}

/** What fails a transaction each time that the same is done again: what may not be done, and what no broker takes. */
const hopelessCodes: ReadonlySet<string> = new Set([
  "TOPIC_AUTHORIZATION_FAILED",
  "GROUP_AUTHORIZATION_FAILED",
  "TRANSACTIONAL_ID_AUTHORIZATION_FAILED",
  "CLUSTER_AUTHORIZATION_FAILED",
  "MESSAGE_TOO_LARGE",
  "RECORD_LIST_TOO_LARGE",
  "INVALID_RECORD",
  "INVALID_TIMESTAMP",
  "INVALID_TOPIC_EXCEPTION",
  "POLICY_VIOLATION",
  "UNSUPPORTED_FOR_MESSAGE_FORMAT",
  "OFFSET_METADATA_TOO_LARGE",
  "INVALID_COMMIT_OFFSET_SIZE",
  "RECORD_TOO_LARGE",
  "UNKNOWN_PARTITION",
  "INVALID_ARGUMENT",
]);

function isHopeless({ code, cause }: ClientError): boolean {
  return code === "TRANSACTION_FAILED" && (cause instanceof KafkaError || cause instanceof ClientError) && hopelessCodes.has(cause.code);
}

/** What is wrong with the state of a task, also where a store's call failed in a user's code. */
export function stateErrorIn(error: Error): StreamsError | undefined {
  return stateFailureIn(withoutCallback(error));
}

/** A transaction cannot be given up, since its commit may have been carried out: only another producer's beginning shows what became of it. */
export function isCommitUndecided(error: Error): boolean {
  const found = withoutCallback(error);
  return found instanceof ClientError && found.code === "TRANSACTION_STATE";
}

/** Nobody answered in time: it may go well another time, but not for ever. */
export function isSlowness(error: Error): boolean {
  const found = withoutCallback(error);
  return found instanceof ClientError && (found.code === "CALL_TIMEOUT" || found.code === "DELIVERY_TIMEOUT");
}

/** What a callback of a rebalance failed with: it is the worker's own, so users are told of the cause alone. */
export function withoutCallback(error: Error): Error {
  const isWrapped = error instanceof ClientError && error.code === "REBALANCE_CALLBACK_FAILED" && error.cause instanceof Error;
  return isWrapped ? withoutCallback(error.cause as Error) : error;
}
