import type { ChangeRules, RulesTable } from "../change-rules.ts";
import type { AddAcls, PlannedAcl, PlannedAclOperation, RemoveAcls } from "../cluster-change.ts";
import { kafkaTool } from "../command-line.ts";
import type { ObservedOf } from "../observed.ts";

const NAMED_ACLS = 3;

const addAcls: ChangeRules<AddAcls, ObservedOf["addAcls"]> = {
  subject: ({ acls }) => principalsOf(acls),
  sentence: ({ acls }) => `Add to the ACLs: ${aclsText(acls)}.`,
  risk: ({ acls }) =>
    acls.some(({ permission }) => permission === "deny")
      ? { class: "high", why: "What works today may be refused." }
      : { class: "high", why: "Somebody may do more than before." },
  kafka: ({ acls }, tools) => acls.map((acl) => kafkaTool("kafka-acls", tools, ["--add", ...kafkaWords(acl, acl.permission)])),
  ottla: ({ acls }) => acls.map((acl) => ["acls", "add", ...ottlaWords(acl)]),
  inverse: ({ acls }, before) => {
    const added = acls.filter((acl) => !before.present.some((each) => isSameAcl(each, acl)));
    return added.length === 0 ? [] : [{ kind: "removeAcls", acls: added }];
  },
  inParts: true,
  doneWhen: () => "the cluster shows all of them",
  isDone: ({ acls }, now) => acls.every((acl) => now.present.some((each) => isSameAcl(each, acl))),
};

const removeAcls: ChangeRules<RemoveAcls, ObservedOf["removeAcls"]> = {
  subject: ({ acls }) => principalsOf(acls),
  sentence: ({ acls }) => `Take from the ACLs: ${aclsText(acls)}.`,
  risk: ({ acls }) =>
    acls.some(({ permission }) => permission === "deny")
      ? { class: "high", why: "Somebody may do more than before." }
      : { class: "high", why: "Who relies on it is refused." },
  kafka: ({ acls }, tools) =>
    acls.map((acl) => kafkaTool("kafka-acls", tools, ["--remove", "--force", ...kafkaWords(acl, acl.permission)])),
  ottla: ({ acls }) => acls.map((acl) => ["acls", "remove", ...ottlaWords(acl)]),
  inverse: (_change, before) => (before.present.length === 0 ? [] : [{ kind: "addAcls", acls: before.present }]),
  inParts: true,
  doneWhen: () => "the cluster shows none of them",
  isDone: (_change, now) => now.present.length === 0,
};

export const aclRules: Pick<RulesTable, "addAcls" | "removeAcls"> = { addAcls, removeAcls };

/** Whether two ACLs are one. */
export function isSameAcl(a: PlannedAcl, b: PlannedAcl): boolean {
  return (
    a.resourceType === b.resourceType &&
    a.resourceName === b.resourceName &&
    a.patternType === b.patternType &&
    a.principal === b.principal &&
    a.host === b.host &&
    a.operation === b.operation &&
    a.permission === b.permission
  );
}

function principalsOf(acls: readonly PlannedAcl[]): string {
  return [...new Set(acls.map(({ principal }) => principal))].join(",");
}

function aclsText(acls: readonly PlannedAcl[]): string {
  const named = acls.slice(0, NAMED_ACLS).map(aclText);
  return `${named.join("; ")}${acls.length > named.length ? `; and ${acls.length - named.length} more` : ""}`;
}

function aclText({ permission, principal, operation, resourceType, resourceName, patternType, host }: PlannedAcl): string {
  const resource = resourceType === "cluster" ? "the cluster" : `${dashedWord(resourceType)} ${resourceName}`;
  return `${permission} ${principal} ${dashedWord(operation)} on ${resource}${patternType === "prefixed" ? " (prefix)" : ""}${host === "*" ? "" : ` from ${host}`}`;
}

const KAFKA_RESOURCE: Readonly<Record<PlannedAcl["resourceType"], string>> = {
  topic: "--topic",
  group: "--group",
  cluster: "--cluster",
  transactionalId: "--transactional-id",
  delegationToken: "--delegation-token",
  user: "--user-principal",
};

function kafkaWords(acl: PlannedAcl, permission: PlannedAcl["permission"]): readonly string[] {
  return [
    `--${permission}-principal`,
    acl.principal,
    `--${permission}-host`,
    acl.host,
    "--operation",
    kafkaOperation(acl.operation),
    KAFKA_RESOURCE[acl.resourceType],
    ...(acl.resourceType === "cluster" ? [] : [acl.resourceName]),
    "--resource-pattern-type",
    acl.patternType,
  ];
}

function ottlaWords(acl: PlannedAcl): readonly string[] {
  return [
    "--principal",
    acl.principal,
    "--operation",
    dashedWord(acl.operation),
    "--resource",
    acl.resourceType === "cluster" ? "cluster" : `${dashedWord(acl.resourceType)}:${acl.resourceName}`,
    ...(acl.patternType === "prefixed" ? ["--prefixed"] : []),
    ...(acl.host === "*" ? [] : ["--host", acl.host]),
    ...(acl.permission === "deny" ? ["--deny"] : []),
  ];
}

/** `clusterAction` as `ClusterAction`. */
function kafkaOperation(operation: PlannedAclOperation): string {
  return operation.charAt(0).toUpperCase() + operation.slice(1);
}

/** `transactionalId` as `transactional-id`. */
function dashedWord(word: string): string {
  return word.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
