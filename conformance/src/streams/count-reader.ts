import { setTimeout as sleep } from "node:timers/promises";
import { type Client, type Consumer, createClient } from "@ottla/client";
import { CountCheck } from "./count-check.ts";

/** Reads what is committed of the counts as it comes, over the broker's deaths, and checks it on the way. */
export class CountReader {
  readonly check: CountCheck = new CountCheck();
  readonly #client: Client;
  readonly #consumer: Consumer;
  #isStopping = false;
  readonly #loop: Promise<void>;

  constructor(bootstrap: string, topic: string, partitions: number) {
    this.#client = createClient({
      bootstrapServers: bootstrap,
      clientId: "count-reader",
      retryBackoffMaxMs: 200,
      reconnectBackoffMaxMs: 100,
    });
    this.#consumer = this.#client.consumer({
      isolationLevel: "read_committed",
      autoOffsetReset: "earliest",
      enableAutoCommit: false,
      fetchMaxWaitMs: 100,
    });
    const all = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
    this.#consumer.assign(all);
    this.#consumer.seekToBeginning(all);
    this.#loop = this.#read();
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
        for (const batch of await this.#consumer.poll(200))
          for (const { partition, offset, key, value } of batch) this.check.take(String(key), Number(value), `${partition}:${offset}`);
      } catch {
        // The broker is down: it comes back.
        await sleep(20);
      }
    }
  }
}
