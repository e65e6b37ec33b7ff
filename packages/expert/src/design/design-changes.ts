import type { ClusterChange } from "../plan/cluster-change.ts";
import type { WantedChange } from "../plan/plan.ts";
import type { DesignedAcl, DesignedSystem } from "./designed-system.ts";

/** Settings that a running cluster takes for all brokers. */
const DYNAMIC: ReadonlySet<string> = new Set(["min.insync.replicas", "unclean.leader.election.enable"]);

/** What makes the system on an empty cluster, in order, each with its reason. */
export function designChanges({ topics, acls, brokerSettings }: DesignedSystem): readonly (WantedChange & { readonly reason: string })[] {
  const dynamic = brokerSettings.filter(({ name }) => DYNAMIC.has(name));
  return [
    ...topics.map(({ name, partitions, replicationFactor, settings, reasons }) => ({
      reason: reasons[0]!.reason,
      change: {
        kind: "createTopic",
        topic: name,
        partitionCount: partitions,
        replicationFactor,
        configs: Object.fromEntries(settings.map((setting) => [setting.name, setting.value])),
      } satisfies ClusterChange,
    })),
    ...acls.map((acl) => ({ reason: `${acl.service}: ${acl.reason}`, change: aclChange(acl) })),
    {
      reason: "for topics that are made later; brokers.properties has what running brokers do not take",
      change: {
        kind: "config",
        target: { type: "brokers" },
        settings: Object.fromEntries(dynamic.map(({ name, value }) => [name, value])),
      },
    },
  ];
}

function aclChange({ principal, resourceType, resourceName, isPrefix, operations }: DesignedAcl): ClusterChange {
  return {
    kind: "addAcls",
    acls: operations.map((operation) => ({
      resourceType,
      resourceName,
      patternType: isPrefix ? "prefixed" : "literal",
      principal,
      host: "*",
      operation,
      permission: "allow",
    })),
  };
}
