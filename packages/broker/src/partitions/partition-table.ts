import { type Logger, OttlaError } from "@ottla/base";
import type { LogStore } from "@ottla/log";
import type { ClusterMetadata, TopicMetadata } from "../metadata/cluster-metadata.ts";
import type { MetadataRecord } from "../metadata/metadata-records.ts";
import type { TopicSettings } from "../topics/topic-settings.ts";
import { Partition } from "./partition.ts";

/** How far opening the logs has come. */
export interface LoadProgress {
  readonly opened: number;
  readonly total: number;
}

/**
 * The open partitions of the broker. Follows the metadata: what a topic record names is opened, what a deletion names is closed and removed.
 * A partition that cannot be opened is absent, and requests for it are answered KAFKA_STORAGE_ERROR.
 */
export class PartitionTable {
  readonly #store: LogStore;
  readonly #metadata: ClusterMetadata;
  readonly #settings: TopicSettings;
  readonly #logger: Logger;
  readonly #topics = new Map<string, (Partition | undefined)[]>();
  /** Names by id, because a deletion names the id of a topic that metadata has forgotten already. */
  readonly #names = new Map<string, string>();
  /** Partitions that the disk refused to create, such as a full one: tried again when somebody asks for them. */
  readonly #uncreated = new Set<string>();

  constructor(store: LogStore, metadata: ClusterMetadata, settings: TopicSettings, logger: Logger) {
    this.#store = store;
    this.#metadata = metadata;
    this.#settings = settings;
    this.#logger = logger;
  }

  get(topic: string, index: number): Partition | undefined {
    const partitions = this.#topics.get(topic);
    const partition = partitions?.[index];
    if (partition || !partitions || !this.#uncreated.has(`${topic}-${index}`)) return partition;
    return (partitions[index] = this.#create(this.#metadata.topic(topic)!, index));
  }

  /** Every open partition. */
  *all(): IterableIterator<Partition> {
    for (const partitions of this.#topics.values()) {
      for (const partition of partitions) if (partition) yield partition;
    }
  }

  /**
   * Opens the logs of all topics in metadata, recovering those that were not closed cleanly; removes directories of deleted topics (`deletedTopicIds`: what the
   * journal tells of them) and sets those aside that no topic accounts for. Rejects with `START_STOPPED` once `signal` is aborted.
   * Call once, before any request.
   */
  async load(deletedTopicIds: ReadonlySet<string>, onProgress: (progress: LoadProgress) => void, signal?: AbortSignal): Promise<void> {
    const loaded = await this.#store.loadPartitions({
      configOf: (topic) => this.#settings.logConfig(topic),
      fateOf: (topic, index, topicId) => {
        const known = this.#metadata.topic(topic);
        if (known !== undefined && (topicId === undefined || known.topicId === topicId) && index < known.partitions.length) return "open";
        return topicId !== undefined && deletedTopicIds.has(topicId) ? "remove" : "set-aside";
      },
      onProgress: (opened, total) => onProgress({ opened, total }),
      ...(signal && { signal }),
    });
    if (signal?.aborted)
      throw new OttlaError("START_STOPPED", "The start was broken off while partitions were opened; the next one goes on.");
    for (const topic of this.#metadata.topics()) this.#adopt(topic, loaded);
  }

  /** Follows one change of metadata. */
  follow(record: MetadataRecord): void {
    switch (record.kind) {
      case "topic":
      case "partitions":
        this.#open(this.#metadata.topicById(record.topicId)!);
        return;
      case "topic-deleted":
        this.#remove(record.topicId);
        return;
      case "configs":
        this.#reconfigure(record.resource === "topic" ? [record.name] : [...this.#topics.keys()]);
        return;
      case "leader":
      case "assignment": {
        const topic = this.#metadata.topicById(record.topicId)!;
        this.get(topic.name, record.partition)?.changed();
        return;
      }
      case "cluster":
      case "started":
      case "producer-ids":
        return;
    }
  }

  #adopt(topic: TopicMetadata, loaded: Awaited<ReturnType<LogStore["loadPartitions"]>>): void {
    this.#names.set(topic.topicId, topic.name);
    const partitions = topic.partitions.map(({ index }) => {
      const outcome = loaded.get(`${topic.name}-${index}`);
      if (outcome?.kind === "failed") {
        this.#logger.error("a partition could not be opened", { topic: topic.name, partition: index, error: outcome.error.message });
        return undefined;
      }
      return outcome ? new Partition(topic.name, topic.topicId, index, outcome.log) : this.#create(topic, index);
    });
    this.#topics.set(topic.name, partitions);
  }

  #open(topic: TopicMetadata): void {
    this.#names.set(topic.topicId, topic.name);
    const partitions = this.#topics.get(topic.name) ?? [];
    for (let index = partitions.length; index < topic.partitions.length; index++) partitions.push(this.#create(topic, index));
    this.#topics.set(topic.name, partitions);
  }

  #create(topic: TopicMetadata, index: number): Partition | undefined {
    const name = `${topic.name}-${index}`;
    try {
      const log = this.#store.createPartition(topic.name, index, topic.topicId, this.#settings.logConfig(topic.name));
      this.#uncreated.delete(name);
      return new Partition(topic.name, topic.topicId, index, log);
    } catch (error) {
      if (this.#uncreated.has(name)) return undefined;
      this.#uncreated.add(name);
      this.#logger.error("a partition could not be created; it is tried again when it is asked for", {
        topic: topic.name,
        partition: index,
        error: String(error),
      });
      return undefined;
    }
  }

  #remove(topicId: string): void {
    const name = this.#names.get(topicId);
    if (name === undefined) return;
    const partitions = this.#topics.get(name) ?? [];
    this.#topics.delete(name);
    this.#names.delete(topicId);
    for (const [index, partition] of partitions.entries()) {
      this.#uncreated.delete(`${name}-${index}`);
      partition?.changed();
      this.#delete(name, index);
    }
  }

  #delete(topic: string, partition: number): void {
    try {
      this.#store.deletePartition(topic, partition);
    } catch (error) {
      this.#logger.error("a deleted partition could not be removed; the next start does it", { topic, partition, error: String(error) });
    }
  }

  #reconfigure(topics: readonly string[]): void {
    for (const topic of topics) {
      for (const partition of this.#topics.get(topic) ?? []) partition?.log.updateConfig(this.#settings.logConfig(topic));
    }
  }
}
