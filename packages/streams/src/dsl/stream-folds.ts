import { ProcessorNode } from "../graph/processor-node.ts";
import type { RepartitionNode } from "../graph/repartition-node.ts";
import type { TableSupplier } from "../processors/tables/table-supplier.ts";
import type { StoreBuilder } from "../stores/store-builder.ts";
import type { AnySerde } from "../serdes/serde.ts";
import { nameIn } from "./arguments.ts";
import type { DslContext, GroupState } from "./context.ts";
import type { Named } from "./options.ts";
import { repartitioned } from "./repartitioned.ts";
import type { NamedStore } from "./store-naming.ts";

/** What a grouped stream is folded into. */
export interface StreamFold {
  /** Of the node's name, when the user gave none. */
  readonly prefix: string;
  readonly options: Named;
  readonly store: NamedStore;
  readonly builder: StoreBuilder;
  readonly table: TableSupplier;
  readonly key: AnySerde | undefined;
  readonly value: AnySerde | undefined;
  /** How long after a window's end a record may still change it; undefined without windows. */
  readonly graceMs?: number;
}

/** Folds a grouped stream, with windows or without; all that is folded from a named grouping comes through one topic. */
export class StreamFolds {
  readonly context: DslContext;
  readonly state: GroupState;
  #repartition: RepartitionNode | undefined;

  constructor(context: DslContext, state: GroupState) {
    this.context = context;
    this.state = state;
  }

  fold({ prefix, options, store, builder, table, key, value, graceMs }: StreamFold): unknown {
    const { graph, unnamed } = this.context;
    const name = graph.names.nodeOr(nameIn(options), prefix);
    if (!store.isQueryable) unnamed.stores.push(store.name);
    const from = this.#from(store);
    const node = new ProcessorNode(name, () => table.create(), { own: () => [builder] });
    node.isVersioned = graceMs === undefined && store.options.historyRetentionMs !== undefined;
    node.graceMs = graceMs;
    graph.add(node, from.node);
    const queryableStoreName = store.isQueryable ? store.name : undefined;
    return this.context.table({ name, node, key, value, sources: from.sources, table, queryableStoreName });
  }

  #from(store: NamedStore): Pick<GroupState, "node" | "sources"> {
    if (!this.state.needsRepartition) return this.state;
    const { groupName, key, value } = this.state;
    const prefix = { name: groupName ?? store.name, isGiven: groupName !== undefined || store.isQueryable };
    const reused = groupName === undefined ? undefined : this.#repartition;
    const through = repartitioned(this.context, this.state, prefix, { key, value }, reused);
    this.#repartition = through.node;
    return through;
  }
}
