import { setTimeout as sleep } from "node:timers/promises";
import { type Client, type Consumer, createClient } from "@ottla/client";
import { serdes } from "@ottla/streams";
import type { FoundAnswers } from "./answers.ts";
import { outputs } from "./topology.ts";

/** Topics whose values are counts as Java's `Long` has them. */
const longs = new Set<string>([outputs.counts, outputs.since, outputs.closed, outputs.suppressed]);

/** Reads what is committed of all outputs as it comes, over the deaths of brokers. */
export class AnswerReader {
  readonly #found: FoundAnswers;
  readonly #client: Client;
  readonly #consumer: Consumer;
  readonly #partitions: readonly { readonly topic: string; readonly partition: number }[];
  readonly #loop: Promise<void>;
  #isStopping = false;

  constructor(bootstrap: string, partitionCount: number, found: FoundAnswers, isolationLevel: "read_committed" | "read_uncommitted") {
    this.#found = found;
    this.#client = createClient({
      bootstrapServers: bootstrap,
      clientId: "answer-reader",
      retryBackoffMaxMs: 200,
      reconnectBackoffMaxMs: 100,
    });
    this.#consumer = this.#client.consumer({ isolationLevel, autoOffsetReset: "earliest", enableAutoCommit: false, fetchMaxWaitMs: 100 });
    this.#partitions = Object.values(outputs).flatMap((topic) =>
      Array.from({ length: partitionCount }, (_, partition) => ({ topic, partition })),
    );
    this.#consumer.assign(this.#partitions);
    this.#consumer.seekToBeginning(this.#partitions);
    this.#loop = this.#read();
  }

  /** Resolves when everything is read that is there now. */
  async readToEnd(timeoutMs: number): Promise<void> {
    const ends = await this.#client.admin().listOffsets(
      this.#partitions.map((place) => ({ ...place, spec: "latest" as const })),
      { isolationLevel: "read_committed" },
    );
    const deadlineMs = performance.now() + timeoutMs;
    for (const { topic, partition, value, error } of ends) {
      if (error !== undefined) throw error;
      while ((await this.#consumer.position({ topic, partition })) < (value.offset ?? 0)) {
        if (performance.now() > deadlineMs) throw new Error(`${topic}-${partition} cannot be read to its end`);
        await sleep(20);
      }
    }
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#consumer.wakeup();
    await this.#loop;
    await this.#client.close();
  }

  async #read(): Promise<void> {
    while (!this.#isStopping) {
      try {
        for (const batch of await this.#consumer.poll(200)) {
          for (const { partition, offset, key, value } of batch) {
            const { topic } = batch;
            const text = longs.has(topic) ? String(serdes.long.deserialize(topic, value!, [])) : String(value);
            this.#found.take({ topic, key: String(key), value: text, at: `${partition}:${offset}` });
          }
        }
      } catch {
        // A broker is down: it comes back.
        await sleep(20);
      }
    }
  }
}
