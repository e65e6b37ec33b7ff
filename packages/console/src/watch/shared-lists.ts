import type { TopicDescription } from "@ottla/client";

/** So many different lists of brokers are shared; of more each has its own. */
const LISTS_MAX = 100_000;

/** Lists of brokers, one object for all that are equal: three for each of 40,000 partitions are some twenty MiB. */
export class SharedLists {
  readonly #lists = new Map<string, readonly number[]>();
  readonly #shared = new Set<readonly number[]>();

  /** The same topic with shared lists: itself, where they are shared already. */
  sharing(topic: TopicDescription): TopicDescription {
    if (topic.partitions.every(({ replicas, isr, offlineReplicas }) => this.#is(replicas) && this.#is(isr) && this.#is(offlineReplicas)))
      return topic;
    const partitions = topic.partitions.map((partition) => ({
      ...partition,
      replicas: this.#sharedOf(partition.replicas),
      isr: this.#sharedOf(partition.isr),
      offlineReplicas: this.#sharedOf(partition.offlineReplicas),
    }));
    return { ...topic, partitions };
  }

  /** Whether the list is a shared one; one that is new becomes so. */
  #is(list: readonly number[]): boolean {
    return this.#shared.has(list) || this.#sharedOf(list) === list;
  }

  #sharedOf(list: readonly number[]): readonly number[] {
    const name = list.join();
    const known = this.#lists.get(name);
    if (known !== undefined) return known;
    if (this.#lists.size < LISTS_MAX) {
      this.#lists.set(name, list);
      this.#shared.add(list);
    }
    return list;
  }
}
