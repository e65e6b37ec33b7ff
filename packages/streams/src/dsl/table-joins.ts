import { ProcessorNode } from "../graph/processor-node.ts";
import { StreamTableJoinNode } from "../graph/stream-table-join-node.ts";
import { TableTableJoinNode } from "../graph/table-table-join-node.ts";
import { streamTableJoin } from "../processors/joins/stream-table-join.ts";
import { TableJoinMerge } from "../processors/joins/table-join-merge.ts";
import { type JoinSide, type TableJoiner, TableTableJoin } from "../processors/joins/table-table-join.ts";
import type { ValueGetterSupplier } from "../processors/tables/table-supplier.ts";
import type { StoreBuilder } from "../stores/store-builder.ts";
import { stores } from "../stores/stores.ts";
import { StreamsError } from "../streams-error.ts";
import type { AnySerde } from "../serdes/serde.ts";
import { nameIn } from "./arguments.ts";
import type { DslContext, StreamState, TableState } from "./context.ts";
import type { Named, Stored } from "./options.ts";
import { repartitionedForJoin } from "./repartitioned.ts";
import { namedStore } from "./store-naming.ts";
import { tableStoreBuilder } from "./table-store-builder.ts";

/** Which records without a partner a join gives: none, those of the left, those of both sides. */
export type JoinKind = "inner" | "left" | "outer";

/** Options of a join as it comes from the user. */
export type JoinOptions = Named & Stored & { readonly key?: AnySerde; readonly value?: AnySerde; readonly otherValue?: AnySerde };

const leftSide: Readonly<Record<JoinKind, JoinSide>> = {
  inner: { needsOther: true, joinsAbsent: false },
  left: { needsOther: false, joinsAbsent: false },
  outer: { needsOther: false, joinsAbsent: true },
};

const rightSide: Readonly<Record<JoinKind, JoinSide>> = {
  inner: { needsOther: true, joinsAbsent: false },
  left: { needsOther: true, joinsAbsent: true },
  outer: { needsOther: false, joinsAbsent: true },
};

/** Two tables by their keys. */
export function joinTables(
  context: DslContext,
  kind: JoinKind,
  left: TableState,
  right: TableState,
  joiner: TableJoiner,
  options: JoinOptions = {},
): unknown {
  const { graph } = context;
  const given = nameIn(options);
  const store = options.store === undefined ? undefined : namedStore(graph.names, options.store, "KTABLE-MERGE-");
  const name = graph.names.nodeOr(given, "KTABLE-MERGE-");
  const sources = coPartitioned(context, left, right);
  if (kind !== "inner") left.table.enableSendingOldValues(true);
  if (kind === "outer") right.table.enableSendingOldValues(true);
  const joinLeft = new TableTableJoin(leftSide[kind], left.table, right.table, joiner);
  const joinRight = new TableTableJoin(rightSide[kind], right.table, left.table, (own, other, key) => joiner(other, own, key));
  const leftName = graph.names.suffixedOr(given, "-join-this", "KTABLE-JOINTHIS-");
  const rightName = graph.names.suffixedOr(given, "-join-other", "KTABLE-JOINOTHER-");
  const table = new TableJoinMerge(joinLeft, joinRight, store?.name);
  const serdes = { key: left.key, value: options.value };
  const node = new TableTableJoinNode(
    name,
    { parent: left.name, name: leftName, join: joinLeft, stores: right.table.view().storeNames },
    { parent: right.name, name: rightName, join: joinRight, stores: left.table.view().storeNames },
    table,
    store === undefined ? undefined : tableStoreBuilder(store, serdes),
  );
  node.isVersioned = store?.options.historyRetentionMs !== undefined;
  graph.add(node, left.node, right.node);
  if (store !== undefined && !store.isQueryable) context.unnamed.stores.push(store.name);
  return context.table({ name, node, ...serdes, sources, table, queryableStoreName: store?.name });
}

/** A stream with a table by their keys. */
export function joinStreamTable(
  context: DslContext,
  isLeft: boolean,
  stream: StreamState,
  table: TableState,
  joiner: TableJoiner,
  options: JoinOptions & { readonly graceMs?: number } = {},
): unknown {
  const given = nameIn(options);
  const serdes = { key: options.key ?? stream.key, value: options.value ?? stream.value };
  const from = stream.needsRepartition ? repartitionedForJoin(context, stream, given, serdes) : stream;
  const sources = coPartitioned(context, from, table);
  const name = context.graph.names.nodeOr(given, isLeft ? "KSTREAM-LEFTJOIN-" : "KSTREAM-JOIN-");
  const view = table.table.view();
  const waiting = options.graceMs === undefined ? undefined : waitingStore(`${name}-Buffer`, serdes, options.graceMs);
  const node = new StreamTableJoinNode(
    name,
    streamTableJoin({ table: view, keyMapper: undefined, joiner, isLeft, waitingStore: waiting?.name }),
    () => view.storeNames,
    waiting,
    options.graceMs,
  );
  node.takesNullKeys = isLeft;
  context.graph.add(node, from.node);
  return context.stream({ name, node, key: serdes.key, value: undefined, sources, needsRepartition: false });
}

/** Where records wait that are joined with a versioned table once it cannot change any more at their time. */
function waitingStore(
  name: string,
  { key, value }: { readonly key: AnySerde | undefined; readonly value: AnySerde | undefined },
  graceMs: number,
): StoreBuilder {
  if (key === undefined || value === undefined) {
    throw new StreamsError(
      "STREAMS_BAD_ARGUMENT",
      `Records wait in ${name}, so the join needs serdes for their keys and values: give it key and value.`,
    );
  }
  return stores.waitingRecords({ name, key, value, graceMs });
}

/** A stream with a global table by any key. */
export function joinStreamGlobal(
  context: DslContext,
  isLeft: boolean,
  stream: StreamState,
  table: ValueGetterSupplier,
  keyMapper: (value: unknown, key: unknown) => unknown,
  joiner: (own: unknown, other: unknown, keys: unknown) => unknown,
  options: Named = {},
): unknown {
  // Java calls inner joins with global tables left ones, too.
  const name = context.graph.names.nodeOr(nameIn(options), "KSTREAM-LEFTJOIN-");
  const join = (own: unknown, other: unknown, key: unknown, mappedKey: unknown) => joiner(own, other, { key, mappedKey });
  const node = new ProcessorNode(name, streamTableJoin({ table, keyMapper, joiner: join, isLeft }));
  node.takesNullKeys = isLeft;
  context.graph.add(node, stream.node);
  return context.stream({ ...stream, name, node, value: undefined });
}

/** Their topics must have equally many partitions. */
function coPartitioned(
  context: DslContext,
  a: { readonly sources: ReadonlySet<string> },
  b: { readonly sources: ReadonlySet<string> },
): Set<string> {
  const sources = new Set([...a.sources, ...b.sources]);
  context.graph.topology.coPartition(sources);
  return sources;
}
