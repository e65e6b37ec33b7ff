import { ErrorCode, errorInfo } from "@ottla/protocol";

/** Why a request cannot be done, for the answer. */
export interface Refusal {
  readonly kind: "refused";
  readonly errorCode: number;
  readonly message: string;
}

export function refused(errorCode: number, message: string): Refusal {
  return { kind: "refused", errorCode, message };
}

/** The client changes partitions faster than its quota allows. */
export function tooFast(): Refusal {
  return refused(ErrorCode.THROTTLING_QUOTA_EXCEEDED, errorInfo(ErrorCode.THROTTLING_QUOTA_EXCEEDED).message);
}

/**
 * Whether one partition's replicas as a client wrote them can be; undefined when they can.
 * @param replicationFactor how many there must be; undefined for the first partition of a new topic
 */
export function assignmentFault(
  replicas: readonly number[],
  nodeIds: readonly number[],
  replicationFactor: number | undefined,
): Refusal | undefined {
  if (replicas.length === 0) return invalid("A partition needs at least one replica; its list of brokers is empty.");
  const seen = new Set<number>();
  for (const id of replicas) {
    if (seen.has(id)) return invalid(`Broker ${id} is named more than once for one partition.`);
    seen.add(id);
  }
  const unknown = replicas.find((id) => !nodeIds.includes(id));
  if (unknown !== undefined) return invalid(`There is no broker ${unknown}; the brokers are ${nodeIds.join(", ")}.`);
  if (replicationFactor !== undefined && replicas.length !== replicationFactor) {
    return invalid(`A partition has ${replicas.length} replica(s) where the others have ${replicationFactor}.`);
  }
  return undefined;
}

function invalid(message: string): Refusal {
  return refused(ErrorCode.INVALID_REPLICA_ASSIGNMENT, message);
}
