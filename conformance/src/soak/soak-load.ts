import { setTimeout as sleep } from "node:timers/promises";
import { type Client, createClient } from "@ottla/client";

const KEYS = 500;
const BURST = 50;
const PAUSE_MS = 5;
const VALUE = "·".repeat(200);

/** Topics that would grow without end if nothing was ever removed: one that is compacted, one of which the oldest goes. */
export const soakTopics = [
  { name: "soak-compacted", configs: { "cleanup.policy": "compact", "segment.bytes": "1048576", "min.cleanable.dirty.ratio": "0.2" } },
  { name: "soak-deleted", configs: { "retention.bytes": "4194304", "segment.bytes": "1048576" } },
] as const;

export const soakPartitions = 2;

/** Producers, and a group that consumes all and commits, until it is stopped. */
export class SoakLoad {
  readonly #client: Client;
  readonly #loops: Promise<void>[] = [];
  #isStopping = false;
  /** The first error that no retry healed. */
  failure: Error | undefined;
  producedRecords = 0;
  consumedRecords = 0;

  constructor(bootstrap: string) {
    this.#client = createClient({ bootstrapServers: bootstrap, clientId: "soak" });
  }

  async start(): Promise<void> {
    const topics = soakTopics.map(({ name, configs }) => ({ name, partitionCount: soakPartitions, configs }));
    for (const { error } of await this.#client.admin().createTopics(topics)) if (error) throw error;
    for (const { name } of soakTopics) this.#guard(this.#produce(name));
    this.#guard(this.#consume());
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.#loops);
    await this.#client.close();
  }

  #guard(loop: Promise<void>): void {
    this.#loops.push(loop.catch((error: unknown) => void (this.failure ??= error as Error)));
  }

  async #produce(topic: string): Promise<void> {
    const producer = this.#client.producer({ lingerMs: 2 });
    for (let count = 0; !this.#isStopping; ) {
      const sends = Array.from({ length: BURST }, () => producer.send({ topic, key: `k${count++ % KEYS}`, value: VALUE }));
      await Promise.all(sends);
      this.producedRecords += sends.length;
      await sleep(PAUSE_MS);
    }
  }

  async #consume(): Promise<void> {
    const consumer = this.#client.consumer({ groupId: "soak", autoOffsetReset: "earliest", enableAutoCommit: false });
    consumer.subscribe(soakTopics.map(({ name }) => name));
    while (!this.#isStopping) {
      const batches = await consumer.poll(200);
      for (const batch of batches) for (const _ of batch) this.consumedRecords++;
      if (batches.length > 0)
        await consumer.commit(batches.map(({ topic, partition, nextOffset }) => ({ topic, partition, offset: nextOffset })));
    }
    await consumer.close();
  }
}
