import type { Settings } from "../lint/settings.ts";
import { TOPIC_NAME, TOPIC_PARTITIONS } from "../lint/topic-entries.ts";
import { STREAMS_VERSION } from "./dependency-rules.ts";
import type { DeploymentRule } from "./deployment-rule.ts";
import { evidenceOf, type Hit } from "./rule.ts";

const ASSIGNORS = "partition.assignment.strategy";
const COOPERATIVE = "org.apache.kafka.clients.consumer.CooperativeStickyAssignor";
const RANGE = "org.apache.kafka.clients.consumer.RangeAssignor";

const PROTOCOL = "group.protocol";

/** Rules over what a deployment changes. */
export const deploymentRules: readonly DeploymentRule[] = [
  {
    ...STREAMS_VERSION,
    check: (before, after) =>
      after.isOf("streams") &&
      after.version === "4.2" &&
      !isOfStreamsProtocol(before) &&
      (!before.has(PROTOCOL) || before.given(PROTOCOL) !== undefined) &&
      isOfStreamsProtocol(after)
        ? [
            {
              key: PROTOCOL,
              message: "The group goes from the classic to the streams protocol; brokers of 4.2.0 may not load it again after a restart.",
              evidence: `${evidenceOf(after, PROTOCOL)}; before: ${evidenceOf(before, PROTOCOL)}; Kafka ${after.version}`,
              settings: [{ key: PROTOCOL, value: "classic" }],
            },
          ]
        : [],
    examples: [
      { kind: "streams", before: {}, after: { [PROTOCOL]: "streams" }, version: "4.2", hits: 1 },
      { kind: "streams", before: { [PROTOCOL]: "classic" }, after: { [PROTOCOL]: "Streams" }, version: "4.2", hits: 1 },
      { kind: "streams", before: { [PROTOCOL]: "classic" }, after: { [PROTOCOL]: "streams" }, version: "4.3", hits: 0 },
      { kind: "streams", before: { [PROTOCOL]: "streams" }, after: { [PROTOCOL]: "streams" }, version: "4.2", hits: 0 },
      { kind: "streams", before: { [PROTOCOL]: "${protocol}" }, after: { [PROTOCOL]: "streams" }, version: "4.2", hits: 0 },
    ],
  },
  {
    id: "CNS-07",
    name: "coop-one-step",
    severity: "error",
    confidence: "high",
    condition: "a consumer had eager assignors alone, and has CooperativeStickyAssignor alone now: in one deployment",
    why: "Members of the old and of the new have no assignor in common while they run beside each other: the new ones are refused (INCONSISTENT_GROUP_PROTOCOL), or the group stops.",
    fix: "Deploy twice: first CooperativeStickyAssignor before the old one, then without the old one.",
    source: "KIP-429, upgrade path",
    check: (before, after) => {
      if (!after.isOf("consumer", "client", "listener") || after.effective("group.protocol") === "consumer") return [];
      // The default has both, so that only what was written counts.
      const [was, is] = [before.given(ASSIGNORS), after.given(ASSIGNORS)];
      if (was === undefined || is === undefined || /cooperative/i.test(was)) return [];
      const now = after.list(ASSIGNORS);
      if (now.length === 0 || !now.every((name) => /cooperative/i.test(name))) return [];
      return [
        {
          key: ASSIGNORS,
          message: "The group goes from eager to cooperative assignment in one step: old and new members cannot be in it together.",
          evidence: `${ASSIGNORS}=${is}, before ${was}`,
          settings: [{ key: ASSIGNORS, value: `${is},${was}` }],
        },
      ];
    },
    examples: [
      { kind: "consumer", before: { [ASSIGNORS]: RANGE }, after: { [ASSIGNORS]: COOPERATIVE }, hits: 1 },
      { kind: "consumer", before: { [ASSIGNORS]: RANGE }, after: { [ASSIGNORS]: `${COOPERATIVE},${RANGE}` }, hits: 0 },
      { kind: "consumer", before: { [ASSIGNORS]: `${COOPERATIVE},${RANGE}` }, after: { [ASSIGNORS]: COOPERATIVE }, hits: 0 },
      { kind: "consumer", before: { "group.id": "a" }, after: { [ASSIGNORS]: COOPERATIVE }, hits: 0 },
    ],
  },
  {
    id: "TOP-07",
    name: "increase-keyed",
    severity: "warning",
    confidence: "needs context",
    condition: "a topic's definition has more partitions than before; an error where it is compacted",
    why: "A key goes to another partition from then on: its order breaks, compaction keeps its old value in the old partition for ever, and the state of Streams applications is with the wrong task. It cannot be undone.",
    fix: "Where keys matter, make a new topic with as many as it needs, copy, and move readers and writers to it.",
    source: "Apache Kafka documentation, modifying topics",
    check: (before, after) =>
      partitionChange(before, after, (was, is) => {
        if (is <= was) return undefined;
        const isCompacted = (after.given("cleanup.policy") ?? "").includes("compact");
        return {
          key: TOPIC_PARTITIONS,
          message: `${after.given(TOPIC_NAME)} gets ${is} partitions instead of ${was}: keys go to others from then on, and there is no way back.`,
          evidence: evidenceOf(after, TOPIC_PARTITIONS, ...(isCompacted ? ["cleanup.policy"] : [])),
          severity: isCompacted ? "error" : "warning",
        };
      }),
    examples: [
      { kind: "topic", before: { topic: "a", partitions: "6" }, after: { topic: "a", partitions: "12" }, hits: 1 },
      { kind: "topic", before: { topic: "a", partitions: "6" }, after: { topic: "a", partitions: "6" }, hits: 0 },
      { kind: "topic", before: { topic: "a", partitions: "6" }, after: { topic: "b", partitions: "12" }, hits: 0 },
    ],
  },
  {
    id: "TOP-31",
    name: "fewer-partitions",
    severity: "error",
    confidence: "high",
    condition: "a topic's definition has fewer partitions than before",
    why: "Kafka has no call that takes partitions away: what applies the definition fails, or deletes the topic and makes it anew, records and offsets with it.",
    fix: "Make a new topic with fewer partitions, copy the records (MirrorMaker, or a Streams application), let readers drain the old one, move writers, then readers, and delete it at last.",
    source: "Apache Kafka documentation, modifying topics",
    check: (before, after) =>
      partitionChange(before, after, (was, is) =>
        is >= was
          ? undefined
          : {
              key: TOPIC_PARTITIONS,
              message: `${after.given(TOPIC_NAME)} is to have ${is} partitions instead of ${was}: Kafka cannot take any away.`,
              evidence: evidenceOf(after, TOPIC_PARTITIONS),
              settings: [{ key: TOPIC_PARTITIONS, value: String(was) }],
            },
      ),
    examples: [
      { kind: "topic", before: { topic: "a", partitions: "6" }, after: { topic: "a", partitions: "3" }, hits: 1 },
      { kind: "topic", before: { topic: "a", partitions: "6" }, after: { topic: "a", partitions: "6" }, hits: 0 },
      { kind: "topic", before: { topic: "a", partitions: "${n}" }, after: { topic: "a", partitions: "3" }, hits: 0 },
    ],
  },
];

function isOfStreamsProtocol(settings: Settings): boolean {
  return settings.given(PROTOCOL)?.toLowerCase() === "streams";
}

function partitionChange(before: Settings, after: Settings, see: (was: number, is: number) => Hit | undefined): readonly Hit[] {
  if (!after.isOf("topic") || before.given(TOPIC_NAME) !== after.given(TOPIC_NAME)) return [];
  const [was, is] = [before.number(TOPIC_PARTITIONS), after.number(TOPIC_PARTITIONS)];
  const hit = was === undefined || is === undefined ? undefined : see(was, is);
  return hit === undefined ? [] : [hit];
}
