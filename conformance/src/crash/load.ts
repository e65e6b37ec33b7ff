import { type Client, type Consumer, createClient, type Producer } from "@ottla/client";
import { setTimeout as sleep } from "node:timers/promises";
import type { History } from "./history.ts";

/** The topic and group of a crash run. */
export const crashTopic = "crash";
export const crashGroup = "crash-readers";
export const crashPartitions = 3;

// The checker remembers every record: a moderate pace keeps 200 cycles within its memory.
const BURST = 60;
const PAUSE_MS = 10;
const VALUE_PADDING = "·".repeat(80);

/** Cuts the padding off a value. */
export function plainValue(value: Buffer | null): string {
  return (value?.toString("utf8") ?? "").replace(/·+$/, "");
}

/** Idempotent producers with acks=all and one group consumer that commits, all of them going on over the broker's deaths. */
export class CrashLoad {
  readonly #history: History;
  readonly #client: Client;
  readonly #producers: Producer[];
  readonly #consumer: Consumer;
  readonly #loops: Promise<void>[] = [];
  #isStopping = false;
  #failure: Error | undefined;

  constructor(bootstrap: string, producers: number, history: History) {
    this.#history = history;
    this.#client = createClient({
      bootstrapServers: bootstrap,
      clientId: "crash-load",
      retryBackoffMaxMs: 200,
      reconnectBackoffMaxMs: 100,
    });
    this.#producers = Array.from({ length: producers }, () =>
      this.#client.producer({ acks: "all", idempotent: true, lingerMs: 2, deliveryTimeoutMs: 110_000 }),
    );
    this.#consumer = this.#client.consumer({
      groupId: crashGroup,
      autoOffsetReset: "earliest",
      enableAutoCommit: false,
      sessionTimeoutMs: 10_000,
      fetchMaxWaitMs: 100,
    });
  }

  /** Begins to produce and to consume. */
  start(): void {
    this.#loops.push(
      ...this.#producers.map((producer, index) => this.#guard(this.#produce(producer, `p${index + 1}`))),
      this.#guard(this.#consume()),
    );
  }

  /** The first error that no retry healed: a client that gives up would make the rest of the run meaningless. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Stops producing, waits for every record to be decided, and closes. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#consumer.wakeup();
    await Promise.all(this.#loops);
    await this.#client.close();
  }

  async #guard(loop: Promise<void>): Promise<void> {
    try {
      await loop;
    } catch (error) {
      this.#failure ??= error as Error;
    }
  }

  async #produce(producer: Producer, name: string): Promise<void> {
    const sequences = Array.from({ length: crashPartitions }, () => 0);
    while (!this.#isStopping) {
      const sends: Promise<void>[] = [];
      for (let index = 0; index < BURST; index += 1) {
        const partition = index % crashPartitions;
        sequences[partition] = (sequences[partition] ?? 0) + 1;
        const value = `${name}-${sequences[partition]}`;
        const sent = producer.send({ topic: crashTopic, partition, value: value + VALUE_PADDING });
        sends.push(sent.then(({ offset }) => this.#history.acknowledge(partition, offset, value)));
      }
      await Promise.all(sends);
      await sleep(PAUSE_MS);
    }
  }

  async #consume(): Promise<void> {
    this.#consumer.subscribe(crashTopic);
    while (!this.#isStopping) {
      try {
        const batches = await this.#consumer.poll(200);
        const positions = batches.map(({ topic, partition, nextOffset }) => ({ topic, partition, offset: nextOffset }));
        for (const batch of batches) {
          for (const record of batch) this.#history.see(record.partition, record.offset, plainValue(record.value));
        }
        if (positions.length === 0) continue;
        await this.#consumer.commit(positions);
        for (const { partition, offset } of positions) this.#history.commit(partition, offset);
      } catch {
        // A commit or poll that met the broker's death: what was not answered is no promise.
        await sleep(20);
      }
    }
  }
}
