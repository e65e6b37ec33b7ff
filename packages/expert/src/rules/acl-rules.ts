import type { Settings } from "../lint/settings.ts";
import { evidenceOf, type Hit, type SettingsRule } from "./rule.ts";

const GRAVE = new Set(["all", "write", "delete", "alter", "alterconfigs", "create"]);

function isAllowed(settings: Settings): boolean {
  return settings.isOf("acl") && settings.given("permission") === "allow";
}

function wildcard(settings: Settings): Hit | undefined {
  if (!isAllowed(settings)) return undefined;
  const principal = settings.given("principal") ?? "";
  const operation = settings.given("operation") ?? "";
  const [type, name] = [settings.given("resource-type") ?? "", settings.given("resource-name") ?? ""];
  const evidence = evidenceOf(settings, "principal", "operation", "resource-type", "resource-name");
  if (principal === "User:*")
    return { key: "principal", message: `Everybody may ${operation} ${type} ${name}, without a login too.`, evidence };
  if (/admin/i.test(principal)) return undefined;
  if (type === "topic" && name === "*" && GRAVE.has(operation))
    return { key: "resource-name", message: `${principal} may ${operation} every topic, those that come later too.`, evidence };
  return type === "cluster" && (operation === "all" || operation === "alter" || operation === "clusteraction")
    ? { key: "operation", message: `${principal} may ${operation} the cluster: set ACLs, and with them everything else.`, evidence }
    : undefined;
}

const RULE = { principal: "User:orders", permission: "allow", "resource-type": "topic", "pattern-type": "literal", host: "*" };

/** Rules over who may do what, as files say it. */
export const aclRules: readonly SettingsRule[] = [
  {
    id: "SEC-07",
    name: "wildcard-acl",
    severity: "error",
    confidence: "medium",
    condition: "a rule for everybody, one to write to or change every topic, or one to alter the cluster for who is no administrator",
    why: "Whoever gets hold of that one program's password has the cluster.",
    fix: "Allow each program its own topics and group, by prefix where they are many.",
    source: "Apache Kafka documentation, authorization",
    profiles: ["prod", "critical"],
    check: wildcard,
    examples: [
      { kind: "acl", settings: { ...RULE, operation: "write", "resource-name": "*" }, hits: 1 },
      { kind: "acl", settings: { ...RULE, operation: "read", "resource-name": "*" }, hits: 0 },
      { kind: "acl", settings: { ...RULE, operation: "write", "resource-name": "orders.", "pattern-type": "prefixed" }, hits: 0 },
      { kind: "acl", settings: { ...RULE, principal: "User:*", operation: "read", "resource-name": "orders" }, hits: 1 },
      { kind: "acl", settings: { ...RULE, "resource-type": "cluster", operation: "alter", "resource-name": "kafka-cluster" }, hits: 1 },
      {
        kind: "acl",
        settings: { ...RULE, "resource-type": "cluster", operation: "idempotentwrite", "resource-name": "kafka-cluster" },
        hits: 0,
      },
    ],
  },
];
