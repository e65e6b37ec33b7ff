import { stateless } from "../processors/stateless.ts";
import type { StreamStreamJoinOperators } from "../processors/joins/stream-stream-join.ts";
import type { StoreBuilder } from "../stores/store-builder.ts";
import type { TopologyBuilder } from "../topology/topology-builder.ts";
import { GraphNode } from "./graph-node.ts";
import type { ProcessorNode } from "./processor-node.ts";

/** One side of a join of streams. */
export interface StreamJoinSide {
  /** Puts the records of this side into its store. */
  readonly windowed: ProcessorNode;
  /** Joins the records of this side with the other's store. */
  readonly name: string;
  readonly store: StoreBuilder;
}

/** Two streams joined: behind each a store, a processor for each side that looks into the other's store, and one in which they come together. */
export class StreamStreamJoinNode extends GraphNode {
  readonly #left: StreamJoinSide;
  readonly #right: StreamJoinSide;
  readonly #operators: StreamStreamJoinOperators;
  readonly #unmatched: StoreBuilder | undefined;
  #isSelf = false;

  constructor(
    name: string,
    left: StreamJoinSide,
    right: StreamJoinSide,
    operators: StreamStreamJoinOperators,
    unmatched: StoreBuilder | undefined,
  ) {
    super(name);
    this.#left = left;
    this.#right = right;
    this.#operators = operators;
    this.#unmatched = unmatched;
  }

  /** `single.store.self.join`: a stream joined with itself needs one store. */
  useOneStore(): void {
    const [parent] = this.parents;
    if (this.parents.size !== 1 || parent === undefined) return;
    parent.removeChild(this.#right.windowed);
    this.#isSelf = true;
  }

  override write(topology: TopologyBuilder): void {
    const { windowed: leftWindowed, name: left, store: leftStore } = this.#left;
    const { windowed: rightWindowed, name: right, store: rightStore } = this.#right;
    if (this.#isSelf) {
      topology.addProcessor(this.name, this.#operators.self, [leftWindowed.name]);
      topology.addStateStore(leftStore, [leftWindowed.name, this.name]);
      return;
    }
    topology.addProcessor(left, this.#operators.left, [leftWindowed.name]);
    topology.addProcessor(right, this.#operators.right, [rightWindowed.name]);
    topology.addProcessor(this.name, stateless.passThrough, [left, right]);
    topology.addStateStore(leftStore, [leftWindowed.name, right]);
    topology.addStateStore(rightStore, [rightWindowed.name, left]);
    if (this.#unmatched !== undefined) topology.addStateStore(this.#unmatched, [left, right]);
  }
}
