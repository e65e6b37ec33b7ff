import { Operator, type OperatorContext } from "../processors/operator.ts";
import { keptKey } from "../processors/windows/lent-windowed.ts";
import type { Headers, RecordMetadata } from "../record.ts";
import { lending, lends } from "../serdes/lent-bytes.ts";
import type { AnySerde } from "../serdes/serde.ts";
import type { ChangelogSink } from "../stores/store-builder.ts";
import { type RecordPlace, StreamsError } from "../streams-error.ts";
import { isByPartOfKey } from "../topology/by-part-of-key.ts";
import { checkTopicName } from "../topology/names.ts";
import type { SinkPart } from "../topology/parts.ts";
import { keyText } from "./failures.ts";
import type { NodeMeter } from "./task-meter.ts";
import { reasonOf } from "../thrown.ts";
import { writtenBytes } from "../serdes/written-bytes.ts";

/** Takes what a task writes: sinks and changelogs alike, in their order. */
export interface RecordCollector {
  /** Partition undefined: by the bytes of the key. Timestamp null: the record has none of its own, and gets the producer's clock. Keys and values are valid during the call only: copy what is kept. */
  send(
    topic: string,
    partition: number | undefined,
    key: Uint8Array | null,
    value: Uint8Array | null,
    timestamp: number | null,
    headers: Headers,
  ): void;
  /** Where a store's changes go; left out: to {@link RecordCollector.send}. */
  changelog?(topic: string, partition: number): ChangelogSink;
  /** How many partitions the topic has. */
  partitionsOf(topic: string): number;
}

type PartitionOf = (topic: string, key: unknown, value: unknown, partitions: number) => number | undefined;

/** Writes records to a topic. */
export class SinkOperator extends Operator {
  override readonly keepsNoKey: boolean;
  readonly #key: AnySerde | undefined;
  readonly #value: AnySerde | undefined;
  readonly #collector: RecordCollector;
  readonly #topicOf: (value: unknown, key: unknown) => string;
  readonly #partitionOf: PartitionOf | undefined;
  /** Set when the task is built. */
  meter: NodeMeter | undefined;
  #context!: OperatorContext;
  /** Most records go to the topic of the one before. */
  #checkedTopic: string | undefined;

  constructor(part: SinkPart, topic: string | undefined, collector: RecordCollector) {
    super();
    this.#key = part.key === undefined ? undefined : lending(part.key);
    this.#value = part.value === undefined ? undefined : lending(part.value);
    this.#collector = collector;
    this.#topicOf = topic === undefined ? (part.topic as (value: unknown, key: unknown) => string) : () => topic;
    this.#partitionOf = part.partitioner as PartitionOf | undefined;
    const { key, partitioner } = part;
    const isOurs = key !== undefined && lends(key) && (partitioner === undefined || isByPartOfKey(partitioner));
    this.keepsNoKey = topic !== undefined && isOurs;
  }

  override init(context: OperatorContext): void {
    this.#context = context;
  }

  override process(key: unknown, value: unknown, timestamp: number, headers: Headers): void {
    const topic = this.#topicOf(value, key);
    if (topic !== this.#checkedTopic) {
      checkTopicName(topic);
      this.#checkedTopic = topic;
    }
    const partition = this.#partitionOf === undefined ? undefined : this.#chosenPartition(this.#partitionOf, topic, key, value);
    for (let attempt = 1; ; attempt++) {
      try {
        const keyBytes = key === null ? null : this.#serialize("key", this.#key, topic, key, key, headers);
        const valueBytes = value === null ? null : this.#serialize("value", this.#value, topic, value, key, headers);
        this.#collector.send(topic, partition, keyBytes, valueBytes, timestamp, headers);
        if (this.meter !== undefined) this.meter.written(topic, keyBytes, valueBytes, headers, timestamp);
        return;
      } catch (error) {
        if (!this.task.onUnwritten(this, error, topic, keptKey(key), value, attempt)) return;
      }
    }
  }

  #chosenPartition(partitionOf: PartitionOf, topic: string, key: unknown, value: unknown): number | undefined {
    const partition = partitionOf(topic, key, value, this.#collector.partitionsOf(topic)) ?? undefined;
    if (partition === undefined || (Number.isSafeInteger(partition) && partition >= 0)) return partition;
    throw new StreamsError(
      "STREAMS_BAD_ARGUMENT",
      `its partitioner chose partition ${typeof partition === "number" ? partition : typeof partition} of ${topic}: partitions are whole numbers of at least 0, and undefined leaves it to the key.`,
    );
  }

  #serialize(
    what: "key" | "value",
    serde: AnySerde | undefined,
    topic: string,
    datum: unknown,
    key: unknown,
    headers: Headers,
  ): Uint8Array {
    if (serde === undefined) {
      throw new StreamsError("STREAMS_SERIALIZATION", `Sink ${this.name} has no serde for the ${what}s of ${topic}: give it one.`, {
        place: this.#placeOf(key),
      });
    }
    try {
      return writtenBytes(serde.serialize(topic, datum, headers));
    } catch (cause) {
      const from: RecordMetadata = this.#context.record;
      const reason = reasonOf(cause);
      const record = `of the record ${from.topic}-${from.partition} at offset ${from.offset}`;
      const origin = `${from.offset < 0 ? "in a punctuator" : record} with key ${keyText(key)}`;
      throw new StreamsError(
        "STREAMS_SERIALIZATION",
        `Sink ${this.name} cannot write a ${what} to ${topic} with serde ${serde.name}, ${origin}: ${reason}`,
        { cause, place: this.#placeOf(key) },
      );
    }
  }

  #placeOf(key: unknown): RecordPlace {
    const { topic, partition, offset }: RecordMetadata = this.#context.record;
    return { node: this.name, topic, partition, offset, key: keptKey(key) };
  }
}
