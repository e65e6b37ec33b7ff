import type { FixedKeyProcessorSupplier, ProcessorSupplier } from "../processor/processor.ts";
import type { ProcessorWrap } from "../processor/processor-wrap.ts";
import { userFixedKeyProcessor, userProcessor } from "../processors/user-processor.ts";
import type { Serde } from "../serdes/serde.ts";
import type { StoreBuilder } from "../stores/store-builder.ts";
import { describeTopology } from "./describe.ts";
import { type TopologyJson, topologyDot, topologyJson, topologyMermaid } from "./diagram.ts";
import type { OffsetReset, SourcePart, StreamPartitioner, TimestampExtractor, TopicNameExtractor } from "./parts.ts";
import { TopologyBuilder } from "./topology-builder.ts";

/** What a source reads and how. */
export interface SourceOptions<K, V> {
  readonly topics: readonly string[] | RegExp;
  readonly key: Serde<K>;
  readonly value: Serde<V>;
  readonly timestamp?: TimestampExtractor;
  readonly offsetReset?: OffsetReset;
}

/** A topic that a processor fills a store from, and the names of the two nodes that this takes. */
export interface StoreSourceOptions<K, V> {
  readonly source: string;
  readonly processor: string;
  readonly topic: string;
  readonly key: Serde<K>;
  readonly value: Serde<V>;
  readonly timestamp?: TimestampExtractor;
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

  /**
   * A store that each instance has whole: the processor is given every record of the topic and puts down what it makes of it. It is open to all processors, who may read it only, and its topic
   * is its changelog.
   */
  addGlobalStore<K, V>(store: StoreBuilder, options: StoreSourceOptions<K, V>, supplier: ProcessorSupplier<K, V, never, never>): this {
    this.builder.addGlobalStore(store, storeSource(options), options.processor, userProcessor(supplier));
    return this;
  }

  /** A store of each task that is filled from its partition of a topic, which is its changelog: nothing else should write it (KIP-813). Connect the processors that read it. */
  addReadOnlyStateStore<K, V>(
    store: StoreBuilder,
    options: StoreSourceOptions<K, V>,
    supplier: ProcessorSupplier<K, V, never, never>,
  ): this {
    this.builder.addSource(storeSource(options));
    this.builder.addProcessor(options.processor, userProcessor(supplier), [options.source]);
    this.builder.addStateStore(store, [options.processor]);
    this.builder.useSourceAsChangelog(store.name, options.topic);
    return this;
  }

  connectProcessorAndStateStores(processor: string, ...stores: string[]): this {
    this.builder.connect([processor], stores);
    return this;
  }

  /** Puts what `wrap` gives around each processor; another call takes the place of this one. */
  wrapProcessors(wrap: ProcessorWrap): this {
    this.builder.wrap = wrap;
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

function storeSource<K, V>({ source, topic, key, value, timestamp }: StoreSourceOptions<K, V>): Omit<SourcePart, "kind" | "predecessors"> {
  return { name: source, topics: [topic], pattern: undefined, key, value, timestamp, offsetReset: undefined };
}
