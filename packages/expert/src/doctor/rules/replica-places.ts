import type { ClusterView } from "../cluster-view.ts";

/** Where further replicas may stand. Takes count of those that it has placed, so that many moves spread over the brokers. */
export class ReplicaPlaces {
  readonly #rackOf: ReadonlyMap<number, string>;
  readonly #load: Map<number, number>;

  constructor({ liveBrokers, partitions }: ClusterView) {
    this.#rackOf = new Map(liveBrokers.map(({ nodeId, rack }) => [nodeId, rack ?? `broker ${nodeId}`]));
    this.#load = new Map(liveBrokers.map(({ nodeId }) => [nodeId, 0]));
    for (const { partition } of partitions) for (const { broker } of partition.replicas) this.#add(broker, 1);
  }

  /** One replica more: of a rack that has none yet where there is such, on the broker with the fewest replicas. Undefined where every live broker has one. */
  next(chosen: readonly number[]): number | undefined {
    const racks = new Set(chosen.map((broker) => this.#rackOf.get(broker)));
    const [next] = [...this.#rackOf.keys()]
      .filter((nodeId) => !chosen.includes(nodeId))
      .toSorted(
        (a, b) =>
          Number(racks.has(this.#rackOf.get(a))) - Number(racks.has(this.#rackOf.get(b))) ||
          this.#load.get(a)! - this.#load.get(b)! ||
          a - b,
      );
    if (next !== undefined) this.#add(next, 1);
    return next;
  }

  /** As many replicas in as many racks as there can be; the preferred leader stays, and so does the first replica of each rack. */
  overRacks(replicas: readonly number[]): readonly number[] {
    const seen = new Set<string | undefined>();
    const kept = replicas.filter((broker) => {
      const rack = this.#rackOf.get(broker);
      return !seen.has(rack) && seen.add(rack);
    });
    const spare = replicas.filter((broker) => !kept.includes(broker));
    for (const broker of spare) this.#add(broker, -1);
    const racks = new Set(this.#rackOf.values()).size;
    const all = [...kept];
    while (all.length < Math.min(replicas.length, racks)) all.push(this.next(all)!);
    const stay = spare.filter((broker) => !all.includes(broker)).slice(0, replicas.length - all.length);
    for (const broker of stay) this.#add(broker, 1);
    return [...all, ...stay];
  }

  #add(broker: number, count: number): void {
    const load = this.#load.get(broker);
    if (load !== undefined) this.#load.set(broker, load + count);
  }
}
