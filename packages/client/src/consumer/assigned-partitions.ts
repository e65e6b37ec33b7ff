import { ClientError } from "../client-error.ts";
import { partitionKey, type TopicPartition } from "../topic-partition.ts";
import { AssignedPartition, type PositionNeed } from "./assigned-partition.ts";

/** The partitions assigned to a consumer, in an order that turns with every poll so that each has its turn first. */
export class AssignedPartitions implements Iterable<AssignedPartition> {
  #byKey = new Map<string, AssignedPartition>();
  #turn: AssignedPartition[] = [];
  #first = 0;
  #changes = 0;

  /** Another number after each {@link replace}. */
  get changes(): number {
    return this.#changes;
  }

  get size(): number {
    return this.#byKey.size;
  }

  [Symbol.iterator](): Iterator<AssignedPartition> {
    return this.#byKey.values();
  }

  find(topic: string, partition: number): AssignedPartition | undefined {
    return this.#byKey.get(partitionKey(topic, partition));
  }

  /** Throws `ClientError` NOT_ASSIGNED. */
  require({ topic, partition }: TopicPartition): AssignedPartition {
    const found = this.find(topic, partition);
    if (found === undefined) throw new ClientError("NOT_ASSIGNED", `${topic}-${partition} is not assigned to this consumer.`);
    return found;
  }

  /** All of them for an empty or absent list. */
  chosen(partitions: readonly TopicPartition[] | undefined): readonly AssignedPartition[] {
    return partitions === undefined || partitions.length === 0 ? [...this] : partitions.map((each) => this.require(each));
  }

  list(): TopicPartition[] {
    return [...this].map(({ topic, partition }) => ({ topic, partition }));
  }

  /** Becomes exactly these; those that stay keep their state. */
  replace(partitions: readonly TopicPartition[], need: PositionNeed): void {
    const next = new Map<string, AssignedPartition>();
    for (const { topic, partition } of partitions) {
      const key = partitionKey(topic, partition);
      next.set(key, this.#byKey.get(key) ?? new AssignedPartition(topic, partition, need, undefined));
    }
    for (const [key, partition] of this.#byKey) if (!next.has(key)) partition.takeAway();
    this.#byKey = next;
    this.#changes++;
    this.#turn = [...next.values()];
    this.#first = 0;
  }

  /** Those of which something was fetched, in this turn's order; the next call begins one further on. */
  filledInTurn(): AssignedPartition[] {
    const { length } = this.#turn;
    const filled: AssignedPartition[] = [];
    if (length === 0) return filled;
    const first = this.#first++ % length;
    for (let i = 0; i < length; i++) {
      const partition = this.#turn[(first + i) % length]!;
      if (partition.chunks.length > 0) filled.push(partition);
    }
    return filled;
  }
}
