import { groupByTopic, partitionKey, type TopicPartition } from "../topic-partition.ts";
import type { Offsets } from "./message-types.ts";

interface Place extends TopicPartition {
  /** The next offset to be read. */
  readonly next: number;
}

/** How far handlers have come, partition by partition, and how much of that the group knows. */
export class ResolvedOffsets {
  readonly #resolved = new Map<string, Place>();
  readonly #committed = new Map<string, number>();
  #sinceCommit = 0;

  /** The offset, and all before it, are done. A lower one than before changes nothing. */
  resolve({ topic, partition }: TopicPartition, offset: number): void {
    const key = partitionKey(topic, partition);
    if ((this.#resolved.get(key)?.next ?? 0) > offset) return;
    this.#resolved.set(key, { topic, partition, next: offset + 1 });
    this.#sinceCommit++;
  }

  next({ topic, partition }: TopicPartition): number | undefined {
    return this.#resolved.get(partitionKey(topic, partition))?.next;
  }

  /** How often something was resolved since the last commit. */
  get sinceCommit(): number {
    return this.#sinceCommit;
  }

  uncommitted(): readonly Place[] {
    return [...this.#resolved].filter(([key, { next }]) => this.#committed.get(key) !== next).map(([, place]) => place);
  }

  committed(places: readonly { readonly topic: string; readonly partition: number; readonly offset: number }[]): void {
    for (const { topic, partition, offset } of places) this.#committed.set(partitionKey(topic, partition), offset);
    this.#sinceCommit = 0;
  }

  forget({ topic, partition }: TopicPartition): void {
    this.#resolved.delete(partitionKey(topic, partition));
    this.#committed.delete(partitionKey(topic, partition));
  }
}

/** As events and `uncommittedOffsets` show offsets. */
export function toOffsets(places: readonly { readonly topic: string; readonly partition: number; readonly offset: number }[]): Offsets {
  const topics = [...groupByTopic(places)].map(([topic, entries]) => ({
    topic,
    // At run time kafkajs gives the number as text here, whatever its types say; programs that compare it rely on that.
    partitions: entries.map(({ partition, offset }) => ({ partition: String(partition) as unknown as number, offset: String(offset) })),
  }));
  return { topics };
}
