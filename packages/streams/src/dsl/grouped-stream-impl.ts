import { ProcessorNode } from "../graph/processor-node.ts";
import type { RepartitionNode } from "../graph/repartition-node.ts";
import { StreamAggregate } from "../processors/aggregates/stream-aggregate.ts";
import type { AnySerde } from "../topology/parts.ts";
import { long } from "../serdes/primitive-serdes.ts";
import { checkFunction, nameIn } from "./arguments.ts";
import type { DslContext, GroupState } from "./context.ts";
import type { GroupedStream } from "./k-stream.ts";
import type { Named, Stored } from "./options.ts";
import { repartitioned } from "./repartitioned.ts";
import { type NamedStore, namedStore } from "./store-naming.ts";
import { tableStoreBuilder } from "./table-store-builder.ts";

type Verbs = { readonly [P in keyof GroupedStream<unknown, unknown>]: (...given: never[]) => unknown };
type Aggregator = (aggregate: unknown, value: unknown, key: unknown) => unknown;

/** {@link GroupedStream}, whose types are told to users there and are forgotten here. */
export class GroupedStreamImpl implements Verbs {
  readonly #context: DslContext;
  readonly #state: GroupState;
  /** Of a named grouping: all that is folded from it comes through the same topic. */
  #repartition: RepartitionNode | undefined;

  constructor(context: DslContext, state: GroupState) {
    this.#context = context;
    this.#state = state;
  }

  count(options: Named & Stored = {}): unknown {
    // Java takes a number for a store without a name twice where settings were given for it.
    if (typeof options.store === "object" && options.store.name === undefined) this.#context.graph.names.store("KSTREAM-AGGREGATE-");
    const store = namedStore(this.#context.graph.names, options.store, "KSTREAM-AGGREGATE-");
    return this.#fold(
      store,
      "KSTREAM-AGGREGATE-",
      options,
      long,
      () => 0,
      (count) => (count as number) + 1,
    );
  }

  reduce(reducer: (...given: never[]) => unknown, options: Named & Stored = {}): unknown {
    checkFunction("reduce", "reducer", reducer);
    const store = namedStore(this.#context.graph.names, options.store, "KSTREAM-REDUCE-");
    return this.#fold(store, "KSTREAM-REDUCE-", options, this.#state.value, undefined, reducer as Aggregator);
  }

  aggregate(
    init: () => unknown,
    aggregator: (...given: never[]) => unknown,
    options: Named & Stored & { readonly value: AnySerde },
  ): unknown {
    checkFunction("aggregate", "initializer", init);
    checkFunction("aggregate", "aggregator", aggregator);
    const store = namedStore(this.#context.graph.names, options.store, "KSTREAM-AGGREGATE-");
    return this.#fold(store, "KSTREAM-AGGREGATE-", options, options.value, init, aggregator as Aggregator);
  }

  #fold(
    store: NamedStore,
    prefix: string,
    options: Named,
    value: AnySerde | undefined,
    init: (() => unknown) | undefined,
    aggregator: Aggregator,
  ): unknown {
    const { graph, unnamed } = this.#context;
    const name = graph.names.nodeOr(nameIn(options), prefix);
    if (!store.isQueryable) unnamed.stores.push(store.name);
    const from = this.#from(store);
    const table = new StreamAggregate(store.name, init, aggregator);
    const serdes = { key: this.#state.key, value };
    const builder = tableStoreBuilder(store, serdes);
    const node = new ProcessorNode(name, () => table.create(), { own: () => [builder] });
    node.isVersioned = store.options.historyRetentionMs !== undefined;
    graph.add(node, from.node);
    return this.#context.table({
      name,
      node,
      ...serdes,
      sources: from.sources,
      table,
      queryableStoreName: store.isQueryable ? store.name : undefined,
    });
  }

  #from(store: NamedStore): Pick<GroupState, "node" | "sources"> {
    if (!this.#state.needsRepartition) return this.#state;
    const { groupName, key, value } = this.#state;
    const prefix = { name: groupName ?? store.name, isGiven: groupName !== undefined || store.isQueryable };
    const reused = groupName === undefined ? undefined : this.#repartition;
    const through = repartitioned(this.#context, this.#state, prefix, { key, value }, reused);
    this.#repartition = through.node;
    return through;
  }
}
