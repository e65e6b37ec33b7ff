import type { MetricFamily } from "@ottla/base";
import type { BrokerState } from "../broker-state.ts";
import { countedOnce } from "./counted-once.ts";
import type { MBean } from "./mbean-families.ts";

const STATES = ["Empty", "PreparingRebalance", "CompletingRebalance", "Stable", "Dead"] as const;

/** What `kafka.coordinator.group:type=GroupMetadataManager` tells. */
export function groupFamilies({ groups }: BrokerState): MetricFamily[] {
  const bean = (name: string): MBean => ["coordinator_group", "GroupMetadataManager", name];
  const counted = countedOnce(function* () {
    const byState = new Map<string, number>();
    let all = 0;
    for (const { state } of groups.known()) {
      all++;
      byState.set(state, (byState.get(state) ?? 0) + 1);
      yield;
    }
    return { all, byState };
  });
  return [
    ...counted(bean("NumGroups"), "Groups.", ({ all }) => all),
    ...STATES.flatMap((state) => counted(bean(`NumGroups${state}`), `Groups that are ${state}.`, ({ byState }) => byState.get(state) ?? 0)),
  ];
}
