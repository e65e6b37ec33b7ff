/** Partitions as the coordinator of a consumer group names them: by topic id, ascending, no id without a partition. */
export type TopicIdPartitions = ReadonlyMap<string, readonly number[]>;

export const NO_PARTITIONS: TopicIdPartitions = new Map();

/** In this module's order, whatever order they came in. */
export function topicIdPartitions(
  topics: Iterable<{ readonly topicId: string; readonly partitions: readonly number[] }>,
): TopicIdPartitions {
  const byId = new Map<string, number[]>();
  for (const { topicId, partitions } of topics) {
    if (partitions.length === 0) continue;
    byId.set(
      topicId,
      [...new Set([...(byId.get(topicId) ?? []), ...partitions])].sort((a, b) => a - b),
    );
  }
  return byId;
}

export function areSamePartitions(a: TopicIdPartitions, b: TopicIdPartitions): boolean {
  if (a.size !== b.size) return false;
  for (const [topicId, partitions] of a) {
    const others = b.get(topicId);
    if (others?.length !== partitions.length || partitions.some((partition, i) => others[i] !== partition)) return false;
  }
  return true;
}
