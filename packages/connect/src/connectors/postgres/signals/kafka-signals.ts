import type { Clock, Logger, Timer } from "@ottla/base";
import type { Client, ConsumerRecord } from "@ottla/client";
import type { PostgresConfig } from "../postgres-config.ts";

const WAITING_MAX = 1000;
const RETRY_MS = 5000;
const FULL_MS = 100;

/** A record of the signal topic; without a type: not for this connector, or none. */
export interface KafkaSignal {
  readonly id: string;
  readonly type: string | undefined;
  readonly data: string | null;
  /** The offset behind it. */
  readonly nextOffset: number;
}

/**
 * Reads `signal.kafka.topic`, which has one partition: keys are the connector's `topic.prefix`, values `{"type", "data"}`. How far it is goes with the connector's offsets; without one it begins at the topic's end.
 * Signals are a convenience: a Kafka that cannot be reached is told and tried again, and changes of the database go on.
 */
export class KafkaSignals {
  readonly #config: PostgresConfig;
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #wake: () => void;
  readonly #abort = new AbortController();
  #waiting: KafkaSignal[] = [];
  #next: number | undefined;
  #timer: Timer | undefined;
  readonly #ended: Promise<void>;

  constructor(
    config: PostgresConfig,
    from: number | undefined,
    parts: { readonly clock: Clock; readonly log: Logger; readonly wake: () => void },
  ) {
    this.#config = config;
    this.#log = parts.log;
    this.#clock = parts.clock;
    this.#wake = parts.wake;
    this.#next = from;
    this.#ended = this.#run();
  }

  /** What has come since. */
  take(): readonly KafkaSignal[] {
    return this.#waiting.length === 0 ? this.#waiting : this.#waiting.splice(0);
  }

  async close(): Promise<void> {
    this.#abort.abort();
    this.#timer?.cancel();
    await this.#ended;
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      try {
        await this.#read();
      } catch (error) {
        if (signal.aborted) return;
        const problem = error instanceof Error ? error.message : String(error);
        this.#log.warn("The topic of signals cannot be read and is tried again", {
          topic: topicOf(this.#config),
          waitMs: RETRY_MS,
          problem,
        });
        await new Promise<void>((resolve) => {
          this.#timer = this.#clock.schedule(RETRY_MS, resolve);
          signal.addEventListener("abort", () => resolve(), { once: true });
        });
      }
    }
  }

  async #read(): Promise<void> {
    const { createClient } = await import("@ottla/client");
    const servers = this.#config["signal.kafka.bootstrap.servers"] ?? "";
    const client: Client = createClient({ bootstrapServers: servers, clientId: `${this.#config["topic.prefix"]}-signals` });
    const { signal } = this.#abort;
    const partition = { topic: topicOf(this.#config), partition: 0 };
    try {
      const consumer = client.consumer({ autoOffsetReset: "latest" });
      consumer.assign([partition]);
      if (this.#next !== undefined) consumer.seek(partition, this.#next);
      while (!signal.aborted) {
        // Nobody takes them while a transaction is being read.
        if (this.#waiting.length > WAITING_MAX)
          await new Promise<void>((resolve) => (this.#timer = this.#clock.schedule(FULL_MS, resolve)));
        else
          for (const batch of await consumer.poll(this.#config["signal.kafka.poll.timeout.ms"], { signal }))
            for (const record of batch) this.#take(record);
      }
    } finally {
      await client.close().catch(() => undefined);
    }
  }

  #take(record: ConsumerRecord): void {
    this.#next = record.offset + 1;
    const signal = signalOf(record, this.#config["topic.prefix"]);
    if (signal === undefined) this.#log.warn("A record of the topic of signals is none", { offset: record.offset });
    this.#waiting.push({ id: `kafka-${record.offset}`, data: null, nextOffset: this.#next, type: undefined, ...signal });
    this.#wake();
  }
}

const topicOf = (config: PostgresConfig): string => config["signal.kafka.topic"] ?? `${config["topic.prefix"]}-signal`;

/** Undefined: it cannot be read; without a type: it is somebody else's. */
function signalOf({ key, value }: ConsumerRecord, prefix: string): Partial<KafkaSignal> | undefined {
  if (key === null || Buffer.from(key).toString() !== prefix) return {};
  try {
    const { id, type, data } = JSON.parse(Buffer.from(value ?? []).toString()) as { id?: unknown; type?: unknown; data?: unknown };
    if (typeof type !== "string") return undefined;
    return {
      type,
      data: data === undefined || data === null ? null : typeof data === "string" ? data : JSON.stringify(data),
      ...(typeof id === "string" && { id }),
    };
  } catch {
    return undefined;
  }
}
