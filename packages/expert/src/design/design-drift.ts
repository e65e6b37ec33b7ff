import type { PlannedAcl } from "../plan/cluster-change.ts";
import type { WantedChange } from "../plan/plan.ts";
import { designChanges } from "./design-changes.ts";
import type { DesignedSystem, DesignedTopic } from "./designed-system.ts";
import type { Domain } from "./domain.ts";

/** A topic that is there already. */
export interface TopicThere {
  readonly partitions: number;
  readonly replicationFactor: number;
  /** What holds, its own settings and inherited ones. */
  readonly configs: ReadonlyMap<string, string>;
}

/** What a cluster has of a design. */
export interface ClusterThere {
  readonly brokers: number;
  readonly topics: ReadonlyMap<string, TopicThere>;
  readonly acls: readonly PlannedAcl[];
}

/**
 * What has to change so that a cluster is as the design says. What has no way back, or would break the order of keys, is for a human. ACLs of the design's own principals that the design does not have go; those of
 * others are nobody's business here.
 */
export function designDrift(domain: Domain, system: DesignedSystem, there: ClusterThere): readonly WantedChange[] {
  const wanted = designChanges(system).flatMap((one): readonly WantedChange[] => {
    const { change } = one;
    if (change.kind === "createTopic") {
      const found = there.topics.get(change.topic);
      return found ? topicDrift(system.topics.find(({ name }) => name === change.topic)!, found, domain, there.brokers) : [one];
    }
    if (change.kind !== "addAcls") return [one];
    const missing = change.acls.filter((acl) => !there.acls.some((each) => aclKey(each) === aclKey(acl)));
    return missing.length === 0 ? [] : [{ ...one, change: { kind: "addAcls", acls: missing } }];
  });
  return [...wanted, ...surplusAcls(system, there)];
}

function topicDrift(
  { name, partitions, replicationFactor, settings }: DesignedTopic,
  there: TopicThere,
  domain: Domain,
  brokers: number,
): readonly WantedChange[] {
  const isKeyed = domain.events.some((event) => event.name === name && event.key !== undefined);
  const copies = Math.min(replicationFactor, brokers);
  const differing = settings.filter((setting) => there.configs.get(setting.name) !== setting.value);
  return [
    ...(differing.length === 0
      ? []
      : [
          {
            reason: `The design wants ${differing.map((setting) => `${setting.name}=${setting.value} (${setting.reason})`).join("; ")}.`,
            change: {
              kind: "config" as const,
              target: { type: "topic" as const, name },
              settings: Object.fromEntries(differing.map((setting) => [setting.name, setting.value])),
            },
          },
        ]),
    ...(there.partitions >= partitions ? [] : [growth(name, there.partitions, partitions, isKeyed)]),
    ...(there.replicationFactor === copies
      ? []
      : [
          {
            reason: `The design wants ${copies} copies, and there are ${there.replicationFactor}.`,
            change: {
              kind: "manual" as const,
              subject: `topic ${name}`,
              instruction: `Give its partitions ${copies} replicas by a reassignment, at a time and with a throttle that the cluster bears.`,
            },
          },
        ]),
  ];
}

/** Keys go to other partitions when there are more of them. */
function growth(topic: string, from: number, to: number, isKeyed: boolean): WantedChange {
  const reason = `The design wants ${to} partitions, and there are ${from}.`;
  if (!isKeyed) return { reason, change: { kind: "addPartitions", topic, partitionCount: to } };
  return {
    reason,
    change: {
      kind: "manual",
      subject: `topic ${topic}`,
      instruction: `It has keys, and more partitions would put them elsewhere: their order breaks, and state by key is misplaced. Make a new topic with ${to} partitions, let producers write there, let consumers read this one to its end and then the new one.`,
    },
  };
}

function surplusAcls({ acls }: DesignedSystem, there: ClusterThere): readonly WantedChange[] {
  const principals = new Set(acls.map(({ principal }) => principal));
  const designed = new Set(
    acls.flatMap(({ principal, resourceType, resourceName, isPrefix, operations }) =>
      operations.map((operation) =>
        aclKey({
          principal,
          resourceType,
          resourceName,
          patternType: isPrefix ? "prefixed" : "literal",
          operation,
          host: "*",
          permission: "allow",
        }),
      ),
    ),
  );
  const surplus = there.acls.filter((acl) => acl.permission === "allow" && principals.has(acl.principal) && !designed.has(aclKey(acl)));
  return surplus.map((acl) => ({
    reason: `${acl.principal} needs it for nothing that the design says.`,
    change: { kind: "removeAcls", acls: [acl] },
  }));
}

function aclKey({ principal, resourceType, resourceName, patternType, operation, host, permission }: PlannedAcl): string {
  return [principal, resourceType, resourceName, patternType, operation, host, permission].join("\n");
}
