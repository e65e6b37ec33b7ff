import type { Subtopology } from "@ottla/protocol/data/streams-group-topology-value";
import type { TopicCatalog } from "../../consumer/topic-catalog.ts";
import { invalid } from "./topology.ts";

/** How many partitions topics have, or are to have. A topic that is there counts as it is. */
export class PartitionCounts {
  readonly #topics: TopicCatalog;
  readonly #decided = new Map<string, number>();

  constructor(topics: TopicCatalog) {
    this.#topics = topics;
  }

  of(topic: string): number | undefined {
    return this.#topics.byName(topic)?.partitions.length ?? this.#decided.get(topic);
  }

  /** What was worked out, whatever is there. */
  decided(topic: string): number {
    return this.#decided.get(topic) ?? this.of(topic) ?? 0;
  }

  decide(topic: string, count: number): void {
    this.#decided.set(topic, count);
  }

  /** The most partitions of the topics that a sub-topology reads. STREAMS_INVALID_TOPOLOGY where it reads none. */
  ofSources({ subtopologyId, sourceTopics, repartitionSourceTopics }: Subtopology): number {
    let most = 0;
    for (const topic of sourceTopics) most = Math.max(most, this.of(topic) ?? 0);
    for (const { name } of repartitionSourceTopics) most = Math.max(most, this.of(name) ?? 0);
    if (most === 0) throw invalid(`No source topics found for subtopology ${subtopologyId}`);
    return most;
  }
}
