import type { Cluster } from "../cluster/cluster.ts";

/** The topics a subscription stands for: a list of names, or all that match a pattern as the cluster's topics come and go. */
export class TopicSelection {
  readonly #cluster: Cluster;
  readonly #pattern: RegExp | undefined;
  readonly #excludeInternal: boolean;
  readonly #stop: () => void;
  #topics: readonly string[];
  /** A pattern means nothing before the first answer. */
  isReady: boolean;

  constructor(
    cluster: Cluster,
    wanted: readonly string[] | RegExp,
    options: { readonly mayCreate: boolean; readonly excludeInternal: boolean },
  ) {
    this.#cluster = cluster;
    this.#excludeInternal = options.excludeInternal;
    if (wanted instanceof RegExp) {
      // Without g and y, so that test() keeps no state.
      this.#pattern = new RegExp(wanted.source, wanted.flags.replace(/[gy]/g, ""));
      this.#topics = [];
      this.isReady = false;
      this.#stop = cluster.metadata.trackAll();
    } else {
      this.#topics = [...new Set(wanted)];
      this.isReady = true;
      this.#stop = () => {};
      for (const topic of this.#topics) cluster.metadata.track(topic, options.mayCreate);
    }
    cluster.metadata.requestRefresh();
  }

  get topics(): readonly string[] {
    return this.#topics;
  }

  /** Takes a look at the metadata. True when a selection that was ready before has changed. */
  refresh(): boolean {
    const pattern = this.#pattern;
    if (pattern === undefined) {
      for (const topic of this.#topics) this.#cluster.metadata.track(topic, false);
      return false;
    }
    const topics: string[] = [];
    for (const topic of this.#cluster.metadata.current.topics.values()) {
      const isGone = topic.partitions.length === 0;
      if (!isGone && !(this.#excludeInternal && topic.isInternal) && pattern.test(topic.name)) topics.push(topic.name);
    }
    topics.sort();
    const hasChanged = this.isReady && (topics.length !== this.#topics.length || topics.some((topic, i) => topic !== this.#topics[i]));
    this.#topics = topics;
    this.isReady = true;
    return hasChanged;
  }

  stop(): void {
    this.#stop();
  }
}
