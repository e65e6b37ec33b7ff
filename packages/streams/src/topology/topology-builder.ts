import { invariant } from "@ottla/base";
import type { ProcessorWrap } from "../processor/processor-wrap.ts";
import type { OperatorSupplier } from "../processors/operator.ts";
import type { StoreBuilder } from "../stores/store-builder.ts";
import { StreamsError } from "../streams-error.ts";
import { checkName, checkTopicName } from "./names.ts";
import { NodeGroups } from "./node-groups.ts";
import type { Part, ProcessorPart, RepartitionTopic, SinkPart, SourcePart, StorePart } from "./parts.ts";

/**
 * So many nodes may follow one another without a topic between them: a record goes down them on one stack, which has room for about 400 where each is a user's processor, wrapped in
 * functions of theirs and explained, before anything is compiled.
 */
const NODES_IN_A_ROW_MAX = 256;

/** Takes sources, processors, sinks and stores in the order in which they are named to it, and refuses what cannot be put together. */
export class TopologyBuilder {
  /** In the order in which they were added: it numbers the sub-topologies. */
  readonly parts = new Map<string, Part>();
  readonly stores = new Map<string, StorePart>();
  readonly repartitionTopics = new Map<string, RepartitionTopic>();
  /** Names of sources whose topics must have equally many partitions. */
  readonly coPartitioned: Set<string>[] = [];
  /** Asked for what stands around each processor when tasks are made. */
  wrap: ProcessorWrap | undefined;
  /** Whether stores of the DSL are on the disk unless they say otherwise. */
  persistsStores = false;
  readonly #groups = new NodeGroups();
  readonly #sourceOfTopic = new Map<string, string>();
  /** How many nodes come one after another down to each. */
  readonly #rows = new Map<string, number>();

  addSource(source: Omit<SourcePart, "kind" | "predecessors">): void {
    this.#checkNew(source.name);
    if (source.topics.length === 0 && source.pattern === undefined) {
      throw new StreamsError("STREAMS_BAD_ARGUMENT", `Source ${source.name} has no topic: name at least one.`);
    }
    for (const topic of source.topics) {
      checkTopicName(topic);
      const other = this.#sourceOfTopic.get(topic);
      if (other !== undefined) {
        throw new StreamsError(
          "STREAMS_TOPOLOGY",
          `Topic ${topic} is already read by source ${other}: let ${source.name} take what that source gives, or read another topic.`,
        );
      }
      this.#sourceOfTopic.set(topic, source.name);
    }
    this.#add({ kind: "source", predecessors: [], ...source });
  }

  addProcessor(name: string, supplier: OperatorSupplier, predecessors: readonly string[]): void {
    this.#checkNew(name);
    this.#checkPredecessors("Processor", name, predecessors);
    this.#add({ kind: "processor", name, predecessors, supplier, stores: new Set() });
  }

  addSink(sink: Omit<SinkPart, "kind">): void {
    this.#checkNew(sink.name);
    if (typeof sink.topic !== "function") checkTopicName(sink.topic);
    this.#checkPredecessors("Sink", sink.name, sink.predecessors);
    this.#add({ kind: "sink", ...sink });
  }

  /** The same builder may come again, with further processors; another one of the same name may not. */
  addStateStore(builder: StoreBuilder, processors: readonly string[] = []): void {
    checkName(builder.name);
    const known = this.stores.get(builder.name);
    if (known !== undefined && (known.builder !== builder || known.isGlobal)) {
      throw new StreamsError("STREAMS_NAME_TAKEN", `There is another state store ${builder.name}: give this one a name of its own.`);
    }
    if (known === undefined) {
      this.stores.set(builder.name, { builder, processors: new Set(), sourceTopic: undefined, isGlobal: false });
    }
    this.connect(processors, [builder.name]);
  }

  /** Like {@link addStateStore} for stores that are filled from a whole topic in every instance; its two nodes are a sub-topology without tasks. `isTable`: the processor puts what comes, and nothing else. */
  addGlobalStore(
    builder: StoreBuilder,
    source: Omit<SourcePart, "kind" | "predecessors">,
    processor: string,
    supplier: OperatorSupplier,
    isTable = false,
  ): void {
    checkName(builder.name);
    if (this.stores.has(builder.name)) {
      throw new StreamsError("STREAMS_NAME_TAKEN", `There is another state store ${builder.name}: give this one a name of its own.`);
    }
    this.addSource(source);
    this.addProcessor(processor, supplier, [source.name]);
    this.stores.set(builder.name, { builder, processors: new Set([processor]), sourceTopic: source.topics[0], isGlobal: true, isTable });
    this.#processor(processor).stores.add(builder.name);
  }

  /** Lets processors use stores; all who use one store are in one sub-topology. */
  connect(processors: readonly string[], stores: readonly string[]): void {
    for (const store of stores) for (const processor of processors) this.#connect(processor, store);
  }

  /** The topic that a store is filled from is its changelog. */
  useSourceAsChangelog(store: string, topic: string): void {
    const part = this.stores.get(store);
    invariant(part !== undefined, `store ${store} was added before`);
    part.sourceTopic = topic;
  }

  addRepartitionTopic(topic: RepartitionTopic): void {
    this.repartitionTopics.set(topic.name, topic);
  }

  coPartition(sources: Iterable<string>): void {
    this.coPartitioned.push(new Set(sources));
  }

  /** Puts one source in the place of another in all co-partitioned groups. */
  replaceCoPartitioned(from: string, to: string): void {
    for (const group of this.coPartitioned) if (group.delete(from)) group.add(to);
  }

  /** Refuses co-partitioned repartition topics whose numbers of partitions were given, and differ. */
  checkCoPartitioning(): void {
    for (const group of this.coPartitioned) {
      const topics = [...group].flatMap((source) => {
        const part = this.parts.get(source);
        return part?.kind === "source" ? part.topics : [];
      });
      const counts = new Map(topics.map((topic) => [topic, this.repartitionTopics.get(topic)?.partitions]));
      const given = [...counts.values()].filter((count) => count !== undefined);
      if (given.length === counts.size && new Set(given).size > 1) {
        const told = [...counts].map(([topic, count]) => `${topic}: ${String(count)}`).sort();
        throw new StreamsError("STREAMS_CO_PARTITIONING", `Topics that are joined must have equally many partitions: ${told.join(", ")}.`);
      }
    }
  }

  /** Names of the nodes of each sub-topology, global stores' among them, in the order of their numbers. */
  nodeGroups(): string[][] {
    return this.#groups.inOrderOf([...this.parts.keys()]);
  }

  isGlobalSource(name: string): boolean {
    const part = this.parts.get(name);
    return part?.kind === "source" && [...this.stores.values()].some((store) => store.isGlobal && store.sourceTopic === part.topics[0]);
  }

  #add(part: Part): void {
    const row = part.predecessors.reduce((longest, name) => Math.max(longest, (this.#rows.get(name) ?? 0) + 1), 1);
    if (row > NODES_IN_A_ROW_MAX) {
      throw new StreamsError(
        "STREAMS_TOPOLOGY",
        `${part.name} would be the ${row}th node in a row that a record goes through at once; at most ${NODES_IN_A_ROW_MAX} are possible: do more in one function, merge streams in pairs, or put repartition() or a topic between.`,
        { place: { node: part.name } },
      );
    }
    this.#rows.set(part.name, row);
    this.parts.set(part.name, part);
    this.#groups.add(part.name);
    for (const predecessor of part.predecessors) this.#groups.unite(part.name, predecessor);
  }

  #connect(processorName: string, storeName: string): void {
    const store = this.stores.get(storeName);
    if (store === undefined) {
      throw new StreamsError(
        "STREAMS_STORE_NOT_CONNECTED",
        `Processor ${processorName} asks for state store ${storeName}, which is not there: add it first.`,
      );
    }
    if (store.isGlobal) {
      throw new StreamsError(
        "STREAMS_TOPOLOGY",
        `Global store ${storeName} is open to every processor: do not connect ${processorName} to it.`,
      );
    }
    const processor = this.#processor(processorName);
    const [user] = store.processors;
    if (user !== undefined) this.#groups.unite(user, processorName);
    store.processors.add(processorName);
    processor.stores.add(storeName);
  }

  #processor(name: string): ProcessorPart {
    const part = this.parts.get(name);
    if (part === undefined) throw new StreamsError("STREAMS_TOPOLOGY", `There is no processor ${name}: add it first.`);
    if (part.kind !== "processor") {
      throw new StreamsError("STREAMS_TOPOLOGY", `${name} is a ${part.kind}: state stores belong to processors only.`);
    }
    return part;
  }

  #checkNew(name: string): void {
    checkName(name);
    if (this.parts.has(name)) {
      throw new StreamsError("STREAMS_NAME_TAKEN", `There are two nodes named ${name}: give one of them another name.`, {
        place: { node: name },
      });
    }
  }

  #checkPredecessors(what: string, name: string, predecessors: readonly string[]): void {
    if (predecessors.length === 0) throw new StreamsError("STREAMS_TOPOLOGY", `${what} ${name} has no parent: name at least one.`);
    for (const predecessor of predecessors) {
      const part = this.parts.get(predecessor);
      if (part === undefined)
        throw new StreamsError("STREAMS_TOPOLOGY", `${what} ${name} has a parent ${predecessor} that is not there: add it first.`);
      if (part.kind === "sink")
        throw new StreamsError("STREAMS_TOPOLOGY", `${what} ${name} cannot follow ${predecessor}: a sink gives nothing on.`);
    }
  }
}
