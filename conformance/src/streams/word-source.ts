import { setTimeout as sleep } from "node:timers/promises";
import { type Client, createClient } from "@ottla/client";
import type { Chance } from "../process/seeded-random.ts";

const WORDS = 40;
const LINES_PER_BURST = 20;
const PAUSE_MS = 25;
/** A broker may take its time to come back on a busy machine. */
const DELIVERY_TIMEOUT_MS = 600_000;

/** Sends lines of words, each exactly once (an idempotent producer, sent again over the broker's deaths), and counts the words. */
export class WordSource {
  /** How often each word was sent. */
  readonly counts: Map<string, number> = new Map();
  readonly #client: Client;
  readonly #random: Chance;
  readonly #topic: string;
  #isStopping = false;
  #loop: Promise<void> = Promise.resolve();

  constructor(bootstrap: string, topic: string, random: Chance) {
    this.#client = createClient({
      bootstrapServers: bootstrap,
      clientId: "word-source",
      retryBackoffMaxMs: 200,
      reconnectBackoffMaxMs: 100,
    });
    this.#topic = topic;
    this.#random = random;
  }

  start(): void {
    this.#loop = this.#send();
    this.#loop.catch(() => {});
  }

  /** Resolves when every line is acknowledged; rejects when one was given up. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#loop;
    await this.#client.close();
  }

  get total(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  #line(): string {
    const words = Array.from({ length: 1 + Math.floor(this.#random() * 6) }, () => `word-${Math.floor(this.#random() * WORDS)}`);
    for (const word of words) this.counts.set(word, (this.counts.get(word) ?? 0) + 1);
    return words.join(" ");
  }

  async #send(): Promise<void> {
    const producer = this.#client.producer({ acks: "all", idempotent: true, deliveryTimeoutMs: DELIVERY_TIMEOUT_MS });
    while (!this.#isStopping) {
      const records = Array.from({ length: LINES_PER_BURST }, () => ({ topic: this.#topic, value: this.#line() }));
      await producer.send(records);
      await sleep(PAUSE_MS);
    }
  }
}
