import type { Settings } from "../lint/settings.ts";
import { evidenceOf, type Hit, type SettingsRule } from "./rule.ts";

function isKind(settings: Settings, ...kinds: readonly string[]): boolean {
  return settings.isOf("resource") && kinds.includes(settings.given("kind") ?? "");
}

function goneParts(settings: Settings): Hit[] {
  const key = isKind(settings, "Kafka") ? settings.entries.find((entry) => entry.key.startsWith("spec.zookeeper"))?.key : undefined;
  return key === undefined ? [] : [{ key, message: "Neither Kafka 4 nor the operator that runs it has ZooKeeper.", evidence: key }];
}

function openListeners(settings: Settings): Hit[] {
  if (!isKind(settings, "Kafka")) return [];
  return settings.entries
    .filter(({ key, value }) => /^spec\.kafka\.listeners\[\d+\]\.tls$/.test(key) && value === "false")
    .map(({ key }) => {
      const name = settings.given(key.replace(/tls$/, "name")) ?? "without name";
      return { key, message: `The listener ${name} speaks plaintext.`, evidence: evidenceOf(settings, key) };
    });
}

/** Rules over what an operator makes a cluster of. */
export const resourceRules: readonly SettingsRule[] = [
  {
    id: "STZ-01",
    name: "gone-version",
    severity: "error",
    confidence: "high",
    condition: "a Strimzi resource of v1beta2 or older",
    why: "Strimzi 1.0 and later know kafka.strimzi.io/v1 only: the resource is refused, and an old one is not read any more.",
    fix: "Write apiVersion: kafka.strimzi.io/v1, and convert what changed with the operator's tool before you upgrade it.",
    source: "Strimzi documentation, API conversion",
    check: (settings) => {
      const version = settings.isOf("resource") ? settings.given("apiVersion") : undefined;
      return version !== undefined && version !== "kafka.strimzi.io/v1"
        ? {
            key: "apiVersion",
            message: `${version} is gone.`,
            evidence: evidenceOf(settings, "apiVersion"),
            settings: [{ key: "apiVersion", value: "kafka.strimzi.io/v1" }],
          }
        : undefined;
    },
    examples: [
      { kind: "resource", settings: { apiVersion: "kafka.strimzi.io/v1beta2", kind: "KafkaTopic" }, hits: 1 },
      { kind: "resource", settings: { apiVersion: "kafka.strimzi.io/v1", kind: "KafkaTopic" }, hits: 0 },
    ],
  },
  {
    id: "STZ-02",
    name: "zookeeper-section",
    severity: "error",
    confidence: "high",
    condition: "a Kafka resource with a zookeeper section",
    why: "Brokers of Kafka 4 keep their metadata themselves; the section is refused.",
    fix: "Describe the nodes in KafkaNodePool resources with the roles controller and broker; migrate through 3.9.",
    source: "Strimzi documentation, KRaft",
    check: goneParts,
    examples: [
      { kind: "resource", settings: { kind: "Kafka", "spec.zookeeper.replicas": "3" }, hits: 1 },
      { kind: "resource", settings: { kind: "Kafka", "spec.kafka.version": "4.1.0" }, hits: 0 },
    ],
  },
  {
    id: "STZ-03",
    name: "ephemeral-storage",
    severity: "error",
    confidence: "high",
    condition: "a cluster or a pool of nodes keeps its records in ephemeral storage",
    why: "What a pod had is gone when it moves; when all move, everything is.",
    fix: "Use persistent-claim storage.",
    source: "Strimzi documentation, storage",
    profiles: ["prod", "critical"],
    check: (settings) => {
      if (!isKind(settings, "Kafka", "KafkaNodePool")) return undefined;
      const entry = settings.entries.find(({ key, value }) => /storage\.(volumes\[\d+\]\.)?type$/.test(key) && value === "ephemeral");
      return entry && { key: entry.key, message: "A pod that is moved has lost its records.", evidence: evidenceOf(settings, entry.key) };
    },
    examples: [
      { kind: "resource", settings: { kind: "KafkaNodePool", "spec.storage.type": "ephemeral" }, hits: 1 },
      { kind: "resource", settings: { kind: "KafkaNodePool", "spec.storage.type": "persistent-claim" }, hits: 0 },
    ],
  },
  {
    id: "STZ-04",
    name: "plain-listener",
    severity: "warning",
    confidence: "medium",
    condition: "a listener without TLS",
    why: "Whoever is in the cluster's network reads and changes everything.",
    fix: "Set tls: true, and authentication.",
    source: "Strimzi documentation, listeners",
    profiles: ["prod", "critical"],
    check: openListeners,
    examples: [
      {
        kind: "resource",
        settings: { kind: "Kafka", "spec.kafka.listeners[0].name": "plain", "spec.kafka.listeners[0].tls": "false" },
        hits: 1,
      },
      {
        kind: "resource",
        settings: { kind: "Kafka", "spec.kafka.listeners[0].name": "tls", "spec.kafka.listeners[0].tls": "true" },
        hits: 0,
      },
    ],
  },
  {
    id: "STZ-05",
    name: "controllers",
    severity: "warning",
    confidence: "high",
    condition: "a pool of controllers with an even number of nodes, or with one",
    why: "The quorum bears the loss of a minority of its voters only.",
    fix: "Run 3 or 5 controllers.",
    source: "Apache Kafka documentation, KRaft operations",
    profiles: ["prod", "critical"],
    check: (settings) => {
      const key = "spec.replicas";
      const nodes = Number(settings.given(key) ?? "3");
      return isKind(settings, "KafkaNodePool") &&
        (settings.given("spec.roles") ?? "").includes("controller") &&
        (nodes < 3 || nodes % 2 === 0)
        ? {
            key,
            message:
              nodes === 1
                ? "While the one controller is away nothing of the cluster can change."
                : `${nodes} controllers bear no more losses than ${nodes - 1}.`,
            evidence: evidenceOf(settings, key, "spec.roles"),
          }
        : undefined;
    },
    examples: [
      { kind: "resource", settings: { kind: "KafkaNodePool", "spec.roles": "controller", "spec.replicas": "2" }, hits: 1 },
      { kind: "resource", settings: { kind: "KafkaNodePool", "spec.roles": "controller", "spec.replicas": "3" }, hits: 0 },
      { kind: "resource", settings: { kind: "KafkaNodePool", "spec.roles": "broker", "spec.replicas": "4" }, hits: 0 },
    ],
  },
];
