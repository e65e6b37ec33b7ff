import type { PartitionMetadata, TopicMetadata } from "../metadata/cluster-metadata.ts";

/** Where the next page begins. */
export interface TopicPartitionsCursor {
  readonly topicName: string;
  readonly partitionIndex: number;
}

/** One topic of a page; `topic` is undefined where there is none of that name. */
export interface PagedTopic {
  readonly name: string;
  readonly topic: TopicMetadata | undefined;
  readonly partitions: readonly PartitionMetadata[];
}

export interface TopicPartitionsPage {
  readonly topics: readonly PagedTopic[];
  readonly next: TopicPartitionsCursor | null;
}

/**
 * One page of topics, whose names are given in order, each once (KIP-966): at most `limit` partitions, from the cursor on. A topic that is cut goes on in
 * the next page with the partition named by its cursor. An index beyond a topic's end gives no partitions of it.
 */
export function pageOfTopicPartitions(
  sortedNames: readonly string[],
  topicOf: (name: string) => TopicMetadata | undefined,
  cursor: TopicPartitionsCursor | null,
  limit: number,
): TopicPartitionsPage {
  const from = cursor?.topicName ?? "";
  const topics: PagedTopic[] = [];
  let left = limit;
  for (const name of sortedNames) {
    if (name < from) continue;
    const topic = topicOf(name);
    const firstIndex = name === cursor?.topicName ? cursor.partitionIndex : 0;
    if (left === 0) return { topics, next: { topicName: name, partitionIndex: firstIndex } };
    const partitions = topic?.partitions.slice(firstIndex, firstIndex + left) ?? [];
    topics.push({ name, topic, partitions });
    left -= partitions.length;
    const nextIndex = firstIndex + partitions.length;
    if (topic && nextIndex < topic.partitions.length) return { topics, next: { topicName: name, partitionIndex: nextIndex } };
  }
  return { topics, next: null };
}
