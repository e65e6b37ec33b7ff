import { ErrorCode } from "@ottla/protocol";
import { METADATA_TOPIC } from "../metadata/internal-topics.ts";
import { assignmentFault, type Refusal, refused } from "./replica-assignment-rules.ts";
import { placeReplicas } from "./replica-placement.ts";
import { topicNameFault } from "../metadata/topic-name.ts";

/** A topic as a client asks for it; −1 leaves a number to the broker. */
export interface TopicWish {
  readonly name: string;
  readonly numPartitions: number;
  readonly replicationFactor: number;
  /** Replicas by partition; empty leaves the placement to the broker. */
  readonly assignments: readonly { readonly partitionIndex: number; readonly brokerIds: readonly number[] }[];
}

/** What the decision depends on. */
export interface TopicCreationView {
  readonly nodeIds: readonly number[];
  readonly defaultPartitions: number;
  readonly defaultReplicationFactor: number;
  /** Gives as many replicas as there are brokers rather than an error. */
  readonly clampsReplicationFactor: boolean;
  exists(name: string): boolean;
  /** The existing topic that a name collides with in metric names. */
  collidingTopic(name: string): string | undefined;
}

export type TopicPlan = { readonly kind: "planned"; readonly replicas: readonly (readonly number[])[] } | Refusal;

/** How many partitions one request may add, as in Kafka; more is POLICY_VIOLATION. */
export const PARTITIONS_PER_REQUEST_MAX = 10_000;

/**
 * Where the partitions of a new topic go, or why there will be none.
 * Errors: INVALID_REQUEST, INVALID_PARTITIONS, INVALID_REPLICATION_FACTOR, INVALID_REPLICA_ASSIGNMENT, POLICY_VIOLATION.
 * @param start which broker leads the first partition, as an index into `nodeIds`
 */
export function placeTopic(wish: TopicWish, view: TopicCreationView, start: number): TopicPlan {
  return wish.assignments.length > 0 ? planAssigned(wish, view) : planPlaced(wish, view, start);
}

/** Why there can be no topic of this name. Errors: INVALID_TOPIC_EXCEPTION, TOPIC_ALREADY_EXISTS, INVALID_REQUEST. */
export function newTopicNameFault(name: string, view: TopicCreationView): Refusal | undefined {
  const fault = topicNameFault(name);
  if (fault !== undefined) return refused(ErrorCode.INVALID_TOPIC_EXCEPTION, fault);
  if (name === METADATA_TOPIC) return refused(ErrorCode.INVALID_REQUEST, `${METADATA_TOPIC} is the cluster's own and cannot be created.`);
  if (view.exists(name)) return refused(ErrorCode.TOPIC_ALREADY_EXISTS, `Topic '${name}' already exists.`);
  const colliding = view.collidingTopic(name);
  if (colliding === undefined) return undefined;
  return refused(
    ErrorCode.INVALID_TOPIC_EXCEPTION,
    `Topic '${name}' would collide with '${colliding}': in metric names "." and "_" are the same.`,
  );
}

function planAssigned(wish: TopicWish, view: TopicCreationView): TopicPlan {
  if (wish.replicationFactor !== -1)
    return refused(ErrorCode.INVALID_REQUEST, "With an assignment of replicas the replication factor must be -1.");
  if (wish.numPartitions !== -1)
    return refused(ErrorCode.INVALID_REQUEST, "With an assignment of replicas the number of partitions must be -1.");
  if (wish.assignments.length > PARTITIONS_PER_REQUEST_MAX) return tooManyPartitions();
  const replicas: (readonly number[])[] = [];
  let replicationFactor: number | undefined;
  for (const { partitionIndex, brokerIds } of wish.assignments) {
    if (replicas[partitionIndex] !== undefined)
      return refused(ErrorCode.INVALID_REPLICA_ASSIGNMENT, `Partition ${partitionIndex} is assigned more than once.`);
    const fault = assignmentFault(brokerIds, view.nodeIds, replicationFactor);
    if (fault) return fault;
    replicationFactor = brokerIds.length;
    if (partitionIndex < 0 || partitionIndex >= wish.assignments.length) {
      return refused(ErrorCode.INVALID_REPLICA_ASSIGNMENT, "Partitions must be numbered from 0 without a gap.");
    }
    replicas[partitionIndex] = brokerIds;
  }
  return { kind: "planned", replicas };
}

function planPlaced(wish: TopicWish, view: TopicCreationView, start: number): TopicPlan {
  const replicationFactor = wish.replicationFactor === -1 ? view.defaultReplicationFactor : wish.replicationFactor;
  const partitions = wish.numPartitions === -1 ? view.defaultPartitions : wish.numPartitions;
  if (replicationFactor <= 0)
    return refused(ErrorCode.INVALID_REPLICATION_FACTOR, "The replication factor must be above 0, or -1 for the default.");
  if (partitions <= 0) return refused(ErrorCode.INVALID_PARTITIONS, "The number of partitions must be above 0, or -1 for the default.");
  if (partitions > PARTITIONS_PER_REQUEST_MAX) return tooManyPartitions();
  const nodeCount = view.nodeIds.length;
  if (replicationFactor > nodeCount && !view.clampsReplicationFactor) {
    return refused(
      ErrorCode.INVALID_REPLICATION_FACTOR,
      `The replication factor is ${replicationFactor}, but there ${nodeCount === 1 ? "is 1 broker" : `are ${nodeCount} brokers`}. Start more with --brokers, or set ottla.replication.factor.clamp=true.`,
    );
  }
  return { kind: "planned", replicas: placeReplicas(view.nodeIds, partitions, Math.min(replicationFactor, nodeCount), start) };
}

/** Why a request that adds more partitions than it may is refused. */
export function tooManyPartitions(): Refusal {
  return refused(ErrorCode.POLICY_VIOLATION, `One request may add ${PARTITIONS_PER_REQUEST_MAX} partitions at most.`);
}
