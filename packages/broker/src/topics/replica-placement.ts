/**
 * Replicas for new partitions: the first replica of consecutive partitions goes round the nodes from a random start, so that leaders
 * are spread; followers take the nodes behind the leader.
 * @param firstPartition index of the first new partition; a topic that grows goes on where it stopped
 */
export function placeReplicas(
  nodeIds: readonly number[],
  partitionCount: number,
  replicationFactor: number,
  start: number,
  firstPartition = 0,
): number[][] {
  return Array.from({ length: partitionCount }, (_, i) =>
    Array.from({ length: replicationFactor }, (_, replica) => nodeIds[(start + firstPartition + i + replica) % nodeIds.length]!),
  );
}
