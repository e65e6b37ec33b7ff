import type { ClusterMetadata, PartitionMetadata } from "./cluster-metadata.ts";
import type { MetadataRecord } from "./metadata-records.ts";

/** No replica's node is up. */
const NO_LEADER = -1;

/** Who leads what a node led that has gone down: the first other replica whose node is up, or nobody. */
export function leadersWithout(metadata: ClusterMetadata, nodeId: number): MetadataRecord[] {
  const isUp = (id: number): boolean => id !== nodeId && metadata.node(id) !== undefined;
  return changesOf(metadata, ({ leader, replicas }) => (leader === nodeId ? (replicas.find(isUp) ?? NO_LEADER) : leader));
}

/** A node that comes back leads what nobody could. What others have taken over stays theirs until a preferred election. */
export function leadersWith(metadata: ClusterMetadata, nodeId: number): MetadataRecord[] {
  return changesOf(metadata, ({ leader, replicas }) => (leader === NO_LEADER && replicas.includes(nodeId) ? nodeId : leader));
}

/**
 * Makes a node the leader of a partition. One that has no replica takes the place of the last one, so that there are as many as before. Nothing where it leads
 * already.
 */
export function leaderMovedTo(topicId: string, { index, replicas, leader }: PartitionMetadata, nodeId: number): MetadataRecord[] {
  if (leader === nodeId) return [];
  const moved: MetadataRecord = { kind: "leader", topicId, partition: index, leader: nodeId };
  if (replicas.includes(nodeId)) return [moved];
  const others = replicas.slice(0, -1);
  const assigned: MetadataRecord = { kind: "assignment", topicId, partition: index, replicas: [nodeId, ...others] };
  // Without its old leader among the replicas, the first of them leads.
  return others.includes(leader) ? [assigned, moved] : [assigned];
}

function changesOf(metadata: ClusterMetadata, leaderOf: (partition: PartitionMetadata) => number): MetadataRecord[] {
  const records: MetadataRecord[] = [];
  for (const { topicId, partitions } of metadata.topics()) {
    for (const partition of partitions) {
      const leader = leaderOf(partition);
      if (leader !== partition.leader) records.push({ kind: "leader", topicId, partition: partition.index, leader });
    }
  }
  return records;
}
