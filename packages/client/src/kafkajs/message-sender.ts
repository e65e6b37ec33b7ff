import type { CompressionName, Producer as ClientProducer } from "../producer/producer-types.ts";
import type { ProducerRecord as ClientRecord, RecordMetadata as ClientMetadata } from "../producer/record-types.ts";
import type { ConnectedClient } from "./connected-client.ts";
import { CompressionTypes } from "./constants.ts";
import { KafkaJSNonRetriableError, KafkaJSProtocolError } from "./errors.ts";
import type { PartitionMetadata, ProducerBatch, RecordMetadata, TopicMessages } from "./message-types.ts";
import type { PartitionerArgs } from "./partitioners.ts";
import type { ProducerConfig } from "./producer-types.ts";
import { toClientRecord } from "./read-message.ts";
import { TopicMetadata } from "./topic-metadata.ts";
import { translating } from "./translate-error.ts";

const codecs: Readonly<Record<number, CompressionName>> = {
  [CompressionTypes.None]: "none",
  [CompressionTypes.GZIP]: "gzip",
  [CompressionTypes.Snappy]: "snappy",
  [CompressionTypes.LZ4]: "lz4",
  [CompressionTypes.ZSTD]: "zstd",
};

/** Sends the messages of a call through the one of the client's producers that has the call's acks and codec. */
export class MessageSender {
  readonly #connection: ConnectedClient;
  readonly #config: ProducerConfig;
  readonly #metadata: TopicMetadata;
  readonly #partition: ((args: PartitionerArgs) => number) | undefined;
  readonly #producers = new Map<string, ClientProducer>();
  #isClosing = false;

  constructor(connection: ConnectedClient, config: ProducerConfig) {
    this.#connection = connection;
    this.#config = config;
    this.#metadata = new TopicMetadata(connection.deps.clock, config.metadataMaxAge);
    this.#partition = config.createPartitioner?.();
  }

  /** Everything is sent, or the first failure is thrown after all is decided. `into`: a producer to send with whatever the call says. */
  async sendBatch({ acks = -1, compression, topicMessages = [] }: ProducerBatch, into?: ClientProducer): Promise<RecordMetadata[]> {
    checkMessages(topicMessages);
    if (this.#isClosing) throw new KafkaJSNonRetriableError("The producer is disconnecting; it can't safely accept messages anymore");
    if (this.#config.idempotent && acks !== -1)
      throw new KafkaJSNonRetriableError(
        "An idempotent producer needs acks -1: without them nobody knows whether a message was written once",
      );
    const { client } = this.#connection;
    const chosen: ClientRecord[] = [];
    for (const { topic, messages } of topicMessages) {
      const partitions = await this.#partitionsOf(topic);
      for (const message of messages) {
        const record = toClientRecord(topic, message);
        const partition = partitions && this.#partition?.({ topic, partitionMetadata: partitions, message });
        chosen.push(partition === undefined ? record : { ...record, partition });
      }
    }
    const producer = into ?? this.#producer(client, acks, compression);
    const sent = await translating(() => producer.send(chosen));
    return acks === 0 ? [] : byPartition(sent);
  }

  /** Flushes. Another connection begins anew. */
  async close(): Promise<void> {
    this.#isClosing = true;
    const producers = [...this.#producers.values()];
    this.#producers.clear();
    await Promise.allSettled(producers.map((producer) => producer.close()));
    this.#isClosing = false;
  }

  /** Needed by partitioners, and to see that a topic is there which must not be made. */
  async #partitionsOf(topic: string): Promise<PartitionMetadata[] | undefined> {
    if (this.#partition === undefined && this.#config.allowAutoTopicCreation !== false) return undefined;
    const partitions = await translating(() => this.#metadata.partitionsOf(this.#connection.admin, topic));
    if (partitions === undefined && this.#config.allowAutoTopicCreation === false)
      throw new KafkaJSProtocolError(`There is no topic "${topic}", and this producer must not make one`, {
        type: "UNKNOWN_TOPIC_OR_PARTITION",
        code: 3,
        retriable: true,
      });
    return partitions;
  }

  #producer(client: ConnectedClient["client"], acks: number, compression: CompressionTypes = CompressionTypes.None): ClientProducer {
    const codec = codecs[compression];
    if (codec === undefined) throw new KafkaJSNonRetriableError(`There is no compression ${String(compression)}; see CompressionTypes`);
    if (acks !== -1 && acks !== 0 && acks !== 1) throw new KafkaJSNonRetriableError(`acks is ${String(acks)}; it must be -1, 0 or 1`);
    const key = `${acks} ${codec}`;
    let producer = this.#producers.get(key);
    if (producer === undefined) {
      const { idempotent, maxInFlightRequests, retry } = this.#config;
      const isIdempotent = acks === -1 && idempotent !== false;
      producer = client.producer({
        acks,
        compression: codec,
        idempotent: isIdempotent,
        maxInFlightRequests: maxInFlightRequests ?? undefined,
        ...(retry?.retries === undefined ? {} : { retries: retry.retries }),
      });
      this.#producers.set(key, producer);
    }
    return producer;
  }
}

function checkMessages(topicMessages: readonly TopicMessages[]): void {
  for (const { topic, messages } of topicMessages) {
    if (!topic) throw new KafkaJSNonRetriableError("Invalid topic");
    if (!Array.isArray(messages)) throw new KafkaJSNonRetriableError(`Invalid messages array [${String(messages)}] for topic "${topic}"`);
    const without = messages.find((message) => message?.value === undefined);
    if (without !== undefined)
      throw new KafkaJSNonRetriableError(`Invalid message without value for topic "${topic}": ${JSON.stringify(without)}`);
  }
}

/** One entry per partition, with the offset of the first message there. */
function byPartition(sent: readonly ClientMetadata[]): RecordMetadata[] {
  const entries = new Map<string, RecordMetadata>();
  for (const { topic, partition, offset } of sent) {
    const key = `${topic} ${partition}`;
    const entry = entries.get(key);
    if (entry === undefined || Number(entry.baseOffset) > offset)
      entries.set(key, {
        topicName: topic,
        partition,
        errorCode: 0,
        baseOffset: String(offset),
        logAppendTime: "-1",
        logStartOffset: "-1",
      });
  }
  return [...entries.values()];
}
