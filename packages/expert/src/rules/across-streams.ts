import { TOPIC_NAME, TOPIC_PARTITIONS } from "../lint/topic-entries.ts";
import type { AcrossHit, AcrossRule } from "./across-rule.ts";
import type { Project } from "./project.ts";
import { evidenceOf } from "./rule.ts";

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

/** Rules over Streams applications and the topics that they read. */
export const acrossStreams: readonly AcrossRule[] = [
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
