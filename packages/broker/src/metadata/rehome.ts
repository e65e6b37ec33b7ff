import type { ClusterMetadata } from "./cluster-metadata.ts";
import type { MetadataRecord } from "./metadata-records.ts";

/** New homes for partitions whose replicas lie on virtual brokers that this start does not have. */
export function rehome(metadata: ClusterMetadata, nodeIds: readonly number[]): MetadataRecord[] {
  const records: MetadataRecord[] = [];
  for (const { topicId, partitions } of metadata.topics()) {
    for (const { index, replicas } of partitions) {
      if (replicas.every((id) => nodeIds.includes(id))) continue;
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
