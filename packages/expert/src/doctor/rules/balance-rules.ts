import { greatestOf } from "@ottla/base";
import { printBytes, printNumber } from "../../quantity/print-quantity.ts";
import { isObserved, valueOf } from "../../snapshot/observed.ts";
import type { QuorumReplicaSnapshot } from "../../snapshot/quorum-snapshot.ts";
import type { ClusterContext, ClusterHit, ClusterRule } from "../cluster-rule.ts";
import { type ClusterView, count, firstOf } from "../cluster-view.ts";
import { exampleBroker, examplePartition, exampleTopic, look, looks, quorumReplica } from "../example-cluster.ts";
import { brokerDown, THROTTLE_LEFT } from "./causes.ts";

const PREFERRED_SHARE_MIN = 0.9;
/** Of fewer partitions a share is chance. */
const PARTITIONS_MIN = 10;
const VOTER_LAG_MAX = 1000;
const VOTER_LATE_MS = 10_000;
const OBSERVER_LATE_MS = 60_000;
const HOT_RATIO = 3;
const HOT_PARTITIONS_MIN = 6;
const HOT_RECORDS_PER_S_MIN = 10;
const PARTITION_BYTES_PER_S_MAX = 10_000_000;
const THROTTLED_TOPIC_KEYS = ["leader.replication.throttled.replicas", "follower.replication.throttled.replicas"];
const THROTTLED_BROKER_KEYS = ["leader.replication.throttled.rate", "follower.replication.throttled.rate"];

const partitions = (many: number, given: (i: number) => Parameters<typeof examplePartition>[1]) =>
  Array.from({ length: many }, (_, i) => examplePartition(i, given(i)));
const quorum = (voters: readonly QuorumReplicaSnapshot[], leaderId = 101) =>
  look({ quorum: { value: { leaderId, leaderEpoch: 3, highWatermark: 5000, voters, observers: [quorumReplica(1)] } } });
const led = (many: number) =>
  look({
    only: [
      exampleTopic(
        "orders",
        partitions(20, (i) => ({ replicas: [1, 2, 3], leader: i < many ? 2 : 1 })),
      ),
    ],
  });

/** Rules over the quorum, over how work is spread, and over what a reassignment left behind. */
export const balanceRules: readonly ClusterRule[] = [
  {
    id: "CLU-05",
    name: "controller",
    severity: "error",
    confidence: "high",
    harm: "refused",
    needs: ["quorum"],
    condition: "the quorum of the metadata has no leader",
    why: "No topic can be made or changed, no leader elected, no broker registered.",
    fix: "Bring a majority of the controllers back.",
    source: "Apache Kafka documentation, KRaft operations",
    check: ({ snapshot }) =>
      (valueOf(snapshot.quorum)?.leaderId ?? 0) < 0
        ? [
            {
              subject: "cluster",
              message: "The quorum has no leader.",
              evidence: `voters: ${valueOf(snapshot.quorum)!
                .voters.map(({ nodeId }) => nodeId)
                .join(", ")}`,
            },
          ]
        : [],
    examples: [
      { observe: () => quorum([quorumReplica(101)], -1), hits: 1 },
      { observe: () => quorum([quorumReplica(101)]), hits: 0 },
    ],
  },
  {
    id: "CLU-06",
    name: "quorum-lag",
    severity: "error",
    confidence: "high",
    harm: "nextFailure",
    needs: ["quorum"],
    condition: "a voter is more than 1,000 records or 10 s behind the quorum's leader; a warning for an observer more than 60 s behind",
    why: "A voter that does not follow is none when the next one fails; a broker that is behind serves old metadata.",
    fix: "Look whether the controller runs, at its disk and its network.",
    source: "Apache Kafka documentation, KRaft monitoring",
    check: quorumLag,
    examples: [
      { observe: () => quorum([quorumReplica(101), quorumReplica(102), quorumReplica(103, { behind: 1001 })]), hits: 1 },
      { observe: () => quorum([quorumReplica(101), quorumReplica(102), quorumReplica(103, { behind: 1000 })]), hits: 0 },
      { observe: () => quorum([quorumReplica(101), quorumReplica(102, { lateMs: 11_000 })]), hits: 1 },
    ],
  },
  {
    id: "CLU-07",
    name: "leader-skew",
    severity: "warning",
    confidence: "high",
    harm: "uneven",
    needs: ["topics"],
    profiles: ["prod", "critical"],
    condition: "fewer than 90 % of the partitions, of at least 10, are led by their preferred leader",
    why: "Some brokers have the work of others; mostly a restart left it so.",
    fix: "Elect the preferred leaders.",
    source: "Apache Kafka documentation, auto.leader.rebalance.enable",
    thresholds: [
      {
        name: "preferredAtLeast",
        meaning: "the share of partitions that is to be led by the preferred replica",
        default: PREFERRED_SHARE_MIN,
        unit: "ratio",
        least: 0,
        most: 1,
      },
    ],
    check: leaderSkew,
    examples: [
      { observe: () => led(3), hits: 1 },
      { observe: () => led(2), hits: 0 },
    ],
  },
  {
    id: "TOP-26",
    name: "throttle-left",
    severity: "error",
    confidence: "high",
    harm: "nextFailure",
    needs: ["topicConfigs", "reassignments"],
    condition: "replicas of topics are throttled, and no reassignment goes on",
    why: "Replication stays slow: a broker that was down does not catch up.",
    fix: "Take the throttles away.",
    source: "Apache Kafka documentation, kafka-reassign-partitions --verify",
    check: leftThrottles,
    examples: [
      { observe: () => look({ only: [exampleTopic("orders", 3, { "leader.replication.throttled.replicas": "0:1" })] }), hits: 1 },
      {
        observe: () =>
          look({
            only: [exampleTopic("orders", 3, { "leader.replication.throttled.replicas": "0:1" })],
            reassignments: { value: [{ topic: "orders", partition: 0, replicas: [1, 2, 3], addingReplicas: [3], removingReplicas: [] }] },
          }),
        hits: 0,
      },
    ],
  },
  {
    id: "TOP-27",
    name: "hot-partition",
    severity: "warning",
    confidence: "medium",
    harm: "uneven",
    needs: ["offsets", "time"],
    condition: "a partition gets more than 3 times the records of the mean of its topic, of at least 6 partitions",
    why: "One broker and one reader have the work of many; it is as many readers may help as that partition allows: one.",
    fix: "Find the key that most records have; choose a finer one, or spread it.",
    source: "Apache Kafka documentation, partitioning",
    check: hotPartitions,
    examples: [
      { observe: () => flow([1000, 10, 10, 10, 10, 10]), hits: 1 },
      { observe: () => flow([1000, 400, 400, 400, 400, 400]), hits: 0 },
    ],
  },
  {
    id: "TOP-06",
    name: "too-few-partitions",
    severity: "warning",
    confidence: "medium",
    harm: "uneven",
    needs: ["offsets", "logDirs", "time"],
    condition: "on average more than 10 MB/s come into each partition of a topic",
    why: "A partition is written and read by one leader, and read by one member of a group.",
    fix: '"ottla size partitions" says how many it takes; with keys, new partitions move them.',
    source: "practice; Apache Kafka documentation, operations",
    check: fewPartitions,
    examples: [
      { observe: () => flow([1100, 1100], 10_000), hits: 1 },
      { observe: () => flow([900, 900], 10_000), hits: 0 },
    ],
  },
];

function quorumLag({ snapshot }: ClusterView): ClusterHit[] {
  const seen = valueOf(snapshot.quorum);
  const leader = seen?.voters.find(({ nodeId }) => nodeId === seen.leaderId);
  // By the leader's clock: that of this machine may be another.
  const nowMs = leader?.lastCaughtUpAtMs;
  if (seen === undefined || leader === undefined) return [];
  const hit = (replica: QuorumReplicaSnapshot, role: "voter" | "observer", lateMs: number): ClusterHit[] => {
    const behind = leader.logEndOffset - replica.logEndOffset;
    const late = nowMs === undefined || replica.lastCaughtUpAtMs === undefined ? undefined : nowMs - replica.lastCaughtUpAtMs;
    const never = replica.lastCaughtUpAtMs === undefined && role === "voter" && behind > 0;
    if (!never && (late ?? 0) <= lateMs && (role === "observer" || behind <= VOTER_LAG_MAX)) return [];
    const name = `${role === "voter" ? "controller" : "broker"} ${replica.nodeId}`;
    return [
      {
        subject: name,
        severity: role === "voter" ? "error" : "warning",
        message: `The ${role} ${replica.nodeId} does not keep up with the metadata.`,
        evidence: `${printNumber(behind)} records behind, ${late === undefined ? "never caught up" : `caught up ${Math.round(late / 1000)} s ago`}`,
        explainedBy: [brokerDown(replica.nodeId)],
      },
    ];
  };
  return [
    ...seen.voters.filter(({ nodeId }) => nodeId !== seen.leaderId).flatMap((replica) => hit(replica, "voter", VOTER_LATE_MS)),
    ...seen.observers.flatMap((replica) => hit(replica, "observer", OBSERVER_LATE_MS)),
  ];
}

function leaderSkew(view: ClusterView, { threshold }: ClusterContext): ClusterHit[] {
  const placed = view.partitions.filter(({ partition }) => partition.leader !== undefined && partition.replicas.length > 1);
  const away = placed.filter(({ partition }) => partition.leader !== partition.replicas[0]!.broker);
  if (placed.length < PARTITIONS_MIN || 1 - away.length / placed.length >= threshold("preferredAtLeast")) return [];
  const electable = away.filter(({ partition }) => partition.replicas[0]!.inSync);
  const leaders = new Map(view.liveBrokers.map(({ nodeId }) => [nodeId, 0]));
  for (const { partition } of placed) leaders.set(partition.leader!, (leaders.get(partition.leader!) ?? 0) + 1);
  return [
    {
      subject: "cluster",
      message: `${away.length} of ${placed.length} partitions are not led by their preferred leader.`,
      evidence: [...leaders].map(([nodeId, many]) => `broker ${nodeId} leads ${many}`).join(", "),
      explainedBy: [...new Set(away.map(({ partition }) => brokerDown(partition.replicas[0]!.broker)))],
      ...(electable.length > 0 && {
        changes: [
          {
            kind: "electLeaders" as const,
            election: "preferred" as const,
            partitions: electable.map(({ topic, partition }) => ({ topic: topic.name, partition: partition.partition })),
          },
        ],
      }),
    },
  ];
}

function leftThrottles({ topics, configuredBrokers, snapshot }: ClusterView): ClusterHit[] {
  if ((valueOf(snapshot.reassignments) ?? []).length > 0) return [];
  const throttled = topics.filter(({ configs }) => THROTTLED_TOPIC_KEYS.some((key) => valueOf(configs)?.[key]?.value));
  if (throttled.length === 0) return [];
  const brokers = configuredBrokers.filter(({ configs }) => THROTTLED_BROKER_KEYS.some((key) => configs[key]?.source === "dynamicBroker"));
  const names = throttled.map(({ name }) => name);
  return [
    {
      subject: `topics ${firstOf(names)}`,
      message: `Replication of ${names.length === 1 ? `topic ${names[0]}` : `${names.length} topics`} is still throttled, and no reassignment goes on.`,
      evidence: `${THROTTLED_TOPIC_KEYS.find((key) => valueOf(throttled[0]!.configs)?.[key]?.value)} is set on ${firstOf(names)}${brokers.length === 0 ? "" : `; rates are set on ${brokers.map(({ broker }) => `broker ${broker.nodeId}`).join(", ")}`}`,
      cause: THROTTLE_LEFT,
      changes: [{ kind: "removeThrottles", topics: names, brokers: brokers.map(({ broker }) => broker.nodeId) }],
    },
  ];
}

function hotPartitions(view: ClusterView): ClusterHit[] {
  return view.partitionsOfTopics.flatMap((placed): ClusterHit[] => {
    const rates = placed.map((each) => view.producedPerS(each));
    if (placed.length < HOT_PARTITIONS_MIN || rates.includes(undefined)) return [];
    const mean = rates.reduce<number>((sum, rate) => sum + rate!, 0) / rates.length;
    const most = greatestOf(rates.map((rate) => rate!));
    if (mean < HOT_RECORDS_PER_S_MIN || most <= HOT_RATIO * mean) return [];
    const { name, topic } = placed[rates.indexOf(most)]!;
    if (topic.internal) return [];
    return [
      {
        subject: `partition ${name}`,
        message: `${name} gets ${(most / mean).toFixed(1)} times the records of the other partitions of its topic.`.replace(
          /^[a-z]/,
          (letter) => letter.toUpperCase(),
        ),
        evidence: `${printNumber(most)} records a second, ${printNumber(mean)} on average over ${count(placed.length, "partition")}`,
      },
    ];
  });
}

function fewPartitions(view: ClusterView): ClusterHit[] {
  return view.partitionsOfTopics.flatMap((placed): ClusterHit[] => {
    const rates = placed.map((each) => view.producedPerS(each));
    // After one look there are none.
    if (rates.every((rate) => rate === undefined)) return [];
    const bytesPerS = placed.map((each, i) => {
      const rate = rates[i];
      const offsets = valueOf(each.partition.offsets);
      const log = each.partition.replicas.find(({ broker }) => broker === each.partition.leader)?.log;
      const held = (offsets?.highWatermark ?? 0) - (offsets?.logStartOffset ?? 0);
      return rate === undefined || log === undefined || !isObserved(log) || held <= 0 ? 0 : (rate * log.value.bytes) / held;
    });
    const mean = bytesPerS.reduce((sum, each) => sum + each, 0) / placed.length;
    if (mean <= PARTITION_BYTES_PER_S_MAX) return [];
    return [
      {
        subject: `topic ${placed[0]!.topic.name}`,
        message: `Topic ${placed[0]!.topic.name} takes ${printBytes(mean)} a second in each of its ${placed.length} partitions.`,
        evidence: `rates of records by the mean size of what is kept`,
      },
    ];
  });
}

/** A topic whose partitions get so many records a second, of so many bytes each. */
function flow(perS: readonly number[], bytes = 100) {
  const at = (s: number) => ({
    brokers: [exampleBroker(1), exampleBroker(2), exampleBroker(3)],
    only: [
      exampleTopic(
        "orders",
        partitions(perS.length, (i) => ({ end: 1000 + perS[i]! * s, bytes: (1000 + perS[i]! * s) * bytes })),
      ),
    ],
  });
  return looks(10_000, at(0), at(10));
}
