import { TOPIC_FACTOR, TOPIC_NAME, TOPIC_PARTITIONS } from "../lint/topic-entries.ts";
import type { Settings } from "../lint/settings.ts";
import type { AcrossHit, AcrossRule } from "./across-rule.ts";
import { INTERNAL_FACTORS, isAlone } from "./broker-shape.ts";
import type { DescribedCluster, Project } from "./project.ts";
import { evidenceOf } from "./rule.ts";
import type { ThresholdOf } from "./threshold.ts";

const MIN_ISR = "min.insync.replicas";

function given(settings: Settings, key: string): number | undefined {
  const text = settings.given(key);
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

function weakAcks(project: Project): readonly AcrossHit[] {
  return project.producers.flatMap((producer) => {
    const acks = producer.given("acks");
    if (acks !== "0" && acks !== "1") return [];
    const strict = [...project.topicsOf(producer), ...(project.clusterOf(producer)?.brokers ?? [])].find(
      (each) => (given(each, MIN_ISR) ?? 0) >= 2,
    );
    return strict
      ? [
          {
            document: producer.document,
            key: "acks",
            message: `${MIN_ISR}=${strict.given(MIN_ISR)} protects nothing that is written with acks=${acks}.`,
            evidence: `${evidenceOf(producer, "acks")}; ${strict.document.file}: ${evidenceOf(strict, MIN_ISR)}`,
            settings: [{ key: "acks", value: "all" }],
          },
        ]
      : [];
  });
}

function copiesBeyondBrokers(project: Project): readonly AcrossHit[] {
  const beyond = (settings: Settings, key: string, cluster: DescribedCluster | undefined): readonly AcrossHit[] => {
    const factor = given(settings, key);
    const brokers = cluster?.brokers.length ?? 0;
    // One file of a broker may be one of many; a compose file shows all.
    const isCounted =
      cluster !== undefined && (brokers > 1 || cluster.brokers[0]!.document.part !== undefined || isAlone(cluster.brokers[0]!));
    return isCounted && factor !== undefined && factor > brokers
      ? [
          {
            document: settings.document,
            key,
            message: `${factor} copies are asked for, and ${cluster.place === "" ? "the files describe" : `${cluster.place} describes`} ${brokers} ${brokers === 1 ? "broker" : "brokers"}.`,
            evidence: `${evidenceOf(settings, key)}; ${brokers} described`,
          },
        ]
      : [];
  };
  const internal = project.clusters.flatMap((cluster) =>
    cluster.brokers
      .slice(0, 1)
      .flatMap((broker) =>
        isAlone(broker) ? [] : [...INTERNAL_FACTORS, "default.replication.factor"].flatMap((key) => beyond(broker, key, cluster)),
      ),
  );
  return [...project.topics.flatMap((topic) => beyond(topic, TOPIC_FACTOR, project.clusterOf(topic))), ...internal];
}

/** Keys that every node has its own of, or that tell the kind of node. */
const OWN =
  /^(node\.id|broker\.id|broker\.rack|listeners|advertised\.listeners|advertised\.|log\.dirs?|metadata\.log\.dir|process\.roles|host\.name|port|controller\.quorum\.|.*(keystore|truststore|key\.location|password|principal)|listener\.|inter\.broker\.listener\.name|controller\.listener\.names|early\.start\.listeners|zookeeper\.)/;

function drift(project: Project): readonly AcrossHit[] {
  return project.clusters.flatMap(({ brokers }) => {
    const [first, ...others] = brokers;
    if (!first || new Set(brokers.map((broker) => broker.given("node.id") ?? broker.given("broker.id"))).size < brokers.length) return [];
    return others.flatMap((other): readonly AcrossHit[] => {
      const keys = new Set([...first.entries, ...other.entries].map(({ key }) => key));
      const odd = [...keys].find(
        (key) =>
          !OWN.test(key) &&
          first.effective(key) !== other.effective(key) &&
          !(first.has(key) && first.given(key) === undefined) &&
          !(other.has(key) && other.given(key) === undefined),
      );
      return odd === undefined
        ? []
        : [
            {
              document: other.document,
              ...(other.has(odd) && { key: odd }),
              message: `${odd} is not the same on all brokers.`,
              evidence: `${first.document.part ?? first.document.file}: ${evidenceOf(first, odd)}; ${other.document.part ?? other.document.file}: ${evidenceOf(other, odd)}`,
            },
          ];
    });
  });
}

function tooManyReplicas(project: Project, { threshold }: { readonly threshold: ThresholdOf }): readonly AcrossHit[] {
  const counts = new Map<DescribedCluster, number>();
  for (const topic of project.topics) {
    const cluster = project.clusterOf(topic);
    if (cluster)
      counts.set(cluster, (counts.get(cluster) ?? 0) + (given(topic, TOPIC_PARTITIONS) ?? 1) * (given(topic, TOPIC_FACTOR) ?? 1));
  }
  return [...counts].flatMap(([cluster, replicas]) => {
    const each = replicas / cluster.brokers.length;
    const widest = project.topics
      .filter((topic) => project.clusterOf(topic) === cluster)
      .toSorted((a, b) => (given(b, TOPIC_PARTITIONS) ?? 1) - (given(a, TOPIC_PARTITIONS) ?? 1))[0]!;
    return each > Math.min(threshold("warnAbove"), threshold("errorAbove"))
      ? [
          {
            document: widest.document,
            key: TOPIC_PARTITIONS,
            severity: each > threshold("errorAbove") ? ("error" as const) : ("warning" as const),
            message: `The topics have ${replicas} replicas, ${Math.round(each)} for each of ${cluster.brokers.length} brokers.`,
            evidence: evidenceOf(widest, TOPIC_PARTITIONS),
          },
        ]
      : [];
  });
}

function deadLetters(project: Project): readonly AcrossHit[] {
  const byName = new Map(project.topics.map((topic) => [topic.given(TOPIC_NAME) ?? "", topic]));
  return project.topics.flatMap((letters): readonly AcrossHit[] => {
    const source = byName.get((letters.given(TOPIC_NAME) ?? "").replace(/[.-](dlq|dlt|dead-letters?)$/i, ""));
    if (!source || source === letters) return [];
    const [of, own] = [given(source, "retention.ms") ?? 604_800_000, given(letters, "retention.ms") ?? 604_800_000];
    if (letters.given("retention.ms") !== "-1" && (own < of || source.given("retention.ms") === "-1"))
      return [
        {
          document: letters.document,
          key: "retention.ms",
          message: `What failed is forgotten after ${own} ms, before its source is.`,
          evidence: `${evidenceOf(letters, "retention.ms")}; ${evidenceOf(source, "retention.ms")}`,
        },
      ];
    return (given(letters, TOPIC_FACTOR) ?? 3) < (given(source, TOPIC_FACTOR) ?? 1)
      ? [
          {
            document: letters.document,
            key: TOPIC_FACTOR,
            message: "What failed has fewer copies than its source.",
            evidence: `${evidenceOf(letters, TOPIC_FACTOR)}; ${evidenceOf(source, TOPIC_FACTOR)}`,
          },
        ]
      : [];
  });
}

const compose = (factor: number, brokers: number): string =>
  `services:\n${Array.from({ length: brokers }, (_, i) => `  k${i}:\n    image: apache/kafka:4.4.0\n    environment: {KAFKA_NODE_ID: ${i}, KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1, KAFKA_DEFAULT_REPLICATION_FACTOR: ${factor}, KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: 1, KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR: 1}\n`).join("")}`;

/** Rules over copies: who writes how, and how many brokers there are. */
export const acrossCopies: readonly AcrossRule[] = [
  {
    id: "ACR-01",
    name: "acks-vs-min-isr",
    severity: "error",
    confidence: "medium",
    condition: "a producer with acks=0 or 1, in a project whose topics or brokers ask for two copies in sync",
    why: "min.insync.replicas counts for acks=all alone: the protection that somebody paid for is not there.",
    fix: "Set acks=all.",
    source: "Apache Kafka documentation, min.insync.replicas",
    check: weakAcks,
    examples: [
      {
        files: { "p.properties": "acks=1\nlinger.ms=5\n", "topics.yaml": "topics:\n  - {name: t, config: {min.insync.replicas: 2}}\n" },
        hits: 1,
      },
      {
        files: { "p.properties": "acks=1\nlinger.ms=5\n", "topics.yaml": "topics:\n  - {name: t, config: {min.insync.replicas: 1}}\n" },
        hits: 0,
      },
    ],
  },
  {
    id: "ACR-02",
    name: "copies-beyond-brokers",
    severity: "error",
    confidence: "high",
    condition: "more copies than there are brokers in the compose file or folder that describes the cluster",
    why: "The topic cannot be made.",
    fix: "Ask for as many copies as there are brokers, or run more.",
    source: "Apache Kafka documentation, replication",
    check: copiesBeyondBrokers,
    examples: [
      { files: { "compose.yaml": compose(3, 2) }, hits: 1 },
      { files: { "compose.yaml": compose(2, 2) }, hits: 0 },
      { files: { "compose.yaml": compose(1, 1), "topics.yaml": "topics:\n  - {name: t, replicationFactor: 2}\n" }, hits: 1 },
    ],
  },
  {
    id: "BRK-21",
    name: "drift",
    severity: "warning",
    confidence: "medium",
    condition: "a key that is not the same in the files of brokers that belong together, those that every node has its own of aside",
    why: "What happens depends on which broker leads, and changes when leaders move.",
    fix: "Give all brokers the same, or set it for the cluster.",
    source: "Apache Kafka documentation, broker configs",
    check: drift,
    examples: [
      {
        files: {
          "a/k1.properties": "node.id=1\nprocess.roles=broker\nlog.retention.hours=5\n",
          "a/k2.properties": "node.id=2\nprocess.roles=broker\nlog.retention.hours=6\n",
        },
        hits: 1,
      },
      {
        files: {
          "a/k1.properties": "node.id=1\nprocess.roles=broker\nlog.dirs=/a\n",
          "a/k2.properties": "node.id=2\nprocess.roles=broker\nlog.dirs=/b\n",
        },
        hits: 0,
      },
    ],
  },
  {
    id: "TOP-08",
    name: "too-many",
    severity: "warning",
    confidence: "medium",
    condition: "more than 4,000 replicas for each broker that the files describe; graver above 10,000",
    why: "Memory, handles and mapped files, and the time to take over after a failure, grow with each.",
    fix: "Use fewer partitions, or more brokers; ottla size says how many.",
    source: "Apache Kafka documentation, operations",
    thresholds: [
      {
        name: "warnAbove",
        meaning: "most replicas of a broker without a warning",
        default: 4000,
        unit: "count",
        least: 1,
        most: 1_000_000,
      },
      {
        name: "errorAbove",
        meaning: "most replicas of a broker without an error",
        default: 10_000,
        unit: "count",
        least: 1,
        most: 1_000_000,
      },
    ],
    check: tooManyReplicas,
    examples: [
      {
        files: { "compose.yaml": compose(1, 1), "topics.yaml": "topics:\n  - {name: t, partitions: 4001, replicationFactor: 1}\n" },
        hits: 1,
      },
      {
        files: { "compose.yaml": compose(1, 1), "topics.yaml": "topics:\n  - {name: t, partitions: 4000, replicationFactor: 1}\n" },
        hits: 0,
      },
    ],
  },
  {
    id: "TOP-24",
    name: "dlq-retention",
    severity: "warning",
    confidence: "high",
    condition: "a dead-letter topic (name.dlq, -dlq, .dlt) with a shorter retention or fewer copies than its source",
    why: "What failed is gone before somebody looked, while what did not fail is still there.",
    fix: "Give it the retention and copies of its source, or more.",
    source: "Ottla",
    check: deadLetters,
    examples: [
      {
        files: { "topics.yaml": "topics:\n  - {name: o, config: {retention.ms: 2000}}\n  - {name: o.dlq, config: {retention.ms: 1999}}\n" },
        hits: 1,
      },
      {
        files: { "topics.yaml": "topics:\n  - {name: o, config: {retention.ms: 2000}}\n  - {name: o.dlq, config: {retention.ms: 2000}}\n" },
        hits: 0,
      },
    ],
  },
];
