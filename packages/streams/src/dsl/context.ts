import type { Graph } from "../graph/graph.ts";
import type { GraphNode } from "../graph/graph-node.ts";
import type { RepartitionNode } from "../graph/repartition-node.ts";
import type { TableSupplier, ValueGetterSupplier } from "../processors/tables/table-supplier.ts";
import type { AnySerde } from "../serdes/serde.ts";

/** What a verb of the DSL has to know of the stream it goes on from. */
export interface StreamState {
  /** Of the node, after which repartition topics may be called. */
  readonly name: string;
  readonly node: GraphNode;
  readonly key: AnySerde | undefined;
  readonly value: AnySerde | undefined;
  /** The sources that records of this stream come from, for co-partitioning. */
  readonly sources: ReadonlySet<string>;
  /** The key was changed since the last source. */
  readonly needsRepartition: boolean;
}

/** The same of a table. */
export interface TableState extends Omit<StreamState, "needsRepartition"> {
  readonly table: TableSupplier;
  readonly queryableStoreName: string | undefined;
}

/** A global table: how it is read. */
export interface GlobalTableState {
  readonly queryableStoreName: string;
  readonly view: ValueGetterSupplier;
}

/** A stream whose records are grouped. `groupName` was given by the user, for the repartition topic. */
export interface GroupState extends StreamState {
  readonly groupName: string | undefined;
}

/** A table whose entries are grouped. */
export type TableGroupState = Omit<GroupState, "needsRepartition">;

/**
 * What all streams and tables of one builder share. Streams give tables and tables give streams; so that neither file has to know the other, each asks here for what the other makes.
 */
export interface DslContext {
  readonly graph: Graph;
  /** What has only a numbered name, for `requireNames`. */
  readonly unnamed: UnnamedResources;
  /** The repartition topic that a stream's last join made. */
  readonly joinRepartitions: WeakMap<StreamState, RepartitionNode>;
  stream(state: StreamState): unknown;
  table(state: TableState): unknown;
  groupedStream(state: GroupState): unknown;
  groupedTable(state: TableGroupState): unknown;
}

/** Names of internal topics and stores that the user gave none. */
interface UnnamedResources {
  readonly repartitionTopics: string[];
  readonly stores: string[];
}
