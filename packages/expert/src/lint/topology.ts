/** A node of a topology as `describe()` prints it. */
export interface TopologyNode {
  readonly kind: "source" | "processor" | "sink";
  readonly name: string;
  readonly line: number;
  /** Read by a source, written by a sink. */
  readonly topics: readonly string[];
  readonly stores: readonly string[];
}

/** A part of a topology whose tasks run together. */
export interface SubTopology {
  readonly number: number;
  readonly line: number;
  readonly nodes: readonly TopologyNode[];
}

/** What Kafka Streams' `Topology.describe()` prints, read back. */
export interface TopologyText {
  readonly file: string;
  readonly parts: readonly SubTopology[];
}
