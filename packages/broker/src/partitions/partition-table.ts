import { type Logger, OttlaError, type TimeSlice } from "@ottla/base";
import { defaultLogConfig, type LogStore, type PartitionLog } from "@ottla/log";
import type { ClusterMetadata, TopicMetadata } from "../metadata/cluster-metadata.ts";
import type { MetadataPreparer } from "../metadata/metadata-controller.ts";
import type { MetadataRecord } from "../metadata/metadata-records.ts";
import type { TopicSettings } from "../config/topic-settings.ts";
import { Partition } from "./partition.ts";
import { type Traffic, TopicTraffic } from "./topic-traffic.ts";

/** A partition whose log is there but could not be opened: only a start tries again. */
const UNREADABLE = "unreadable";

/** So many new partitions' directories are made at once: the disk's other work needs threads, too. */
const PREPARED_AT_ONCE = 3;

/** One that a change will add. */
interface WantedPartition {
  readonly name: string;
  readonly topicId: string;
  readonly index: number;
}

/** Undefined: not created yet. It is when somebody asks for it, or when its turn comes. */
type Slot = Partition | typeof UNREADABLE | undefined;

/** How far opening the logs has come. */
export interface LoadProgress {
  readonly opened: number;
  readonly total: number;
}

/**
 * The open partitions of the broker. Makes those of a change before the change is written, so that it is refused where the disk has no room for them. Follows the
 * metadata: what a topic record names is opened, what a deletion names is closed and removed.
 * A partition that cannot be opened is absent, and requests for it are answered KAFKA_STORAGE_ERROR.
 */
export class PartitionTable implements MetadataPreparer {
  readonly #store: LogStore;
  readonly #metadata: ClusterMetadata;
  readonly #settings: TopicSettings;
  readonly #logger: Logger;
  readonly #topics = new Map<string, Slot[]>();
  readonly #traffic = new Map<string, TopicTraffic>();
  readonly #allTraffic = new TopicTraffic();
  /** Names by id, because a deletion names the id of a topic that metadata has forgotten already. */
  readonly #names = new Map<string, string>();
  /** Made for a change that is not written yet, by topic id. */
  readonly #prepared = new Map<string, Partition[]>();
  /** Lost partitions that the disk refused to make again; known so that each is told of once. */
  readonly #refused = new Set<string>();
  /** Of those, the ones that are tried again at this moment. */
  readonly #creating = new Set<string>();

  constructor(store: LogStore, metadata: ClusterMetadata, settings: TopicSettings, logger: Logger) {
    this.#store = store;
    this.#metadata = metadata;
    this.#settings = settings;
    this.#logger = logger;
  }

  /** How the disk's work goes: syncs, and the compaction of logs. */
  get upkeep(): Pick<LogStore, "directory" | "flushTimes" | "cleanerStatus"> {
    return this.#store;
  }

  /** The partition if it can be used; of one that the disk refused before, creation begins anew, and who asks again finds it. */
  get(topic: string, index: number): Partition | undefined {
    const slots = this.#topics.get(topic);
    const slot = slots?.[index];
    if (slot === UNREADABLE) return undefined;
    if (slot || !slots || index >= slots.length) return slot;
    const known = this.#metadata.topic(topic);
    if (known) void this.#createLater(known, index);
    return undefined;
  }

  /** Its files could not be opened at the start: what is in them is not known. */
  isUnreadable(topic: string, index: number): boolean {
    return this.#topics.get(topic)?.[index] === UNREADABLE;
  }

  /** What went in and out of all topics, also those that are gone. */
  get allTraffic(): Traffic {
    return this.#allTraffic;
  }

  /** What went in and out, per topic. */
  get traffic(): ReadonlyMap<string, Traffic> {
    return this.#traffic;
  }

  /** Every open partition. */
  *all(): IterableIterator<Partition> {
    for (const slots of this.#topics.values()) {
      for (const slot of slots) if (isOpen(slot)) yield slot;
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

  /** Makes the partitions that a change will add. Rejects with the disk's error. */
  async prepare(records: readonly MetadataRecord[], slice: TimeSlice): Promise<void> {
    const wanted: WantedPartition[] = [];
    for (const record of records) {
      if (record.kind !== "topic" && record.kind !== "partitions") continue;
      const { topicId, replicas } = record;
      const known = this.#metadata.topicById(topicId);
      const name = record.kind === "topic" ? record.name : known!.name;
      const first = known?.partitions.length ?? 0;
      this.#prepared.set(topicId, []);
      for (let index = first; index < first + replicas.length; index++) wanted.push({ name, topicId, index });
    }
    await this.#prepareAll(wanted, slice);
  }

  /** A few side by side. Rejects with the first error, when none is under way any more. */
  async #prepareAll(wanted: readonly WantedPartition[], slice: TimeSlice): Promise<void> {
    const queue = wanted.values();
    const errors: unknown[] = [];
    const work = async (): Promise<void> => {
      for (const { name, topicId, index } of queue) {
        try {
          await this.#store.preparePartition(name, index, topicId);
          // The topic's settings are known once it is; see `#open`.
          const log = this.#store.createPartition(name, index, topicId, defaultLogConfig);
          this.#prepared.get(topicId)!.push(this.#partition({ name, topicId }, index, log));
        } catch (error) {
          errors.push(error);
        }
        if (errors.length > 0) return;
        if (slice.isOver) await slice.rest();
      }
    };
    await Promise.all(Array.from({ length: Math.min(PREPARED_AT_ONCE, wanted.length) }, work));
    if (errors.length > 0) throw errors[0];
  }

  async takeBack(slice: TimeSlice): Promise<void> {
    for (const partitions of this.#prepared.values()) {
      for (const { topic, index } of partitions) {
        this.#delete(topic, index);
        if (slice.isOver) await slice.rest();
      }
    }
    this.#prepared.clear();
  }

  /** Follows one change of metadata. Removing and reconfiguring many partitions rests by the slice; what is asked for meanwhile is there at once. */
  follow(record: MetadataRecord, slice: TimeSlice): void | Promise<void> {
    switch (record.kind) {
      case "topic":
      case "partitions":
        return this.#open(this.#metadata.topicById(record.topicId)!);
      case "topic-deleted":
        return this.#remove(record.topicId, slice);
      case "configs":
        if (record.resource === "topic") return this.#reconfigure([record.name], slice);
        return record.resource === "broker" ? this.#reconfigure([...this.#topics.keys()], slice) : undefined;
      case "leader":
      case "assignment": {
        const slot = this.#topics.get(this.#metadata.topicById(record.topicId)!.name)?.[record.partition];
        if (isOpen(slot)) slot.changed();
        return;
      }
      case "cluster":
      case "started":
      case "producer-ids":
      case "acl":
      case "acl-removed":
      case "client-quota":
      case "features":
      case "scram-credential":
      case "scram-credential-deleted":
      case "delegation-token":
      case "delegation-token-removed":
      case "scram-decoys":
        return;
    }
  }

  #adopt(topic: TopicMetadata, loaded: Awaited<ReturnType<LogStore["loadPartitions"]>>): void {
    this.#names.set(topic.topicId, topic.name);
    const slots = topic.partitions.map(({ index }): Slot => {
      const outcome = loaded.get(`${topic.name}-${index}`);
      if (outcome?.kind === "failed") {
        this.#logger.error("a partition could not be opened", { topic: topic.name, partition: index, error: outcome.error.message });
        return UNREADABLE;
      }
      return outcome ? this.#partition(topic, index, outcome.log) : this.#create(topic, index);
    });
    this.#topics.set(topic.name, slots);
  }

  /** At once: who asked for one of them meanwhile would find it absent, and in the way of another. */
  #open(topic: TopicMetadata): void {
    this.#names.set(topic.topicId, topic.name);
    const slots = this.#topics.get(topic.name) ?? [];
    this.#topics.set(topic.name, slots);
    const config = this.#settings.logConfig(topic.name);
    for (const partition of this.#prepared.get(topic.topicId) ?? []) {
      partition.log.updateConfig(config);
      slots[partition.index] = partition;
    }
    this.#prepared.delete(topic.topicId);
    slots.length = topic.partitions.length;
  }

  async #createLater(topic: TopicMetadata, index: number): Promise<void> {
    const name = `${topic.name}-${index}`;
    if (this.#creating.has(name)) return;
    this.#creating.add(name);
    try {
      await this.#store.preparePartition(topic.name, index, topic.topicId);
      const slots = this.#topics.get(topic.name);
      if (this.#metadata.topic(topic.name)?.topicId !== topic.topicId || !slots) this.#delete(topic.name, index);
      else if (slots[index] === undefined) slots[index] = this.#create(topic, index);
    } catch (error) {
      this.#tellRefused(topic.name, index, error);
    } finally {
      this.#creating.delete(name);
    }
  }

  #tellRefused(topic: string, partition: number, error: unknown): void {
    const name = `${topic}-${partition}`;
    if (this.#refused.has(name)) return;
    this.#refused.add(name);
    this.#logger.error("a partition could not be created; it is tried again when it is asked for", {
      topic,
      partition,
      error: String(error),
    });
  }

  #create(topic: TopicMetadata, index: number): Partition | undefined {
    const name = `${topic.name}-${index}`;
    try {
      const log = this.#store.createPartition(topic.name, index, topic.topicId, this.#settings.logConfig(topic.name));
      this.#refused.delete(name);
      return this.#partition(topic, index, log);
    } catch (error) {
      this.#tellRefused(topic.name, index, error);
      return undefined;
    }
  }

  #partition({ name, topicId }: Pick<TopicMetadata, "name" | "topicId">, index: number, log: PartitionLog): Partition {
    let traffic = this.#traffic.get(name);
    if (!traffic) this.#traffic.set(name, (traffic = new TopicTraffic(this.#allTraffic)));
    return new Partition(name, topicId, index, log, traffic);
  }

  async #remove(topicId: string, slice: TimeSlice): Promise<void> {
    const name = this.#names.get(topicId);
    if (name === undefined) return;
    const slots = this.#topics.get(name) ?? [];
    this.#topics.delete(name);
    this.#traffic.delete(name);
    this.#names.delete(topicId);
    // Who waits hears of it before the files go, one partition after another.
    for (const [index, slot] of slots.entries()) {
      this.#refused.delete(`${name}-${index}`);
      if (isOpen(slot)) slot.changed();
      this.#delete(name, index);
      if (slice.isOver) await slice.rest();
    }
  }

  #delete(topic: string, partition: number): void {
    try {
      this.#store.deletePartition(topic, partition);
    } catch (error) {
      this.#logger.error("a deleted partition could not be removed; the next start does it", { topic, partition, error: String(error) });
    }
  }

  async #reconfigure(topics: readonly string[], slice: TimeSlice): Promise<void> {
    for (const topic of topics) {
      for (const slot of this.#topics.get(topic) ?? []) {
        if (isOpen(slot)) slot.log.updateConfig(this.#settings.logConfig(topic));
        if (slice.isOver) await slice.rest();
      }
    }
  }
}

function isOpen(slot: Slot): slot is Partition {
  return slot !== undefined && slot !== UNREADABLE;
}
