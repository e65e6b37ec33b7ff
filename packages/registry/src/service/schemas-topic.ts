import type { Clock } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
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
  /** When a missing topic is made; at the start. With the first write a registry that nobody uses leaves no trace. */
  readonly creation?: "at-start" | "with-first-write";
  readonly clock?: Clock;
}

const POLL_MS = 1_000;
const MOST_REPLICAS = 3;
/** How often it is looked whether another has made the missing topic: another registry, or who restores a dump. */
const LOOK_AGAIN_MS = 2_000;

/**
 * The topic `_schemas` as a registry's log: one partition, compacted, read from its beginning.
 *
 * A topic with another number of partitions or another cleanup policy is refused with the command that mends it: with `delete` all schemas would be gone after a week, and over several partitions their
 * order would be lost.
 *
 * A topic that is to be made with the first write is looked for until then: what another puts into it is read.
 */
export class SchemasTopic implements RegistryLog {
  readonly #client: Client;
  readonly #topic: string;
  readonly #replicationFactor: number | undefined;
  readonly #stopping = new AbortController();
  readonly #isMadeLate: boolean;
  readonly #clock: Clock;
  #onRecords: (records: readonly LoggedRecord[]) => void = () => {};
  #onFailure: (error: Error) => void = () => {};
  #opened: Promise<void> | undefined;
  #looking: Promise<void> = Promise.resolve();
  #consumer: Consumer | undefined;
  #producer: Producer | undefined;
  #reading: Promise<void> = Promise.resolve();

  constructor({ client, topic = SCHEMAS_TOPIC, replicationFactor, creation = "at-start", clock = systemClock }: SchemasTopicOptions) {
    this.#client = client;
    this.#topic = topic;
    this.#replicationFactor = replicationFactor;
    this.#isMadeLate = creation === "with-first-write";
    this.#clock = clock;
  }

  async start(onRecords: (records: readonly LoggedRecord[]) => void, onFailure: (error: Error) => void): Promise<"read" | "absent"> {
    this.#onRecords = onRecords;
    this.#onFailure = onFailure;
    const isThere = await this.#checkTopic();
    if (!isThere && this.#isMadeLate) {
      this.#looking = this.#lookForTopic();
      return "absent";
    }
    await this.create();
    return "read";
  }

  async create(): Promise<void> {
    // Another instance may be quicker; what it made is looked at as any other.
    if (this.#opened === undefined && !(await this.#checkTopic()) && !(await this.#createTopic())) await this.#checkTopic();
    await this.#open();
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
    await this.#looking;
    await this.#opened?.catch(() => {});
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

  /** Once, whoever asks. */
  #open(): Promise<void> {
    this.#opened ??= this.#readAll().catch((error: unknown) => {
      const failure = error instanceof Error ? error : new Error(String(error));
      if (!this.#stopping.signal.aborted) this.#onFailure(failure);
      throw failure;
    });
    return this.#opened;
  }

  async #readAll(): Promise<void> {
    this.#producer = this.#client.producer({ acks: "all", lingerMs: 0 });
    const end = await this.#endOffset(this.#client.admin());
    const consumer = this.#client.consumer({ enableAutoCommit: false, autoOffsetReset: "earliest" });
    this.#consumer = consumer;
    consumer.assign([{ topic: this.#topic, partition: 0 }]);
    await new Promise<void>((resolve, reject) => {
      if (end === 0) resolve();
      this.#reading = this.#readOn(consumer, this.#onRecords, (nextOffset) => {
        if (nextOffset >= end) resolve();
      }).catch((error: unknown) => {
        const failure = error instanceof Error ? error : new Error(String(error));
        reject(failure);
        if (!this.#stopping.signal.aborted) this.#onFailure(failure);
      });
    });
  }

  /** Until the topic is there or the registry stops. */
  async #lookForTopic(): Promise<void> {
    while (await this.#waitsOn()) {
      try {
        if (await this.#checkTopic()) return await this.#open();
      } catch (error) {
        // A cluster that does not answer may do so later; a topic that does not suit is told to who writes.
        if (error instanceof RegistryError || this.#opened !== undefined) return;
      }
    }
  }

  /** False when there is nothing to wait for any more. */
  #waitsOn(): Promise<boolean> {
    const { signal } = this.#stopping;
    return new Promise((resolve) => {
      const end = (): void => {
        timer.cancel();
        resolve(false);
      };
      const timer = this.#clock.schedule(LOOK_AGAIN_MS, () => {
        signal.removeEventListener("abort", end);
        resolve(this.#opened === undefined && !signal.aborted);
      });
      if (signal.aborted) end();
      else signal.addEventListener("abort", end, { once: true });
    });
  }

  /** Whether it is there, and suits. */
  async #checkTopic(): Promise<boolean> {
    const admin = this.#client.admin();
    const [described] = await admin.describeTopics([this.#topic], { signal: this.#stopping.signal });
    if (described?.error?.code === "UNKNOWN_TOPIC_OR_PARTITION") return false;
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
    if (policy === "compact") return true;
    const remedy = `Set it: ottla configs set topic ${this.#topic} cleanup.policy=compact`;
    throw new RegistryError(
      "REGISTRY_UNSUITABLE_TOPIC",
      `The topic "${this.#topic}" has cleanup.policy=${policy ?? "?"}, by which schemas would be lost. ${remedy}`,
    );
  }

  /** False: it is there already. */
  async #createTopic(): Promise<boolean> {
    const admin = this.#client.admin();
    const brokers = (await admin.describeCluster({ signal: this.#stopping.signal })).nodes.length;
    const replicationFactor = this.#replicationFactor ?? Math.min(MOST_REPLICAS, brokers);
    const configs = { "cleanup.policy": "compact" };
    const [created] = await admin.createTopics([{ name: this.#topic, partitionCount: 1, replicationFactor, configs }], {
      signal: this.#stopping.signal,
    });
    if (created?.error?.code === "TOPIC_ALREADY_EXISTS") return false;
    if (created?.error !== undefined) throw created.error;
    return true;
  }

  async #endOffset(admin: Admin): Promise<number> {
    const [end] = await admin.listOffsets([{ topic: this.#topic, partition: 0, spec: "latest" }], { signal: this.#stopping.signal });
    if (end?.error !== undefined) throw end.error;
    return end?.value.offset ?? 0;
  }
}
