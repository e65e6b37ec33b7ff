import type { FixedKeyProcessorSupplier, ProcessorSupplier } from "../processor/processor.ts";
import { userFixedKeyProcessor, userProcessor } from "../processors/user-processor.ts";
import type { Serde } from "../serdes/serde.ts";
import type { StoreBuilder } from "../stores/store-builder.ts";
import { describeTopology } from "./describe.ts";
import { type TopologyJson, topologyDot, topologyJson, topologyMermaid } from "./diagram.ts";
import type { OffsetReset, StreamPartitioner, TimestampExtractor, TopicNameExtractor } from "./parts.ts";
import { TopologyBuilder } from "./topology-builder.ts";

/** What a source reads and how. */
export interface SourceOptions<K, V> {
  readonly topics: readonly string[] | RegExp;
  readonly key: Serde<K>;
  readonly value: Serde<V>;
  readonly timestamp?: TimestampExtractor;
  readonly offsetReset?: OffsetReset;
}

/** What a sink writes and how. */
export interface SinkOptions<K, V> {
  readonly topic: string | TopicNameExtractor<K, V>;
  readonly key: Serde<K>;
  readonly value: Serde<V>;
  readonly partitioner?: StreamPartitioner<K, V>;
}

/**
 * Sources, processors, sinks and stores, connected by names: what `StreamsBuilder.build()` gives, and what can be put together by hand. Nodes are added after those they follow.
 * Throws `STREAMS_NAME_TAKEN`, `STREAMS_TOPOLOGY`, `STREAMS_BAD_NAME`.
 */
export class Topology {
  /** @internal */
  readonly builder: TopologyBuilder;

  constructor(builder = new TopologyBuilder()) {
    this.builder = builder;
  }

  addSource<K, V>(name: string, { topics, key, value, timestamp, offsetReset }: SourceOptions<K, V>): this {
    const pattern = topics instanceof RegExp ? topics : undefined;
    this.builder.addSource({ name, topics: topics instanceof RegExp ? [] : topics, pattern, key, value, timestamp, offsetReset });
    return this;
  }

  addProcessor<KIn, VIn, KOut, VOut>(name: string, supplier: ProcessorSupplier<KIn, VIn, KOut, VOut>, ...parents: string[]): this {
    this.builder.addProcessor(name, userProcessor(supplier), parents);
    return this;
  }

  addFixedKeyProcessor<K, VIn, VOut>(name: string, supplier: FixedKeyProcessorSupplier<K, VIn, VOut>, ...parents: string[]): this {
    this.builder.addProcessor(name, userFixedKeyProcessor(supplier), parents);
    return this;
  }

  addSink<K, V>(name: string, { topic, key, value, partitioner }: SinkOptions<K, V>, ...parents: string[]): this {
    this.builder.addSink({ name, predecessors: parents, topic, key, value, partitioner });
    return this;
  }

  /** The same builder may be added several times, to connect it to further processors. */
  addStateStore(store: StoreBuilder, ...processors: string[]): this {
    this.builder.addStateStore(store, processors);
    return this;
  }

  connectProcessorAndStateStores(processor: string, ...stores: string[]): this {
    this.builder.connect([processor], stores);
    return this;
  }

  /** Java's `Topology#describe()` as text, equal byte by byte. */
  describe(): string {
    return describeTopology(this.builder);
  }

  toJSON(): TopologyJson {
    return topologyJson(this.builder);
  }

  toMermaid(): string {
    return topologyMermaid(this.toJSON());
  }

  toDot(): string {
    return topologyDot(this.toJSON());
  }
}
