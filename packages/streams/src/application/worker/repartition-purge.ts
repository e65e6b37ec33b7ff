import type { Clock, Logger } from "@ottla/base";
import type { Admin, TopicPartitionOffset } from "@ottla/client";
import { partitionKey } from "../partition-key.ts";
import { reasonOf } from "../../thrown.ts";

/** What a purge has of the world. */
export interface PurgeHost {
  readonly admin: Admin;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly isRepartitionTopic: (topic: string) => boolean;
  readonly intervalMs: number;
}

/** Deletes from the application's repartition topics what was committed, from time to time: they are kept for ever otherwise. */
export class RepartitionPurge {
  readonly #host: PurgeHost;
  readonly #committed = new Map<string, { readonly topic: string; readonly partition: number; readonly beforeOffset: number }>();
  #isUnderWay = false;
  #nextMs: number;

  constructor(host: PurgeHost) {
    this.#host = host;
    this.#nextMs = host.clock.monotonicMs() + host.intervalMs;
  }

  /** The group knows these. */
  note(offsets: readonly TopicPartitionOffset[]): void {
    for (const { topic, partition, offset } of offsets) {
      if (this.#host.isRepartitionTopic(topic))
        this.#committed.set(partitionKey(topic, partition), { topic, partition, beforeOffset: offset });
    }
    if (this.#isUnderWay || this.#committed.size === 0 || this.#host.clock.monotonicMs() < this.#nextMs) return;
    this.#nextMs = this.#host.clock.monotonicMs() + this.#host.intervalMs;
    void this.#purge();
  }

  /** Nothing waits for it, and what fails is tried again with the next. */
  async #purge(): Promise<void> {
    const targets = [...this.#committed.values()];
    this.#committed.clear();
    this.#isUnderWay = true;
    try {
      for (const { topic, partition, error } of await this.#host.admin.deleteRecords(targets)) {
        if (error !== undefined) this.#host.logger.warn("a repartition topic was not purged", { topic, partition, error: error.message });
      }
    } catch (error) {
      this.#host.logger.warn("repartition topics were not purged", { error: reasonOf(error) });
    } finally {
      this.#isUnderWay = false;
    }
  }
}
