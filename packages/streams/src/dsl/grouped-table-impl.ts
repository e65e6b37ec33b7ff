import { invariant } from "@ottla/base";
import { ProcessorNode } from "../graph/processor-node.ts";
import { RepartitionNode } from "../graph/repartition-node.ts";
import { TableAggregate, type TableFold } from "../processors/aggregates/table-aggregate.ts";
import { changeSerde } from "../processors/change-serde.ts";
import { long } from "../serdes/primitive-serdes.ts";
import type { AnySerde } from "../serdes/serde.ts";
import { checkFunction, nameIn } from "./arguments.ts";
import type { DslContext, TableGroupState } from "./context.ts";
import type { GroupedTable } from "./k-stream.ts";
import type { Named, Stored } from "./options.ts";
import { namedStore } from "./store-naming.ts";
import { tableStoreBuilder } from "./table-store-builder.ts";

type Verbs = { readonly [P in keyof GroupedTable<unknown, unknown>]: (...given: never[]) => unknown };
type Fold = TableFold["add"];

/** {@link GroupedTable}, whose types are told to users there and are forgotten here. */
export class GroupedTableImpl implements Verbs {
  readonly #context: DslContext;
  readonly #state: TableGroupState;
  /** Of a named grouping: all that is folded from it comes through the same topic. */
  #repartition: RepartitionNode | undefined;

  constructor(context: DslContext, state: TableGroupState) {
    this.#context = context;
    this.#state = state;
  }

  count(options: Named & Stored = {}): unknown {
    const fold: TableFold = { initializer: () => 0, add: (count) => (count as number) + 1, subtract: (count) => (count as number) - 1 };
    return this.#fold("KTABLE-AGGREGATE-", options, long, fold);
  }

  reduce(
    functions: { readonly add: (...given: never[]) => unknown; readonly subtract: (...given: never[]) => unknown },
    options: Named & Stored = {},
  ): unknown {
    checkFunction("reduce", "add", functions.add);
    checkFunction("reduce", "subtract", functions.subtract);
    const fold: TableFold = { initializer: undefined, add: functions.add as Fold, subtract: functions.subtract as Fold };
    return this.#fold("KTABLE-REDUCE-", options, this.#state.value, fold);
  }

  aggregate(
    functions: {
      readonly init: () => unknown;
      readonly add: (...given: never[]) => unknown;
      readonly subtract: (...given: never[]) => unknown;
    },
    options: Named & Stored & { readonly value: AnySerde },
  ): unknown {
    checkFunction("aggregate", "init", functions.init);
    checkFunction("aggregate", "add", functions.add);
    checkFunction("aggregate", "subtract", functions.subtract);
    const fold: TableFold = { initializer: functions.init, add: functions.add as Fold, subtract: functions.subtract as Fold };
    return this.#fold("KTABLE-AGGREGATE-", options, options.value, fold);
  }

  #valueSerde(): AnySerde {
    invariant(this.#state.value !== undefined, "a grouped table has serdes");
    return this.#state.value;
  }

  #fold(prefix: string, options: Named & Stored, value: AnySerde | undefined, fold: TableFold): unknown {
    const { graph, unnamed } = this.#context;
    // In Java a reduced table's store is called an aggregate's, too.
    const store = namedStore(graph.names, options.store, "KTABLE-AGGREGATE-");
    const given = nameIn(options);
    const sink = graph.names.suffixedOr(given, "-sink", "KSTREAM-SINK-");
    const source = graph.names.suffixedOr(given, "-source", "KSTREAM-SOURCE-");
    const name = graph.names.nodeOr(given, prefix);
    const { groupName, key } = this.#state;
    const topic = `${groupName ?? store.name}-repartition`;
    if (groupName === undefined && !store.isQueryable) unnamed.repartitionTopics.push(topic);
    if (!store.isQueryable) unnamed.stores.push(store.name);
    if (this.#repartition === undefined || groupName === undefined) {
      const change = changeSerde(this.#valueSerde());
      this.#repartition = new RepartitionNode({ names: { topic, filter: undefined, sink, source }, key, value: change }, false);
    }
    const through = graph.add(this.#repartition, this.#state.node);
    const table = new TableAggregate(store.name, fold);
    const builder = tableStoreBuilder(store, { key, value });
    const node = new ProcessorNode(name, () => table.create(), { own: () => [builder] });
    node.isVersioned = store.options.historyRetentionMs !== undefined;
    graph.add(node, through);
    return this.#context.table({
      name,
      node,
      key,
      value,
      sources: new Set([source]),
      table,
      queryableStoreName: store.isQueryable ? store.name : undefined,
    });
  }
}
