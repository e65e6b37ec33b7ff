import type { Settings } from "../lint/settings.ts";
import { evidenceOf, type SettingsRule } from "./rule.ts";

/** Whether the settings are those of a program that talks to brokers. */
export function isClient(settings: Settings): boolean {
  return settings.isOf("client", "producer", "consumer", "admin", "streams", "connectWorker", "connectStandalone");
}

/** Rules over what every client has. */
export const clientRules: readonly SettingsRule[] = [
  {
    id: "PRD-16",
    name: "client-id",
    severity: "info",
    confidence: "medium",
    condition: "a producer's or consumer's client.id is empty",
    why: "Quotas cannot be set for it, and nobody can tell whose requests are in a log.",
    fix: "Name the application.",
    source: "Apache Kafka documentation, quotas",
    profiles: ["prod", "critical"],
    check: (settings) =>
      settings.isOf("producer", "consumer") && settings.entries.length > 2 && !settings.effective("client.id") && !settings.has("client.id")
        ? { key: "client.id", message: "The client does not say who it is.", evidence: evidenceOf(settings, "client.id") }
        : undefined,
    examples: [
      { kind: "producer", settings: { "bootstrap.servers": "a:9092", acks: "all", "linger.ms": "5" }, hits: 1 },
      { kind: "producer", settings: { "bootstrap.servers": "a:9092", acks: "all", "client.id": "orders" }, hits: 0 },
    ],
  },
  {
    id: "PRD-17",
    name: "bootstrap",
    severity: "warning",
    confidence: "medium",
    condition: "bootstrap.servers names one host, or this machine, or is separated by blanks",
    why: "While that one broker is down no client can start, although the cluster is well.",
    fix: "Name three brokers, with commas between them.",
    source: "Apache Kafka documentation, client configs",
    profiles: ["prod", "critical"],
    check: (settings) => {
      const key = "bootstrap.servers";
      const given = settings.given(key);
      if (given === undefined || !isClient(settings)) return undefined;
      const evidence = evidenceOf(settings, key);
      if (/[\w\]]:\d+\s+[\w[]/.test(given))
        return {
          key,
          severity: "error",
          message: "The servers are separated by blanks; that is one name, which does not exist.",
          evidence,
        };
      const servers = settings.list(key);
      const local = servers.find((server) => /^(localhost|127\.\d|\[?::1\]?|host\.docker\.internal)/i.test(server));
      if (local !== undefined)
        return { key, severity: "error", message: `${local} is whatever machine the program happens to run on.`, evidence };
      // A service's or a cloud's name stands for all brokers.
      if (servers.length === 1 && /bootstrap|\.confluent\.cloud:|\.servicebus\.windows\.net:/i.test(servers[0]!)) return undefined;
      return servers.length === 1 ? { key, message: `Only ${servers[0]} is asked for the cluster.`, evidence } : undefined;
    },
    examples: [
      { kind: "producer", settings: { "bootstrap.servers": "kafka-1:9092" }, hits: 1 },
      { kind: "producer", settings: { "bootstrap.servers": "localhost:9092,kafka-2:9092" }, hits: 1, severity: "error" },
      { kind: "producer", settings: { "bootstrap.servers": "kafka-1:9092 kafka-2:9092" }, hits: 1, severity: "error" },
      { kind: "producer", settings: { "bootstrap.servers": "kafka-1:9092,kafka-2:9092,kafka-3:9092" }, hits: 0 },
      { kind: "producer", settings: { "bootstrap.servers": "localhost:9092" }, hits: 0, profile: "dev" },
      { kind: "producer", settings: { "bootstrap.servers": "${BOOTSTRAP}" }, hits: 0 },
      { kind: "producer", settings: { "bootstrap.servers": "main-kafka-bootstrap:9093" }, hits: 0 },
    ],
  },
];
