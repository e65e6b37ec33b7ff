import type { Settings } from "../lint/settings.ts";
import { evidenceOf, type Hit, type SettingsRule } from "./rule.ts";

const INTERNAL_FACTORS = [
  "offsets.topic.replication.factor",
  "transaction.state.log.replication.factor",
  "share.coordinator.state.topic.replication.factor",
];
const FLUSH_KEYS = ["log.flush.interval.messages", "log.flush.interval.ms"];

/** Whether the file belongs to a cluster of one broker, as far as it says: one voter, itself. */
function isAlone(settings: Settings): boolean {
  const voters = settings.list("controller.quorum.voters").length;
  const bootstrap = settings.list("controller.quorum.bootstrap.servers").length;
  return Math.max(voters, bootstrap) === 1 && settings.list("process.roles").length === 2;
}

function smallFactors(settings: Settings): Hit[] {
  if (isAlone(settings)) return [];
  return INTERNAL_FACTORS.flatMap((key): Hit[] => {
    const factor = settings.has(key) ? settings.number(key) : undefined;
    return factor === undefined || factor >= 3
      ? []
      : [
          {
            key,
            message: `${key} is ${factor}: the state in that topic is lost with one broker.`,
            evidence: evidenceOf(settings, key),
            settings: [{ key, value: "3" }],
          },
        ];
  });
}

function tooManyCopies(settings: Settings): Hit[] {
  if (!isAlone(settings)) return [];
  return [...INTERNAL_FACTORS, "default.replication.factor"].flatMap((key): Hit[] => {
    const factor = settings.number(key);
    if (factor === undefined || factor <= 1) return [];
    return [
      {
        key,
        message: `${key} is ${factor}, but the quorum names one node that is broker and controller: a topic with ${factor} copies cannot be made.`,
        evidence: `${evidenceOf(settings, key)}; one voter`,
        settings: [{ key, value: "1" }],
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
    check: (settings) => {
      const key = "default.replication.factor";
      const factor = settings.number(key);
      return settings.isOf("broker") && !isAlone(settings) && isData(settings) && factor !== undefined && factor < 3
        ? {
            key,
            message: `New topics get ${factor} ${factor === 1 ? "copy" : "copies"}.`,
            evidence: evidenceOf(settings, key),
            settings: [{ key, value: "3" }],
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
      return settings.isOf("broker") && isData(settings) && factor !== undefined && factor >= 3 && least !== undefined && least < 2
        ? {
            key,
            message: `acks=all is satisfied by ${least} of ${factor} copies.`,
            evidence: evidenceOf(settings, key, "default.replication.factor"),
            settings: [{ key, value: "2" }],
          }
        : undefined;
    },
    examples: [
      { kind: "broker", settings: { "default.replication.factor": "3" }, hits: 1 },
      { kind: "broker", settings: { "default.replication.factor": "3", "min.insync.replicas": "2" }, hits: 0 },
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
    check: (settings) => (settings.isOf("broker") ? smallFactors(settings) : undefined),
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
    check: (settings) => {
      const key = "offsets.retention.minutes";
      const minutes = settings.number(key);
      return settings.isOf("broker") && minutes !== undefined && minutes < 10_080
        ? {
            key,
            message: `Offsets of a group without members are forgotten after ${minutes} minutes.`,
            evidence: evidenceOf(settings, key),
            settings: [{ key, value: "20160" }],
          }
        : undefined;
    },
    examples: [
      { kind: "broker", settings: { "offsets.retention.minutes": "1440" }, hits: 1 },
      { kind: "broker", settings: { "offsets.retention.minutes": "10080" }, hits: 0 },
    ],
  },
  {
    id: "BRK-19",
    name: "kraft-voters",
    severity: "warning",
    confidence: "high",
    condition: "an even number of voters, fewer than 3, or broker and controller in one process",
    why: "The quorum bears the loss of a minority of its voters only; a busy broker slows a controller in the same process.",
    fix: "Run 3 or 5 controllers of their own.",
    source: "Apache Kafka documentation, KRaft operations",
    profiles: ["prod", "critical"],
    check: quorumShape,
    examples: [
      { kind: "broker", settings: { "controller.quorum.voters": "1@a:9093,2@b:9093" }, hits: 1 },
      { kind: "broker", settings: { "controller.quorum.voters": "1@a:9093,2@b:9093,3@c:9093", "process.roles": "controller" }, hits: 0 },
      {
        kind: "broker",
        settings: { "controller.quorum.voters": "1@a:9093,2@b:9093,3@c:9093", "process.roles": "broker,controller" },
        hits: 1,
      },
    ],
  },
  {
    id: "BRK-23",
    name: "copies-beyond-brokers",
    severity: "error",
    confidence: "high",
    condition: "a replication factor above 1 in the file of a node that is its own whole quorum",
    why: "The topic cannot be made: consumers with a group wait for ever, transactions do not begin.",
    fix: "Set it to 1, as long as there is one broker.",
    source: "Apache Kafka documentation, broker configs",
    check: (settings) => (settings.isOf("broker") ? tooManyCopies(settings) : undefined),
    examples: [
      {
        kind: "broker",
        settings: {
          "process.roles": "broker,controller",
          "controller.quorum.voters": "1@kafka:9093",
          "offsets.topic.replication.factor": "3",
          "transaction.state.log.replication.factor": "1",
          "share.coordinator.state.topic.replication.factor": "1",
        },
        hits: 1,
      },
      {
        kind: "broker",
        settings: {
          "process.roles": "broker,controller",
          "controller.quorum.voters": "1@kafka:9093",
          "offsets.topic.replication.factor": "1",
          "transaction.state.log.replication.factor": "1",
          "share.coordinator.state.topic.replication.factor": "1",
        },
        hits: 0,
      },
    ],
  },
  {
    id: "BRK-24",
    name: "listeners-contradict",
    severity: "error",
    confidence: "high",
    condition:
      "a listener without a protocol, an advertised name that is no listener, inter-broker or controller names that are none, 0.0.0.0 advertised",
    why: "The broker does not start, or clients are told an address that leads nowhere.",
    fix: "Let listeners, advertised.listeners and listener.security.protocol.map name the same listeners.",
    source: "Apache Kafka documentation, listener configuration",
    check: listenersContradict,
    examples: [
      { kind: "broker", settings: { listeners: "INSIDE://:9092", "process.roles": "broker" }, hits: 1 },
      { kind: "broker", settings: { listeners: "PLAINTEXT://:9092", "advertised.listeners": "PLAINTEXT://0.0.0.0:9092" }, hits: 1 },
      { kind: "broker", settings: { listeners: "PLAINTEXT://:9092", "advertised.listeners": "OUTSIDE://kafka:9092" }, hits: 1 },
      {
        kind: "broker",
        settings: {
          listeners: "INSIDE://:9092,CONTROLLER://:9093",
          "advertised.listeners": "INSIDE://kafka:9092",
          "listener.security.protocol.map": "INSIDE:SSL,CONTROLLER:SSL",
          "controller.listener.names": "CONTROLLER",
          "inter.broker.listener.name": "INSIDE",
        },
        hits: 0,
      },
    ],
  },
];

/** Whether the file is one of a broker that keeps records, not of a controller alone. */
function isData(settings: Settings): boolean {
  const roles = settings.list("process.roles");
  return roles.length === 0 || roles.includes("broker");
}

function quorumShape(settings: Settings): Hit[] {
  if (!settings.isOf("broker")) return [];
  const hits: Hit[] = [];
  const key = settings.has("controller.quorum.voters") ? "controller.quorum.voters" : "controller.quorum.bootstrap.servers";
  const voters = settings.list(key).length;
  if (voters > 0 && voters < 3)
    hits.push({
      key,
      message: `With ${voters} ${voters === 1 ? "voter" : "voters"} the loss of one stops the cluster's metadata.`,
      evidence: evidenceOf(settings, key),
    });
  else if (voters > 0 && voters % 2 === 0)
    hits.push({ key, message: `${voters} voters bear no more losses than ${voters - 1}.`, evidence: evidenceOf(settings, key) });
  if (hits.length === 0 && settings.list("process.roles").length === 2)
    hits.push({ key: "process.roles", message: "Broker and controller share a process.", evidence: evidenceOf(settings, "process.roles") });
  return hits;
}

const PROTOCOLS: ReadonlySet<string> = new Set(["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]);

function listenersContradict(settings: Settings): Hit[] {
  if (!settings.isOf("broker") || settings.given("listeners") === undefined) return [];
  const hits: Hit[] = [];
  const names = settings.list("listeners").map(nameOf);
  const mapped = new Set(settings.list("listener.security.protocol.map").map((pair) => pair.split(":")[0]!.toUpperCase()));
  const tell = (key: string, message: string): void => void hits.push({ key, message, evidence: evidenceOf(settings, key) });
  for (const name of names)
    if (!mapped.has(name) && !(PROTOCOLS.has(name) && !settings.has("listener.security.protocol.map")))
      tell("listeners", `The listener ${name} has no security protocol; listener.security.protocol.map does not name it.`);
  for (const listener of settings.list("advertised.listeners")) {
    const name = nameOf(listener);
    if (!names.includes(name))
      tell("advertised.listeners", `The advertised listener ${name} is none of the listeners (${names.join(", ")}).`);
    if (/:\/\/(0\.0\.0\.0|\[?::\]?):/.test(listener))
      tell("advertised.listeners", `Clients are told ${listener}: no host can be reached by that.`);
  }
  const between = settings.given("inter.broker.listener.name");
  if (between !== undefined && !names.includes(between.toUpperCase()))
    tell("inter.broker.listener.name", `${between} is none of the listeners (${names.join(", ")}).`);
  return hits;
}

function nameOf(listener: string): string {
  return listener.split("://")[0]!.toUpperCase();
}
