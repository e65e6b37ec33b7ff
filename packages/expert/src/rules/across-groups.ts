import type { Settings } from "../lint/settings.ts";
import type { AcrossHit, AcrossRule } from "./across-rule.ts";
import { ownerOf, type Project } from "./project.ts";
import { evidenceOf } from "./rule.ts";

/** Documents with one value of a key that belong to several programs; all but the first of them. */
function sharedBySeveral(
  documents: readonly Settings[],
  key: string,
): readonly { readonly settings: Settings; readonly first: Settings }[] {
  const firsts = new Map<string, Settings>();
  return documents.flatMap((settings) => {
    const value = settings.given(key);
    if (value === undefined || value === "") return [];
    const first = firsts.get(value);
    if (!first) firsts.set(value, settings);
    return first && ownerOf(first.document) !== ownerOf(settings.document) ? [{ settings, first }] : [];
  });
}

function nameOf({ document: { file, part } }: Settings): string {
  return part === undefined ? file : `${file} ${part}`;
}

function sharedGroups(project: Project): readonly AcrossHit[] {
  return sharedBySeveral(project.consumers, "group.id").map(({ settings, first }) => ({
    document: settings.document,
    key: "group.id",
    message: `${nameOf(first)} is a member of the group ${settings.given("group.id")}, too: each of them gets a part of the records.`,
    evidence: `${evidenceOf(settings, "group.id")} here and in ${nameOf(first)}`,
  }));
}

function sharedTransactionalIds(project: Project): readonly AcrossHit[] {
  return sharedBySeveral(project.producers, "transactional.id").map(({ settings, first }) => ({
    document: settings.document,
    key: "transactional.id",
    message: `${nameOf(first)} has the transactional id ${settings.given("transactional.id")}, too: the one that starts later fences the other.`,
    evidence: `${evidenceOf(settings, "transactional.id")} here and in ${nameOf(first)}`,
  }));
}

function sharedInstances(project: Project): readonly AcrossHit[] {
  const seen = new Map<string, Settings>();
  return project.consumers.flatMap((consumer) => {
    const instance = consumer.given("group.instance.id");
    if (instance === undefined || instance === "") return [];
    const mark = JSON.stringify([consumer.given("group.id"), instance]);
    const first = seen.get(mark);
    seen.set(mark, first ?? consumer);
    return first && nameOf(first) !== nameOf(consumer)
      ? [
          {
            document: consumer.document,
            key: "group.instance.id",
            message: `${nameOf(first)} is the instance ${instance} of that group, too: they fence each other in turn.`,
            evidence: evidenceOf(consumer, "group.instance.id"),
          },
        ]
      : [];
  });
}

/** A group that was away finds its place forgotten while the records are still there, and begins at the end. */
function forgottenPlaces(project: Project): readonly AcrossHit[] {
  return project.consumers.flatMap((consumer): readonly AcrossHit[] => {
    const reset = consumer.given("auto.offset.reset")?.toLowerCase();
    const broker = project.clusterOf(consumer)?.brokers.find((each) => each.given("offsets.retention.minutes") !== undefined);
    const keptMs = (broker?.number("offsets.retention.minutes") ?? 10_080) * 60_000;
    const longer = project.topicsOf(consumer).find((topic) => {
      const ms = topic.number("retention.ms");
      return topic.has("retention.ms") && ms !== undefined && (ms === -1 || ms > keptMs);
    });
    if (!longer || reset !== "latest") return [];
    return [
      {
        document: consumer.document,
        key: "auto.offset.reset",
        message: `After ${keptMs / 60_000} minutes away the group's place is forgotten, ${longer.document.part} still has the records, and latest passes over them.`,
        evidence: `${evidenceOf(consumer, "auto.offset.reset")}; ${longer.document.file}: ${evidenceOf(longer, "retention.ms")}; offsets are kept ${keptMs / 60_000} minutes`,
        settings: [{ key: "auto.offset.reset", value: "earliest" }],
      },
    ];
  });
}

function dirtyReads(project: Project): readonly AcrossHit[] {
  const writer = project.producers.find((producer) => producer.has("transactional.id"));
  if (!writer) return [];
  return project.consumers
    .filter((consumer) => consumer.given("isolation.level")?.toLowerCase() === "read_uncommitted")
    .map((consumer) => ({
      document: consumer.document,
      key: "isolation.level",
      message: "It reads what transactions abort, too.",
      evidence: `${evidenceOf(consumer, "isolation.level")}; ${nameOf(writer)} writes in transactions`,
      settings: [{ key: "isolation.level", value: "read_committed" }],
    }));
}

function longTransactions(project: Project): readonly AcrossHit[] {
  const key = "transaction.timeout.ms";
  return project.producers.flatMap((producer): readonly AcrossHit[] => {
    const ms = producer.has(key) ? producer.number(key) : undefined;
    const broker = project
      .clusterOf(producer)
      ?.brokers.find(
        (each) =>
          each.has("transaction.max.timeout.ms") && (each.number("transaction.max.timeout.ms") ?? Number.POSITIVE_INFINITY) < (ms ?? 0),
      );
    return broker
      ? [
          {
            document: producer.document,
            key,
            message: `The brokers allow ${broker.given("transaction.max.timeout.ms")} ms.`,
            evidence: `${evidenceOf(producer, key)}; ${nameOf(broker)}: ${evidenceOf(broker, "transaction.max.timeout.ms")}`,
          },
        ]
      : [];
  });
}

function nearestReplica(project: Project): readonly AcrossHit[] {
  return project.consumers.flatMap((consumer): readonly AcrossHit[] => {
    const cluster = project.clusterOf(consumer);
    const isAware = cluster?.brokers.some(
      (broker) => broker.has("broker.rack") && (broker.given("replica.selector.class") ?? "").endsWith("RackAwareReplicaSelector"),
    );
    return isAware && !consumer.has("client.rack") && !consumer.document.isPartial
      ? [
          {
            document: consumer.document,
            key: "group.id",
            message: "The brokers let followers answer in the reader's own rack, and the reader does not say which that is.",
            evidence: evidenceOf(consumer, "client.rack"),
          },
        ]
      : [];
  });
}

const services = (image: string, other: string, group: string): string =>
  `services:\n  a:\n    image: ${image}\n    environment: {KAFKA_BOOTSTRAP_SERVERS: "k:1", KAFKA_GROUP_ID: g}\n  b:\n    image: ${other}\n    environment: {KAFKA_BOOTSTRAP_SERVERS: "k:1", KAFKA_GROUP_ID: ${group}}\n`;

/** Rules over programs that share a name, and over who reads what others wrote. */
export const acrossGroups: readonly AcrossRule[] = [
  {
    id: "ACR-03",
    name: "group-shared",
    severity: "error",
    confidence: "medium",
    condition: "one group.id in the settings of different programs",
    why: "Members of a group share the records: each program misses what the other got, and none says so.",
    fix: "Give each program a group of its own.",
    source: "Apache Kafka documentation, consumer groups",
    check: sharedGroups,
    examples: [
      { files: { "compose.yaml": services("shop/orders", "shop/billing", "g") }, hits: 1 },
      { files: { "compose.yaml": services("shop/orders", "shop/orders", "g") }, hits: 0 },
      { files: { "compose.yaml": services("shop/orders", "shop/billing", "h") }, hits: 0 },
    ],
  },
  {
    id: "PRD-13",
    name: "txn-id-shared",
    severity: "error",
    confidence: "medium",
    condition: "one transactional.id in the settings of different programs",
    why: "A producer that starts with it fences the one that runs: they take turns in failing.",
    fix: "Give each instance an id of its own, as from the name of its pod.",
    source: "Apache Kafka documentation, transactional.id",
    check: sharedTransactionalIds,
    examples: [
      { files: { "a/p.properties": "transactional.id=t\n", "b/p.properties": "transactional.id=t\n" }, hits: 1 },
      { files: { "a/p.properties": "transactional.id=t\n", "b/p.properties": "transactional.id=u\n" }, hits: 0 },
    ],
  },
  {
    id: "CNS-14",
    name: "duplicate-instance",
    severity: "error",
    confidence: "high",
    condition: "one group.instance.id twice in a group",
    why: "Each that joins throws the other out, and is thrown out in turn.",
    fix: "Derive it from the name of the pod or host.",
    source: "KIP-345",
    check: sharedInstances,
    examples: [
      { files: { "a/c.properties": "group.id=g\ngroup.instance.id=1\n", "b/c.properties": "group.id=g\ngroup.instance.id=1\n" }, hits: 1 },
      { files: { "a/c.properties": "group.id=g\ngroup.instance.id=1\n", "b/c.properties": "group.id=g\ngroup.instance.id=2\n" }, hits: 0 },
    ],
  },
  {
    id: "ACR-04",
    name: "forgotten-place",
    severity: "warning",
    confidence: "medium",
    condition: "auto.offset.reset=latest, and topics whose records are kept longer than the offsets of a group that is away",
    why: "After a long outage the group begins at the end: the records are there, and nobody reads them.",
    fix: "Set earliest, or raise offsets.retention.minutes above the topics' retention.",
    source: "Apache Kafka documentation, offsets.retention.minutes",
    check: forgottenPlaces,
    examples: [
      {
        files: {
          "c.properties": "group.id=g\nauto.offset.reset=latest\n",
          "t.yaml": "topics:\n  - {name: t, config: {retention.ms: 604800001}}\n",
        },
        hits: 1,
      },
      {
        files: {
          "c.properties": "group.id=g\nauto.offset.reset=latest\n",
          "t.yaml": "topics:\n  - {name: t, config: {retention.ms: 604800000}}\n",
        },
        hits: 0,
      },
      {
        files: {
          "c.properties": "group.id=g\nauto.offset.reset=earliest\n",
          "t.yaml": "topics:\n  - {name: t, config: {retention.ms: 604800001}}\n",
        },
        hits: 0,
      },
    ],
  },
  {
    id: "CNS-10",
    name: "isolation",
    severity: "error",
    confidence: "needs context",
    condition: "isolation.level=read_uncommitted in a project that writes in transactions",
    why: "The reader sees what was taken back, and before it is sure.",
    fix: "Set read_committed.",
    source: "Apache Kafka documentation, isolation.level",
    check: dirtyReads,
    examples: [
      { files: { "p.properties": "transactional.id=t\n", "c.properties": "group.id=g\nisolation.level=read_uncommitted\n" }, hits: 1 },
      { files: { "p.properties": "transactional.id=t\n", "c.properties": "group.id=g\nisolation.level=read_committed\n" }, hits: 0 },
    ],
  },
  {
    id: "ACR-05",
    name: "txn-timeout-of-brokers",
    severity: "error",
    confidence: "high",
    condition: "a producer's transaction.timeout.ms above transaction.max.timeout.ms of the brokers of the same project",
    why: "initTransactions fails with INVALID_TRANSACTION_TIMEOUT.",
    fix: "Lower the one or raise the other.",
    source: "Apache Kafka documentation, transaction.max.timeout.ms",
    check: longTransactions,
    examples: [
      {
        files: {
          "p.properties": "transactional.id=t\ntransaction.timeout.ms=60001\n",
          "server.properties": "process.roles=broker\ntransaction.max.timeout.ms=60000\n",
        },
        hits: 1,
      },
      {
        files: {
          "p.properties": "transactional.id=t\ntransaction.timeout.ms=60000\n",
          "server.properties": "process.roles=broker\ntransaction.max.timeout.ms=60000\n",
        },
        hits: 0,
      },
    ],
  },
  {
    id: "CNS-15",
    name: "client-rack",
    severity: "info",
    confidence: "high",
    condition: "brokers with racks and a rack-aware replica selector, and a consumer without client.rack",
    why: "It reads from leaders in other zones: slower, and paid by the byte.",
    fix: "Set client.rack to the zone that the program runs in.",
    source: "KIP-392",
    check: nearestReplica,
    examples: [
      {
        files: {
          "server.properties":
            "process.roles=broker\nbroker.rack=a\nreplica.selector.class=org.apache.kafka.common.replica.RackAwareReplicaSelector\n",
          "c.properties": "group.id=g\n",
        },
        hits: 1,
      },
      {
        files: {
          "server.properties":
            "process.roles=broker\nbroker.rack=a\nreplica.selector.class=org.apache.kafka.common.replica.RackAwareReplicaSelector\n",
          "c.properties": "group.id=g\nclient.rack=a\n",
        },
        hits: 0,
      },
      { files: { "server.properties": "process.roles=broker\nbroker.rack=a\n", "c.properties": "group.id=g\n" }, hits: 0 },
    ],
  },
];
