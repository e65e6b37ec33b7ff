import type { Operator } from "../processors/operator.ts";
import type { TopologyBuilder } from "../topology/topology-builder.ts";

/**
 * The nodes of a task that have to make all of one record in one call: those below one that has a store in common with something below itself, and may write to it after it has forwarded. In slices, it would do so
 * before what it forwarded is done. Worked out when somebody asks.
 */
export class UnslicedNodes {
  readonly #topology: TopologyBuilder;
  readonly #operators: readonly Operator[];
  #names: Set<string> | undefined;

  constructor(topology: TopologyBuilder, operators: readonly Operator[]) {
    this.#topology = topology;
    this.#operators = operators;
  }

  has(name: string): boolean {
    this.#names ??= this.#find();
    return this.#names.has(name);
  }

  #find(): Set<string> {
    const found = new Set<string>();
    for (const operator of this.#operators) {
      if (operator.forwardsLast) continue;
      const stores = this.#storesOf(operator);
      if (stores.size === 0) continue;
      const below = allBelow(operator);
      if ([...below].some((each) => [...this.#storesOf(each)].some((store) => stores.has(store))))
        for (const { name } of below) found.add(name);
    }
    return found;
  }

  #storesOf({ name }: Operator): ReadonlySet<string> {
    const part = this.#topology.parts.get(name);
    return part?.kind === "processor" ? part.stores : none;
  }
}

const none: ReadonlySet<string> = new Set();

function allBelow({ children }: Operator): Set<Operator> {
  const found = new Set<Operator>();
  const waiting = [...children];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    waiting.push(...next.children);
  }
  return found;
}
