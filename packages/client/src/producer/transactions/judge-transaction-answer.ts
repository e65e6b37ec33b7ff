import { ErrorCode, errorInfo } from "@ottla/protocol";
import type { TransactionRequestKind } from "./transaction-request.ts";

/**
 * What an error code means for the transaction. `again`: ask again later; `lookUp`: the same, of another coordinator; `refused`: this call fails, and may be made again when somebody
 * has changed the cluster's mind; `abortable`: the transaction is lost; `abortableByBump`: the same, if the producer can get another epoch after it; `fatal`: the producer is.
 */
export type CoordinatorVerdict = "done" | "again" | "lookUp" | "refused" | "abortable" | "abortableByBump" | "fenced" | "fatal";

/** Reads a coordinator's error code as Java's TransactionManager does (4.4). */
export function judgeTransactionAnswer(kind: TransactionRequestKind, errorCode: number): CoordinatorVerdict {
  switch (errorCode) {
    case ErrorCode.NONE:
      return "done";
    case ErrorCode.COORDINATOR_NOT_AVAILABLE:
    case ErrorCode.NOT_COORDINATOR:
      return "lookUp";
    case ErrorCode.REQUEST_TIMED_OUT:
      return kind === "TxnOffsetCommit" ? "lookUp" : "again";
    case ErrorCode.PRODUCER_FENCED:
    case ErrorCode.INVALID_PRODUCER_EPOCH:
      return "fenced";
    case ErrorCode.TRANSACTION_ABORTABLE:
      return "abortable";
  }
  if (errorInfo(errorCode).retriable) return "again";
  return judgeFinal(kind, errorCode);
}

const severity: readonly CoordinatorVerdict[] = ["done", "again", "lookUp", "refused", "abortable", "abortableByBump", "fenced", "fatal"];

/** An answer is as bad as the worst of its codes. */
export function worstOf(
  kind: TransactionRequestKind,
  errorCodes: readonly number[],
): { readonly errorCode: number; readonly verdict: CoordinatorVerdict } {
  // What was not attempted only follows from what was refused, so it speaks when nothing else does.
  const ranked = errorCodes.map((errorCode) => {
    const verdict = judgeTransactionAnswer(kind, errorCode);
    return { errorCode, verdict, rank: errorCode === ErrorCode.OPERATION_NOT_ATTEMPTED ? 0.5 : severity.indexOf(verdict) };
  });
  return ranked.reduce((worst, each) => (each.rank > worst.rank ? each : worst));
}

/** Codes that a repeat would bring again. */
function judgeFinal(kind: TransactionRequestKind, errorCode: number): CoordinatorVerdict {
  switch (kind) {
    case "InitProducerId":
      return isAuthorization(errorCode) ? "refused" : "fatal";
    case "AddPartitionsToTxn":
      if (errorCode === ErrorCode.UNKNOWN_PRODUCER_ID) return "abortableByBump";
      return isLossOfProducer(errorCode) ? "fatal" : "abortable";
    case "AddOffsetsToTxn":
      if (errorCode === ErrorCode.UNKNOWN_PRODUCER_ID) return "abortableByBump";
      return errorCode === ErrorCode.GROUP_AUTHORIZATION_FAILED ? "abortable" : "fatal";
    case "TxnOffsetCommit":
      return isTroubleOfGroup(errorCode) ? "abortable" : "fatal";
    case "EndTxn":
      return errorCode === ErrorCode.UNKNOWN_PRODUCER_ID ? "abortableByBump" : "fatal";
  }
}

function isAuthorization(errorCode: number): boolean {
  return errorCode === ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED || errorCode === ErrorCode.CLUSTER_AUTHORIZATION_FAILED;
}

function isLossOfProducer(errorCode: number): boolean {
  return (
    errorCode === ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED ||
    errorCode === ErrorCode.INVALID_TXN_STATE ||
    errorCode === ErrorCode.INVALID_PRODUCER_ID_MAPPING
  );
}

/** The group, the member or the offsets are at fault, not the producer. */
function isTroubleOfGroup(errorCode: number): boolean {
  switch (errorCode) {
    case ErrorCode.GROUP_AUTHORIZATION_FAILED:
    case ErrorCode.TOPIC_AUTHORIZATION_FAILED:
    case ErrorCode.FENCED_INSTANCE_ID:
    case ErrorCode.UNKNOWN_MEMBER_ID:
    case ErrorCode.ILLEGAL_GENERATION:
    case ErrorCode.GROUP_ID_NOT_FOUND:
    case ErrorCode.STALE_MEMBER_EPOCH:
    case ErrorCode.FENCED_MEMBER_EPOCH:
    case ErrorCode.OFFSET_METADATA_TOO_LARGE:
    case ErrorCode.INVALID_COMMIT_OFFSET_SIZE:
    case ErrorCode.INVALID_GROUP_ID:
      return true;
    default:
      return false;
  }
}
