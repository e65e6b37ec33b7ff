import type { Settings } from "../lint/settings.ts";
import { INTERNAL_FACTORS, isAlone, isData, isSetForCluster } from "./broker-shape.ts";
import { evidenceOf, type Hit, type SettingsRule } from "./rule.ts";

const FLUSH_KEYS = ["log.flush.interval.messages", "log.flush.interval.ms"];

function smallFactors(settings: Settings, copies: number): Hit[] {
  if (isAlone(settings)) return [];
  return INTERNAL_FACTORS.flatMap((key): Hit[] => {
    const factor = settings.has(key) ? settings.number(key) : undefined;
    return factor === undefined || factor >= copies
      ? []
      : [
          {
            key,
            message: `${key} is ${factor}: the state in that topic is lost with one broker.`,
            evidence: evidenceOf(settings, key),
            settings: [{ key, value: String(copies) }],
          },
        ];
  });
}

/** Rules over a broker's own settings. */
export const brokerRules: readonly SettingsRule[] = [
  {
    id: "BRK-01",
    name: "unclean-election",
    severity: "error",
    confidence: "high",
    condition: "unclean.leader.election.enable is true",
    why: "A replica that lacks acknowledged records may become the leader, and they are gone.",
    fix: "Leave it false; bring the replicas that were in sync back.",
    source: "Apache Kafka documentation, broker configs",
    check: (settings) => {
      const key = "unclean.leader.election.enable";
      return settings.isOf("broker", "topic") && settings.isTrue(key)
        ? {
            key,
            message: "An out-of-sync replica may become leader: acknowledged records can be lost.",
            evidence: evidenceOf(settings, key),
            settings: [{ key }],
          }
        : undefined;
    },
    examples: [
      { kind: "broker", settings: { "unclean.leader.election.enable": "true" }, hits: 1 },
      { kind: "broker", settings: { "unclean.leader.election.enable": "false" }, hits: 0 },
    ],
  },
  {
    id: "BRK-02",
    name: "default-rf",
    severity: "error",
    confidence: "needs context",
    condition: "default.replication.factor below 3 in a file of a cluster that is not one node",
    why: "Topics that are created without a word on it have too few copies: one failure away from loss.",
    fix: "Set it to 3.",
    source: "Apache Kafka documentation, broker configs",
    profiles: ["prod", "critical"],
    thresholds: [{ name: "copies", meaning: "fewest copies", default: 3, unit: "count", least: 1, most: 100 }],
    check: (settings, { threshold }) => {
      const key = "default.replication.factor";
      const factor = settings.number(key);
      return settings.isOf("broker") && !isAlone(settings) && isData(settings) && factor !== undefined && factor < threshold("copies")
        ? {
            key,
            message: `New topics get ${factor} ${factor === 1 ? "copy" : "copies"}.`,
            evidence: evidenceOf(settings, key),
            settings: [{ key, value: String(threshold("copies")) }],
          }
        : undefined;
    },
    examples: [
      { kind: "broker", settings: { "process.roles": "broker", "node.id": "1" }, hits: 1 },
      { kind: "broker", settings: { "process.roles": "broker", "default.replication.factor": "3" }, hits: 0 },
      { kind: "broker", settings: { "process.roles": "broker,controller", "controller.quorum.voters": "1@localhost:9093" }, hits: 0 },
    ],
  },
  {
    id: "BRK-03",
    name: "min-isr-default",
    severity: "error",
    confidence: "needs context",
    condition: "min.insync.replicas below 2 where default.replication.factor is 3 or more",
    why: "acks=all then means one copy: the leader's.",
    fix: "Set 2 as the cluster's default.",
    source: "Apache Kafka documentation, topic configs",
    check: (settings) => {
      const [key, factor] = ["min.insync.replicas", settings.number("default.replication.factor")] as const;
      const least = settings.number(key);
      // BRK-04 wants it out of such a file: that it is not there says nothing then.
      if (isSetForCluster(settings) && !settings.has(key)) return undefined;
      return settings.isOf("broker") && isData(settings) && factor !== undefined && factor >= 3 && least !== undefined && least < 2
        ? {
            key,
            message: `acks=all is satisfied by ${least} of ${factor} copies.`,
            evidence: evidenceOf(settings, key, "default.replication.factor"),
            ...(!isSetForCluster(settings) && { settings: [{ key, value: "2" }] }),
          }
        : undefined;
    },
    examples: [
      { kind: "broker", settings: { "default.replication.factor": "3" }, hits: 1 },
      { kind: "broker", settings: { "default.replication.factor": "3", "min.insync.replicas": "2" }, hits: 0 },
      { kind: "broker", settings: { "process.roles": "broker", "default.replication.factor": "3" }, hits: 0 },
    ],
  },
  {
    id: "BRK-05",
    name: "auto-create",
    severity: "warning",
    confidence: "high",
    condition: "auto.create.topics.enable is not false",
    why: "A typing error in a name becomes a topic, with default partitions and copies.",
    fix: "Set it to false and create topics on purpose.",
    source: "Apache Kafka documentation, broker configs",
    profiles: ["prod", "critical"],
    check: (settings) => {
      const key = "auto.create.topics.enable";
      return settings.isOf("broker") && isData(settings) && settings.isTrue(key)
        ? {
            key,
            message: "Whoever asks for a topic that is not there makes it.",
            evidence: evidenceOf(settings, key),
            settings: [{ key, value: "false" }],
          }
        : undefined;
    },
    examples: [
      { kind: "broker", settings: { "process.roles": "broker" }, hits: 1 },
      { kind: "broker", settings: { "auto.create.topics.enable": "false" }, hits: 0 },
      { kind: "broker", settings: { "process.roles": "broker" }, hits: 0, profile: "dev" },
    ],
  },
  {
    id: "BRK-06",
    name: "internal-rf",
    severity: "error",
    confidence: "medium",
    condition: "offsets, transaction or share state topics with fewer than 3 copies, outside of a cluster of one node",
    why: "Groups, transactions and share groups lose their state with one broker.",
    fix: "Set it to 3; for topics that are there already, reassign.",
    source: "Apache Kafka documentation, broker configs",
    profiles: ["prod", "critical"],
    thresholds: [{ name: "copies", meaning: "fewest copies", default: 3, unit: "count", least: 1, most: 100 }],
    check: (settings, { threshold }) => (settings.isOf("broker") ? smallFactors(settings, threshold("copies")) : undefined),
    examples: [
      { kind: "broker", settings: { "offsets.topic.replication.factor": "1" }, hits: 1 },
      { kind: "broker", settings: { "offsets.topic.replication.factor": "3" }, hits: 0 },
    ],
  },
  {
    id: "BRK-07",
    name: "flush-forced",
    severity: "warning",
    confidence: "high",
    condition: "log.flush.interval.messages or log.flush.interval.ms is set",
    why: "Forced syncs ruin the tail of the latency; copies on other brokers are what keeps records.",
    fix: "Take it out.",
    source: "Apache Kafka documentation, operations",
    check: (settings) =>
      settings.isOf("broker")
        ? FLUSH_KEYS.filter((key) => settings.given(key) !== undefined && settings.number(key) !== Number.MAX_SAFE_INTEGER).map((key) => ({
            key,
            message: `${key} makes the broker wait for the disk.`,
            evidence: evidenceOf(settings, key),
            settings: [{ key }],
          }))
        : undefined,
    examples: [
      { kind: "broker", settings: { "log.flush.interval.messages": "10000" }, hits: 1 },
      { kind: "broker", settings: { "log.segment.bytes": "1073741824" }, hits: 0 },
    ],
  },
  {
    id: "BRK-08",
    name: "log-dir-temp",
    severity: "error",
    confidence: "high",
    condition: "log.dirs or log.dir in the operating system's temporary directory",
    why: "The data is gone after a reboot, or when something tidies up.",
    fix: "Name a directory on a disk of its own.",
    source: "Apache Kafka documentation, broker configs",
    profiles: ["prod", "critical"],
    check: (settings) => {
      const key = settings.has("log.dirs") ? "log.dirs" : "log.dir";
      const temporary =
        settings.isOf("broker") && (settings.has("log.dirs") || settings.has("log.dir") || isData(settings))
          ? settings.list(key).find((path) => /^(\/tmp|\/var\/tmp|\/private\/tmp|[a-z]:[/\\](windows[/\\])?temp)([/\\]|$)/i.test(path))
          : undefined;
      return temporary === undefined
        ? undefined
        : { key, message: `Records are kept in ${temporary}, which is tidied up at a restart.`, evidence: evidenceOf(settings, key) };
    },
    examples: [
      { kind: "broker", settings: { "log.dirs": "/var/lib/kafka,/tmp/kafka-logs" }, hits: 1 },
      { kind: "broker", settings: { "log.dirs": "/var/lib/kafka" }, hits: 0 },
    ],
  },
  {
    id: "BRK-11",
    name: "deprecated-4x",
    severity: "warning",
    confidence: "high",
    condition: "log.cleaner.enable=false, or remote.log.manager.thread.pool.size",
    why: "Without the cleaner the offsets topic fills the disk; both end in Kafka 5.",
    fix: "Take it out.",
    source: "Apache Kafka 4.1 and 4.2 upgrade notes",
    check: (settings) => {
      if (!settings.isOf("broker")) return undefined;
      if (settings.isFalse("log.cleaner.enable"))
        return {
          key: "log.cleaner.enable",
          message: "Without the cleaner compacted topics, the offsets among them, grow for ever.",
          evidence: evidenceOf(settings, "log.cleaner.enable"),
          settings: [{ key: "log.cleaner.enable" }],
        };
      const key = "remote.log.manager.thread.pool.size";
      return settings.given(key) === undefined
        ? undefined
        : {
            key,
            message: `${key} is deprecated; its successors are the copier and expiration pools.`,
            evidence: evidenceOf(settings, key),
            settings: [{ key }],
          };
    },
    examples: [
      { kind: "broker", settings: { "log.cleaner.enable": "false" }, hits: 1 },
      { kind: "broker", settings: { "log.cleaner.enable": "true" }, hits: 0 },
    ],
  },
  {
    id: "BRK-16",
    name: "leader-rebalance",
    severity: "warning",
    confidence: "medium",
    condition: "auto.leader.rebalance.enable is false",
    why: "After restarts some brokers lead far more partitions than others, until somebody elects by hand.",
    fix: "Leave it true.",
    source: "Apache Kafka documentation, broker configs",
    check: (settings) => {
      const key = "auto.leader.rebalance.enable";
      return settings.isOf("broker") && settings.isFalse(key)
        ? { key, message: "Leaders stay where a restart left them.", evidence: evidenceOf(settings, key), settings: [{ key }] }
        : undefined;
    },
    examples: [
      { kind: "broker", settings: { "auto.leader.rebalance.enable": "false" }, hits: 1 },
      { kind: "broker", settings: { "auto.leader.rebalance.enable": "true" }, hits: 0 },
    ],
  },
  {
    id: "BRK-17",
    name: "offsets-retention",
    severity: "warning",
    confidence: "needs context",
    condition: "offsets.retention.minutes below a week",
    why: "A group that was away for longer begins where auto.offset.reset says: it skips records, or reads all again.",
    fix: "Set it above the longest outage you want to come back from; the default is a week, two weeks are usual.",
    source: "Apache Kafka documentation, broker configs",
    thresholds: [
      {
        name: "fewest",
        meaning: "fewest minutes that offsets of a group without members are kept",
        default: 10_080,
        unit: "minutes",
        least: 1,
        most: 5_256_000,
      },
    ],
    check: (settings, { threshold }) => {
      const key = "offsets.retention.minutes";
      const minutes = settings.number(key);
      return settings.isOf("broker") && minutes !== undefined && minutes < threshold("fewest")
        ? {
            key,
            message: `Offsets of a group without members are forgotten after ${minutes} minutes.`,
            evidence: evidenceOf(settings, key),
            settings: [{ key, value: String(Math.max(20_160, threshold("fewest"))) }],
          }
        : undefined;
    },
    examples: [
      { kind: "broker", settings: { "offsets.retention.minutes": "1440" }, hits: 1 },
      { kind: "broker", settings: { "offsets.retention.minutes": "10080" }, hits: 0 },
    ],
  },
];
