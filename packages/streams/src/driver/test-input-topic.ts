import { type Headers, noHeaders } from "../record.ts";
import type { Serde } from "../serdes/serde.ts";
import { sharedKeys, sharedValues } from "../serdes/shared-bytes.ts";
import { StreamsError } from "../streams-error.ts";
import type { TopicSerdes } from "./topic-types.ts";

/** The timestamps of records that are given none. */
export interface TestInputTopicOptions {
  /** Of the first one; the driver's clock unless told. */
  readonly startMs?: number;
  /** How much later each next one is; 0 unless told. */
  readonly advanceMs?: number;
}

/** A record for a test's input. What is left out: no headers, the topic's own time. */
export interface InputRecord<K, V> {
  readonly key?: K | null;
  readonly value: V | null;
  readonly timestamp?: number;
  readonly headers?: Headers;
}

/** Takes a record as bytes. */
type Pipe = (key: Uint8Array | null, value: Uint8Array | null, timestamp: number, headers: Headers) => void;

/** A topic that a test writes. The topology has done with a record when the call returns. */
export class TestInputTopic<K, V> {
  readonly #topic: string;
  readonly #key: Serde<K>;
  readonly #value: Serde<V>;
  readonly #pipe: Pipe;
  readonly #advanceMs: number;
  #timeMs: number;

  constructor(topic: string, serdes: TopicSerdes<K, V>, pipe: Pipe, { startMs = 0, advanceMs = 0 }: TestInputTopicOptions) {
    this.#topic = topic;
    this.#key = sharedKeys(serdes.key);
    this.#value = sharedValues(serdes.value);
    this.#pipe = pipe;
    this.#timeMs = startMs;
    this.#advanceMs = advanceMs;
  }

  /** Later records without a timestamp are later by so much. */
  advanceTime(byMs: number): void {
    this.#timeMs += byMs;
  }

  pipeInput(record: InputRecord<K, V>): void;
  pipeInput(key: K | null, value: V | null, timestamp?: number): void;
  pipeInput(first: unknown, value?: unknown, timestamp?: number): void {
    // A list of the arguments would be garbage of each record.
    if (arguments.length > 1) {
      this.#write(first as K | null, value as V | null, timestamp, noHeaders);
      return;
    }
    const record = first as InputRecord<K, V> | null;
    if (record === null || typeof record !== "object") {
      throw new StreamsError("STREAMS_BAD_ARGUMENT", `pipeInput of ${this.#topic} takes a key and a value, or a record with both.`);
    }
    this.#write(record.key ?? null, record.value, record.timestamp, record.headers ?? noHeaders);
  }

  /** Pairs of key and value, each as much later than the one before as the topic was told. */
  pipeKeyValues(pairs: Iterable<readonly [K | null, V | null]>): void {
    for (const [key, value] of pairs) this.#write(key, value, undefined, noHeaders);
  }

  #write(key: K | null, value: V | null, timestamp: number | undefined, headers: Headers): void {
    const keyBytes = key === null || key === undefined ? null : this.#bytes("key", this.#key, key, headers);
    const valueBytes = value === null || value === undefined ? null : this.#bytes("value", this.#value, value, headers);
    const time = timestamp ?? this.#timeMs;
    if (timestamp === undefined) this.#timeMs += this.#advanceMs;
    this.#pipe(keyBytes, valueBytes, time, headers);
  }

  #bytes<T>(what: "key" | "value", serde: Serde<T>, datum: T, headers: Headers): Uint8Array {
    try {
      return serde.serialize(this.#topic, datum, headers);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new StreamsError(
        "STREAMS_SERIALIZATION",
        `The ${what} piped into ${this.#topic} cannot be written with serde ${serde.name}: ${reason}`,
        {
          cause,
          place: { topic: this.#topic },
        },
      );
    }
  }
}
