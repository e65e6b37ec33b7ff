import type { DomainCluster } from "./domain-specs.ts";
import type { Reasoned } from "./designed-system.ts";

const COPIES = 3;

/** How many copies there are of everything, and how many must have a record before it is acknowledged. */
export interface Copies {
  readonly replicationFactor: number;
  readonly minInSync: number;
}

export function copiesOf({ brokers }: DomainCluster): Copies {
  const replicationFactor = Math.min(COPIES, brokers);
  return { replicationFactor, minInSync: replicationFactor >= COPIES ? 2 : 1 };
}

export function replicationReason(cluster: DomainCluster): Reasoned {
  const { replicationFactor } = copiesOf(cluster);
  return {
    name: "replication.factor",
    value: String(replicationFactor),
    reason:
      replicationFactor === COPIES
        ? "one broker may be down for maintenance and another one fail, and there is a copy"
        : `there are no more than ${cluster.brokers} brokers: the loss of one may lose records`,
    formula: `min(${COPIES}, brokers ${cluster.brokers})`,
  };
}

export function minInSyncReason(cluster: DomainCluster): Reasoned {
  const { minInSync } = copiesOf(cluster);
  return {
    name: "min.insync.replicas",
    value: String(minInSync),
    reason:
      minInSync === 2
        ? "an acknowledged record is on two brokers at least, and one may be down without stopping writers"
        : "with fewer than three copies a higher number would stop writers whenever a broker restarts",
    formula: minInSync === 2 ? "replication.factor − 1" : "1 below three copies",
  };
}
