import { ErrorCode } from "@ottla/protocol";
import { makeMetadataRequest, makeMetadataRequestTopic, metadataApi } from "@ottla/protocol/apis/metadata";
import type { Cluster } from "../cluster/cluster.ts";
import type { Lane } from "../cluster/lane.ts";
import type { MetadataSnapshot } from "../cluster/metadata-snapshot.ts";
import { backoffMs, sleep } from "../net/backoff.ts";
import type { TopicPartition } from "../topic-partition.ts";
import type { TopicIdPartitions } from "./topic-id-partitions.ts";
import { messageOf } from "../thrown.ts";

/** From here on a topic may be asked for by its id alone. */
const BY_ID_VERSION = 12;

/**
 * The names behind the topic ids of an assignment. Ids that the client's metadata lacks (a pattern's new topic, one made a moment ago) are asked for, again
 * and again with growing pauses, as long as the assignment has them.
 */
export class TopicIdNames {
  readonly #cluster: Cluster;
  readonly #lane: Lane;
  readonly #onNews: () => void;
  #snapshot: MetadataSnapshot | undefined;
  /** Of {@link #snapshot}. */
  #known = new Map<string, string>();
  /** Found by asking; only those of the last assignment are kept. */
  #found = new Map<string, string>();
  #missing: readonly string[] = [];
  #isAsking = false;
  #isStopped = false;

  constructor(cluster: Cluster, lane: Lane, onNews: () => void) {
    this.#cluster = cluster;
    this.#lane = lane;
    this.#onNews = onNews;
  }

  /** The part of an assignment whose names are known, in both forms. What is missing is looked for. */
  resolve(assignment: TopicIdPartitions): { readonly byId: TopicIdPartitions; readonly partitions: readonly TopicPartition[] } {
    this.#readMetadata();
    const byId = new Map<string, readonly number[]>();
    const partitions: TopicPartition[] = [];
    const found = new Map<string, string>();
    const missing: string[] = [];
    for (const [topicId, numbers] of assignment) {
      const topic = this.#known.get(topicId) ?? this.#found.get(topicId);
      if (topic === undefined) missing.push(topicId);
      else {
        found.set(topicId, topic);
        byId.set(topicId, numbers);
        for (const partition of numbers) partitions.push({ topic, partition });
      }
    }
    this.#found = found;
    this.#missing = missing;
    if (missing.length > 0) void this.#ask();
    return { byId, partitions };
  }

  stop(): void {
    this.#isStopped = true;
  }

  #readMetadata(): void {
    const { current } = this.#cluster.metadata;
    if (current === this.#snapshot) return;
    this.#snapshot = current;
    this.#known = new Map();
    for (const { topicId, name } of current.topics.values()) this.#known.set(topicId, name);
  }

  async #ask(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    const { deps, options, lifetime } = this.#cluster;
    for (let failures = 1; this.#missing.length > 0 && !this.#isStopped && lifetime.cause === undefined; failures++) {
      const isNews = await this.#askOnce().catch((error: unknown) => {
        deps.logger.debug("topic ids were not resolved", { error: messageOf(error) });
        return false;
      });
      if (isNews) {
        this.#missing = this.#missing.filter((topicId) => !this.#found.has(topicId));
        this.#onNews();
        failures = 1;
      }
      if (this.#missing.length > 0)
        await sleep(deps.clock, backoffMs(failures, options.retryBackoffMs, options.retryBackoffMaxMs, deps.random), lifetime);
    }
    this.#isAsking = false;
  }

  /** True when a name was found. */
  async #askOnce(): Promise<boolean> {
    const topics = this.#missing.map((topicId) => makeMetadataRequestTopic({ topicId, name: null }));
    const response = await this.#lane.callAny(metadataApi, () => makeMetadataRequest({ topics, allowAutoTopicCreation: false }), {
      min: BY_ID_VERSION,
    });
    let isNews = false;
    for (const { errorCode, topicId, name } of response.topics) {
      if (errorCode !== ErrorCode.NONE || name === null) continue;
      this.#found.set(topicId, name);
      this.#cluster.metadata.track(name, false);
      isNews = true;
    }
    if (isNews) this.#cluster.metadata.requestRefresh();
    return isNews;
  }
}
