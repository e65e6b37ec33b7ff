import type { HostTasks } from "../assignment/member-data.ts";
import type { QueryableStore } from "./queryable-stores.ts";

/** Where a key of a store is asked for, as of the last rebalance. */
export interface KeyMetadata {
  /** −1 of a global store, which every instance has. */
  readonly partition: number;
  /** `host:port` of the instance that has it, or is about to; undefined: none that says where it can be asked. */
  readonly applicationServer: string | undefined;
  /** Instances that keep a copy. */
  readonly standbys: readonly string[];
}

/** An instance that can be asked, and the partitions of stores that it has. */
export interface InstanceMetadata {
  readonly applicationServer: string;
  readonly stores: readonly {
    readonly name: string;
    readonly partitions: readonly number[];
    readonly standbyPartitions: readonly number[];
  }[];
}

/** Which instances have something of these stores; global ones, which all have, are left out. */
export function instancesOf(hosts: readonly HostTasks[], stores: readonly QueryableStore[]): InstanceMetadata[] {
  return hosts
    .map(({ applicationServer, active, standby }) => ({
      applicationServer,
      stores: stores
        .filter(({ isGlobal }) => !isGlobal)
        .map(({ name, subtopology }) => {
          const of = (tasks: HostTasks["active"]) =>
            tasks
              .filter((task) => task.subtopology === subtopology)
              .map(({ partition }) => partition)
              .sort((a, b) => a - b);
          return { name, partitions: of(active), standbyPartitions: of(standby) };
        })
        .filter(({ partitions, standbyPartitions }) => partitions.length + standbyPartitions.length > 0),
    }))
    .filter((instance) => instance.stores.length > 0);
}
