import { setTimeout as sleep } from "node:timers/promises";
import { type Client, type Consumer, type ConsumerBatch, createClient } from "@ottla/client";

/** What is read, and how. */
interface Outputs {
  readonly bootstrap: string;
  readonly topics: readonly string[];
  /** Of each topic. */
  readonly partitionCount: number;
  readonly isolationLevel: "read_committed" | "read_uncommitted";
}

/** Reads topics from their beginning as they grow, over the deaths of brokers, and gives each batch to `take`. What `take` throws ends the reading, and is thrown by what is called next. */
export class OutputReader {
  readonly #client: Client;
  readonly #consumer: Consumer;
  readonly #partitions: readonly { readonly topic: string; readonly partition: number }[];
  readonly #take: (batch: ConsumerBatch) => void;
  readonly #loop: Promise<void>;
  #isStopping = false;
  #failure: { readonly error: unknown } | undefined;

  constructor({ bootstrap, topics, partitionCount, isolationLevel }: Outputs, take: (batch: ConsumerBatch) => void) {
    this.#take = take;
    this.#client = createClient({
      bootstrapServers: bootstrap,
      clientId: "output-reader",
      retryBackoffMaxMs: 200,
      reconnectBackoffMaxMs: 100,
    });
    this.#consumer = this.#client.consumer({ isolationLevel, autoOffsetReset: "earliest", enableAutoCommit: false, fetchMaxWaitMs: 100 });
    this.#partitions = topics.flatMap((topic) => Array.from({ length: partitionCount }, (_, partition) => ({ topic, partition })));
    this.#consumer.assign(this.#partitions);
    this.#consumer.seekToBeginning(this.#partitions);
    this.#loop = this.#read().catch((error: unknown) => {
      this.#failure = { error };
    });
  }

  /** Resolves when all is read that is committed now. */
  async readToEnd(timeoutMs: number): Promise<void> {
    const ends = await this.#client.admin().listOffsets(
      this.#partitions.map((place) => ({ ...place, spec: "latest" as const })),
      { isolationLevel: "read_committed" },
    );
    const deadlineMs = performance.now() + timeoutMs;
    for (const { topic, partition, value, error } of ends) {
      if (error !== undefined) throw error;
      while ((await this.#consumer.position({ topic, partition })) < (value.offset ?? 0)) {
        this.#throwFailure();
        if (performance.now() > deadlineMs) throw new Error(`${topic}-${partition} cannot be read to its end`);
        await sleep(20);
      }
    }
    this.#throwFailure();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#consumer.wakeup();
    await this.#loop;
    await this.#client.close();
    this.#throwFailure();
  }

  async #read(): Promise<void> {
    while (!this.#isStopping) {
      for (const batch of await this.#poll()) this.#take(batch);
    }
  }

  async #poll(): Promise<readonly ConsumerBatch[]> {
    try {
      return await this.#consumer.poll(200);
    } catch {
      // A broker is down: it comes back.
      await sleep(20);
      return [];
    }
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
