import type { TableSupplier } from "../processors/tables/table-supplier.ts";
import type { TableTableJoin } from "../processors/joins/table-table-join.ts";
import type { StoreBuilder } from "../stores/store-builder.ts";
import type { TopologyBuilder } from "../topology/topology-builder.ts";
import { GraphNode } from "./graph-node.ts";

/** One side of a join of tables. */
export interface TableJoinSide {
  /** The node of its table. */
  readonly parent: string;
  readonly name: string;
  readonly join: TableTableJoin;
  /** By which it reads the other table. */
  readonly stores: readonly string[];
}

/** Two tables joined: a processor for each side, and one in which they come together. */
export class TableTableJoinNode extends GraphNode {
  readonly #left: TableJoinSide;
  readonly #right: TableJoinSide;
  readonly #merge: TableSupplier;
  readonly #store: StoreBuilder | undefined;

  constructor(name: string, left: TableJoinSide, right: TableJoinSide, merge: TableSupplier, store: StoreBuilder | undefined) {
    super(name);
    this.#left = left;
    this.#right = right;
    this.#merge = merge;
    this.#store = store;
    this.onVersionedParent = (parent) => {
      for (const side of [left, right]) if (side.parent === parent) side.join.useVersionedSemantics();
    };
  }

  override write(topology: TopologyBuilder): void {
    const sides = [this.#left, this.#right];
    for (const { name, join, parent } of sides) topology.addProcessor(name, () => join.create(), [parent]);
    topology.addProcessor(this.name, () => this.#merge.create(), [this.#left.name, this.#right.name]);
    for (const { name, stores } of sides) topology.connect([name], stores);
    if (this.#store !== undefined) topology.addStateStore(this.#store, [this.name]);
  }
}
