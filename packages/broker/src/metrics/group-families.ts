import type { MetricFamily } from "@ottla/base";
import type { BrokerState } from "../broker-state.ts";
import { plainGauge } from "./mbean-families.ts";

const STATES = ["Empty", "PreparingRebalance", "CompletingRebalance", "Stable", "Dead"] as const;

/** What `kafka.coordinator.group:type=GroupMetadataManager` tells. */
export function groupFamilies({ groups }: BrokerState): MetricFamily[] {
  const bean = (name: string, help: string, value: () => number) =>
    plainGauge(["coordinator_group", "GroupMetadataManager", name], help, value);
  const countIn = (state?: string): number => {
    let count = 0;
    for (const group of groups.known()) if (state === undefined || group.state === state) count++;
    return count;
  };
  return [
    ...bean("NumGroups", "Groups.", () => countIn()),
    ...STATES.flatMap((state) => bean(`NumGroups${state}`, `Groups that are ${state}.`, () => countIn(state))),
  ];
}
