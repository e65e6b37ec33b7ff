/** One partition of a topic. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** One text for a partition, to key a map with. Topic names cannot hold a space. */
export function partitionKey(topic: string, partition: number): string {
  return `${topic} ${partition}`;
}

/** Partitions grouped by topic, in the order of first appearance. */
export function groupByTopic<T extends TopicPartition>(partitions: Iterable<T>): Map<string, T[]> {
  const byTopic = new Map<string, T[]>();
  for (const entry of partitions) {
    const list = byTopic.get(entry.topic);
    if (list) list.push(entry);
    else byTopic.set(entry.topic, [entry]);
  }
  return byTopic;
}
