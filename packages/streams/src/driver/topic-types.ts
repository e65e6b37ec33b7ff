import type { Headers } from "../record.ts";
import type { Deserializer, Serde } from "../serdes/serde.ts";

/** The serdes of a topic that a test writes. */
export interface TopicSerdes<K, V> {
  readonly key: Serde<K>;
  readonly value: Serde<V>;
}

/** What reads a topic for a test: serdes will do. */
export interface TopicReaders<K, V> {
  readonly key: Deserializer<K>;
  readonly value: Deserializer<V>;
}

/** A record as bytes, for a topic that a test writes. */
export interface RawInput {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly timestamp: number;
  readonly headers?: Headers;
}

/** A record as it was recorded from a topic of a cluster. */
export interface RecordedRecord extends RawInput {
  readonly topic: string;
  /** 0 unless told. */
  readonly partition?: number;
  readonly offset: number;
}
