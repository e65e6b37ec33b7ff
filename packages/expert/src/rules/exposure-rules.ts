import type { Settings } from "../lint/settings.ts";
import { isData, isSetForCluster } from "./broker-shape.ts";
import { evidenceOf, type Hit, type SettingsRule } from "./rule.ts";

const REMOVED: Readonly<Record<string, string>> = {
  "metrics.jmx.whitelist": "metrics.jmx.include",
  "metrics.jmx.blacklist": "metrics.jmx.exclude",
  "delegation.token.master.key": "delegation.token.secret.key",
  "auto.include.jmx.reporter": "metric.reporters",
};

function removed(settings: Settings): Hit[] {
  if (!settings.isOf("broker")) return [];
  return Object.entries(REMOVED).flatMap(([key, now]): Hit[] =>
    settings.has(key)
      ? [{ key, message: `${key} is not read any more; ${now} is.`, evidence: key, fix: `Write ${now}.`, settings: [{ key }] }]
      : [],
  );
}

/** The REST interface of a worker that others reach, and that asks nobody who they are. */
function openWorker(settings: Settings): Hit | undefined {
  const key = settings.has("listeners") ? "listeners" : "rest.port";
  if (!settings.isOf("connectWorker", "connectStandalone") || !settings.has(key) || settings.has("rest.extension.classes"))
    return undefined;
  const open =
    key === "rest.port" ||
    settings.list(key).some((listener) => /^http:/i.test(listener) && !/\/\/(localhost|127\.|\[::1\])/i.test(listener));
  return open
    ? {
        key,
        message: "Whoever reaches the worker's port may make connectors, and read what they are given.",
        evidence: evidenceOf(settings, key),
      }
    : undefined;
}

function unlistedTokenUrl(settings: Settings): Hit | undefined {
  const key = ["sasl.oauthbearer.token.endpoint.url", "sasl.oauthbearer.jwks.endpoint.url"].find((each) => settings.has(each));
  return key === undefined ||
    settings.document.dialect === "librdkafka" ||
    settings.entries.some(({ value }) => value.includes("oauthbearer.allowed.urls"))
    ? undefined
    : {
        key,
        message: "Kafka 4 asks no address that its process does not allow by a system property.",
        evidence: evidenceOf(settings, key),
      };
}

/** Rules over what is open, gone, or said in the wrong place. */
export const exposureRules: readonly SettingsRule[] = [
  {
    id: "BRK-04",
    name: "min-isr-in-file-elr",
    severity: "warning",
    confidence: "needs context",
    condition: "min.insync.replicas in the file of a broker that is no controller, on 4.1 and later",
    why: "With eligible leader replicas, on by default in clusters made with 4.1 or later, the value of a single broker does not count.",
    fix: "Set it for the whole cluster: kafka-configs --entity-type brokers --entity-default --add-config min.insync.replicas=2.",
    source: "KIP-966, Apache Kafka 4.1 upgrade notes",
    from: "4.1",
    check: (settings) => {
      const key = "min.insync.replicas";
      return settings.isOf("broker") && settings.has(key) && isSetForCluster(settings)
        ? {
            key,
            message: "What this broker's file says of it may not count.",
            evidence: evidenceOf(settings, key, "process.roles"),
            settings: [{ key }],
          }
        : undefined;
    },
    examples: [
      { kind: "broker", settings: { "process.roles": "broker", "min.insync.replicas": "2" }, hits: 1 },
      { kind: "broker", settings: { "process.roles": "broker", "min.insync.replicas": "2" }, hits: 0, version: "4.0" },
      { kind: "broker", settings: { "process.roles": "broker,controller", "min.insync.replicas": "2" }, hits: 0 },
    ],
  },
  {
    id: "BRK-10",
    name: "removed-4x",
    severity: "error",
    confidence: "high",
    condition: "keys that Kafka 4 does not read any more and that its tables do not list: the JMX reporter's lists, the tokens' master key",
    why: "What they switched off is on again, what they protected is not protected.",
    fix: "Write the new name.",
    source: "Apache Kafka 4.0 upgrade notes",
    from: "4.0",
    check: removed,
    examples: [
      { kind: "broker", settings: { "metrics.jmx.blacklist": "x" }, hits: 1 },
      { kind: "broker", settings: { "metrics.jmx.exclude": "x" }, hits: 0 },
      { kind: "broker", settings: { "metrics.jmx.blacklist": "x" }, hits: 0, version: "3.9" },
    ],
  },
  {
    id: "BRK-18",
    name: "txn-timeout",
    severity: "error",
    confidence: "medium",
    condition: "a producer's transaction.timeout.ms above what brokers allow, 15 minutes if nothing else is said",
    why: "initTransactions fails with INVALID_TRANSACTION_TIMEOUT.",
    fix: "Lower it, or raise transaction.max.timeout.ms of the brokers.",
    source: "Apache Kafka documentation, transaction.max.timeout.ms",
    check: (settings) => {
      const key = "transaction.timeout.ms";
      return settings.isOf("producer", "client") && Number(settings.given(key) ?? 0) > 900_000
        ? {
            key,
            message: `Brokers allow transactions of 900000 ms, unless they are told otherwise.`,
            evidence: evidenceOf(settings, key),
            settings: [{ key }],
          }
        : undefined;
    },
    examples: [
      { kind: "producer", settings: { "transaction.timeout.ms": "900001" }, hits: 1 },
      { kind: "producer", settings: { "transaction.timeout.ms": "900000" }, hits: 0 },
    ],
  },
  {
    id: "BRK-25",
    name: "quorum-address",
    severity: "error",
    confidence: "high",
    condition: "a KRaft node that has no word on its quorum, or controller.listener.names",
    why: "It does not start.",
    fix: "Set controller.quorum.bootstrap.servers (or voters) and controller.listener.names.",
    source: "Apache Kafka documentation, KRaft configuration",
    check: (settings) => {
      if (!settings.isOf("broker") || !settings.has("process.roles") || !isData(settings)) return undefined;
      const missing =
        settings.has("controller.quorum.voters") || settings.has("controller.quorum.bootstrap.servers")
          ? settings.has("controller.listener.names")
            ? undefined
            : "controller.listener.names"
          : "controller.quorum.bootstrap.servers";
      return missing !== undefined && settings.has("listeners")
        ? {
            key: missing,
            message: `${missing} is not set: the node does not start.`,
            evidence: evidenceOf(settings, "process.roles", missing),
          }
        : undefined;
    },
    examples: [
      { kind: "broker", settings: { "process.roles": "broker", listeners: "SSL://:9092", "controller.listener.names": "C" }, hits: 1 },
      {
        kind: "broker",
        settings: {
          "process.roles": "broker",
          listeners: "SSL://:9092",
          "controller.listener.names": "C",
          "controller.quorum.bootstrap.servers": "c:9093",
        },
        hits: 0,
      },
    ],
  },
  {
    id: "SEC-12",
    name: "oauth-allowlist",
    severity: "info",
    confidence: "needs context",
    condition: "OAUTHBEARER with an address for tokens or keys, on 4.x",
    why: "Without the system property that allows the address every login fails after the upgrade.",
    fix: "Start the process with -Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=URL.",
    source: "Apache Kafka 4.0 upgrade notes, KIP-1139",
    from: "4.0",
    check: unlistedTokenUrl,
    examples: [
      { kind: "client", settings: { "sasl.oauthbearer.token.endpoint.url": "https://id/token" }, hits: 1 },
      { kind: "client", settings: { "sasl.oauthbearer.token.endpoint.url": "https://id/token" }, hits: 0, version: "3.9" },
    ],
  },
  {
    id: "SEC-15",
    name: "open-admin",
    severity: "error",
    confidence: "medium",
    condition: "a Connect worker's REST interface on http beyond this machine, without an extension that asks for a login",
    why: "A connector can read files and reach databases: its maker has the worker's rights.",
    fix: "Bind it to localhost behind a proxy that asks for a login, or use https with rest.extension.classes.",
    source: "Apache Kafka documentation, Connect security",
    profiles: ["prod", "critical"],
    check: openWorker,
    examples: [
      { kind: "connectWorker", settings: { listeners: "http://0.0.0.0:8083" }, hits: 1 },
      { kind: "connectWorker", settings: { listeners: "http://localhost:8083" }, hits: 0 },
      { kind: "connectWorker", settings: { listeners: "https://0.0.0.0:8443" }, hits: 0 },
    ],
  },
];
