import type { CallOptions } from "../options/call-options.ts";
import type { TopicPartition } from "../topic-partition.ts";

/** Where a partition's replicas are to be: node ids, the preferred leader first; null cancels a reassignment that is going on. */
export interface PartitionReassignment extends TopicPartition {
  readonly replicas: readonly number[] | null;
}

export interface ReassignmentOptions extends CallOptions {
  /** Refuse a change of the number of replicas when false; needs Apache Kafka 4.1 or newer then. Default true. */
  readonly allowReplicationFactorChange?: boolean;
}

/** A partition that is on its way from some nodes to others. */
export interface OngoingReassignment extends TopicPartition {
  readonly replicas: readonly number[];
  readonly addingReplicas: readonly number[];
  readonly removingReplicas: readonly number[];
}

/** One replica of a partition on one broker. */
export interface ReplicaPlace extends TopicPartition {
  readonly nodeId: number;
}

/** In which directory a replica is, and in which it is to be. */
export interface ReplicaLogDirs {
  /** Undefined when the broker has no such replica. */
  readonly path: string | undefined;
  readonly offsetLag: number | undefined;
  /** While it is being moved. */
  readonly futurePath: string | undefined;
  readonly futureOffsetLag: number | undefined;
}
