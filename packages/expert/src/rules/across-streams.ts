import { TOPIC_NAME, TOPIC_PARTITIONS } from "../lint/topic-entries.ts";
import type { AcrossHit, AcrossRule } from "./across-rule.ts";
import { STREAMS_VERSION } from "./dependency-rules.ts";
import type { Project } from "./project.ts";
import { evidenceOf } from "./rule.ts";

const PROTOCOL = "group.protocol";

/** Topics that are joined in one part of a topology, with counts of partitions that differ. */
function unequalInputs(project: Project): readonly AcrossHit[] {
  return project.topologies.flatMap(({ file, parts }) =>
    parts.flatMap(({ number, nodes }): readonly AcrossHit[] => {
      if (!nodes.some(({ name }) => /JOIN/i.test(name))) return [];
      const inputs = new Set(nodes.filter(({ kind }) => kind === "source").flatMap(({ topics }) => topics));
      const defined = project.topics
        .filter((topic) => inputs.has(topic.given(TOPIC_NAME) ?? "") && /^\d+$/.test(topic.given(TOPIC_PARTITIONS) ?? ""))
        .toSorted((a, b) => Number(a.given(TOPIC_PARTITIONS)) - Number(b.given(TOPIC_PARTITIONS)));
      const [least, most] = [defined[0], defined.at(-1)];
      if (!least || !most || least.given(TOPIC_PARTITIONS) === most.given(TOPIC_PARTITIONS)) return [];
      return [
        {
          document: least.document,
          key: TOPIC_PARTITIONS,
          message: `${least.given(TOPIC_NAME)} with ${least.given(TOPIC_PARTITIONS)} partitions is joined with ${most.given(TOPIC_NAME)}, which has ${most.given(TOPIC_PARTITIONS)}.`,
          evidence: `${evidenceOf(least, TOPIC_PARTITIONS)}; ${most.document.file}: ${evidenceOf(most, TOPIC_PARTITIONS)}; ${file}, sub-topology ${number}`,
        },
      ];
    }),
  );
}

const topology = `Topologies:
   Sub-topology: 0
    Source: A (topics: [orders])
    Source: B (topics: [payments])
    Processor: KSTREAM-JOINTHIS-0000000004 (stores: [orders-join])
`;
const topics = (partitions: number): string =>
  `topics:\n  - {name: orders, partitions: 12, config: {retention.ms: 1}}\n  - {name: payments, partitions: ${partitions}, config: {retention.ms: 1}}\n`;

/** Applications of the streams protocol beside brokers that may not load a group that was a classic one. */
function migrationsAt420(project: Project): readonly AcrossHit[] {
  return project.all.flatMap((settings): readonly AcrossHit[] => {
    if (!settings.isOf("streams") || settings.given(PROTOCOL)?.toLowerCase() !== "streams") return [];
    const broker = project.clusterOf(settings)?.brokers.find(({ document }) => document.release === "4.2.0");
    if (broker === undefined) return [];
    const { file, part } = broker.document;
    return [
      {
        document: settings.document,
        key: PROTOCOL,
        message:
          "The brokers are of 4.2.0: where this application's group was a classic one before, they may not load it again after a restart.",
        evidence: `${evidenceOf(settings, PROTOCOL)}; ${file}${part === undefined ? "" : ` (${part})`}: Kafka 4.2.0`,
        fix: "Bring the brokers to 4.2.1 or later first; an application that is new may go on.",
        severity: "warning",
      },
    ];
  });
}

const compose = (tag: string): string =>
  `services:\n  kafka:\n    image: apache/kafka:${tag}\n    environment:\n      KAFKA_NODE_ID: 1\n      KAFKA_PROCESS_ROLES: broker,controller\n`;
const application = (protocol: string): string =>
  `application.id=orders\nbootstrap.servers=kafka:9092\nprocessing.guarantee=exactly_once_v2\ngroup.protocol=${protocol}\n`;

/** Rules over Streams applications and the topics that they read. */
export const acrossStreams: readonly AcrossRule[] = [
  {
    ...STREAMS_VERSION,
    check: migrationsAt420,
    examples: [
      { files: { "compose.yaml": compose("4.2.0"), "streams.properties": application("streams") }, hits: 1 },
      { files: { "compose.yaml": compose("4.2.1"), "streams.properties": application("streams") }, hits: 0 },
      { files: { "compose.yaml": compose("4.2"), "streams.properties": application("streams") }, hits: 0 },
      { files: { "compose.yaml": compose("4.2.0"), "streams.properties": application("classic") }, hits: 0 },
    ],
  },
  {
    id: "TOP-25",
    name: "copartition",
    severity: "error",
    confidence: "high",
    condition: "topics that a topology joins are defined with different numbers of partitions",
    why: "Keys that belong together are in partitions of different numbers: the application refuses to start.",
    fix: "Give them the same number, or repartition() one of them.",
    source: "Apache Kafka documentation, co-partitioning",
    check: unequalInputs,
    examples: [
      { files: { "app.topology": topology, "topics.yaml": topics(8) }, hits: 1 },
      { files: { "app.topology": topology, "topics.yaml": topics(12) }, hits: 0 },
      // A third one that is not joined.
      {
        files: { "app.topology": topology, "topics.yaml": `${topics(12)}  - {name: clicks, partitions: 3, config: {retention.ms: 1}}\n` },
        hits: 0,
      },
    ],
  },
];
