import type { Cluster } from "../cluster/cluster.ts";
import { backoffMs } from "../net/backoff.ts";

/** The topics a subscription stands for: a list of names, or all that match a pattern as the cluster's topics come and go. */
export class TopicSelection {
  readonly #cluster: Cluster;
  readonly #pattern: RegExp | undefined;
  readonly #excludeInternal: boolean;
  readonly #stop: () => void;
  #topics: readonly string[];
  /** Selected whatever the pattern says. */
  #added: readonly string[] = [];
  #failures = 0;
  #isStopped = false;
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

  /** Selects these, too. */
  add(topics: readonly string[]): void {
    for (const topic of topics) this.#cluster.metadata.track(topic, false);
    this.#added = [...new Set([...this.#added, ...topics])];
    this.#topics = [...new Set([...this.#topics, ...topics])].sort();
    this.#cluster.metadata.requestRefresh();
  }

  /** Takes a look at the metadata. True when a selection that was ready before has changed. */
  refresh(): boolean {
    const pattern = this.#pattern;
    if (pattern === undefined) {
      this.#lookForMissing();
      return false;
    }
    const topics: string[] = [...this.#added];
    for (const topic of this.#added) this.#cluster.metadata.track(topic, false);
    for (const topic of this.#cluster.metadata.current.topics.values()) {
      const isGone = topic.partitions.length === 0;
      if (!isGone && !(this.#excludeInternal && topic.isInternal) && pattern.test(topic.name) && !this.#added.includes(topic.name))
        topics.push(topic.name);
    }
    topics.sort();
    const hasChanged = this.isReady && (topics.length !== this.#topics.length || topics.some((topic, i) => topic !== this.#topics[i]));
    this.#topics = topics;
    if (!this.isReady && topics.length === 0)
      this.#cluster.deps.logger.info("no topic of the cluster matches the pattern yet", { pattern: String(pattern) });
    this.isReady = true;
    return hasChanged;
  }

  stop(): void {
    if (!this.#isStopped) this.#stop();
    this.#isStopped = true;
  }

  /** A topic that is not there yet is asked for again, with growing pauses, as long as there is a subscription to it. */
  #lookForMissing(): void {
    const { metadata, options, deps } = this.#cluster;
    for (const topic of this.#topics) metadata.track(topic, false);
    if (this.#topics.every((topic) => metadata.topic(topic)?.partitions.length)) this.#failures = 0;
    else if (!this.#isStopped)
      metadata.requestRefresh(backoffMs(++this.#failures, options.retryBackoffMs, options.retryBackoffMaxMs, deps.random));
  }
}
