import type { Clock } from "@ottla/base";
import { KafkaJSNonRetriableError } from "./errors.ts";
import type { Logger } from "./logger.ts";
import { messageOf } from "../thrown.ts";

/** What a listener is told. */
export interface InstrumentationEvent<Payload> {
  readonly id: string;
  readonly type: string;
  readonly timestamp: number;
  readonly payload: Payload;
}

/** Takes a listener away. */
export type RemoveInstrumentationEventListener = () => void;

const network = (part: string) =>
  ({
    REQUEST: `${part}.network.request`,
    REQUEST_TIMEOUT: `${part}.network.request_timeout`,
    REQUEST_QUEUE_SIZE: `${part}.network.request_queue_size`,
  }) as const;

export const adminEvents = { CONNECT: "admin.connect", DISCONNECT: "admin.disconnect", ...network("admin") } as const;
export const producerEvents = { CONNECT: "producer.connect", DISCONNECT: "producer.disconnect", ...network("producer") } as const;
export const consumerEvents = {
  HEARTBEAT: "consumer.heartbeat",
  COMMIT_OFFSETS: "consumer.commit_offsets",
  GROUP_JOIN: "consumer.group_join",
  FETCH_START: "consumer.fetch_start",
  FETCH: "consumer.fetch",
  START_BATCH_PROCESS: "consumer.start_batch_process",
  END_BATCH_PROCESS: "consumer.end_batch_process",
  CONNECT: "consumer.connect",
  DISCONNECT: "consumer.disconnect",
  STOP: "consumer.stop",
  CRASH: "consumer.crash",
  REBALANCING: "consumer.rebalancing",
  RECEIVED_UNSUBSCRIBED_TOPICS: "consumer.received_unsubscribed_topics",
  ...network("consumer"),
} as const;

type Listener = (event: InstrumentationEvent<never>) => unknown;

/** The events of one admin, producer or consumer. A listener that fails is logged and harms nobody. */
export class Events {
  readonly #names: Readonly<Record<string, string>>;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #listeners = new Map<string, Set<Listener>>();
  #nextId = 0;

  constructor(names: Readonly<Record<string, string>>, clock: Clock, logger: Logger) {
    this.#names = names;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Throws when there is no such event. */
  on(name: string, listener: Listener): RemoveInstrumentationEventListener {
    if (!Object.values(this.#names).includes(name)) throw new KafkaJSNonRetriableError(`Event name should be one of ${this.#known}`);
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  /** `consumer.events.HEARTBEAT, …` */
  get #known(): string {
    return Object.entries(this.#names)
      .map(([key, name]) => `${name.split(".")[0]}.events.${key}`)
      .join(", ");
  }

  get nowMs(): number {
    return this.#clock.nowMs();
  }

  has(name: string): boolean {
    return (this.#listeners.get(name)?.size ?? 0) > 0;
  }

  emit(name: string, payload: unknown = null): void {
    const listeners = this.#listeners.get(name);
    if (listeners === undefined || listeners.size === 0) return;
    const event = { id: this.#nextId++, type: name, timestamp: this.#clock.nowMs(), payload } as unknown as InstrumentationEvent<never>;
    for (const listener of [...listeners]) void this.#tell(name, listener, event);
  }

  async #tell(name: string, listener: Listener, event: InstrumentationEvent<never>): Promise<void> {
    try {
      await listener(event);
    } catch (error) {
      this.#logger.error(`A listener of ${name} failed: ${messageOf(error)}`, { eventName: name });
    }
  }
}
