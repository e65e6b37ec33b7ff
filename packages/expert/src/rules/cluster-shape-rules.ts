import type { Settings } from "../lint/settings.ts";
import { INTERNAL_FACTORS, isAlone, isData } from "./broker-shape.ts";
import { evidenceOf, type Hit, type SettingsRule } from "./rule.ts";

const SHARE_FACTOR = "share.coordinator.state.topic.replication.factor";

/** Rules over how a broker fits its quorum, its listeners and the brokers there are. */
export const clusterShapeRules: readonly SettingsRule[] = [
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
    id: "BRK-22",
    name: "share-groups-small",
    severity: "info",
    confidence: "high",
    condition: "a node that is its own whole quorum, and share.coordinator.state.topic.replication.factor at its default of 3",
    why: "The first share group fails: the topic that keeps its state cannot be made.",
    fix: "Set share.coordinator.state.topic.replication.factor=1 and share.coordinator.state.topic.min.isr=1.",
    source: "KIP-932",
    check: (settings) =>
      settings.isOf("broker") && isAlone(settings) && !settings.has(SHARE_FACTOR) && (settings.number(SHARE_FACTOR) ?? 0) > 1
        ? {
            key: SHARE_FACTOR,
            message: "Share groups cannot be used here.",
            evidence: evidenceOf(settings, SHARE_FACTOR),
            settings: [{ key: SHARE_FACTOR, value: "1" }],
          }
        : undefined,
    examples: [
      { kind: "broker", settings: { "process.roles": "broker,controller", "controller.quorum.voters": "1@k:9093" }, hits: 1 },
      {
        kind: "broker",
        settings: { "process.roles": "broker,controller", "controller.quorum.voters": "1@k:9093", [SHARE_FACTOR]: "1" },
        hits: 0,
      },
      {
        kind: "broker",
        settings: { "process.roles": "broker,controller", "controller.quorum.voters": "1@k:9093" },
        hits: 0,
        version: "3.9",
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

function tooManyCopies(settings: Settings): Hit[] {
  if (!isAlone(settings)) return [];
  return [...INTERNAL_FACTORS, "default.replication.factor"].flatMap((key): Hit[] => {
    const factor = settings.number(key);
    // Nobody misses the share groups' topic until there are share groups: that is another rule.
    if (factor === undefined || factor <= 1 || (key === SHARE_FACTOR && !settings.has(key))) return [];
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
  const isMapElsewhere = settings.document.isPartial && !settings.has("listener.security.protocol.map");
  const tell = (key: string, message: string): void => void hits.push({ key, message, evidence: evidenceOf(settings, key) });
  for (const name of names)
    if (
      !isMapElsewhere &&
      !mapped.has(name) &&
      !isPlainController(settings, name, names) &&
      !(PROTOCOLS.has(name) && !settings.has("listener.security.protocol.map"))
    )
      tell("listeners", `The listener ${name} has no security protocol; listener.security.protocol.map does not name it.`);
  for (const listener of settings.list("advertised.listeners")) {
    const name = nameOf(listener);
    if (!names.includes(name))
      tell("advertised.listeners", `The advertised listener ${name} is none of the listeners (${names.join(", ")}).`);
    if (/:\/\/(0\.0\.0\.0|\[?::\]?):/.test(listener))
      tell("advertised.listeners", `Clients are told ${listener}: no host can be reached by that.`);
  }
  const between = settings.given("inter.broker.listener.name");
  if (between !== undefined && isData(settings) && !names.includes(between.toUpperCase()))
    tell("inter.broker.listener.name", `${between} is none of the listeners (${names.join(", ")}).`);
  return hits;
}

/** Without a map, and where nothing is encrypted, Kafka takes controllers' listeners for plaintext. */
function isPlainController(settings: Settings, name: string, names: readonly string[]): boolean {
  if (settings.has("listener.security.protocol.map") || !settings.has("process.roles")) return false;
  const controllers = settings.list("controller.listener.names").map((each) => each.toUpperCase());
  return controllers.includes(name) && ![...names, ...controllers].some((each) => /^(SSL|SASL_)/.test(each));
}

function nameOf(listener: string): string {
  return listener.split("://")[0]!.toUpperCase();
}
