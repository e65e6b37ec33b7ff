/** A node of a topology, as data: what `describe()` and `toJSON()` tell. */
export type TopologyNode = SourceNode | ProcessorNode | SinkNode;

interface NodeLinks {
  readonly name: string;
  /** Names, in the order in which they were connected. */
  readonly predecessors: readonly string[];
  readonly successors: readonly string[];
}

/** Reads topics. */
export interface SourceNode extends NodeLinks {
  readonly kind: "source";
  readonly topics: readonly string[];
  readonly pattern?: RegExp;
}

/** An operator or a user's processor, with the stores it uses. */
export interface ProcessorNode extends NodeLinks {
  readonly kind: "processor";
  readonly stores: readonly string[];
}

/** Writes a topic. */
export interface SinkNode extends NodeLinks {
  readonly kind: "sink";
  /** Undefined when a function chooses the topic of each record. */
  readonly topic: string | undefined;
}
