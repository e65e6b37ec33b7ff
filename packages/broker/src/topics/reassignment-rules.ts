import { ErrorCode } from "@ottla/protocol";
import type { PartitionMetadata } from "../metadata/cluster-metadata.ts";
import { assignmentFault, type Refusal, refused } from "./replica-assignment-rules.ts";

/** What a wish for other replicas comes to. As all replicas of a process are one log, a move is done at once. */
export type Reassignment = { readonly kind: "unchanged" } | { readonly kind: "moved"; readonly replicas: readonly number[] } | Refusal;

/**
 * @param replicas null takes a running reassignment back, and none ever runs
 * Errors: UNKNOWN_TOPIC_OR_PARTITION, NO_REASSIGNMENT_IN_PROGRESS, INVALID_REPLICA_ASSIGNMENT, INVALID_REPLICATION_FACTOR.
 */
export function decideReassignment(
  partition: PartitionMetadata | undefined,
  replicas: readonly number[] | null,
  nodeIds: readonly number[],
  allowReplicationFactorChange: boolean,
): Reassignment {
  if (!partition) return refused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "There is no such partition.");
  if (replicas === null) return refused(ErrorCode.NO_REASSIGNMENT_IN_PROGRESS, "No reassignment of this partition is under way.");
  const fault = assignmentFault(replicas, nodeIds, undefined);
  if (fault) return fault;
  if (!allowReplicationFactorChange && replicas.length !== partition.replicas.length) {
    return refused(
      ErrorCode.INVALID_REPLICATION_FACTOR,
      `The partition has ${partition.replicas.length} replica(s); the request does not allow ${replicas.length}.`,
    );
  }
  const isSame = replicas.length === partition.replicas.length && replicas.every((id, i) => id === partition.replicas[i]);
  return isSame ? { kind: "unchanged" } : { kind: "moved", replicas };
}
