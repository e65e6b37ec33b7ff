import type { ClusterChange, PlannedAcl } from "../../plan/cluster-change.ts";
import type { AclEntry } from "../../snapshot/security-snapshot.ts";
import { valueOf } from "../../snapshot/observed.ts";
import type { ClusterHit, ClusterRule } from "../cluster-rule.ts";
import { type ClusterView, firstOf } from "../cluster-view.ts";
import { exampleBroker, look } from "../example-cluster.ts";

const SUPER_USERS_MAX = 3;

const acl = (given: Partial<AclEntry>): AclEntry => ({
  resourceType: "topic",
  resourceName: "orders",
  patternType: "literal",
  principal: "User:app",
  host: "*",
  operation: "read",
  permission: "allow",
  ...given,
});
const withAcls = (...acls: readonly AclEntry[]) => look({ acls: { value: { authorizer: "enabled", acls } } });
const withBroker = (set: Readonly<Record<string, string>>) =>
  look({ brokers: [exampleBroker(1, { set }), exampleBroker(2), exampleBroker(3)] });

/** Rules over who may do what. */
export const securityLiveRules: readonly ClusterRule[] = [
  {
    id: "SEC-06",
    name: "no-authorizer",
    severity: "error",
    confidence: "high",
    harm: "exposed",
    needs: ["acls"],
    profiles: ["prod", "critical"],
    condition: "the brokers have no authorizer, or allow what no ACL is about",
    why: "Whoever reaches a broker may read, write and delete everything.",
    fix: "Set authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer on all nodes, with super.users for the brokers, and ACLs for the rest.",
    source: "Apache Kafka documentation, authorization",
    check: ({ snapshot, configuredBrokers }) => {
      if (valueOf(snapshot.acls)?.authorizer === "disabled")
        return [
          {
            subject: "cluster",
            message: "There is no authorizer: everybody may do everything.",
            evidence: "DescribeAcls is answered with SECURITY_DISABLED",
          },
        ];
      const open = configuredBrokers.filter(({ configs }) => configs["allow.everyone.if.no.acl.found"]?.value === "true");
      return open.length === 0
        ? []
        : [
            {
              subject: "cluster",
              message: "What no ACL is about is allowed to everybody.",
              evidence: `allow.everyone.if.no.acl.found=true on ${open.map(({ broker }) => `broker ${broker.nodeId}`).join(", ")}`,
            },
          ];
    },
    examples: [
      { observe: () => look({ acls: { value: { authorizer: "disabled" } } }), hits: 1 },
      { observe: () => withBroker({ "allow.everyone.if.no.acl.found": "true" }), hits: 1 },
      { observe: () => look(), hits: 0 },
    ],
  },
  {
    id: "SEC-07",
    name: "wildcard-acl",
    severity: "error",
    confidence: "medium",
    harm: "exposed",
    needs: ["acls"],
    condition:
      "an ACL that allows everybody something, or somebody who is no super user to write to, or do everything with, all topics, or to alter the cluster",
    why: "One stolen password is enough for all data.",
    fix: "Allow each principal what it needs, by name or prefix, and take these ACLs away.",
    source: "Apache Kafka documentation, authorization",
    check: wildcardAcls,
    examples: [
      { observe: () => withAcls(acl({ principal: "User:*" })), hits: 1 },
      { observe: () => withAcls(acl({ resourceName: "*", operation: "write" })), hits: 1 },
      { observe: () => withAcls(acl({ resourceName: "*", operation: "read" }), acl({ operation: "all" })), hits: 0 },
      { observe: () => withAcls(acl({ principal: "User:*", permission: "deny" })), hits: 0 },
    ],
  },
  {
    id: "SEC-09",
    name: "superusers",
    severity: "error",
    confidence: "medium",
    harm: "exposed",
    needs: ["brokerConfigs"],
    condition: "more than 3 super users beside the brokers' own, or User:ANONYMOUS among them",
    why: "No ACL holds for them.",
    fix: "Keep the brokers and one or two people or services; give the rest ACLs.",
    source: "Apache Kafka documentation, super.users",
    thresholds: [
      {
        name: "usersAbove",
        meaning: "how many super users there may be beside the brokers' own",
        default: SUPER_USERS_MAX,
        unit: "count",
        least: 0,
        most: 1000,
      },
    ],
    check: ({ configuredBrokers }, { threshold }) => {
      const users = [...new Set(configuredBrokers.flatMap(({ configs }) => superUsersOf(configs["super.users"]?.value)))];
      const people = users.filter((user) => !/broker|controller|kafka|admin/i.test(user));
      if (!users.includes("User:ANONYMOUS") && people.length <= threshold("usersAbove")) return [];
      return [
        {
          subject: "cluster",
          message: users.includes("User:ANONYMOUS")
            ? "Whoever does not log in is a super user."
            : `${people.length} super users beside the brokers and administrators.`,
          evidence: `super.users: ${firstOf(users, 10)}`,
        },
      ];
    },
    examples: [
      { observe: () => withBroker({ "super.users": "User:ANONYMOUS" }), hits: 1 },
      { observe: () => withBroker({ "super.users": "User:a;User:b;User:c;User:d" }), hits: 1 },
      { observe: () => withBroker({ "super.users": "User:a;User:b;User:c;User:broker-1" }), hits: 0 },
    ],
  },
  {
    id: "SEC-10",
    name: "no-quota",
    severity: "warning",
    confidence: "needs context",
    harm: "exposed",
    needs: ["quotas", "acls"],
    profiles: ["prod", "critical"],
    condition: "principals of several owners have ACLs, and there is no default quota for users or clients",
    why: "One client that goes wild takes the brokers from all the others.",
    fix: "Set a default quota for users, above what the busiest needs.",
    source: "Apache Kafka documentation, quotas",
    check: ({ snapshot }) => {
      const acls = valueOf(snapshot.acls);
      const principals = new Set(acls?.authorizer === "enabled" ? acls.acls.map(({ principal }) => principal) : []);
      const hasDefault = (valueOf(snapshot.quotas) ?? []).some(({ entity }) => entity.user === null || entity.clientId === null);
      return principals.size < 2 || hasDefault
        ? []
        : [
            {
              subject: "cluster",
              message: `${principals.size} principals share the cluster, and there is no default quota.`,
              evidence: `ACLs for ${firstOf([...principals])}; no quota for the default user or client`,
            },
          ];
    },
    examples: [
      {
        observe: () =>
          look({ quotas: { value: [] }, acls: { value: { authorizer: "enabled", acls: [acl({}), acl({ principal: "User:b" })] } } }),
        hits: 1,
      },
      { observe: () => withAcls(acl({}), acl({ principal: "User:b" })), hits: 0 },
    ],
  },
  {
    id: "SEC-16",
    name: "txn-acl",
    severity: "error",
    confidence: "medium",
    harm: "refused",
    needs: ["acls"],
    condition: "a principal may write with a transactional id and not describe it, or write to it and to no topic",
    why: "Its first transaction is refused.",
    fix: "Allow Write and Describe on the transactional id, Write on the topics, and Read on the group whose offsets it commits.",
    source: "Apache Kafka documentation, operations and resources",
    check: transactionAcls,
    examples: [
      { observe: () => withAcls(acl({ resourceType: "transactionalId", resourceName: "t", operation: "write" })), hits: 1 },
      {
        observe: () =>
          withAcls(acl({ resourceType: "transactionalId", resourceName: "t", operation: "write" }), acl({ operation: "write" })),
        hits: 0,
      },
    ],
  },
];

function superUsersOf(value: string | null | undefined): readonly string[] {
  return (value ?? "")
    .split(";")
    .map((user) => user.trim())
    .filter((user) => user !== "");
}

function wildcardAcls(view: ClusterView): ClusterHit[] {
  const acls = valueOf(view.snapshot.acls);
  if (acls?.authorizer !== "enabled") return [];
  const superUsers = new Set(view.configuredBrokers.flatMap(({ configs }) => superUsersOf(configs["super.users"]?.value)));
  const found = acls.acls.filter(({ permission, principal, resourceType, resourceName, patternType, operation }) => {
    if (permission !== "allow" || superUsers.has(principal)) return false;
    if (principal === "User:*") return true;
    const isEvery = resourceName === "*" && patternType === "literal";
    if (resourceType === "topic" && isEvery) return operation === "all" || operation === "write";
    return resourceType === "cluster" && (operation === "all" || operation === "alter");
  });
  if (found.length === 0) return [];
  const [first] = found as [AclEntry];
  return [
    {
      subject: "cluster",
      message: `${found.length} ${found.length === 1 ? "ACL allows" : "ACLs allow"} more than anybody needs: ${firstOf(found.map(sentence), 3)}.`,
      evidence: `${first.principal} ${first.operation} ${first.resourceType} ${first.resourceName} (${first.patternType}) from ${first.host}`,
      changes: [{ kind: "removeAcls", acls: found as readonly PlannedAcl[] }],
    },
  ];
}

function sentence({ principal, operation, resourceType, resourceName }: AclEntry): string {
  return `${principal === "User:*" ? "everybody" : principal} ${operation} on ${resourceName === "*" ? `every ${resourceType}` : `${resourceType} ${resourceName}`}`;
}

/** That `write` on a transactional id allows to describe it, so that what is missing is mostly a topic. */
function transactionAcls({ snapshot }: ClusterView): ClusterHit[] {
  const acls = valueOf(snapshot.acls);
  if (acls?.authorizer !== "enabled") return [];
  const allowed = acls.acls.filter(({ permission }) => permission === "allow");
  const isWrite = ({ resourceType, operation }: AclEntry) => resourceType === "topic" && (operation === "write" || operation === "all");
  if (allowed.some((entry) => entry.principal === "User:*" && isWrite(entry))) return [];
  return [...Map.groupBy(allowed, ({ principal }) => principal)].flatMap(([principal, own]): ClusterHit[] => {
    const ids = own.filter(
      ({ resourceType, operation }) => resourceType === "transactionalId" && (operation === "write" || operation === "all"),
    );
    if (ids.length === 0 || own.some(isWrite)) return [];
    const named = firstOf(
      ids.map(({ resourceName }) => resourceName),
      3,
    );
    return [
      {
        subject: principal,
        message: `${principal} may begin transactions, and write to no topic in them.`,
        evidence: `allowed on transactional ids ${named}; no Write on a topic`,
        changes: [writesOf(principal, own)],
      },
    ];
  });
}

/** Who may create topics, or was given Describe on them beside his transactional id, is one who writes: Write on the same is what was left out. Where nothing of that tells which, somebody has to say it. */
function writesOf(principal: string, own: readonly AclEntry[]): ClusterChange {
  const meant = own.filter(
    ({ resourceType, operation, resourceName }) =>
      resourceType === "topic" && resourceName !== "*" && (operation === "create" || operation === "describe"),
  );
  const acls = new Map(
    meant.map((entry) => [`${entry.resourceName} ${entry.patternType} ${entry.host}`, { ...entry, operation: "write" }]),
  );
  if (acls.size > 0) return { kind: "addAcls", acls: [...acls.values()] as readonly PlannedAcl[] };
  return {
    kind: "manual",
    subject: principal,
    instruction: `Allow ${principal} Write on the topics that it writes to in its transactions; which they are no call of the protocol tells. If it is to write none, take its right on the transactional id away.`,
  };
}
