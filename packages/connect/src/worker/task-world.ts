import type { Clock, Logger } from "@ottla/base";
import type { Client, ConsumerOptions, ProducerOptions, ProducerRecord } from "@ottla/client";
import type { SourcePlace } from "../data/connect-record.ts";
import type { PluginCatalogue } from "../plugin/plugin-catalogue.ts";
import type { ConnectorProperties } from "../plugin/read-config.ts";
import type { SecretMask } from "../secrets/secret-mask.ts";
import type { SourceOffset } from "../storage/offset-store.ts";

/** A task's place in a connector, and its settings with all references resolved. */
export interface TaskPlan {
  readonly connector: string;
  readonly task: number;
  readonly kind: "source" | "sink";
  readonly properties: ConnectorProperties;
  /** What of them is not to be said; a plugin may call more of them so. */
  readonly secrets?: readonly string[];
  /** What the plugin's `split` gave it. */
  readonly work: object;
}

/** A source's offsets as its tasks use them; on another thread by messages. */
interface TaskOffsets {
  get(partition: SourcePlace): Promise<SourcePlace | undefined>;
  put(offsets: readonly SourceOffset[]): Promise<void>;
  /** What says them in the offsets topic, for a transaction of the task's own; absent where sources write at least once. */
  readonly records?: ((offsets: readonly SourceOffset[]) => readonly ProducerRecord[] | Promise<readonly ProducerRecord[]>) | undefined;
}

/** Settings of the clients that a task makes. */
export interface TaskClients {
  readonly client: Client;
  readonly producer: ProducerOptions;
  readonly consumer: ConsumerOptions;
}

/** What a task is run with. */
export interface TaskWorld {
  readonly catalogue: PluginCatalogue;
  /** The worker's properties. */
  readonly worker: ConnectorProperties;
  readonly clients: TaskClients;
  readonly offsets: TaskOffsets;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Hides secrets in all that the task says; the task adds what its plugins call so. Left out: it begins with those of the plan. */
  readonly mask?: SecretMask;
  /** A topic that the task reads or writes was seen for the first time (KIP-558). */
  onTopic(topic: string): void;
}

/** A task that runs. */
export interface RunningTask {
  /** Resolves when it has ended because it was told to, or because its source is at an end; rejects with what it failed with. */
  readonly ended: Promise<void>;
  /** Takes no more records until it is told to go on. */
  pause(): void;
  resume(): void;
  /** Ends it: what was taken is finished and committed as far as the time allows. Resolves when it has ended, whatever became of it. */
  stop(): Promise<void>;
  metrics(): Readonly<Record<string, number>>;
}
