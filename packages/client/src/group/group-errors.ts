import { ErrorCode, KafkaError } from "@ottla/protocol";

/** What an error code of a group call means for the member. */
export type GroupTrouble =
  /** Another broker coordinates, or none does yet. */
  | "coordinator"
  /** The group is being rebalanced: join again. */
  | "rebalance"
  /** The group does not know this member any more, or has gone on without it: its partitions are lost. */
  | "forgotten"
  /** The group wants the member id it just gave. */
  | "takeId"
  /** Nothing to be done. */
  | "fatal";

export function groupTrouble(errorCode: number): GroupTrouble {
  switch (errorCode) {
    case ErrorCode.NOT_COORDINATOR:
    case ErrorCode.COORDINATOR_NOT_AVAILABLE:
    case ErrorCode.COORDINATOR_LOAD_IN_PROGRESS:
    case ErrorCode.REQUEST_TIMED_OUT:
      return "coordinator";
    case ErrorCode.REBALANCE_IN_PROGRESS:
      return "rebalance";
    case ErrorCode.UNKNOWN_MEMBER_ID:
    case ErrorCode.ILLEGAL_GENERATION:
      return "forgotten";
    case ErrorCode.MEMBER_ID_REQUIRED:
      return "takeId";
    default:
      return new KafkaError(errorCode).retriable ? "coordinator" : "fatal";
  }
}
