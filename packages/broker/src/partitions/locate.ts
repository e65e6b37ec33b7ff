import { ErrorCode, NIL_UUID } from "@ottla/protocol";
import type { ClusterMetadata, PartitionMetadata } from "../metadata/cluster-metadata.ts";
import type { PartitionTable } from "./partition-table.ts";
import type { Partition } from "./partition.ts";

const NO_EPOCH = -1;

/** Where partitions are looked up, and as which virtual broker. A request's context is one. */
export interface Lookup {
  readonly broker: { readonly metadata: ClusterMetadata; readonly partitions: PartitionTable };
  readonly session: { readonly nodeId: number };
}

export type Located =
  | { readonly kind: "found"; readonly partition: Partition; readonly metadata: PartitionMetadata }
  /** `leader` is set with NOT_LEADER_OR_FOLLOWER, so that the answer can name it (KIP-951). */
  | { readonly kind: "error"; readonly errorCode: number; readonly leader?: PartitionMetadata };

/**
 * Finds the partition that a request means, as the virtual broker that was asked: by `topicId` unless it is nil, else by name.
 * Errors: UNKNOWN_TOPIC_ID, UNKNOWN_TOPIC_OR_PARTITION, NOT_LEADER_OR_FOLLOWER, FENCED_LEADER_EPOCH, UNKNOWN_LEADER_EPOCH, KAFKA_STORAGE_ERROR.
 */
export function locate(lookup: Lookup, topic: string, topicId: string, index: number, currentLeaderEpoch = NO_EPOCH): Located {
  const { metadata, partitions } = lookup.broker;
  const known = topicId === NIL_UUID ? metadata.topic(topic) : metadata.topicById(topicId);
  // The id may belong to a topic that was deleted, and perhaps created anew under the same name.
  if (!known && topicId !== NIL_UUID) return failed(ErrorCode.UNKNOWN_TOPIC_ID);
  const partitionMetadata = known?.partitions[index];
  if (!known || !partitionMetadata) return failed(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  if (partitionMetadata.leader !== lookup.session.nodeId)
    return { kind: "error", errorCode: ErrorCode.NOT_LEADER_OR_FOLLOWER, leader: partitionMetadata };
  if (currentLeaderEpoch !== NO_EPOCH && currentLeaderEpoch !== partitionMetadata.leaderEpoch) {
    return failed(currentLeaderEpoch < partitionMetadata.leaderEpoch ? ErrorCode.FENCED_LEADER_EPOCH : ErrorCode.UNKNOWN_LEADER_EPOCH);
  }
  const partition = partitions.get(known.name, index);
  return partition ? { kind: "found", partition, metadata: partitionMetadata } : failed(ErrorCode.KAFKA_STORAGE_ERROR);
}

function failed(errorCode: number): Located {
  return { kind: "error", errorCode };
}
