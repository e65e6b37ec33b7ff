import type { OperatorSupplier } from "../processors/operator.ts";
import type { Headers } from "../record.ts";
import type { AnySerde } from "../serdes/serde.ts";
import type { StoreBuilder } from "../stores/store-builder.ts";

/** The time of a record that has been read: `timestamp` of the record itself, `partitionTimeMs` the largest seen in its partition, −1 before the first. Negative: the record is dropped. */
export type TimestampExtractor = (record: ExtractedFrom, partitionTimeMs: number) => number;

/** What a {@link TimestampExtractor} may look at. */
export interface ExtractedFrom {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: unknown;
  readonly value: unknown;
  readonly headers: Headers;
}

/** Where a task begins when its group has committed nothing: `{ byDurationMs }` is KIP-1106. */
export type OffsetReset = "earliest" | "latest" | "none" | { readonly byDurationMs: number };

/** Chooses the topic of each record. */
export type TopicNameExtractor<K, V> = (value: V, key: K) => string;

/** Chooses the partition of a record; undefined leaves it to the key's bytes. */
export type StreamPartitioner<K, V> = (topic: string, key: K, value: V, partitions: number) => number | undefined;

/** A source as a topology keeps it. */
export interface SourcePart {
  readonly kind: "source";
  readonly name: string;
  readonly predecessors: readonly string[];
  readonly topics: readonly string[];
  readonly pattern: RegExp | undefined;
  readonly key: AnySerde | undefined;
  readonly value: AnySerde | undefined;
  readonly timestamp: TimestampExtractor | undefined;
  readonly offsetReset: OffsetReset | undefined;
}

/** A processor as a topology keeps it. */
export interface ProcessorPart {
  readonly kind: "processor";
  readonly name: string;
  readonly predecessors: readonly string[];
  readonly supplier: OperatorSupplier;
  readonly stores: Set<string>;
}

/** A sink as a topology keeps it. */
export interface SinkPart {
  readonly kind: "sink";
  readonly name: string;
  readonly predecessors: readonly string[];
  readonly topic: string | TopicNameExtractor<never, never>;
  readonly key: AnySerde | undefined;
  readonly value: AnySerde | undefined;
  readonly partitioner: StreamPartitioner<never, never> | undefined;
}

/** A node of a topology with all that a task needs of it. */
export type Part = SourcePart | ProcessorPart | SinkPart;

/** A store, who uses it, and where its changes go. */
export interface StorePart {
  readonly builder: StoreBuilder;
  readonly processors: Set<string>;
  /** Its source topic serves as changelog (`reuse.ktable.source.topics`). */
  sourceTopic: string | undefined;
  /** Filled from a topic before anything runs; in no sub-topology. */
  readonly isGlobal: boolean;
  /** A global one that has what its topic said last of each key, so that the same records may be put into it again. */
  readonly isTable?: boolean;
}

/** A topic that the application makes for itself between two of its sub-topologies. */
export interface RepartitionTopic {
  /** Without the application's id. */
  readonly name: string;
  /** Undefined: as many as the largest topic of those it is joined with or comes from. */
  readonly partitions: number | undefined;
}
