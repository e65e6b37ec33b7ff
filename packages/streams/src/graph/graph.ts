import { StreamsError } from "../streams-error.ts";
import { TopologyBuilder } from "../topology/topology-builder.ts";
import { type GraphNode, RootNode } from "./graph-node.ts";
import { mergeRepartitionTopics } from "./merge-repartitions.ts";
import { NodeNames } from "./node-names.ts";
import { RepartitionNode } from "./repartition-node.ts";
import { StreamSourceNode, TableSourceNode } from "./source-nodes.ts";

import { StreamStreamJoinNode } from "./stream-stream-join-node.ts";

/** Kafka's `topology.optimization`, name by name. */
export type Optimization = "merge.repartition.topics" | "reuse.ktable.source.topics" | "single.store.self.join";

/** The logical plan of one builder, in the order in which the user's calls made it. */
export class Graph {
  readonly names = new NodeNames();
  readonly topology = new TopologyBuilder();
  readonly #root = new RootNode();
  readonly #nodes: GraphNode[] = [];
  readonly #own = new WeakSet<GraphNode>();
  #isBuilt = false;

  /** Adds a node under the parents, or as a source. Throws `STREAMS_TOPOLOGY` after the plan was written, and when a parent is another builder's. */
  add<N extends GraphNode>(node: N, ...parents: readonly GraphNode[]): N {
    if (this.#isBuilt) {
      throw new StreamsError(
        "STREAMS_TOPOLOGY",
        `${node.name} comes after build(), whose topology stays as it is: say it before, or use another builder.`,
      );
    }
    for (const parent of parents) this.checkOwn(parent);
    this.#own.add(node);
    for (const parent of parents.length === 0 ? [this.#root] : parents) {
      parent.addChild(node);
      node.priority = this.#nodes.push(node);
    }
    return node;
  }

  /** Refuses nodes of another builder. */
  checkOwn(node: GraphNode): void {
    if (!this.#own.has(node))
      throw new StreamsError(
        "STREAMS_TOPOLOGY",
        `${node.name} belongs to another StreamsBuilder: make what goes together with the same one.`,
      );
  }

  /** Optimises the plan and writes it. Once. */
  write(optimizations: ReadonlySet<Optimization>): TopologyBuilder {
    this.#isBuilt = true;
    this.#mergeSources();
    const nodes = [...new Set(this.#nodes)];
    if (optimizations.has("reuse.ktable.source.topics")) {
      for (const node of nodes) if (node instanceof TableSourceNode) node.reuseTopic();
    }
    if (optimizations.has("merge.repartition.topics")) mergeRepartitionTopics(nodes, this.names, this.topology);
    if (optimizations.has("single.store.self.join")) {
      for (const node of nodes) if (node instanceof StreamStreamJoinNode) node.useOneStore();
    }
    this.#dropNullKeys();
    this.#tellVersionedParents(nodes);
    this.#writeNodes();
    this.topology.checkCoPartitioning();
    return this.topology;
  }

  /** Two streams of the same topics are one source. */
  #mergeSources(): void {
    const sourceOf = new Map<string, StreamSourceNode>();
    for (const node of [...this.#root.children]) {
      if (!(node instanceof StreamSourceNode)) continue;
      const keys = node.pattern === undefined ? node.topics : [`/${node.pattern.source}/${node.pattern.flags}`];
      for (const key of keys) {
        const first = sourceOf.get(key);
        if (first === undefined) sourceOf.set(key, node);
        else if (first !== node) this.#mergeSource(first, node);
      }
    }
  }

  #mergeSource(first: StreamSourceNode, node: StreamSourceNode): void {
    if ([...first.topics].sort().join() !== [...node.topics].sort().join()) {
      throw new StreamsError(
        "STREAMS_TOPOLOGY",
        `Sources ${first.name} (${first.topics.join(", ")}) and ${node.name} (${node.topics.join(", ")}) share some topics and not all: read the same ones in both, or none twice.`,
      );
    }
    first.absorb(node);
    this.#root.removeChild(node);
  }

  /** Null keys go through a topic only to joins that take them. */
  #dropNullKeys(): void {
    const leadsToNullKeys = new Map<GraphNode, boolean>();
    const visit = (node: GraphNode): boolean => {
      const known = leadsToNullKeys.get(node);
      if (known !== undefined) return known;
      let leads = false;
      for (const child of node.children) if (visit(child) || child.takesNullKeys) leads = true;
      leadsToNullKeys.set(node, leads);
      if (node instanceof RepartitionNode && !leads) node.dropNullKeys();
      return leads;
    };
    visit(this.#root);
  }

  #tellVersionedParents(nodes: readonly GraphNode[]): void {
    const known = new Map<GraphNode, boolean>([[this.#root, false]]);
    for (const node of nodes) {
      if (node.onVersionedParent === undefined) continue;
      for (const parent of node.parents) if (isVersioned(parent, known)) node.onVersionedParent(parent.name);
    }
  }

  /** Each node after all that it follows, else in the order of being added. */
  #writeNodes(): void {
    const waiting: GraphNode[] = [this.#root];
    while (waiting.length > 0) {
      const node = takeFirst(waiting);
      if (node.isWritten || ![...node.parents].every(({ isWritten }) => isWritten)) continue;
      node.write(this.topology);
      node.isWritten = true;
      waiting.push(...node.children);
    }
  }
}

/** Says so itself, or follows versioned tables only. Each node is asked once: there may be very many ways up. */
function isVersioned(node: GraphNode, known: Map<GraphNode, boolean>): boolean {
  if (node.isVersioned !== undefined) return node.isVersioned;
  let answer = known.get(node);
  if (answer === undefined) {
    answer = [...node.parents].every((parent) => isVersioned(parent, known));
    known.set(node, answer);
  }
  return answer;
}

function takeFirst(waiting: GraphNode[]): GraphNode {
  let first = 0;
  for (let i = 1; i < waiting.length; i++) if ((waiting[i] as GraphNode).priority < (waiting[first] as GraphNode).priority) first = i;
  return waiting.splice(first, 1)[0] as GraphNode;
}
