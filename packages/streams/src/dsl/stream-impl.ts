import { ProcessorNode } from "../graph/processor-node.ts";
import { repartitionNames } from "../graph/repartition-names.ts";
import { RepartitionNode } from "../graph/repartition-node.ts";
import { SinkNode } from "../graph/sink-node.ts";
import { AsyncOperator } from "../processors/async/async-operator.ts";
import { type AsyncCall, type AsyncOptions, callSettings } from "../processors/async/call-options.ts";
import type { TableJoiner } from "../processors/joins/table-table-join.ts";
import type { OperatorSupplier } from "../processors/operator.ts";
import { type KeyValueFunction, stateless } from "../processors/stateless.ts";
import { TableSource } from "../processors/tables/table-source.ts";
import { userFixedKeyProcessor, userProcessor } from "../processors/user-processor.ts";
import { told } from "../known-options.ts";
import { StreamsError } from "../streams-error.ts";
import type { AnySerde } from "../serdes/serde.ts";
import type { StreamPartitioner } from "../topology/parts.ts";
import { checkCall, checkFunction, checkMeetingKey, checkOptions, nameIn, stateOf } from "./arguments.ts";
import { type Branches, branchesInOrder } from "./branches.ts";
import type { DslContext, GlobalTableState, StreamState, TableState } from "./context.ts";
import type { KStream } from "./k-stream.ts";
import type { Named, ProcessOptions, Stored } from "./options.ts";
import { repartitioned } from "./repartitioned.ts";
import { namedStore } from "./store-naming.ts";
import { joinStreams, type StreamJoinOptions } from "./stream-joins.ts";
import { type JoinKind, type JoinOptions, joinStreamGlobal, joinStreamTable } from "./table-joins.ts";
import { tableStoreBuilder } from "./table-store-builder.ts";

type Options = Named & { readonly key?: AnySerde; readonly value?: AnySerde };
type ToTopicOptions = Options & { readonly partitioner?: StreamPartitioner<never, never>; readonly partitions?: number };
type AsyncFunction = (value: never, key: never, call: AsyncCall) => PromiseLike<unknown>;
type AsyncVerbOptions = AsyncOptions & Options;
type KeyFunction = (value: unknown, key: unknown) => unknown;
interface Joined {
  readonly state: StreamState | TableState;
}
type Verbs = { readonly [P in keyof KStream<unknown, unknown>]: (...given: never[]) => unknown };

/** Kafka counts them in 32 bits. */
const PARTITIONS_MAX = 2 ** 31 - 1;

/** {@link KStream}, whose types are told to users there and are forgotten here. Each verb adds a node to the graph. */
export class StreamImpl implements Verbs {
  readonly #context: DslContext;
  readonly state: StreamState;

  constructor(context: DslContext, state: StreamState) {
    this.#context = context;
    this.state = state;
  }

  filter(predicate: KeyValueFunction<boolean>, options?: Named): unknown {
    checkFunction("filter", "predicate", predicate);
    return this.#next("KSTREAM-FILTER-", options, stateless.filter(predicate, true));
  }

  filterNot(predicate: KeyValueFunction<boolean>, options?: Named): unknown {
    checkFunction("filterNot", "predicate", predicate);
    return this.#next("KSTREAM-FILTER-", options, stateless.filter(predicate, false));
  }

  selectKey(mapper: KeyValueFunction<unknown>, options?: Options): unknown {
    checkFunction("selectKey", "mapper", mapper);
    return this.#next("KSTREAM-KEY-SELECT-", options, stateless.selectKey(mapper), { key: options?.key, changesKey: true });
  }

  map(mapper: KeyValueFunction<readonly [unknown, unknown]>, options?: Options): unknown {
    checkFunction("map", "mapper", mapper);
    return this.#next("KSTREAM-MAP-", options, stateless.map(mapper), { key: options?.key, value: options?.value, changesKey: true });
  }

  mapValues(mapper: KeyValueFunction<unknown>, options?: Options): unknown {
    checkFunction("mapValues", "mapper", mapper);
    return this.#next("KSTREAM-MAPVALUES-", options, stateless.mapValues(mapper), { value: options?.value, changesValue: true });
  }

  mapAsync(fn: AsyncFunction, options: AsyncVerbOptions = {}): unknown {
    return this.#async("mapAsync", "KSTREAM-MAPASYNC-", fn, undefined, options);
  }

  enrichAsync(fn: AsyncFunction, joiner: (value: never, result: never, key: never) => unknown, options: AsyncVerbOptions = {}): unknown {
    checkFunction("enrichAsync", "joiner", joiner);
    return this.#async("enrichAsync", "KSTREAM-ENRICHASYNC-", fn, joiner, options);
  }

  flatMap(mapper: KeyValueFunction<Iterable<readonly [unknown, unknown]>>, options?: Options): unknown {
    checkFunction("flatMap", "mapper", mapper);
    return this.#next("KSTREAM-FLATMAP-", options, stateless.flatMap(mapper), {
      key: options?.key,
      value: options?.value,
      changesKey: true,
    });
  }

  flatMapValues(mapper: KeyValueFunction<Iterable<unknown>>, options?: Options): unknown {
    checkFunction("flatMapValues", "mapper", mapper);
    return this.#next("KSTREAM-FLATMAPVALUES-", options, stateless.flatMapValues(mapper), { value: options?.value, changesValue: true });
  }

  peek(action: KeyValueFunction<void>, options?: Named): unknown {
    checkFunction("peek", "action", action);
    return this.#next("KSTREAM-PEEK-", options, stateless.peek(action));
  }

  forEach(action: KeyValueFunction<void>, options?: Named): void {
    checkFunction("forEach", "action", action);
    this.#next("KSTREAM-FOREACH-", options, stateless.forEach(action));
  }

  merge(given: { readonly state: StreamState }, options?: Named): unknown {
    const other = stateOf("merge", this.#context.graph, given);
    const name = this.#context.graph.names.nodeOr(nameIn(options), "KSTREAM-MERGE-");
    const node = new ProcessorNode(name, stateless.passThrough);
    node.isMerge = true;
    this.#context.graph.add(node, this.state.node, other.node);
    return this.#context.stream({
      name,
      node,
      key: this.state.key ?? other.key,
      value: this.state.value ?? other.value,
      sources: new Set([...this.state.sources, ...other.sources]),
      needsRepartition: this.state.needsRepartition || other.needsRepartition,
    });
  }

  split(branches: Branches, options?: Named & { readonly default?: string }): Record<string, unknown> {
    const { labels, predicates } = branchesInOrder(branches, options?.default);
    const { graph } = this.#context;
    const name = graph.names.nodeOr(nameIn(options), "KSTREAM-BRANCH-");
    const childNames = labels.map((label) => name + label);
    const splitter = graph.add(new ProcessorNode(name, stateless.branch(predicates, childNames)), this.state.node);
    return Object.fromEntries(
      childNames.map((child, i) => {
        graph.names.node(child);
        const node = graph.add(new ProcessorNode(child, stateless.passThrough), splitter);
        return [labels[i] as string, this.#context.stream({ ...this.state, name: child, node })];
      }),
    );
  }

  repartition(options: ToTopicOptions = {}): unknown {
    const { graph, unnamed } = this.#context;
    if (
      options.partitions !== undefined &&
      (!Number.isSafeInteger(options.partitions) || options.partitions < 1 || options.partitions > PARTITIONS_MAX)
    ) {
      throw new StreamsError(
        "STREAMS_BAD_ARGUMENT",
        `repartition was asked for ${told(options.partitions)} partitions: a topic has from 1 to ${PARTITIONS_MAX}.`,
      );
    }
    const given = nameIn(options);
    const key = options.key ?? this.state.key;
    const value = options.value ?? this.state.value;
    const names = repartitionNames(graph.names, given ?? graph.names.node("KSTREAM-REPARTITION-"));
    if (given === undefined) unnamed.repartitionTopics.push(names.topic);
    const node = graph.add(
      new RepartitionNode({ names, key, value, partitioner: options.partitioner, partitions: options.partitions }, false),
      this.state.node,
    );
    return this.#context.stream({ name: names.source, node, key, value, sources: new Set([names.source]), needsRepartition: false });
  }

  to(topic: string | ((value: never, key: never) => string), options: ToTopicOptions = {}): void {
    const name = this.#context.graph.names.nodeOr(nameIn(options), "KSTREAM-SINK-");
    const key = options.key ?? this.state.key;
    const value = options.value ?? this.state.value;
    this.#context.graph.add(new SinkNode(name, { topic, key, value, partitioner: options.partitioner }), this.state.node);
  }

  toTable(options: Options & Stored = {}): unknown {
    const { graph, unnamed } = this.#context;
    const given = nameIn(options);
    const name = graph.names.nodeOr(given, "KSTREAM-TOTABLE-");
    const store = namedStore(graph.names, options.store, "KSTREAM-TOTABLE-");
    const serdes = { key: options.key ?? this.state.key, value: options.value ?? this.state.value };
    const from = this.state.needsRepartition
      ? repartitioned(this.#context, this.state, { name, isGiven: given !== undefined }, serdes)
      : this.state;
    const table = new TableSource(store.name, store.isQueryable);
    const builder = tableStoreBuilder(store, serdes);
    const node = new ProcessorNode(name, () => table.create(), { own: () => (table.isMaterialized ? [builder] : []) });
    node.isVersioned = store.options.historyRetentionMs !== undefined;
    graph.add(node, from.node);
    if (!store.isQueryable) unnamed.stores.push(store.name);
    return this.#context.table({
      name,
      node,
      ...serdes,
      sources: from.sources,
      table,
      queryableStoreName: store.isQueryable ? store.name : undefined,
    });
  }

  groupByKey(options: Options = {}): unknown {
    const key = options.key ?? this.state.key;
    const value = options.value ?? this.state.value;
    checkMeetingKey("groupByKey", key);
    return this.#context.groupedStream({ ...this.state, key, value, groupName: nameIn(options) });
  }

  groupBy(mapper: KeyValueFunction<unknown>, options: Options): unknown {
    checkFunction("groupBy", "mapper", mapper);
    checkOptions("groupBy", "a serde for the new key", options);
    checkMeetingKey("groupBy", options.key);
    const given = nameIn(options);
    const name = this.#context.graph.names.nodeOr(given, "KSTREAM-KEY-SELECT-");
    const node = new ProcessorNode(name, stateless.selectKey(mapper));
    node.changesKey = true;
    this.#context.graph.add(node, this.state.node);
    const value = options.value ?? this.state.value;
    return this.#context.groupedStream({ ...this.state, name, node, key: options.key, value, needsRepartition: true, groupName: given });
  }

  join(other: Joined, joiner: TableJoiner, options?: JoinOptions | StreamJoinOptions): unknown {
    return this.#join("inner", other, joiner, options);
  }

  leftJoin(other: Joined, joiner: TableJoiner, options?: JoinOptions | StreamJoinOptions): unknown {
    return this.#join("left", other, joiner, options);
  }

  outerJoin(other: { readonly state: StreamState }, joiner: TableJoiner, options: StreamJoinOptions): unknown {
    return this.#join("outer", other, joiner, options);
  }

  joinGlobal(table: GlobalTableState, keyMapper: KeyFunction, joiner: TableJoiner, options?: Named): unknown {
    return this.#joinGlobal(false, table, keyMapper, joiner, options);
  }

  leftJoinGlobal(table: GlobalTableState, keyMapper: KeyFunction, joiner: TableJoiner, options?: Named): unknown {
    return this.#joinGlobal(true, table, keyMapper, joiner, options);
  }

  process(supplier: () => unknown, options: ProcessOptions = {}): unknown {
    checkFunction("process", "supplier", supplier);
    return this.#process("KSTREAM-PROCESSOR-", userProcessor(supplier), options, {
      key: undefined,
      value: undefined,
      needsRepartition: true,
    });
  }

  processValues(supplier: () => unknown, options: ProcessOptions & { readonly value?: AnySerde } = {}): unknown {
    checkFunction("processValues", "supplier", supplier);
    return this.#process("KSTREAM-PROCESSVALUES-", userFixedKeyProcessor(supplier), options, { value: options.value });
  }

  #join(kind: JoinKind, given: Joined, joiner: TableJoiner, options?: JoinOptions | StreamJoinOptions): unknown {
    checkFunction("join", "joiner", joiner);
    const other = stateOf("join", this.#context.graph, given);
    for (const key of [options?.key ?? this.state.key, other.key]) checkMeetingKey("join", key);
    if ("table" in other) return joinStreamTable(this.#context, kind === "left", this.state, other, joiner, options);
    if (options === undefined || !("graceMs" in options)) {
      throw new StreamsError("STREAMS_BAD_ARGUMENT", "A join of streams needs a window: beforeMs, afterMs and graceMs.");
    }
    return joinStreams(this.#context, kind, this.state, other, joiner, options);
  }

  #joinGlobal(isLeft: boolean, table: GlobalTableState, keyMapper: KeyFunction, joiner: TableJoiner, options?: Named): unknown {
    checkFunction("joinGlobal", "key mapper", keyMapper);
    checkFunction("joinGlobal", "joiner", joiner);
    return joinStreamGlobal(this.#context, isLeft, this.state, table.view, keyMapper, joiner, options);
  }

  #process(prefix: string, supplier: OperatorSupplier, options: ProcessOptions, change: Partial<StreamState>): unknown {
    // Java takes no number here when there is a name.
    const name = nameIn(options) ?? this.#context.graph.names.node(prefix);
    const node = this.#context.graph.add(new ProcessorNode(name, supplier, { connected: () => options.stores ?? [] }), this.state.node);
    return this.#context.stream({ ...this.state, ...change, name, node });
  }

  #async(
    verb: string,
    prefix: string,
    fn: AsyncFunction,
    joiner: ((value: never, result: never, key: never) => unknown) | undefined,
    options: AsyncVerbOptions,
  ): unknown {
    checkCall(verb, fn);
    const settings = callSettings(verb, options);
    const key = options.key ?? this.state.key;
    const name = this.#context.graph.names.ownOr(nameIn(options), prefix);
    const node = new ProcessorNode(name, () => new AsyncOperator(fn as AsyncCalled, joiner as AsyncJoiner | undefined, settings, key));
    node.changesValue = true;
    this.#context.graph.add(node, this.state.node);
    return this.#context.stream({ ...this.state, name, node, key, value: options.value });
  }

  #next(prefix: string, options: Named | undefined, supplier: OperatorSupplier, change: NextChange = {}): unknown {
    const name = this.#context.graph.names.nodeOr(nameIn(options), prefix);
    const node = new ProcessorNode(name, supplier);
    node.changesKey = change.changesKey === true;
    node.changesValue = change.changesValue === true;
    this.#context.graph.add(node, this.state.node);
    return this.#context.stream({
      name,
      node,
      key: "key" in change ? change.key : this.state.key,
      value: "value" in change ? change.value : this.state.value,
      sources: this.state.sources,
      needsRepartition: this.state.needsRepartition || node.changesKey,
    });
  }
}

type AsyncCalled = (value: unknown, key: unknown, call: AsyncCall) => unknown;
type AsyncJoiner = (value: unknown, result: unknown, key: unknown) => unknown;

interface NextChange {
  readonly key?: AnySerde | undefined;
  readonly value?: AnySerde | undefined;
  readonly changesKey?: boolean;
  readonly changesValue?: boolean;
}
