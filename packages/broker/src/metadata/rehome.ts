import type { ClusterMetadata } from "./cluster-metadata.ts";
import type { MetadataRecord } from "./metadata-records.ts";

/** New homes for partitions whose replicas lie on virtual brokers that this start does not have, and leaders for those that were left without. */
export function rehome(metadata: ClusterMetadata, nodeIds: readonly number[]): MetadataRecord[] {
  const records: MetadataRecord[] = [];
  for (const { topicId, partitions } of metadata.topics()) {
    for (const { index, replicas, leader } of partitions) {
      if (replicas.every((id) => nodeIds.includes(id))) {
        if (!replicas.includes(leader)) records.push({ kind: "leader", topicId, partition: index, leader: replicas[0]! });
        continue;
      }
      const left = replicas.filter((id) => nodeIds.includes(id));
      records.push({
        kind: "assignment",
        topicId,
        partition: index,
        replicas: left.length > 0 ? left : [nodeIds[index % nodeIds.length]!],
      });
    }
  }
  return records;
}
