import { Graph, type Optimization } from "../graph/graph.ts";
import { StateStoreNode } from "../graph/processor-node.ts";
import { GlobalStoreNode, StreamSourceNode, TableSourceNode } from "../graph/source-nodes.ts";
import type { ProcessorSupplier } from "../processor/processor.ts";
import type { ProcessorWrap } from "../processor/processor-wrap.ts";
import { TableSource } from "../processors/tables/table-source.ts";
import { userProcessor } from "../processors/user-processor.ts";
import type { StoreBuilder } from "../stores/store-builder.ts";
import { StreamsError } from "../streams-error.ts";
import { checkTopicName } from "../topology/names.ts";
import { Topology } from "../topology/topology.ts";
import { checkFunction, checkOptions, nameIn } from "./arguments.ts";
import type { DslContext, GlobalTableState } from "./context.ts";
import { GroupedStreamImpl } from "./grouped-stream-impl.ts";
import { GroupedTableImpl } from "./grouped-table-impl.ts";
import type { GlobalKTable, KStream, KTable } from "./k-stream.ts";
import type { ReadOptions, Stored } from "./options.ts";
import { namedStore } from "./store-naming.ts";
import { StreamImpl } from "./stream-impl.ts";
import { TableImpl } from "./table-impl.ts";
import { tableStoreBuilder } from "./table-store-builder.ts";

/** How a topology is made of what was said to a builder. */
export interface BuildOptions {
  /** Kafka's `topology.optimization`; `none` unless told. */
  readonly optimization?: "none" | "all" | readonly Optimization[];
  /** Refuses topics and stores of the application's own that only have a number: a change of the topology would give them another one, and lose what is in them (KIP-1111). */
  readonly requireNames?: boolean;
  /** Keeps all stores that the DSL makes on the disk, where the application has one, but for those that say otherwise (Java's `dsl.store.suppliers.class`). Default false: in memory. */
  readonly persistentStores?: boolean;
  /** What stands around each processor, the DSL's own ones too (KIP-1112). */
  readonly wrap?: ProcessorWrap;
}

const allOptimizations: readonly Optimization[] = ["merge.repartition.topics", "reuse.ktable.source.topics", "single.store.self.join"];

/** Streams and tables of topics, and what is made of them. Numbers of nodes follow the order of the calls, as in Java. */
export class StreamsBuilder {
  readonly #graph = new Graph();
  readonly #context: DslContext;
  #topology: Topology | undefined;

  constructor() {
    const context: DslContext = {
      graph: this.#graph,
      unnamed: { repartitionTopics: [], stores: [] },
      joinRepartitions: new WeakMap(),
      stream: (state) => new StreamImpl(context, state),
      table: (state) => new TableImpl(context, state),
      groupedStream: (state) => new GroupedStreamImpl(context, state),
      groupedTable: (state) => new GroupedTableImpl(context, state),
    };
    this.#context = context;
  }

  /** One topic, several, or all whose whole name the pattern fits. */
  stream<K, V>(topics: string | readonly string[] | RegExp, options: ReadOptions<K, V>): KStream<K, V> {
    checkOptions("stream", "serdes for key and value", options);
    if (typeof topics === "string") checkTopicName(topics);
    else if (Array.isArray(topics)) topics.forEach(checkTopicName);
    else if (!(topics instanceof RegExp))
      throw new StreamsError(
        "STREAMS_BAD_ARGUMENT",
        `stream reads a topic, a list of topics or a pattern, and was given ${typeof topics}.`,
      );
    const name = this.#graph.names.nodeOr(nameIn(options), "KSTREAM-SOURCE-");
    const { key, value, timestamp, offsetReset } = options;
    const node = new StreamSourceNode(name, typeof topics === "string" ? [topics] : topics, { key, value, timestamp, offsetReset });
    this.#graph.add(node);
    return this.#context.stream({ name, node, key, value, sources: new Set([name]), needsRepartition: false }) as KStream<K, V>;
  }

  /** A topic as a table: the last value of each key; null deletes, null keys are dropped. */
  table<K, V>(topic: string, options: ReadOptions<K, V> & Stored): KTable<K, V> {
    const { source, node, table, store, name } = this.#tableSource(topic, options, false);
    const { key, value } = options;
    const queryableStoreName = store.isQueryable ? store.name : undefined;
    return this.#context.table({ name, node, key, value, sources: new Set([source]), table, queryableStoreName }) as KTable<K, V>;
  }

  /** A topic as a table that each instance has whole. */
  globalTable<K, V>(topic: string, options: ReadOptions<K, V> & Stored): GlobalKTable<K, V> {
    const { store, table } = this.#tableSource(topic, options, true);
    const state: GlobalTableState = { queryableStoreName: store.name, view: table.view() };
    return state;
  }

  /** A store for processors, which are connected to it by its name. */
  addStateStore(store: StoreBuilder): this {
    checkOptions("addStateStore", "what stores makes", store);
    this.#graph.add(new StateStoreNode(store));
    return this;
  }

  /**
   * A store that each instance has whole: the processor is given every record of the topic and puts down what it makes of it. It must give the same at every reading, since it is what fills
   * the store at a start. The store is open to all processors, who may read it only (`STREAMS_BAD_ARGUMENT`); it has no changelog, the topic is one.
   */
  addGlobalStore<K, V>(
    store: StoreBuilder,
    topic: string,
    options: ReadOptions<K, V>,
    supplier: ProcessorSupplier<K, V, never, never>,
  ): this {
    checkOptions("addGlobalStore", "a store to be filled", store);
    checkOptions("addGlobalStore", "serdes for key and value", options);
    checkTopicName(topic);
    checkFunction("addGlobalStore", "processor's supplier", supplier);
    const { key, value, timestamp, offsetReset } = options;
    const given = nameIn(options);
    const sourceName = this.#graph.names.suffixedOr(given, "-source", "KSTREAM-SOURCE-");
    const name = this.#graph.names.nodeOr(given, "KTABLE-SOURCE-");
    const consumed = { key, value, timestamp, offsetReset };
    this.#graph.add(new GlobalStoreNode({ name, sourceName, topic, consumed, store, supplier: userProcessor(supplier) }));
    return this;
  }

  /** The topology; the same at every call. Throws `STREAMS_TOPOLOGY`, `STREAMS_NAME_TAKEN`, `STREAMS_NAME_MISSING`, `STREAMS_CO_PARTITIONING`. */
  build({ optimization = "none", requireNames = false, persistentStores = false, wrap }: BuildOptions = {}): Topology {
    if (this.#topology === undefined) {
      if (requireNames) this.#checkNames();
      const optimizations = optimization === "all" ? allOptimizations : optimization === "none" ? [] : optimization;
      const unknown = optimizations.find((name) => !allOptimizations.includes(name));
      if (unknown !== undefined) {
        throw new StreamsError(
          "STREAMS_BAD_ARGUMENT",
          `There is no optimization ${String(unknown)}: there are ${allOptimizations.join(", ")}, all and none.`,
        );
      }
      if (wrap !== undefined) checkFunction("build", "wrap", wrap);
      this.#topology = new Topology(this.#graph.write(new Set(optimizations)));
      this.#topology.builder.persistsStores = persistentStores;
      if (wrap !== undefined) this.#topology.wrapProcessors(wrap);
    }
    return this.#topology;
  }

  #tableSource<K, V>(topic: string, options: ReadOptions<K, V> & Stored, isGlobal: boolean) {
    checkOptions("a table", "serdes for key and value", options);
    checkTopicName(topic);
    const { names } = this.#graph;
    const { key, value, timestamp, offsetReset } = options;
    const store = namedStore(names, options.store, `${topic}-`);
    const given = nameIn(options);
    const source = names.suffixedOr(given, "-source", "KSTREAM-SOURCE-");
    const name = names.nodeOr(given, "KTABLE-SOURCE-");
    const table = new TableSource(store.name, isGlobal || store.isQueryable);
    const builder = tableStoreBuilder(isGlobal ? { ...store, options: { ...store.options, logging: false } } : store, { key, value });
    const consumed = { key, value, timestamp, offsetReset };
    const node = new TableSourceNode({ name, sourceName: source, topic, consumed, table, store: () => builder, isGlobal });
    node.isVersioned = store.options.historyRetentionMs !== undefined;
    this.#graph.add(node);
    if (!store.isQueryable && !isGlobal) this.#context.unnamed.stores.push(store.name);
    return { source, node, table, store, name };
  }

  #checkNames(): void {
    const { repartitionTopics, stores } = this.#context.unnamed;
    if (repartitionTopics.length + stores.length === 0) return;
    const topics = repartitionTopics.length === 0 ? "" : ` repartition topics ${repartitionTopics.join(", ")}`;
    const and = topics === "" || stores.length === 0 ? "" : " and";
    const kept = stores.length === 0 ? "" : ` stores ${stores.join(", ")}`;
    throw new StreamsError(
      "STREAMS_NAME_MISSING",
      `Names are required, and the topology has${topics}${and}${kept} that only have numbers: give the operators' groupings, joins and stores names.`,
    );
  }
}
