import { printSeconds } from "../../quantity/print-quantity.ts";
import type { PlannedAcl } from "../../plan/cluster-change.ts";
import type { AllowedUse } from "../../snapshot/authorization-log.ts";
import { clusterNowMs } from "../../snapshot/cluster-clock.ts";
import { observed, valueOf } from "../../snapshot/observed.ts";
import type { AclEntry } from "../../snapshot/security-snapshot.ts";
import type { ClusterHit, ClusterRule } from "../cluster-rule.ts";
import { type ClusterView, count, firstNames, firstOf } from "../cluster-view.ts";
import { exampleRegistry, exampleTopic, look } from "../example-cluster.ts";

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 0, 1);

/** Rules over who uses what he may, and over what else is known beside the cluster itself. */
export const accessUseRules: readonly ClusterRule[] = [
  {
    id: "SEC-08",
    name: "unused-acl",
    severity: "warning",
    confidence: "needs context",
    harm: "exposed",
    needs: ["acls", "authorizations"],
    condition:
      "an ACL that allows something, and nothing that the log of the authorizer shows as allowed in at least 30 days is by it. A log that covers less time tells nothing, and is named",
    why: "Rights that nobody uses are those of programs that are gone: nobody would miss them, but who finds their passwords.",
    fix: "Ask their owners, and take them away; what works less often than the log reaches (a yearly report) keeps its own.",
    source: "Apache Kafka documentation, authorization and ACLs; log4j2's kafka.authorizer.logger at DEBUG tells what was allowed",
    thresholds: [
      { name: "covered", meaning: "time that the log has to cover", default: 30 * DAY_MS, unit: "ms", least: 0, most: 3650 * DAY_MS },
    ],
    check: unusedAcls,
    examples: [
      { observe: () => withLog(30, [acl("User:a"), acl("User:b")], [use("User:a")]), hits: 1 },
      { observe: () => withLog(29, [acl("User:a"), acl("User:b")], [use("User:a")]), hits: 1, severity: "info" },
      { observe: () => withLog(30, [acl("User:a"), acl("User:b")], [use("User:a"), use("User:b")]), hits: 0 },
      { observe: () => withLog(30, [acl("User:*", "ord", "prefixed", "all")], [use("User:a")]), hits: 0 },
      { observe: () => withLog(30, [acl("User:a", "orders", "literal", "write")], [use("User:a", "describe")]), hits: 0 },
    ],
  },
  {
    id: "SEC-13",
    name: "rotation",
    severity: "warning",
    confidence: "high",
    harm: "exposed",
    needs: ["credentials"],
    condition:
      "a credential that was made more than 90 days ago by the inventory that was named, a delegation token that was, or a SCRAM user that the inventory does not know",
    why: "A password that was seen once is good for as long as it is kept; nobody notices.",
    fix: "Make a second user with the same rights, move the programs to it, then remove the first; or set a new password by ottla users, which reads it from standard input.",
    source: "NIST SP 800-57, cryptoperiods; Apache Kafka documentation, SCRAM",
    thresholds: [{ name: "age", meaning: "age of a credential", default: 90 * DAY_MS, unit: "ms", least: DAY_MS, most: 3650 * DAY_MS }],
    check: ({ snapshot }, { threshold }) => {
      const nowMs = clusterNowMs(snapshot);
      const inventory = valueOf(snapshot.credentials) ?? [];
      const tokens = (valueOf(snapshot.delegationTokens) ?? []).map(({ owner, issuedAtMs }) => ({
        principal: owner,
        mechanism: "delegation token",
        madeAtMs: issuedAtMs,
      }));
      const old = [...inventory, ...tokens].filter(({ madeAtMs }) => nowMs - madeAtMs > threshold("age"));
      const known = new Set(inventory.map(({ principal }) => principal));
      const unknown = (valueOf(snapshot.scramUsers) ?? []).map(({ user }) => `User:${user}`).filter((user) => !known.has(user));
      const told = old.toSorted((a, b) => a.madeAtMs - b.madeAtMs);
      return [
        ...(told.length === 0
          ? []
          : [
              {
                subject: "cluster",
                message: `${count(told.length, "credential")} ${told.length === 1 ? "is" : "are"} older than ${printSeconds(threshold("age") / 1000)}.`,
                evidence: firstOf(
                  told.map(
                    ({ principal, mechanism, madeAtMs }) => `${principal} by ${mechanism}: ${printSeconds((nowMs - madeAtMs) / 1000)} old`,
                  ),
                  3,
                ),
              },
            ]),
        ...(unknown.length === 0
          ? []
          : [
              {
                subject: "cluster",
                message: `The inventory does not say when ${unknown.length === 1 ? "the password of a SCRAM user was" : `the passwords of ${unknown.length} SCRAM users were`} made.`,
                evidence: firstOf(unknown, 5),
                fix: "Add them to the inventory, with the day on which their passwords were set; if nobody knows it, set new ones.",
              },
            ]),
      ];
    },
    examples: [
      { observe: () => withCredential(91), hits: 1 },
      { observe: () => withCredential(90), hits: 0 },
      {
        observe: () => look({ credentials: observed([]), scramUsers: observed([{ user: "billing", credentials: [] }]) }),
        hits: 1,
      },
    ],
  },
  {
    id: "SEC-14",
    name: "pii-topic",
    severity: "warning",
    confidence: "needs context",
    harm: "exposed",
    needs: ["registry", "topics", "acls"],
    profiles: ["prod", "critical"],
    condition:
      "the newest schema of a topic has fields that tell of persons, by their names or tags (confluent:tags PII), and everybody may read it: there is no authorizer, or an ACL allows Read on it, or on every topic, to User:*",
    why: "Whoever reaches a broker has the names, addresses and cards of your customers.",
    fix: "Allow Read to the programs that need it, by name; give the others a copy without these fields (the MaskField transformation of Connect, or a stream).",
    source: "GDPR article 32; Confluent Schema Registry documentation, tags",
    check: personalTopics,
    examples: [
      { observe: () => withPersonal(["email"], [acl("User:*")]), hits: 1 },
      { observe: () => withPersonal(["email"], [acl("User:*", "*")]), hits: 1 },
      { observe: () => withPersonal(["email"], [acl("User:mailer")]), hits: 0 },
      { observe: () => withPersonal(undefined, [acl("User:*")]), hits: 0 },
    ],
  },
];

function unusedAcls({ snapshot }: ClusterView, { threshold }: Parameters<ClusterRule["check"]>[1]): ClusterHit[] {
  const [acls, log] = [valueOf(snapshot.acls), valueOf(snapshot.authorizations)];
  if (acls?.authorizer !== "enabled" || log === undefined) return [];
  const coveredMs = log.toMs - log.fromMs;
  if (coveredMs < threshold("covered"))
    return [
      {
        subject: "cluster",
        message: `The log of the authorizer covers ${printSeconds(coveredMs / 1000)}: too little to say which ACLs nobody uses.`,
        evidence: `from ${new Date(log.fromMs).toISOString()} to ${new Date(log.toMs).toISOString()}; ${printSeconds(threshold("covered") / 1000)} are wanted`,
        fix: "Keep the log longer, and name all of its files.",
        severity: "info",
      },
    ];
  const uses = Map.groupBy(log.allowed, ({ resourceType }) => resourceType.toLowerCase());
  const unused = acls.acls.filter(
    (entry) => entry.permission === "allow" && !(uses.get(entry.resourceType.toLowerCase()) ?? []).some((each) => isBy(each, entry)),
  );
  if (unused.length === 0) return [];
  const whose = [...Map.groupBy(unused, ({ principal }) => principal)];
  return [
    {
      subject: "cluster",
      message: `${count(unused.length, "ACL")} allowed nothing in ${printSeconds(coveredMs / 1000)}.`,
      evidence: firstOf(
        whose.map(([principal, of]) => `${principal}: ${firstOf(of.map(entryText), 2)}`),
        3,
      ),
      changes: [{ kind: "removeAcls", acls: unused as readonly PlannedAcl[] }],
    },
  ];
}

/** Rights that hold the right to describe. */
const DESCRIBES: ReadonlySet<string> = new Set(["read", "write", "delete", "alter"]);

function isBy({ principal, operation, resourceName }: AllowedUse, acl: AclEntry): boolean {
  if (acl.principal !== principal && acl.principal !== "User:*") return false;
  const isNamed =
    acl.patternType === "prefixed"
      ? resourceName.startsWith(acl.resourceName)
      : acl.resourceName === resourceName || acl.resourceName === "*";
  if (!isNamed) return false;
  const [used, allowed] = [operation.toLowerCase(), acl.operation.toLowerCase()];
  return (
    allowed === "all" ||
    allowed === used ||
    (used === "describe" && DESCRIBES.has(allowed)) ||
    (used === "describeconfigs" && allowed === "alterconfigs")
  );
}

function entryText({ operation, resourceType, resourceName, patternType }: AclEntry): string {
  return `${operation} on ${resourceType} ${resourceName}${patternType === "prefixed" ? "…" : ""}`;
}

function personalTopics(view: ClusterView): ClusterHit[] {
  const [acls, registry] = [valueOf(view.snapshot.acls), valueOf(view.snapshot.registry)];
  if (acls === undefined || registry === undefined) return [];
  const open = acls.authorizer === "disabled" ? undefined : acls.acls.filter(isReadForEverybody);
  const found = registry.subjects.flatMap(({ subject, personalFields = [] }) => {
    const name = subject.replace(/-(value|key)$/, "");
    if (personalFields.length === 0 || view.topic(name) === undefined) return [];
    return open === undefined || open.some((entry) => isAbout(entry, name)) ? [{ name, personalFields }] : [];
  });
  if (found.length === 0) return [];
  return [
    {
      subject: found.length === 1 ? `topic ${found[0]!.name}` : `topics ${firstNames(found)}`,
      message: `${found.length === 1 ? `Topic ${found[0]!.name} tells` : `${found.length} topics tell`} of persons, and everybody may read ${found.length === 1 ? "it" : "them"}.`,
      evidence: `${found
        .slice(0, 3)
        .map(({ name, personalFields }) => `${name}: ${firstOf(personalFields, 5)}`)
        .join("; ")}; ${open === undefined ? "there is no authorizer" : "ACLs for User:*"}`,
    },
  ];
}

function isReadForEverybody({ permission, principal, resourceType, operation }: AclEntry): boolean {
  return permission === "allow" && principal === "User:*" && resourceType === "topic" && (operation === "read" || operation === "all");
}

function isAbout({ patternType, resourceName }: AclEntry, topic: string): boolean {
  return patternType === "prefixed" ? topic.startsWith(resourceName) : resourceName === topic || resourceName === "*";
}

function acl(principal: string, resourceName = "orders", patternType = "literal", operation = "read"): AclEntry {
  return { resourceType: "topic", resourceName, patternType, principal, host: "*", operation, permission: "allow" };
}

function use(principal: string, operation = "read"): AllowedUse {
  return { principal, operation, resourceType: "topic", resourceName: "orders" };
}

function withLog(days: number, acls: readonly AclEntry[], allowed: readonly AllowedUse[]) {
  return look({
    acls: observed({ authorizer: "enabled" as const, acls }),
    authorizations: observed({ fromMs: NOW_MS - days * DAY_MS, toMs: NOW_MS, allowed }),
  });
}

function withCredential(days: number) {
  return look({ credentials: observed([{ principal: "User:billing", mechanism: "SCRAM-SHA-512", madeAtMs: NOW_MS - days * DAY_MS }]) });
}

function withPersonal(personalFields: readonly string[] | undefined, acls: readonly AclEntry[]) {
  return look({
    only: [exampleTopic("orders")],
    acls: observed({ authorizer: "enabled" as const, acls }),
    registry: exampleRegistry("BACKWARD", { "orders-value": { registeredAtMs: [0], ...(personalFields && { personalFields }) } }),
  });
}
