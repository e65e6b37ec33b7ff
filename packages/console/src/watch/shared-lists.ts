import type { TopicDescription } from "@ottla/client";

/** So many different lists of brokers are shared; of more each has its own. */
const LISTS_MAX = 100_000;

/** Lists of brokers, one object for all that are equal: three for each of 40,000 partitions are some twenty MiB. */
export class SharedLists {
  readonly #lists = new Map<string, readonly number[]>();

  /** The same topic with shared lists. */
  sharing(topic: TopicDescription): TopicDescription {
    const partitions = topic.partitions.map((partition) => ({
      ...partition,
      replicas: this.#shared(partition.replicas),
      isr: this.#shared(partition.isr),
      offlineReplicas: this.#shared(partition.offlineReplicas),
    }));
    return { ...topic, partitions };
  }

  #shared(list: readonly number[]): readonly number[] {
    const name = list.join();
    const known = this.#lists.get(name);
    if (known !== undefined) return known;
    if (this.#lists.size < LISTS_MAX) this.#lists.set(name, list);
    return list;
  }
}
