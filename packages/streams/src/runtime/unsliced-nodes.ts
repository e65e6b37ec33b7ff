import type { Part } from "../topology/parts.ts";
import type { TopologyBuilder } from "../topology/topology-builder.ts";

/**
 * The nodes of a task that have to make all of one record in one call: those below one that has a store in common with something below itself. In slices, it would have changed that store for what it still forwards of the record
 * before that is done. Worked out when somebody asks.
 */
export class UnslicedNodes {
  readonly #topology: TopologyBuilder;
  readonly #nodes: readonly string[];
  #names: Set<string> | undefined;

  constructor(topology: TopologyBuilder, nodes: readonly string[]) {
    this.#topology = topology;
    this.#nodes = nodes;
  }

  has(name: string): boolean {
    this.#names ??= this.#find();
    return this.#names.has(name);
  }

  #find(): Set<string> {
    const parts = this.#nodes.map((name) => this.#topology.parts.get(name)).filter((part) => part !== undefined);
    const children = new Map<string, Part[]>();
    for (const part of parts) {
      for (const name of part.predecessors) {
        const siblings = children.get(name);
        if (siblings === undefined) children.set(name, [part]);
        else siblings.push(part);
      }
    }
    const found = new Set<string>();
    for (const part of parts) {
      if (part.kind !== "processor" || part.stores.size === 0) continue;
      const below = allBelow(part, children);
      const isShared = [...below].some((each) => each.kind === "processor" && [...each.stores].some((store) => part.stores.has(store)));
      if (isShared) for (const { name } of below) found.add(name);
    }
    return found;
  }
}

function allBelow(part: Part, children: ReadonlyMap<string, readonly Part[]>): Set<Part> {
  const found = new Set<Part>();
  const waiting = [...(children.get(part.name) ?? [])];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    waiting.push(...(children.get(next.name) ?? []));
  }
  return found;
}
