import type { AnySerde } from "../serdes/serde.ts";
import { byPartOfKey } from "../topology/by-part-of-key.ts";
import type { StreamPartitioner, TopicNameExtractor } from "../topology/parts.ts";
import type { TopologyBuilder } from "../topology/topology-builder.ts";
import { GraphNode } from "./graph-node.ts";

/** How a topic is written. */
export interface Produced {
  readonly topic: string | TopicNameExtractor<never, never>;
  readonly key: AnySerde | undefined;
  readonly value: AnySerde | undefined;
  readonly partitioner: StreamPartitioner<never, never> | undefined;
}

/** A topic that is written. */
export class SinkNode extends GraphNode {
  readonly #produced: Produced;

  constructor(name: string, produced: Produced) {
    super(name);
    this.#produced = produced;
  }

  override write(topology: TopologyBuilder): void {
    const { key, partitioner = byPartOfKey(key) } = this.#produced;
    topology.addSink({ name: this.name, predecessors: this.parentNames, ...this.#produced, partitioner });
  }
}
