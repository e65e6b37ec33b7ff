import type { OperatorSupplier } from "../processors/operator.ts";
import type { StoreBuilder } from "../stores/store-builder.ts";
import type { TopologyBuilder } from "../topology/topology-builder.ts";
import { GraphNode } from "./graph-node.ts";

/** What a {@link ProcessorNode} uses of stores. */
export interface ProcessorStores {
  /** Stores that others added, by name. Asked for when the node is written. */
  readonly connected?: () => readonly string[];
  /** Stores of its own. Asked for when the node is written: whether there is one may depend on what is downstream. */
  readonly own?: () => readonly StoreBuilder[];
}

/** One operator, with the stores it uses. */
export class ProcessorNode extends GraphNode {
  readonly #supplier: OperatorSupplier;
  readonly #stores: ProcessorStores;

  constructor(name: string, supplier: OperatorSupplier, stores: ProcessorStores = {}) {
    super(name);
    this.#supplier = supplier;
    this.#stores = stores;
  }

  override write(topology: TopologyBuilder): void {
    topology.addProcessor(this.name, this.#supplier, this.parentNames);
    // Its own first, as in Java: by that order the description lists those that fall into one bucket of a hash set.
    for (const store of this.#stores.own?.() ?? []) topology.addStateStore(store, [this.name]);
    topology.connect([this.name], this.#stores.connected?.() ?? []);
  }
}

/** A store that users add by themselves. */
export class StateStoreNode extends GraphNode {
  readonly #store: StoreBuilder;

  constructor(store: StoreBuilder) {
    super(store.name);
    this.#store = store;
  }

  override write(topology: TopologyBuilder): void {
    topology.addStateStore(this.#store);
  }
}
