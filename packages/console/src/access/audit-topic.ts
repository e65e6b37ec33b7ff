import type { AuditSink } from "@ottla/base";
import type { Client, Producer } from "@ottla/client";

/** Who has to wait until it is told waits so long. */
const WITHIN_MS = 10_000;
const CLOSE_MS = 1_000;

/** Audit events as records without a key, in an ordinary topic of the cluster. It is made, with the cluster's own counts, where it is not there and the console's login may make it. */
export class AuditTopic implements AuditSink {
  readonly place: string;
  readonly #client: Client;
  readonly #producer: Producer;
  #isThere = false;

  constructor(client: Client, topic: string) {
    this.place = topic;
    this.#client = client;
    this.#producer = client.producer({ deliveryTimeoutMs: WITHIN_MS, maxBlockMs: WITHIN_MS, requestTimeoutMs: WITHIN_MS / 2 });
  }

  /** After a rejection some of them may be in the topic: they come again, with the same numbers. */
  async write(lines: readonly string[]): Promise<void> {
    try {
      if (!this.#isThere) await this.#make();
      await this.#producer.send(lines.map((line) => ({ topic: this.place, value: line.slice(0, -1) })));
      this.#isThere = true;
    } catch (error) {
      // It may have been deleted.
      this.#isThere = false;
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#producer.close({ timeoutMs: CLOSE_MS });
  }

  /** Whether it could be made is seen when it is written. */
  async #make(): Promise<void> {
    const admin = this.#client.admin();
    try {
      await admin.createTopics([{ name: this.place }], { timeoutMs: WITHIN_MS });
    } finally {
      await admin.close();
    }
  }
}
