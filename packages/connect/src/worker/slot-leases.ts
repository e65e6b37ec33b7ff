import { type Clock, type Logger, pause } from "@ottla/base";
import { type Client, type Consumer, murmur2 } from "@ottla/client";
import { ConnectError } from "../connect-error.ts";
import type { Owned } from "./decide-steps.ts";

/** Which worker runs what. */
export interface Leases {
  /** Takes part. `onChange` is awaited before anybody else may have what is taken away. */
  start(onChange: () => Promise<void>): Promise<void>;
  owned(connector: string): Owned;
  stop(): Promise<void>;
}

/** What leases stand on. */
export interface SlotLeasesOptions {
  readonly client: Client;
  /** `group.id` of the workers. */
  readonly groupId: string;
  /** The offsets topic: each of its partitions is a slot, and is read by nobody. */
  readonly topic: string;
  /** Names this worker over restarts: one that is killed and comes back has its slots at once. */
  readonly workerId: string;
  readonly sessionTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

const POLL_MS = 500;
const LEAVE_MS = 2_000;
const RETRY_MS = 1_000;

/**
 * Leases by slots: each part of each connector belongs to a slot by its name, and the workers are a consumer group that divides the slots among them (ADR 26). A slot has one owner; one that is taken away is let go of when what ran in
 * it has ended. Changes of connectors move no slot, so that they disturb nobody.
 */
export class SlotLeases implements Leases {
  readonly #options: SlotLeasesOptions;
  readonly #mine = new Set<number>();
  readonly #stopping = new AbortController();
  #slots = 1;
  #consumer: Consumer | undefined;
  #polling: Promise<void> = Promise.resolve();

  constructor(options: SlotLeasesOptions) {
    this.#options = options;
  }

  async start(onChange: () => Promise<void>): Promise<void> {
    const { client, topic, groupId, workerId, sessionTimeoutMs, heartbeatIntervalMs } = this.#options;
    const [found] = await client.admin().describeTopics([topic], { signal: this.#stopping.signal });
    if (found === undefined || found.error !== undefined)
      throw found?.error ?? new ConnectError("CONNECT_STATE", `The topic "${topic}" is not there.`);
    this.#slots = found.value.partitions.length;
    const consumer = client.consumer({
      groupId,
      groupInstanceId: workerId,
      sessionTimeoutMs,
      heartbeatIntervalMs,
      enableAutoCommit: false,
      autoOffsetReset: "latest",
      allowAutoCreateTopics: false,
    });
    this.#consumer = consumer;
    consumer.subscribe([topic], {
      onAssigned: async (partitions) => {
        consumer.pause(partitions);
        for (const { partition } of partitions) this.#mine.add(partition);
        // Nobody waits for what begins here.
        void onChange();
      },
      onRevoked: async (partitions) => {
        for (const { partition } of partitions) this.#mine.delete(partition);
        if (partitions.length > 0) await onChange();
      },
    });
    this.#polling = this.#poll(consumer);
  }

  owned(connector: string): Owned {
    const first = (murmur2(Buffer.from(connector)) & 0x7fffffff) % this.#slots;
    return { connector: this.#mine.has(first), task: (number) => this.#mine.has((first + number) % this.#slots) };
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#polling;
    this.#mine.clear();
    await this.#consumer?.close({ timeoutMs: LEAVE_MS }).catch(() => {});
    // A member with a name does not leave by closing; others would wait for its session to run out.
    const { client, groupId, workerId } = this.#options;
    await client
      .admin()
      .removeGroupMembers(groupId, [{ groupInstanceId: workerId }], { timeoutMs: LEAVE_MS })
      .catch(() => {});
  }

  async #poll(consumer: Consumer): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        await consumer.poll(POLL_MS, { signal });
      } catch (error) {
        if (signal.aborted) return;
        this.#options.logger.warn("the group of workers does not answer; it is asked again", { error });
        await pause(this.#options.clock, RETRY_MS, signal);
      }
    }
  }
}

/** A worker that shares with nobody. */
export const allMine: Leases = {
  start: () => Promise.resolve(),
  owned: () => ({ connector: true, task: () => true }),
  stop: () => Promise.resolve(),
};
