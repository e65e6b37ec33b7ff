/** What is drawn of a sub-topology. */
interface GraphNode {
  readonly id: string;
  readonly kind: "topic" | "processor" | "store";
  readonly label: string;
  /** From the left, 0 first. */
  readonly layer: number;
}

/** A sub-topology as it is drawn: edges name nodes. */
export interface TopologyGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly (readonly [from: string, to: string])[];
  /** Of more nodes than are drawn so many are left out. */
  readonly left: number;
}

/** More nodes are not drawn: nobody could read it. */
const NODES_MAX = 400;

/** A node of a topology, as an application tells it (`/v1/topology`). */
export interface ToldNode {
  readonly name: string;
  readonly kind: "source" | "processor" | "sink";
  readonly successors: readonly string[];
  readonly topics: readonly string[];
  readonly stores: readonly string[];
}

/** Drawn from what an application tells of a sub-topology: every node, with the topics that it reads and writes and its stores. */
export function graphOfNodes(told: readonly ToldNode[]): TopologyGraph {
  const nodes = told.slice(0, NODES_MAX);
  const names = new Set(nodes.map(({ name }) => name));
  const kinds = new Map<string, GraphNode["kind"]>();
  const labels = new Map<string, string>();
  const edges: [string, string][] = [];
  const add = (id: string, kind: GraphNode["kind"], label: string): string => {
    kinds.set(id, kind);
    labels.set(id, label);
    return id;
  };
  for (const { name, kind, successors, topics, stores } of nodes) {
    const own = add(`p ${name}`, "processor", name);
    for (const next of successors) if (names.has(next)) edges.push([own, `p ${next}`]);
    for (const topic of topics)
      if (kind === "sink") edges.push([own, add(`out ${topic}`, "topic", topic)]);
      else edges.push([add(`in ${topic}`, "topic", topic), own]);
    for (const store of stores) edges.push([own, add(`s ${store}`, "store", store)]);
  }
  return { ...layered(kinds, labels, edges), left: told.length - nodes.length };
}

/** Drawn from what a group tells of a sub-topology: what goes in, its stores, what goes out to other sub-topologies. What it writes besides nobody outside knows. */
export function graphOfTopics(id: string, sources: readonly string[], stores: readonly string[], sinks: readonly string[]): TopologyGraph {
  const kinds = new Map<string, GraphNode["kind"]>([["p", "processor"]]);
  const labels = new Map([["p", `tasks of ${id}`]]);
  const edges: [string, string][] = [];
  const add = (node: string, kind: GraphNode["kind"], label: string): string => {
    kinds.set(node, kind);
    labels.set(node, label);
    return node;
  };
  for (const topic of sources.slice(0, NODES_MAX)) edges.push([add(`in ${topic}`, "topic", topic), "p"]);
  for (const store of stores.slice(0, NODES_MAX)) edges.push(["p", add(`s ${store}`, "store", store)]);
  for (const topic of sinks.slice(0, NODES_MAX)) edges.push(["p", add(`out ${topic}`, "topic", topic)]);
  return { ...layered(kinds, labels, edges), left: 0 };
}

/** Every node one layer behind the last of those that lead to it. A circle, which no topology has, ends somewhere. */
function layered(
  kinds: ReadonlyMap<string, GraphNode["kind"]>,
  labels: ReadonlyMap<string, string>,
  edges: readonly (readonly [string, string])[],
): Pick<TopologyGraph, "nodes" | "edges"> {
  const next = Map.groupBy(edges, ([from]) => from);
  const waiting = new Map<string, number>();
  for (const id of kinds.keys()) waiting.set(id, 0);
  for (const [, to] of edges) waiting.set(to, (waiting.get(to) ?? 0) + 1);
  const layers = new Map<string, number>();
  const ready = [...waiting].flatMap(([id, count]) => (count === 0 ? [id] : []));
  for (let i = 0; i < ready.length; i++) {
    const id = ready[i]!;
    for (const [, to] of next.get(id) ?? []) {
      layers.set(to, Math.max(layers.get(to) ?? 0, (layers.get(id) ?? 0) + 1));
      const left = waiting.get(to)! - 1;
      waiting.set(to, left);
      if (left === 0) ready.push(to);
    }
  }
  return { nodes: [...kinds].map(([id, kind]) => ({ id, kind, label: labels.get(id) ?? id, layer: layers.get(id) ?? 0 })), edges };
}
