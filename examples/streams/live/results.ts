import type { Client, Consumer, TopicPartition } from "@ottla/client";
import { valueOf } from "./compare-results.ts";
import type { Result } from "./live-example.ts";

const POLL_MS = 20;

/** Reads what an application wrote, in transactions that were committed only. */
export class Results implements AsyncDisposable {
  readonly #consumer: Consumer;
  readonly #partitions: readonly TopicPartition[];

  private constructor(consumer: Consumer, partitions: readonly TopicPartition[]) {
    this.#consumer = consumer;
    this.#partitions = partitions;
  }

  /** From the end of the topics as they are, or from their beginning. */
  static async open(client: Client, topics: readonly string[], from: "earliest" | "latest"): Promise<Results> {
    const described = await client.admin().describeTopics(topics);
    const partitions = described.flatMap(({ name, value, error }) => {
      if (error !== undefined) throw error;
      return value.partitions.map(({ partition }) => ({ topic: name, partition }));
    });
    const consumer = client.consumer({ isolationLevel: "read_committed", autoOffsetReset: from, enableAutoCommit: false });
    consumer.assign(partitions);
    if (from === "latest") for (const { offset, ...partition } of await consumer.endOffsets(partitions)) consumer.seek(partition, offset);
    return new Results(consumer, partitions);
  }

  /** What has come since the last time. */
  async take(visit: (result: Result) => void): Promise<void> {
    for (const batch of await this.#consumer.poll(POLL_MS)) {
      const readAtMs = Date.now();
      for (const { topic, key, value, timestamp } of batch) {
        if (key !== null && value !== null) visit({ topic, key: Buffer.from(key), value: valueOf(value), timestamp, readAtMs });
      }
    }
  }

  /** Takes all that is there by now. */
  async takeAll(visit: (result: Result) => void): Promise<void> {
    const ends = await this.#consumer.endOffsets(this.#partitions);
    for (const { topic, partition, offset } of ends) {
      while ((await this.#consumer.position({ topic, partition })) < offset) await this.take(visit);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#consumer.close();
  }
}
