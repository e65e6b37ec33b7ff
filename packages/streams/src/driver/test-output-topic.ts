import type { StreamRecord } from "../record.ts";
import type { Deserializer } from "../serdes/serde.ts";
import { StreamsError } from "../streams-error.ts";
import type { DriverTopics } from "./driver-topics.ts";
import type { TopicReaders } from "./topic-types.ts";

/** A topic that a test reads: each record once, the oldest first. */
export class TestOutputTopic<K, V> {
  readonly #topic: string;
  readonly #serdes: TopicReaders<K, V>;
  readonly #topics: DriverTopics;

  constructor(topic: string, serdes: TopicReaders<K, V>, topics: DriverTopics) {
    this.#topic = topic;
    this.#serdes = serdes;
    this.#topics = topics;
  }

  get queueSize(): number {
    return this.#topics.count(this.#topic);
  }

  get isEmpty(): boolean {
    return this.queueSize === 0;
  }

  /** Throws `STREAMS_BAD_ARGUMENT` when nothing is left. */
  readRecord(): StreamRecord<K | null, V | null> {
    const record = this.#topics.read(this.#topic);
    if (record === undefined)
      throw new StreamsError("STREAMS_BAD_ARGUMENT", `Nothing is left to read of ${this.#topic}: ask isEmpty first.`, {
        place: { topic: this.#topic },
      });
    const { key, value, timestamp, headers } = record;
    const read = <T>(serde: Deserializer<T>, bytes: Uint8Array | null): T | null =>
      bytes === null ? null : serde.deserialize(this.#topic, bytes, headers);
    return { key: read(this.#serdes.key, key), value: read(this.#serdes.value, value), timestamp: timestamp ?? -1, headers };
  }

  readValue(): V | null {
    return this.readRecord().value;
  }

  readKeyValue(): [key: K | null, value: V | null] {
    const { key, value } = this.readRecord();
    return [key, value];
  }

  readRecords(): StreamRecord<K | null, V | null>[] {
    const records: StreamRecord<K | null, V | null>[] = [];
    while (!this.isEmpty) records.push(this.readRecord());
    return records;
  }

  readValues(): (V | null)[] {
    return this.readRecords().map(({ value }) => value);
  }

  readKeyValues(): [key: K | null, value: V | null][] {
    return this.readRecords().map(({ key, value }) => [key, value]);
  }

  /** The last value of each key. */
  readMap(): Map<K | null, V | null> {
    return new Map(this.readKeyValues());
  }
}
