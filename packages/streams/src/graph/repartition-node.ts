import { stateless } from "../processors/stateless.ts";
import type { AnySerde } from "../serdes/serde.ts";
import type { StreamPartitioner } from "../topology/parts.ts";
import type { TopologyBuilder } from "../topology/topology-builder.ts";
import { GraphNode } from "./graph-node.ts";

/** What a {@link RepartitionNode} is made with. */
export interface RepartitionOptions {
  readonly names: RepartitionNames;
  readonly key: AnySerde | undefined;
  readonly value: AnySerde | undefined;
  readonly partitioner?: StreamPartitioner<never, never> | undefined;
  readonly partitions?: number | undefined;
}

/** The parts of a way through a topic. */
export interface RepartitionNames {
  readonly topic: string;
  /** Undefined: nothing stands before the sink (changes of tables). */
  readonly filter: string | undefined;
  readonly sink: string;
  readonly source: string;
}

/**
 * Out through a topic of the application's own and in again, so that equal keys meet in one partition. `isOptimizable`: asked for by a grouping or join and not by the user, so it may be
 * merged with others.
 */
export class RepartitionNode extends GraphNode {
  readonly options: RepartitionOptions;
  readonly isOptimizable: boolean;
  #dropsNullKeys = false;

  constructor(options: RepartitionOptions, isOptimizable: boolean) {
    super(options.names.source);
    this.options = options;
    this.isOptimizable = isOptimizable;
  }

  /** Nothing downstream takes null keys, so they need not travel. */
  dropNullKeys(): void {
    this.#dropsNullKeys = true;
  }

  override write(topology: TopologyBuilder): void {
    const { names, key, value, partitioner, partitions } = this.options;
    topology.addRepartitionTopic({ name: names.topic, partitions });
    const parents = names.filter === undefined ? this.parentNames : [names.filter];
    if (names.filter !== undefined) {
      topology.addProcessor(names.filter, this.#dropsNullKeys ? stateless.dropNullKey : stateless.passThrough, this.parentNames);
    }
    topology.addSink({ name: names.sink, predecessors: parents, topic: names.topic, key, value, partitioner });
    topology.addSource({
      name: names.source,
      topics: [names.topic],
      pattern: undefined,
      key,
      value,
      timestamp: undefined,
      offsetReset: undefined,
    });
  }
}
