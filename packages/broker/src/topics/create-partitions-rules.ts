import { ErrorCode } from "@ottla/protocol";
import type { TopicMetadata } from "../metadata/cluster-metadata.ts";
import { PARTITIONS_PER_REQUEST_MAX, tooManyPartitions } from "./create-topic-rules.ts";
import { assignmentFault, type Refusal, refused } from "./replica-assignment-rules.ts";
import { placeReplicas } from "./replica-placement.ts";

/** A topic's growth as a client asks for it. */
export interface PartitionsWish {
  /** Partitions in total, afterwards. */
  readonly count: number;
  /** Replicas of the new partitions; null leaves them to the broker. */
  readonly assignments: readonly { readonly brokerIds: readonly number[] }[] | null;
}

export type PartitionsPlan = { readonly kind: "planned"; readonly replicas: readonly (readonly number[])[] } | Refusal;

/**
 * Where a topic's new partitions go, or why there will be none. Errors: INVALID_PARTITIONS, INVALID_REPLICA_ASSIGNMENT, POLICY_VIOLATION.
 * Placement goes on round the brokers where the topic's first partition began.
 */
export function planPartitions(topic: TopicMetadata, wish: PartitionsWish, nodeIds: readonly number[]): PartitionsPlan {
  const existing = topic.partitions.length;
  const added = wish.count - existing;
  if (added === 0) return refused(ErrorCode.INVALID_PARTITIONS, `Topic already has ${existing} partition(s).`);
  if (added < 0)
    return refused(ErrorCode.INVALID_PARTITIONS, `Topic '${topic.name}' has ${existing} partition(s); ${wish.count} would not be more.`);
  if (added > PARTITIONS_PER_REQUEST_MAX) return tooManyPartitions();
  const first = topic.partitions[0]?.replicas ?? [];
  if (wish.assignments === null) {
    const start = Math.max(0, nodeIds.indexOf(first[0] ?? -1));
    return { kind: "planned", replicas: placeReplicas(nodeIds, added, Math.min(first.length, nodeIds.length), start, existing) };
  }
  if (wish.assignments.length !== added) {
    return refused(
      ErrorCode.INVALID_REPLICA_ASSIGNMENT,
      `${added} partition(s) are to be added, but ${wish.assignments.length} assignment(s) were given.`,
    );
  }
  for (const { brokerIds } of wish.assignments) {
    const fault = assignmentFault(brokerIds, nodeIds, first.length);
    if (fault) return fault;
  }
  return { kind: "planned", replicas: wish.assignments.map(({ brokerIds }) => brokerIds) };
}
