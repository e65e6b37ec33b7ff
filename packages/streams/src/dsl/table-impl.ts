import { ProcessorNode } from "../graph/processor-node.ts";
import type { ValueTransformer } from "../processor/processor.ts";
import type { TableJoiner } from "../processors/joins/table-table-join.ts";
import { TableFilter } from "../processors/tables/table-filter.ts";
import { TableMapValues } from "../processors/tables/table-map-values.ts";
import { TableRegroup } from "../processors/tables/table-regroup.ts";
import type { TableSupplier } from "../processors/tables/table-supplier.ts";
import { TableTransformValues } from "../processors/tables/table-transform-values.ts";
import { TableToStream } from "../processors/tables/table-to-stream.ts";
import type { KeyValueFunction } from "../processors/stateless.ts";
import type { AnySerde } from "../serdes/serde.ts";
import { checkFunction, checkMeetingKey, checkOptions, nameIn, stateOf } from "./arguments.ts";
import type { DslContext, TableState } from "./context.ts";
import { type ForeignKeyJoinOptions, joinOnForeignKey } from "./foreign-key-join.ts";
import type { KTable } from "./k-stream.ts";
import type { Named, ProcessOptions, Stored, SuppressOptions } from "./options.ts";
import { sameKeyBy } from "./same-key.ts";
import { storeOptions } from "./store-naming.ts";
import { suppressed } from "./suppressed.ts";
import { type JoinKind, type JoinOptions, joinTables } from "./table-joins.ts";
import { tableStoreBuilder } from "./table-store-builder.ts";

type Options = Named & { readonly key?: AnySerde; readonly value?: AnySerde };
type Called<R> = (value: unknown, key: unknown) => R;
interface SelectsKey {
  selectKey(mapper: KeyValueFunction<unknown>, options: Options): unknown;
}
type Verbs = { readonly [P in keyof KTable<unknown, unknown>]: unknown };

/** {@link KTable}, whose types are told to users there and are forgotten here. */
export class TableImpl implements Verbs {
  readonly #context: DslContext;
  readonly state: TableState;

  constructor(context: DslContext, state: TableState) {
    this.#context = context;
    this.state = state;
  }

  get queryableStoreName(): string | undefined {
    return this.state.queryableStoreName;
  }

  filter(predicate: KeyValueFunction<boolean>, options: Named & Stored = {}): unknown {
    checkFunction("filter", "predicate", predicate);
    return this.#filter(predicate, true, options);
  }

  filterNot(predicate: KeyValueFunction<boolean>, options: Named & Stored = {}): unknown {
    checkFunction("filterNot", "predicate", predicate);
    return this.#filter(predicate, false, options);
  }

  mapValues(mapper: KeyValueFunction<unknown>, options: Options & Stored = {}): unknown {
    checkFunction("mapValues", "mapper", mapper);
    const make = (storeName: string | undefined) => new TableMapValues({ parent: this.state.table, storeName }, mapper as Called<unknown>);
    return this.#derive("KTABLE-MAPVALUES-", options, options.value, make);
  }

  transformValues(supplier: () => unknown, options: Options & Stored & ProcessOptions = {}): unknown {
    checkFunction("transformValues", "supplier", supplier);
    const { stores = [] } = options;
    const transformers = supplier as () => ValueTransformer<unknown, unknown, unknown>;
    const make = (storeName: string | undefined) => new TableTransformValues({ parent: this.state.table, storeName }, transformers, stores);
    return this.#derive("KTABLE-TRANSFORMVALUES-", options, options.value, make, undefined, stores);
  }

  toStream(...given: [mapperOrOptions?: KeyValueFunction<unknown> | Named, options?: Options]): unknown {
    const [mapper, options] = typeof given[0] === "function" ? [given[0], given[1]] : [undefined, given[0]];
    const { graph } = this.#context;
    const name = graph.names.nodeOr(nameIn(options), "KTABLE-TOSTREAM-");
    const node = graph.add(new ProcessorNode(name, () => new TableToStream()), this.state.node);
    const { key, value, sources } = this.state;
    const stream = this.#context.stream({ name, node, key, value, sources, needsRepartition: false });
    if (mapper === undefined) return stream;
    const newKey = options?.key;
    return (stream as SelectsKey).selectKey(mapper as KeyValueFunction<unknown>, newKey === undefined ? {} : { key: newKey });
  }

  join(other: { readonly state: TableState }, joiner: TableJoiner, options?: JoinOptions): unknown {
    return this.#join("inner", other, joiner, options);
  }

  leftJoin(other: { readonly state: TableState }, joiner: TableJoiner, options?: JoinOptions): unknown {
    return this.#join("left", other, joiner, options);
  }

  outerJoin(other: { readonly state: TableState }, joiner: TableJoiner, options?: JoinOptions): unknown {
    return this.#join("outer", other, joiner, options);
  }

  joinOn(
    other: { readonly state: TableState },
    foreignKeyOf: Called<unknown>,
    joiner: TableJoiner,
    options?: ForeignKeyJoinOptions,
  ): unknown {
    return this.#joinOn(false, other, foreignKeyOf, joiner, options);
  }

  leftJoinOn(
    other: { readonly state: TableState },
    foreignKeyOf: Called<unknown>,
    joiner: TableJoiner,
    options?: ForeignKeyJoinOptions,
  ): unknown {
    return this.#joinOn(true, other, foreignKeyOf, joiner, options);
  }

  suppress(options: SuppressOptions): unknown {
    return suppressed(this.#context, this.state, options);
  }

  groupBy(selector: KeyValueFunction<readonly [unknown, unknown]>, options: Options): unknown {
    checkFunction("groupBy", "selector", selector);
    checkOptions("groupBy", "serdes for the new key and value", options);
    checkMeetingKey("groupBy", options.key);
    const given = nameIn(options);
    const name = this.#context.graph.names.nodeOr(given, "KTABLE-SELECT-");
    const regroup = new TableRegroup(selector as Called<readonly [unknown, unknown]>, sameKeyBy(options.key));
    const node = new ProcessorNode(name, () => regroup.create());
    node.onVersionedParent = () => regroup.useVersionedSemantics();
    this.#context.graph.add(node, this.state.node);
    this.state.table.enableSendingOldValues(true);
    return this.#context.groupedTable({
      name,
      node,
      key: options.key,
      value: options.value,
      sources: this.state.sources,
      groupName: given,
    });
  }

  #join(kind: JoinKind, other: { readonly state: TableState }, joiner: TableJoiner, options?: JoinOptions): unknown {
    checkFunction("join", "joiner", joiner);
    stateOf("join", this.#context.graph, other);
    for (const key of [this.state.key, other.state.key]) checkMeetingKey("join", key);
    return joinTables(this.#context, kind, this.state, other.state, joiner, options);
  }

  #joinOn(
    isLeft: boolean,
    other: { readonly state: TableState },
    foreignKeyOf: Called<unknown>,
    joiner: TableJoiner,
    options?: ForeignKeyJoinOptions,
  ): unknown {
    checkFunction("joinOn", "foreign key", foreignKeyOf);
    checkFunction("joinOn", "joiner", joiner);
    stateOf("joinOn", this.#context.graph, other);
    for (const key of [this.state.key, other.state.key]) checkMeetingKey("joinOn", key);
    return joinOnForeignKey(this.#context, this.state, other.state, { foreignKeyOf, joiner, isLeft }, options);
  }

  #filter(predicate: KeyValueFunction<boolean>, wanted: boolean, options: Named & Stored): unknown {
    let filter: TableFilter | undefined;
    const make = (storeName: string | undefined) => {
      filter = new TableFilter({ parent: this.state.table, storeName }, predicate as Called<boolean>, wanted);
      return filter;
    };
    return this.#derive("KTABLE-FILTER-", options, this.state.value, make, () => filter?.useVersionedSemantics());
  }

  #derive(
    prefix: string,
    options: Named & Stored,
    value: AnySerde | undefined,
    make: (storeName: string | undefined) => TableSupplier,
    onVersionedParent?: () => void,
    connected: readonly string[] = [],
  ): unknown {
    const { graph } = this.#context;
    const settings = storeOptions(options.store);
    // A store without a name is none, as in Java; the number it would have is taken all the same.
    if (options.store !== undefined && settings.name === undefined) graph.names.store(prefix);
    const name = graph.names.nodeOr(nameIn(options), prefix);
    const table = make(settings.name);
    const serdes = { key: this.state.key, value };
    const builder =
      settings.name === undefined ? undefined : tableStoreBuilder({ name: settings.name, isQueryable: true, options: settings }, serdes);
    const node = new ProcessorNode(name, () => table.create(), {
      connected: () => connected,
      own: () => (builder === undefined ? [] : [builder]),
    });
    if (options.store !== undefined) node.isVersioned = settings.historyRetentionMs !== undefined;
    if (onVersionedParent !== undefined) node.onVersionedParent = onVersionedParent;
    graph.add(node, this.state.node);
    return this.#context.table({ name, node, ...serdes, sources: this.state.sources, table, queryableStoreName: settings.name });
  }
}
