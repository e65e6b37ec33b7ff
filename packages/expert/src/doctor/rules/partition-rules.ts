import type { ConfigChange } from "../../plan/cluster-change.ts";
import { printBytes, printSeconds } from "../../quantity/print-quantity.ts";
import { valueOf } from "../../snapshot/observed.ts";
import type { ClusterHit, ClusterRule } from "../cluster-rule.ts";
import { type ClusterView, count, firstNames, firstOf, type PlacedPartition } from "../cluster-view.ts";
import { examplePartition, exampleTopic, look, looks } from "../example-cluster.ts";
import { brokerDown, logDirDown, partitionOffline, THROTTLE_LEFT } from "./causes.ts";

const UNDER_REPLICATED_ERROR_MS = 300_000;
const STUCK_MS = 600_000;

const SHORT = { isr: [1, 2] };

/** Rules over replicas: who can be read and written, and what the next failure does. */
export const partitionRules: readonly ClusterRule[] = [
  {
    id: "CLU-01",
    name: "offline-partitions",
    severity: "error",
    confidence: "high",
    harm: "lost",
    needs: ["topics"],
    condition: "a partition has no leader",
    why: "Nobody can read or write it.",
    fix: "Bring a broker back that was in sync. Only if it is gone for good: an unclean election, which loses records.",
    source: "Apache Kafka documentation, monitoring",
    check: (view) =>
      byCause(
        view.partitions.filter(({ partition }) => partition.leader === undefined),
        view,
        (some) => ({
          message: `${count(some.length, "partition")} ${some.length === 1 ? "has" : "have"} no leader: ${some.length === 1 ? "it cannot be" : "they cannot be"} read or written.`,
          evidence:
            some.length === 1
              ? `replicas ${replicasOf(some[0]!)}; none leads`
              : `replicas of ${some[0]!.name}: ${replicasOf(some[0]!)}; none leads`,
          cause: some.length === 1 ? partitionOffline(some[0]!.name) : undefined,
        }),
      ),
    examples: [
      { observe: () => look({ only: [exampleTopic("orders", [examplePartition(0, { isr: [1], leader: undefined })])] }), hits: 1 },
      { observe: () => look({ only: [exampleTopic("orders", [examplePartition(0, { isr: [1], leader: 1 })])] }), hits: 0 },
    ],
  },
  {
    id: "CLU-02",
    name: "under-min-isr",
    severity: "error",
    confidence: "high",
    harm: "refused",
    needs: ["topics", "topicConfigs"],
    condition: "fewer replicas in sync than min.insync.replicas",
    why: "Producers with acks=all are refused with NOT_ENOUGH_REPLICAS.",
    fix: "Bring the missing replicas back. Lowering min.insync.replicas lets writes through with fewer copies.",
    source: "Apache Kafka documentation, topic configs",
    check: (view) =>
      byCause(
        view.partitions.filter(
          ({ partition, isr, minIsr }) => partition.leader !== undefined && minIsr !== undefined && isr.length < minIsr,
        ),
        view,
        (some) => ({
          message: `${count(some.length, "partition")} ${some.length === 1 ? "refuses" : "refuse"} writes with acks=all: too few replicas in sync.`,
          evidence: `${some[0]!.name}: ${some[0]!.isr.length} in sync (${some[0]!.isr.join(", ")}), min.insync.replicas=${some[0]!.minIsr}`,
        }),
      ),
    examples: [
      { observe: () => look({ only: [exampleTopic("orders", [examplePartition(0, { isr: [1] })])] }), hits: 1 },
      { observe: () => look({ only: [exampleTopic("orders", [examplePartition(0, SHORT)])] }), hits: 0 },
    ],
  },
  {
    id: "CLU-03",
    name: "under-replicated",
    severity: "warning",
    confidence: "high",
    harm: "nextFailure",
    needs: ["topics"],
    condition: "replicas out of sync that are not being moved; an error after five minutes, or when their broker is down",
    why: "A copy less than was asked for; one that stays behind points to a disk, a network or a broker in trouble.",
    fix: "Look at the brokers whose replicas are behind: their logs, disks and network.",
    source: "Apache Kafka documentation, monitoring",
    check: underReplicated,
    examples: [
      { observe: () => look({ only: [exampleTopic("orders", [examplePartition(0, SHORT)])] }), hits: 1 },
      { observe: () => look(), hits: 0 },
      {
        observe: () =>
          look({
            only: [exampleTopic("orders", [examplePartition(0, SHORT)])],
            reassignments: { value: [{ topic: "orders", partition: 0, replicas: [1, 2, 3], addingReplicas: [3], removingReplicas: [] }] },
          }),
        hits: 0,
      },
    ],
  },
  {
    id: "CLU-04",
    name: "at-min-isr",
    severity: "warning",
    confidence: "high",
    harm: "nextFailure",
    needs: ["topics", "topicConfigs"],
    condition: "exactly min.insync.replicas replicas in sync, while others are not",
    why: "One more failure, or a restart, and writes with acks=all are refused.",
    fix: "Restart nothing until the missing replicas are back.",
    source: "Strimzi's and Apache Kafka's AtMinIsr metric",
    check: (view) =>
      byCause(
        view.partitions.filter(
          ({ partition, isr, minIsr, moving }) =>
            !moving && partition.leader !== undefined && isr.length === minIsr && isr.length < partition.replicas.length,
        ),
        view,
        (some) => ({
          message: `${count(some.length, "partition")} ${some.length === 1 ? "has" : "have"} just as many replicas in sync as writes need: restart nothing now.`,
          evidence: `${some[0]!.name}: in sync ${some[0]!.isr.join(", ")}, min.insync.replicas=${some[0]!.minIsr}`,
          explainedBy: [`${firstNames(some)} under-replicated`],
        }),
      ),
    examples: [
      { observe: () => look({ only: [exampleTopic("orders", [examplePartition(0, SHORT)])] }), hits: 1 },
      { observe: () => look({ only: [exampleTopic("orders", [examplePartition(0, SHORT)], { "min.insync.replicas": "1" })] }), hits: 0 },
    ],
  },
  {
    id: "CLU-12",
    name: "isr-churn",
    severity: "warning",
    confidence: "medium",
    harm: "nextFailure",
    needs: ["topics", "time"],
    condition: "the replicas in sync of partitions shrank in two looks or more while it was watched",
    why: "Replicas that come and go: pauses of a broker, a slow disk, a bad network.",
    fix: "Look at garbage collection, disk and network of the brokers that drop out.",
    source: "Apache Kafka documentation, monitoring",
    check: isrChurn,
    examples: [
      { observe: () => looks(60_000, {}, { only: [shortTopic()] }, {}, { only: [shortTopic()] }), hits: 1 },
      { observe: () => looks(60_000, {}, { only: [shortTopic()] }, {}), hits: 0 },
    ],
  },
  {
    id: "CLU-13",
    name: "stuck-reassignment",
    severity: "error",
    confidence: "medium",
    harm: "nextFailure",
    needs: ["topics", "reassignments", "logDirs", "time"],
    condition:
      "a reassignment whose missing bytes did not get fewer in 10 minutes of watching; a warning from 10 seconds on, an error at once where its throttle would let it take more than a day",
    why: "It never ends, and its replicas are paid for twice. Mostly the throttle is below what is written meanwhile, or the target broker is down.",
    fix: "Raise the throttle of the reassignment, or bring the target broker back.",
    source: "Apache Kafka documentation, reassignment",
    check: stuckReassignments,
    examples: [
      { observe: () => looks(700_000, moving(900), moving(900)), hits: 1 },
      { observe: () => looks(700_000, moving(900), moving(100)), hits: 0 },
    ],
  },
  {
    id: "CLU-18",
    name: "one-broker-tolerance",
    severity: "warning",
    confidence: "high",
    harm: "nextFailure",
    needs: ["topics", "topicConfigs"],
    profiles: ["prod", "critical"],
    condition: "the loss of one broker would take partitions, which have all replicas now, below min.insync.replicas or offline",
    why: "The cluster cannot lose, or restart, that broker without refusing writes.",
    fix: "Raise the replication factor, or lower min.insync.replicas where it equals it.",
    source: "Strimzi's restart gate",
    check: oneBrokerTolerance,
    examples: [
      {
        observe: () => look({ only: [exampleTopic("orders", [examplePartition(0, { replicas: [1] })], { "min.insync.replicas": "1" })] }),
        hits: 1,
      },
      { observe: () => look(), hits: 0 },
    ],
  },
];

type Told = Pick<ClusterHit, "message" | "evidence" | "explainedBy" | "changes" | "severity"> & { readonly cause?: string | undefined };

/** One hit for all partitions of one cause, so that a dead broker is not told a thousand times. */
function byCause(found: readonly PlacedPartition[], view: ClusterView, tell: (some: readonly PlacedPartition[]) => Told): ClusterHit[] {
  const keys = new Map<string, string>();
  // Of a hundred thousand partitions most lack the same few brokers: what that means is worked out once.
  const keyOf = (placed: PlacedPartition): string => {
    let missing = "";
    for (const { broker, inSync, offline, log } of placed.partition.replicas)
      if (!inSync || offline) missing += `${broker}${"value" in log ? "," : ";"}`;
    const known = keys.get(missing);
    if (known !== undefined) return known;
    const key = causesOf(placed, view).join("; ");
    keys.set(missing, key);
    return key;
  };
  const groups = Map.groupBy(found, keyOf);
  return [...groups.values()].map((some) => {
    const { cause, explainedBy = [], ...told } = tell(some);
    return {
      ...told,
      subject: some.length === 1 ? `partition ${some[0]!.name}` : `partitions ${firstNames(some)}`,
      ...(cause !== undefined && { cause }),
      explainedBy: [...causesOf(some[0]!, view), ...explainedBy],
    };
  });
}

/** What would explain that replicas of the partition are missing. */
function causesOf({ partition }: PlacedPartition, { snapshot }: ClusterView): readonly string[] {
  return partition.replicas
    .filter(({ inSync, offline }) => !inSync || offline)
    .map(({ broker, log }) => {
      const state = snapshot.brokers.find(({ nodeId }) => nodeId === broker)?.state;
      if (state === "alive" && !("value" in log)) return logDirDown(broker);
      return brokerDown(broker);
    });
}

function replicasOf({ partition }: PlacedPartition): string {
  return partition.replicas.map(({ broker, offline }) => `${broker}${offline ? " (down)" : ""}`).join(", ");
}

function underReplicated(view: ClusterView): ClusterHit[] {
  const found = view.partitions.filter(
    ({ partition, isr, moving }) => !moving && partition.leader !== undefined && isr.length < partition.replicas.length,
  );
  return byCause(found, view, (some) => {
    const behind = new Set<number>();
    let longest = 0;
    let lag = 0;
    const { monotonicMs } = view.snapshot;
    for (const { partition, trend } of some) {
      longest = Math.max(longest, monotonicMs - (trend?.underReplicatedSinceMs ?? monotonicMs));
      for (const { broker, inSync, log } of partition.replicas) {
        if (inSync) continue;
        behind.add(broker);
        lag = Math.max(lag, valueOf(log)?.offsetLag ?? 0);
      }
    }
    const isDown = [...behind].some((nodeId) => view.snapshot.brokers.find((broker) => broker.nodeId === nodeId)?.state !== "alive");
    return {
      severity: isDown || longest >= UNDER_REPLICATED_ERROR_MS ? "error" : "warning",
      message: `${count(some.length, "partition")} ${some.length === 1 ? "lacks" : "lack"} replicas in sync, on ${behind.size === 1 ? "broker" : "brokers"} ${[...behind].join(", ")}.`,
      evidence: `${some[0]!.name}: replicas ${some[0]!.partition.replicas.map(({ broker }) => broker).join(", ")}, in sync ${some[0]!.isr.join(", ") || "none"}${lag > 0 ? `; up to ${lag} records behind` : ""}; ${longest > 0 ? `so for at least ${printSeconds(longest / 1000)}` : "since when was not seen"}`,
      explainedBy: [THROTTLE_LEFT],
      cause: `${firstNames(some)} under-replicated`,
    };
  });
}

function isrChurn(view: ClusterView): ClusterHit[] {
  const churning = view.partitions.filter(({ trend }) => (trend?.shrinks ?? 0) >= 2);
  if (churning.length === 0) return [];
  const shrinks = churning.reduce((sum, { trend }) => sum + trend!.shrinks, 0);
  return [
    {
      subject: `partitions ${firstNames(churning)}`,
      message: `Replicas drop out of sync and come back: ${shrinks} times in ${printSeconds(view.watchedMs / 1000)}.`,
      evidence: `${count(churning.length, "partition")}, in ${count(view.observation.looks, "look")}`,
    },
  ];
}

function stuckReassignments(view: ClusterView): ClusterHit[] {
  return [...view.observation.reassignments].flatMap(([name, { sinceMs, firstBytes, lastBytes }]): ClusterHit[] => {
    const watchedMs = view.snapshot.monotonicMs - sinceMs;
    if (firstBytes === undefined || lastBytes === undefined || lastBytes < firstBytes || lastBytes === 0 || watchedMs < 10_000) return [];
    const throttle = throttleOf(view, name);
    const neededS = throttle && lastBytes / throttle.bytesPerS;
    const isHopeless = neededS !== undefined && neededS > HOPELESS_S;
    return [
      {
        subject: `partition ${name}`,
        severity: watchedMs >= STUCK_MS || isHopeless ? "error" : "warning",
        message: `The reassignment of ${name} does not get on${isHopeless ? `: at its throttle of ${printBytes(throttle!.bytesPerS)} a second it would take ${printSeconds(neededS)}` : ""}.`,
        evidence: `${lastBytes} bytes are missing, as many as ${printSeconds(watchedMs / 1000)} ago${throttle ? `; ${RATES[0]}=${throttle.bytesPerS} on broker ${throttle.brokers[0]}` : ""}`,
        explainedBy: [THROTTLE_LEFT],
        ...(isHopeless && { changes: throttle!.brokers.map((nodeId) => fasterCopies(nodeId)) }),
      },
    ];
  });
}

const RATES = ["leader.replication.throttled.rate", "follower.replication.throttled.rate"] as const;
/** A move that would take longer than a day was never meant so. */
const HOPELESS_S = 86_400;
/** Of a disk and a network of today a small part. */
const COPY_BYTES_PER_S = 10_000_000;

/** The least rate that the brokers of a move may copy with, and which brokers have it; undefined where none is set. */
function throttleOf(view: ClusterView, name: string): { readonly bytesPerS: number; readonly brokers: readonly number[] } | undefined {
  const nodes = new Set(view.partitions.find((each) => each.name === name)?.partition.replicas.map(({ broker }) => broker));
  const slow = view.snapshot.brokers.flatMap((broker) => {
    const rates = RATES.map((key) => view.brokerNumber(broker, key)).filter((rate) => rate !== undefined);
    return nodes.has(broker.nodeId) && rates.length > 0 ? [{ nodeId: broker.nodeId, bytesPerS: Math.min(...rates) }] : [];
  });
  if (slow.length === 0) return undefined;
  return { bytesPerS: Math.max(1, Math.min(...slow.map(({ bytesPerS }) => bytesPerS))), brokers: slow.map(({ nodeId }) => nodeId) };
}

function fasterCopies(nodeId: number): ConfigChange {
  return {
    kind: "config",
    target: { type: "broker", nodeId },
    settings: Object.fromEntries(RATES.map((key) => [key, String(COPY_BYTES_PER_S)])),
  };
}

function oneBrokerTolerance(view: ClusterView): ClusterHit[] {
  if (view.brokerCount < 2) return [];
  const harmed = new Map<number, string[]>();
  for (const { partition, isr, minIsr, name, moving } of view.partitions) {
    // What lacks replicas already is told by other rules.
    if (moving || minIsr === undefined || isr.length < partition.replicas.length || isr.length - 1 >= Math.max(1, minIsr)) continue;
    for (const { broker } of partition.replicas) {
      const names = harmed.get(broker);
      if (names) names.push(name);
      else harmed.set(broker, [name]);
    }
  }
  if (harmed.size === 0) return [];
  const [worst, names] = [...harmed].toSorted(([, a], [, b]) => b.length - a.length)[0]!;
  const all = new Set([...harmed.values()].flat());
  return [
    {
      subject: "cluster",
      message: `${count(all.size, "partition")} would refuse writes or be offline if one broker stopped; ${names.length} of them with broker ${worst}.`,
      evidence: `of broker ${worst}: ${firstOf(names)}`,
      explainedBy: ["too few copies", "min ISR equals RF"],
    },
  ];
}

function shortTopic() {
  return exampleTopic("orders", [examplePartition(0, SHORT), examplePartition(1), examplePartition(2)]);
}

/** A partition that moves to broker 3, which has so many bytes less than the others. */
function moving(missing: number) {
  const partition = examplePartition(0, SHORT);
  const replicas = partition.replicas.map((replica) =>
    replica.broker === 3 ? { ...replica, log: { value: { bytes: 1_000_000 - missing, offsetLag: 9, dir: "/var/lib/kafka" } } } : replica,
  );
  return {
    only: [exampleTopic("orders", [{ ...partition, replicas }])],
    reassignments: { value: [{ topic: "orders", partition: 0, replicas: [1, 2, 3], addingReplicas: [3], removingReplicas: [] }] },
  };
}
