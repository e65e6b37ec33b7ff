import type { TransactionPartitions } from "./transaction.ts";

/** One partition of a topic. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export function hasPartition(partitions: TransactionPartitions, { topic, partition }: TopicPartition): boolean {
  return partitions.get(topic)?.has(partition) === true;
}

export function hasPartitions(partitions: TransactionPartitions, wanted: readonly TopicPartition[]): boolean {
  return wanted.every((each) => hasPartition(partitions, each));
}

/** Both together. Sets of topics that gain nothing are shared. */
export function withPartitions(partitions: TransactionPartitions, added: readonly TopicPartition[]): TransactionPartitions {
  const all = new Map(partitions);
  const grown = new Map<string, Set<number>>();
  for (const { topic, partition } of added) {
    let indexes = grown.get(topic);
    if (!indexes) {
      indexes = new Set(partitions.get(topic));
      grown.set(topic, indexes);
      all.set(topic, indexes);
    }
    indexes.add(partition);
  }
  return all;
}

/** One by one. */
export function* eachPartition(partitions: TransactionPartitions): IterableIterator<TopicPartition> {
  for (const [topic, indexes] of partitions) for (const partition of indexes) yield { topic, partition };
}
