import { leastOf } from "@ottla/base";
import type { ReplicaMove } from "../../plan/cluster-change.ts";
import type { TopicSnapshot } from "../../snapshot/topic-snapshot.ts";
import type { ClusterHit, ClusterRule } from "../cluster-rule.ts";
import { type ClusterView, count, firstNames, type PlacedPartition } from "../cluster-view.ts";
import { examplePartition, exampleTopic, look } from "../example-cluster.ts";
import { overTopics, topicConfig, topicsHave } from "./over-topics.ts";
import { ReplicaPlaces } from "./replica-places.ts";

/** The cause that a default of the brokers is: topics that only inherit it are told under it. */
export const MIN_ISR_DEFAULT = "the brokers' default of min.insync.replicas";

const one = (set: Readonly<Record<string, string>>) => look({ only: [exampleTopic("orders", 3, set)] });
const withReplicas = (replicas: readonly number[], set: Readonly<Record<string, string>> = {}) =>
  look({ only: [exampleTopic("orders", [examplePartition(0, { replicas })], set)] });

/** Rules over the copies of topics. */
export const topicCopyRules: readonly ClusterRule[] = [
  {
    id: "TOP-01",
    name: "topic-rf",
    severity: "error",
    confidence: "high",
    harm: "nextFailure",
    needs: ["topics"],
    profiles: ["prod", "critical"],
    condition: "fewer than 3 replicas in a cluster of 3 brokers or more",
    why: "With one copy a broken disk loses all; with two, one failure leaves one.",
    fix: "Reassign the partitions to 3 replicas each.",
    source: "Apache Kafka documentation, operations",
    check: (view) =>
      overTopics(
        view,
        ({ partitions }) =>
          view.brokerCount >= 3 && partitions.some(({ replicas }) => replicas.length < 3) ? partitions[0]!.replicas.length : undefined,
        (found) => ({
          message: `${topicsHave(found)} fewer than 3 replicas.`,
          evidence: found
            .slice(0, 3)
            .map(({ topic, seen }) => `${topic.name}: ${count(seen, "replica")}`)
            .join("; "),
          cause: "too few copies",
          changes: [
            moreReplicas(
              found.map(({ topic }) => topic),
              view,
            ),
          ].flat(),
        }),
        { internal: true },
      ),
    examples: [
      { observe: () => withReplicas([1, 2]), hits: 1 },
      { observe: () => withReplicas([1, 2, 3]), hits: 0 },
    ],
  },
  {
    id: "TOP-02",
    name: "min-isr",
    severity: "error",
    confidence: "high",
    harm: "nextFailure",
    needs: ["topicConfigs"],
    profiles: ["prod", "critical"],
    condition: "min.insync.replicas below 2 on a topic of 3 replicas or more",
    why: "acks=all is then satisfied by the leader alone: its disk holds the only copy for a while.",
    fix: "Set min.insync.replicas=2 on the topic.",
    source: "Apache Kafka documentation, topic configs",
    check: (view) => [true, false].flatMap((inherited) => smallMinIsr(view, inherited)),
    examples: [
      { observe: () => one({ "min.insync.replicas": "1" }), hits: 1 },
      { observe: () => one({ "min.insync.replicas": "2" }), hits: 0 },
      { observe: () => one({ "min.insync.replicas": "1" }), hits: 1, profile: "critical" },
    ],
  },
  {
    id: "TOP-03",
    name: "min-isr-eq-rf",
    severity: "error",
    confidence: "high",
    harm: "nextFailure",
    needs: ["topicConfigs"],
    condition: "min.insync.replicas is the replication factor or more, where that is above 1",
    why: "Any restart of a broker stops writes with acks=all.",
    fix: "Set min.insync.replicas to one less than the replication factor.",
    source: "Apache Kafka documentation, topic configs",
    check: (view) =>
      overTopics(
        view,
        (topic) => {
          const factor = leastOf(topic.partitions.map(({ replicas }) => replicas.length));
          const least = view.number(topic, "min.insync.replicas");
          return factor > 1 && least !== undefined && least >= factor ? { factor, least } : undefined;
        },
        (found) => ({
          message: `${topicsHave(found)} min.insync.replicas as high as the replication factor: a restart of one broker stops writes.`,
          evidence: found
            .slice(0, 3)
            .map(({ topic, seen }) => `${topic.name}: min.insync.replicas=${seen.least}, ${seen.factor} replicas`)
            .join("; "),
          cause: "min ISR equals RF",
          changes: found.map(({ topic, seen }) => topicConfig(topic.name, { "min.insync.replicas": String(seen.factor - 1) })),
        }),
        { internal: true },
      ),
    examples: [
      { observe: () => one({ "min.insync.replicas": "3" }), hits: 1 },
      { observe: () => one({ "min.insync.replicas": "2" }), hits: 0 },
    ],
  },
  {
    id: "TOP-04",
    name: "rf-racks",
    severity: "warning",
    confidence: "high",
    harm: "nextFailure",
    needs: ["topics"],
    profiles: ["prod", "critical"],
    condition: "a partition's replicas stand in fewer racks than there could be: the smaller of replicas and racks",
    why: "The loss of a rack takes more copies than it has to.",
    fix: "Reassign these partitions over the racks.",
    source: "Apache Kafka documentation, rack awareness",
    check: fewRacks,
    examples: [
      {
        observe: () =>
          look({ only: [exampleTopic("orders", [examplePartition(0, { replicas: [1, 2, 3] })])], brokers: inRacks("a", "a", "b") }),
        hits: 0,
      },
      {
        observe: () =>
          look({ only: [exampleTopic("orders", [examplePartition(0, { replicas: [1, 2] })])], brokers: inRacks("a", "a", "b") }),
        hits: 1,
      },
    ],
  },
];

function smallMinIsr(view: ClusterView, inherited: boolean): ClusterHit[] {
  return overTopics(
    view,
    (topic) => {
      const entry = "value" in topic.configs ? topic.configs.value["min.insync.replicas"] : undefined;
      const least = view.number(topic, "min.insync.replicas");
      const isInherited = entry?.source !== "dynamicTopic";
      return isInherited === inherited && least !== undefined && least < 2 && topic.partitions.every(({ replicas }) => replicas.length >= 3)
        ? least
        : undefined;
    },
    (found) => ({
      message: `${topicsHave(found)} acks=all satisfied by ${found[0]!.seen} copy.`,
      evidence: `${found[0]!.topic.name}: min.insync.replicas=${found[0]!.seen}${inherited ? ", from the brokers" : ""}, ${found[0]!.topic.partitions[0]!.replicas.length} replicas`,
      ...(inherited && { explainedBy: [MIN_ISR_DEFAULT] }),
      changes: found.map(({ topic }) => topicConfig(topic.name, { "min.insync.replicas": "2" })),
    }),
    { internal: true },
  );
}

/** Three replicas each: those that are there, and others beside them. */
function moreReplicas(topics: readonly TopicSnapshot[], view: ClusterView): ClusterHit["changes"] & object {
  const places = new ReplicaPlaces(view);
  const moves = topics.flatMap(({ name, partitions: all }) =>
    all.flatMap(({ partition, replicas }) => {
      const chosen = replicas.map(({ broker }) => broker);
      while (chosen.length < 3) {
        const next = places.next(chosen);
        if (next === undefined) return [];
        chosen.push(next);
      }
      return replicas.length < 3 ? [{ topic: name, partition, replicas: chosen }] : [];
    }),
  );
  return moves.length === 0 ? [] : [{ kind: "reassign", moves }];
}

function fewRacks(view: ClusterView): ClusterHit[] {
  const { liveBrokers } = view;
  const rackOf = new Map(liveBrokers.map(({ nodeId, rack }) => [nodeId, rack]));
  // Where brokers say no rack, or are down, nothing can be said of racks.
  if (liveBrokers.length < view.brokerCount || liveBrokers.some(({ rack }) => !rack)) return [];
  const racks = new Set(rackOf.values()).size;
  // Where one that is being moved ends, the next look sees.
  const found = view.partitions.filter(({ moving, partition }) => {
    if (moving) return false;
    const inRacks = new Set(partition.replicas.map(({ broker }) => rackOf.get(broker))).size;
    return inRacks < Math.min(partition.replicas.length, racks);
  });
  if (found.length === 0) return [];
  const [first] = found as [(typeof found)[number]];
  return [
    {
      subject: found.length === 1 ? `partition ${first.name}` : `partitions ${firstNames(found)}`,
      message: `${count(found.length, "partition")} ${found.length === 1 ? "stands" : "stand"} in fewer racks than there could be.`,
      evidence: `${first.name}: ${first.partition.replicas.map(({ broker }) => `broker ${broker} in ${rackOf.get(broker)}`).join(", ")}; ${racks} racks`,
      changes: [{ kind: "reassign", moves: movesOverRacks(found, view) }],
    },
  ];
}

function movesOverRacks(found: readonly PlacedPartition[], view: ClusterView): readonly ReplicaMove[] {
  const places = new ReplicaPlaces(view);
  return found.map(({ topic, partition: { partition, replicas } }) => ({
    topic: topic.name,
    partition,
    replicas: places.overRacks(replicas.map(({ broker }) => broker)),
  }));
}

function inRacks(...racks: readonly string[]) {
  return look().snapshot.brokers.map((broker, i) => ({ ...broker, rack: racks[i] }));
}
