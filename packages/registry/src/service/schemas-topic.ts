import type { Admin, Client, Consumer, Producer } from "@ottla/client";
import { RegistryError } from "../registry-error.ts";
import type { TopicRecord } from "../storage/topic-codec.ts";
import type { LoggedRecord, RegistryLog } from "./registry-log.ts";

/** Where registries keep their records unless told otherwise. */
export const SCHEMAS_TOPIC = "_schemas";

/** The topic that a registry works on. */
export interface SchemasTopicOptions {
  readonly client: Client;
  /** `_schemas` */
  readonly topic?: string;
  /** Of the topic when it must be made: 3, or as many as there are brokers. */
  readonly replicationFactor?: number;
}

const POLL_MS = 1_000;
const MOST_REPLICAS = 3;

/**
 * The topic `_schemas` as a registry's log: one partition, compacted, read from its beginning.
 *
 * A topic with another number of partitions or another cleanup policy is refused with the command that mends it: with `delete` all schemas would be gone after a week, and over several partitions their
 * order would be lost.
 */
export class SchemasTopic implements RegistryLog {
  readonly #client: Client;
  readonly #topic: string;
  readonly #replicationFactor: number | undefined;
  readonly #stopping = new AbortController();
  #consumer: Consumer | undefined;
  #producer: Producer | undefined;
  #reading: Promise<void> = Promise.resolve();

  constructor({ client, topic = SCHEMAS_TOPIC, replicationFactor }: SchemasTopicOptions) {
    this.#client = client;
    this.#topic = topic;
    this.#replicationFactor = replicationFactor;
  }

  async start(onRecords: (records: readonly LoggedRecord[]) => void, onFailure: (error: Error) => void): Promise<void> {
    const admin = this.#client.admin();
    await this.#ensureTopic(admin);
    this.#producer = this.#client.producer({ acks: "all", lingerMs: 0 });
    const place = { topic: this.#topic, partition: 0 };
    const end = await this.#endOffset(admin);
    const consumer = this.#client.consumer({ enableAutoCommit: false, autoOffsetReset: "earliest" });
    this.#consumer = consumer;
    consumer.assign([place]);
    await new Promise<void>((resolve, reject) => {
      if (end === 0) resolve();
      this.#reading = this.#readOn(consumer, onRecords, (nextOffset) => {
        if (nextOffset >= end) resolve();
      }).catch((error: unknown) => {
        if (this.#stopping.signal.aborted) return;
        const failure = error instanceof Error ? error : new Error(String(error));
        reject(failure);
        onFailure(failure);
      });
    });
  }

  async append(records: readonly TopicRecord[]): Promise<number> {
    if (this.#producer === undefined) throw new Error("The topic was not started.");
    const sent = await this.#producer.send(records.map(({ key, value }) => ({ topic: this.#topic, partition: 0, key, value })));
    const last = sent.at(-1);
    if (last === undefined) throw new Error("Nothing was appended.");
    return last.offset;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#reading;
    await Promise.all([this.#consumer?.close({ timeoutMs: 1_000 }), this.#producer?.close()]);
  }

  async #readOn(
    consumer: Consumer,
    onRecords: (records: readonly LoggedRecord[]) => void,
    onProgress: (nextOffset: number) => void,
  ): Promise<void> {
    for (;;) {
      for (const batch of await consumer.poll(POLL_MS, { signal: this.#stopping.signal })) {
        const records = Array.from(batch, ({ offset, key, value }) => ({ offset, key, value }));
        if (records.length > 0) onRecords(records);
        onProgress(batch.nextOffset);
      }
    }
  }

  async #ensureTopic(admin: Admin): Promise<void> {
    const [described] = await admin.describeTopics([this.#topic], { signal: this.#stopping.signal });
    if (described?.error?.code === "UNKNOWN_TOPIC_OR_PARTITION") return this.#createTopic(admin);
    if (described?.error !== undefined) throw described.error;
    const partitions = described?.value.partitions.length ?? 0;
    if (partitions !== 1) {
      const remedy = `Copy its records to a topic with one: ottla topics create ${this.#topic}-2 --partitions 1 --config cleanup.policy=compact`;
      throw new RegistryError(
        "REGISTRY_UNSUITABLE_TOPIC",
        `The topic "${this.#topic}" has ${partitions} partitions, and a registry needs one. ${remedy}`,
      );
    }
    const [configs] = await admin.describeConfigs([{ type: "topic", name: this.#topic }], { signal: this.#stopping.signal });
    if (configs?.error !== undefined) throw configs.error;
    const policy = configs?.value.find(({ name }) => name === "cleanup.policy")?.value;
    if (policy === "compact") return;
    const remedy = `Set it: ottla configs set topic ${this.#topic} cleanup.policy=compact`;
    throw new RegistryError(
      "REGISTRY_UNSUITABLE_TOPIC",
      `The topic "${this.#topic}" has cleanup.policy=${policy ?? "?"}, by which schemas would be lost. ${remedy}`,
    );
  }

  async #createTopic(admin: Admin): Promise<void> {
    const brokers = (await admin.describeCluster({ signal: this.#stopping.signal })).nodes.length;
    const replicationFactor = this.#replicationFactor ?? Math.min(MOST_REPLICAS, brokers);
    const configs = { "cleanup.policy": "compact" };
    const [created] = await admin.createTopics([{ name: this.#topic, partitionCount: 1, replicationFactor, configs }], {
      signal: this.#stopping.signal,
    });
    // Another instance may have been quicker; what it made is looked at as any other.
    if (created?.error?.code === "TOPIC_ALREADY_EXISTS") return this.#ensureTopic(admin);
    if (created?.error !== undefined) throw created.error;
  }

  async #endOffset(admin: Admin): Promise<number> {
    const [end] = await admin.listOffsets([{ topic: this.#topic, partition: 0, spec: "latest" }], { signal: this.#stopping.signal });
    if (end?.error !== undefined) throw end.error;
    return end?.value.offset ?? 0;
  }
}
