import type { GraphNode } from "../graph/graph-node.ts";
import { ProcessorNode } from "../graph/processor-node.ts";
import { repartitionNames } from "../graph/repartition-names.ts";
import { StreamAggregate } from "../processors/aggregates/stream-aggregate.ts";
import { stateless } from "../processors/stateless.ts";
import { gettersOfStore } from "../processors/tables/table-store.ts";
import type { TableSupplier } from "../processors/tables/table-supplier.ts";
import { windowAggregate } from "../processors/windows/window-aggregate.ts";
import type { Windows } from "../processors/windows/windows.ts";
import type { StoreBuilder } from "../stores/store-builder.ts";
import type { AnySerde } from "../serdes/serde.ts";
import { checkFunction, nameIn, stateOf } from "./arguments.ts";
import type { DslContext, GroupState } from "./context.ts";
import type { Cogrouped } from "./k-stream.ts";
import type { Named, Stored } from "./options.ts";
import { repartitioned } from "./repartitioned.ts";
import { type NamedStore, namedStore } from "./store-naming.ts";
import { tableStoreBuilder } from "./table-store-builder.ts";
import { graceOf, windowedKey } from "./windowed-keys.ts";
import { windowedStoreBuilder } from "./windowed-store-builder.ts";
import { checkWindows } from "./windows.ts";

type Verbs = { readonly [P in keyof Cogrouped<unknown, unknown>]: (...given: never[]) => unknown };
type Fold = (aggregate: unknown, value: unknown, key: unknown) => unknown;
type AnyFunction = (...given: never[]) => unknown;
type AggregateOptions = Named & Stored & { readonly value: AnySerde };

interface Group {
  readonly state: GroupState;
}

interface CogroupPart {
  readonly group: Group;
  readonly aggregator: Fold;
}

/** Several grouped streams that are folded into one table, whose types are told to users elsewhere and are forgotten here. */
export class CogroupedImpl implements Verbs {
  readonly #context: DslContext;
  readonly #parts: CogroupPart[];
  /** Of each group, once it was folded: behind its repartition topic. */
  readonly #parents = new Map<Group, GraphNode>();

  constructor(context: DslContext, parts: CogroupPart[]) {
    this.#context = context;
    this.#parts = parts;
  }

  and(group: Group, aggregator: AnyFunction): unknown {
    checkFunction("and", "aggregator", aggregator);
    stateOf("and", this.#context.graph, group);
    const known = this.#parts.findIndex((part) => part.group === group);
    const part = { group, aggregator: aggregator as Fold };
    if (known < 0) this.#parts.push(part);
    else this.#parts[known] = part;
    return this;
  }

  aggregate(init: () => unknown, options: AggregateOptions): unknown {
    checkFunction("aggregate", "initializer", init);
    const store = namedStore(this.#context.graph.names, options.store, "COGROUPKSTREAM-AGGREGATE-");
    const serdes = { key: this.#key(), value: options.value };
    const make = (aggregator: Fold) => new StreamAggregate(store.name, init, aggregator);
    const isVersioned = store.options.historyRetentionMs !== undefined;
    return this.#fold({ store, options, builder: tableStoreBuilder(store, serdes), make, ...serdes, isVersioned, graceMs: undefined });
  }

  windowedBy(windows: Windows): {
    aggregate(init: () => unknown, mergerOrOptions: AnyFunction | AggregateOptions, optionsOfSessions?: AggregateOptions): unknown;
  } {
    checkWindows(windows);
    return {
      aggregate: (init, mergerOrOptions, optionsOfSessions) => {
        const merger = typeof mergerOrOptions === "function" ? mergerOrOptions : undefined;
        const options = (merger === undefined ? mergerOrOptions : optionsOfSessions) as AggregateOptions;
        checkFunction("aggregate", "initializer", init);
        if (windows.kind === "session") checkFunction("aggregate", "merger of sessions", merger);
        const store = namedStore(this.#context.graph.names, options.store, "COGROUPKSTREAM-AGGREGATE-");
        const key = this.#key();
        const builder = windowedStoreBuilder(store, windows, { key, value: options.value }, "onUpdate");
        const shared = { windows, storeName: store.name, emit: "onUpdate" as const, initializer: init, merger: merger as Fold | undefined };
        const make = (aggregator: Fold) => windowAggregate({ ...shared, aggregator });
        return this.#fold({
          store,
          options,
          builder,
          make,
          key: windowedKey(windows, key),
          value: options.value,
          isVersioned: undefined,
          graceMs: graceOf(windows),
        });
      },
    };
  }

  #key(): AnySerde | undefined {
    return this.#parts[0]?.group.state.key;
  }

  #fold({ store, options, builder, make, key, value, isVersioned, graceMs }: CogroupFold): unknown {
    const { graph, unnamed } = this.#context;
    const given = nameIn(options);
    if (!store.isQueryable) unnamed.stores.push(store.name);
    this.#throughTopics(store);
    const tables: TableSupplier[] = [];
    const nodes = this.#parts.map(({ group, aggregator }, index) => {
      const table = make(aggregator);
      tables.push(table);
      const name = graph.names.suffixedOr(given, `-cogroup-agg-${index}`, "COGROUPKSTREAM-AGGREGATE-");
      const stores = index === 0 ? { own: () => [builder] } : { connected: () => [store.name] };
      const node = new ProcessorNode(name, () => table.create(), stores);
      node.isVersioned = isVersioned;
      node.graceMs = graceMs;
      return graph.add(node, this.#parents.get(group) ?? group.state.node);
    });
    const name = graph.names.suffixedOr(given, "-cogroup-merge", "COGROUPKSTREAM-MERGE-");
    const node = graph.add(new ProcessorNode(name, stateless.passThrough), ...nodes);
    const table: TableSupplier = {
      create: stateless.passThrough,
      enableSendingOldValues: () => tables.every((each) => each.enableSendingOldValues(true)),
      view: () => gettersOfStore(store.name),
    };
    const queryableStoreName = store.isQueryable ? store.name : undefined;
    return this.#context.table({ name, node, key, value, sources: new Set([name]), table, queryableStoreName });
  }

  #throughTopics(store: NamedStore): void {
    for (const { group } of this.#parts) {
      const { state } = group;
      if (!state.needsRepartition) continue;
      const prefix = { name: state.groupName ?? store.name, isGiven: state.groupName !== undefined || store.isQueryable };
      if (this.#parents.has(group)) {
        // The numbers of another topic are taken all the same, as in Java.
        repartitionNames(this.#context.graph.names, prefix.name);
        continue;
      }
      this.#parents.set(group, repartitioned(this.#context, state, prefix, { key: state.key, value: state.value }).node);
    }
    this.#context.graph.topology.coPartition(this.#parts.flatMap(({ group }) => [...group.state.sources]));
  }
}

interface CogroupFold {
  readonly store: NamedStore;
  readonly options: Named;
  readonly builder: StoreBuilder;
  readonly make: (aggregator: Fold) => TableSupplier;
  readonly key: AnySerde | undefined;
  readonly value: AnySerde | undefined;
  readonly isVersioned: boolean | undefined;
  readonly graceMs: number | undefined;
}
