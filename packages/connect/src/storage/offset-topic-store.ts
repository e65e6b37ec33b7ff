import type { Clock, Logger } from "@ottla/base";
import type { Client, Producer, ProducerRecord } from "@ottla/client";
import type { SourcePlace } from "../data/connect-record.ts";
import { KnownOffsets, readOffset, readOffsetKey } from "./known-offsets.ts";
import type { OffsetStore, SourceOffset } from "./offset-store.ts";
import { parsePlaceJson, placeText } from "./place-json.ts";
import { WholeTopic } from "./whole-topic.ts";

/** Where offsets are kept in a cluster. */
export interface OffsetTopicOptions {
  readonly client: Client;
  readonly topic: string;
  readonly partitionCount: number;
  readonly replicationFactor: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Connect's offsets topic: compacted, the same records that Apache Connect writes and reads, of committed transactions alone. */
export class OffsetTopicStore implements OffsetStore {
  readonly #options: OffsetTopicOptions;
  readonly #known = new KnownOffsets();
  readonly #topic: WholeTopic;
  #producer: Producer | undefined;
  #failure: Error | undefined;

  constructor(options: OffsetTopicOptions) {
    this.#options = options;
    this.#topic = new WholeTopic({
      ...options,
      onRecord: ({ key, value, offset, partition }) => {
        const keyText = key?.toString("utf8") ?? "";
        const read = readOffsetKey(keyText, parsePlaceJson);
        const place = readOffset(value?.toString("utf8"));
        if (read === undefined || place === undefined)
          return options.logger.warn("a record of the offsets topic is none of Connect's", { topic: options.topic, partition, offset });
        this.#known.set(read.connector, { partition: read.partition, offset: place }, keyText);
        return undefined;
      },
      onFailure: (error) => {
        this.#failure = error;
        options.logger.error("the offsets topic can be read no more", { topic: options.topic, error });
      },
    });
  }

  start(): Promise<void> {
    return this.#topic.start();
  }

  async get(connector: string, partition: SourcePlace): Promise<SourcePlace | undefined> {
    // A task that died in the middle of its transaction hides what others have committed since: theirs would be read as it was before.
    await this.#topic.readToEnd({ behindOpen: true });
    return this.#known.get(connector, partition);
  }

  async list(connector: string): Promise<readonly (SourceOffset & { readonly offset: SourcePlace })[]> {
    await this.#topic.readToEnd({ behindOpen: true });
    return this.#known.list(connector);
  }

  async put(connector: string, offsets: readonly SourceOffset[]): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    if (offsets.length === 0) return;
    this.#producer ??= this.#options.client.producer({ acks: "all", idempotent: true, lingerMs: 0, allowAutoCreateTopics: false });
    await this.#producer.send(this.records(connector, offsets));
  }

  /** What says it, for whoever writes it in a transaction of his own. */
  records(connector: string, offsets: readonly SourceOffset[]): ProducerRecord[] {
    return offsets.map(({ partition, offset }) => ({
      topic: this.#options.topic,
      key: this.#known.keyText(connector, partition),
      value: offset === null ? null : placeText(offset),
    }));
  }

  async stop(): Promise<void> {
    await this.#producer?.close({ timeoutMs: 1_000 }).catch(() => {});
    await this.#topic.stop();
  }
}
