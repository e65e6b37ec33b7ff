import { hashOrder, TreeOrder } from "./java-order.ts";
import type { Part } from "./parts.ts";
import type { TopologyBuilder } from "./topology-builder.ts";

interface Described {
  readonly part: Part;
  /** How many nodes lie at and below it, counted once for each way there; what nodes are sorted by. */
  size: number;
  readonly predecessors: TreeOrder<Described>;
  readonly successors: TreeOrder<Described>;
}

/** The text of Java's `Topology#describe().toString()`, byte by byte. */
export function describeTopology(builder: TopologyBuilder): string {
  const groups = builder.nodeGroups().map((names, id) => {
    const global = names.find((name) => builder.isGlobalSource(name));
    const head = global === undefined ? `Sub-topology: ${id}\n` : `Sub-topology: ${id} for global store (will not generate tasks)\n`;
    const nodes = link(builder, names);
    return `  ${head}${nodes.map((node) => `    ${textOf(node)}\n`).join("")}${global === undefined ? "\n" : ""}`;
  });
  return `Topologies:\n ${groups.join("")}`;
}

function link(builder: TopologyBuilder, names: readonly string[]): Described[] {
  const nodes = new Map<string, Described>();
  for (const name of hashOrder(names)) {
    const part = builder.parts.get(name);
    if (part !== undefined) nodes.set(name, { part, size: 1, predecessors: new TreeOrder(bySize), successors: new TreeOrder(bySize) });
  }
  for (const node of nodes.values()) {
    for (const name of node.part.predecessors) {
      const predecessor = nodes.get(name);
      if (predecessor === undefined) continue;
      node.predecessors.add(predecessor);
      predecessor.successors.add(node);
      grow(predecessor, node.size);
    }
  }
  return [...nodes.values()].sort(bySize);
}

/** Adds to the node and all above it, once for each way up: counted, not gone, since nodes that part and meet again have very many. */
function grow(node: Described, by: number): void {
  let at = node;
  for (;;) {
    const [predecessor, another] = at.predecessors;
    if (another !== undefined) break;
    at.size = (at.size + by) | 0;
    if (predecessor === undefined) return;
    at = predecessor;
  }
  const added = new Map([[at, by]]);
  for (const each of belowFirst(at)) {
    const more = added.get(each) ?? 0;
    // As Java's numbers of 32 bits do.
    each.size = (each.size + more) | 0;
    for (const predecessor of each.predecessors) added.set(predecessor, ((added.get(predecessor) ?? 0) + more) | 0);
  }
}

/** A node and all above it, each after all that lie below it. */
function belowFirst(node: Described): Described[] {
  const order: Described[] = [];
  const seen = new Set<Described>();
  const visit = (each: Described): void => {
    seen.add(each);
    for (const predecessor of each.predecessors) if (!seen.has(predecessor)) visit(predecessor);
    order.push(each);
  };
  visit(node);
  return order.reverse();
}

function bySize(a: Described, b: Described): number {
  if (a.size !== b.size) return b.size - a.size;
  return a.part.name < b.part.name ? -1 : a.part.name > b.part.name ? 1 : 0;
}

function textOf({ part, predecessors, successors }: Described): string {
  const before = `\n      <-- ${namesOf(predecessors)}`;
  const after = `\n      --> ${namesOf(successors)}`;
  switch (part.kind) {
    case "source": {
      const topics = part.pattern === undefined ? `[${hashOrder(part.topics).join(", ")}]` : part.pattern.source;
      return `Source: ${part.name} (topics: ${topics})${after}`;
    }
    case "processor":
      return `Processor: ${part.name} (stores: [${hashOrder([...part.stores]).join(", ")}])${after}${before}`;
    case "sink": {
      const target = typeof part.topic === "string" ? `topic: ${part.topic}` : `extractor class: ${part.topic.name || "anonymous"}`;
      return `Sink: ${part.name} (${target})${before}`;
    }
  }
}

function namesOf(nodes: Iterable<Described>): string {
  return [...nodes].map(({ part }) => part.name).join(", ") || "none";
}
