import { DEFAULT_LOOK_LIMITS } from "../snapshot/look-cost.ts";
import type { BrokerSnapshot } from "../snapshot/broker-snapshot.ts";
import type { ClusterSnapshot } from "../snapshot/cluster-snapshot.ts";
import type { Configs, ConfigValueSource } from "../snapshot/config-snapshot.ts";
import type { ConnectorSnapshot } from "../snapshot/connector-snapshot.ts";
import type { GroupSnapshot } from "../snapshot/group-snapshot.ts";
import type { MetricsSnapshot } from "../snapshot/metrics-snapshot.ts";
import { notObserved, type Observed, observed } from "../snapshot/observed.ts";
import type { RegistrySnapshot } from "../snapshot/registry-snapshot.ts";
import type { PartitionSnapshot, ReplicaSnapshot, TopicSnapshot } from "../snapshot/topic-snapshot.ts";
import { type ClusterObservation, observeCluster } from "./cluster-observation.ts";

const HOUR_MS = 3_600_000;
const NOT_HERE = notObserved("notAsked", "The example has none.");

/** Settings by name, changed at the level given. */
export function settings(values: Readonly<Record<string, string>>, source: ConfigValueSource = "staticBroker"): Configs {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value, source }]));
}

/** A live broker of a healthy production cluster, with what is different. */
export function exampleBroker(
  nodeId: number,
  changed: Partial<BrokerSnapshot> & { readonly set?: Readonly<Record<string, string>> } = {},
): BrokerSnapshot {
  const { set, ...rest } = changed;
  return {
    nodeId,
    state: "alive",
    endpoint: { host: `kafka-${nodeId}.example.org`, port: 9092 },
    rack: `rack-${nodeId}`,
    apis: NOT_HERE,
    features: observed([{ name: "metadata.version", minLevel: 7, maxLevel: 33, finalizedLevel: 33 }]),
    certificates: observed([]),
    configs: observed(settings({ ...HEALTHY_BROKER, "log.dirs": "/var/lib/kafka", ...set })),
    logDirs: observed([
      { path: "/var/lib/kafka", totalBytes: 1e12, usableBytes: 7e11, replicas: 10, replicaBytes: 1e11, offline: undefined },
    ]),
    ...rest,
  };
}

const HEALTHY_BROKER = {
  "auto.create.topics.enable": "false",
  "default.replication.factor": "3",
  "min.insync.replicas": "2",
  "offsets.topic.replication.factor": "3",
  "transaction.state.log.replication.factor": "3",
  "transaction.state.log.min.isr": "2",
  "share.coordinator.state.topic.replication.factor": "3",
  "share.coordinator.state.topic.min.isr": "2",
  "offsets.retention.minutes": "20160",
  "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
  "inter.broker.listener.name": "REPLICATION",
  "listener.security.protocol.map": "REPLICATION:SSL,CLIENTS:SASL_SSL",
  "replica.fetch.response.max.bytes": "10485760",
  "transaction.max.timeout.ms": "900000",
};

/** The broker as it looks when it is down. */
export function downBroker(nodeId: number): BrokerSnapshot {
  const gone = notObserved("unreachable", `Broker ${nodeId} is not among the live brokers of the cluster.`);
  return {
    nodeId,
    state: "missing",
    endpoint: undefined,
    rack: undefined,
    apis: gone,
    features: gone,
    configs: gone,
    logDirs: gone,
    certificates: gone,
  };
}

interface ExamplePartition {
  readonly replicas?: readonly number[];
  readonly isr?: readonly number[];
  readonly offline?: readonly number[];
  /** Undefined: none. */
  readonly leader?: number | undefined;
  readonly start?: number;
  readonly stable?: number;
  readonly end?: number;
  readonly bytes?: number;
}

/** A partition with three replicas in sync, or what is said otherwise. */
export function examplePartition(partition: number, given: ExamplePartition = {}): PartitionSnapshot {
  const { replicas = rotated(partition), start = 0, end = 1000, bytes = 1_000_000 } = given;
  const { isr = replicas, offline = [], stable = end } = given;
  const leader = "leader" in given ? given.leader : isr[0];
  return {
    partition,
    leader,
    leaderEpoch: 4,
    replicas: replicas.map(
      (broker): ReplicaSnapshot => ({
        broker,
        inSync: isr.includes(broker),
        offline: offline.includes(broker),
        log: offline.includes(broker)
          ? notObserved("unreachable", "The broker is not among the live ones.")
          : observed({ bytes, offsetLag: 0, dir: "/var/lib/kafka" }),
      }),
    ),
    eligibleLeaders: NOT_HERE,
    offsets:
      leader === undefined
        ? notObserved("unreachable", "The partition has no leader.")
        : observed({ logStartOffset: start, lastStableOffset: stable, highWatermark: end }),
  };
}

function rotated(partition: number): readonly number[] {
  return [0, 1, 2].map((i) => ((partition + i) % 3) + 1);
}

/** A topic of some partitions with the settings of a careful owner, or what is said otherwise. */
export function exampleTopic(
  name: string,
  partitions: number | readonly PartitionSnapshot[] = 3,
  set: Readonly<Record<string, string>> = {},
): TopicSnapshot {
  const values = {
    "cleanup.policy": "delete",
    "compression.type": "producer",
    "min.insync.replicas": "2",
    "min.cleanable.dirty.ratio": "0.5",
    "delete.retention.ms": "86400000",
    "max.message.bytes": "1048588",
    "retention.ms": "604800000",
    "retention.bytes": "-1",
    "segment.ms": "86400000",
    "segment.bytes": "1073741824",
    "unclean.leader.election.enable": "false",
    ...set,
  };
  return {
    name,
    topicId: "AAAAAAAAAAAAAAAAAAAAAA",
    internal: name.startsWith("__"),
    configs: observed(settings(values, "dynamicTopic")),
    partitions: typeof partitions === "number" ? Array.from({ length: partitions }, (_, i) => examplePartition(i)) : partitions,
  };
}

interface ExampleGroup extends Partial<Pick<GroupSnapshot, "type" | "protocolType" | "state" | "epoch">> {
  /** Who reads which partitions. */
  readonly members?: Readonly<Record<string, readonly number[]>>;
  readonly committed?: readonly (number | undefined)[];
  readonly starts?: readonly number[];
  readonly stables?: readonly number[];
  readonly ends?: readonly number[];
}

/** A group that reads the partitions of one topic and is at their ends, or what is said otherwise. */
export function exampleGroup(groupId: string, topic: string, given: ExampleGroup = {}): GroupSnapshot {
  const { members = { "a-1": [0, 1], "a-2": [2] }, ends = [1000, 1000, 1000] } = given;
  const { committed = ends, starts = ends.map(() => 0), stables = ends } = given;
  const { type = "classic", protocolType = "consumer", epoch = NOT_HERE } = given;
  const owner = (partition: number) => Object.keys(members).find((memberId) => members[memberId]!.includes(partition));
  return {
    groupId,
    type,
    protocolType,
    state: given.state ?? (Object.keys(members).length === 0 ? "Empty" : "Stable"),
    coordinator: 1,
    epoch,
    assignor: observed("range"),
    members: observed(Object.keys(members).map((memberId) => ({ memberId, clientId: memberId.split("-")[0]!, clientHost: "/10.0.0.1" }))),
    positions: observed(
      ends.map((highWatermark, partition) => ({
        topic,
        partition,
        committed: committed[partition],
        logStartOffset: starts[partition],
        lastStableOffset: stables[partition],
        highWatermark,
        memberId: owner(partition),
      })),
    ),
  };
}

/** A healthy production cluster of three brokers, or what is said otherwise. */
export function exampleCluster(
  changed: Partial<ClusterSnapshot> & { readonly only?: readonly TopicSnapshot[]; readonly read?: readonly GroupSnapshot[] } = {},
): ClusterSnapshot {
  const { only = [exampleTopic("orders")], read = [], ...rest } = changed;
  return {
    takenAtMs: Date.UTC(2026, 0, 1),
    monotonicMs: HOUR_MS,
    clusterId: observed("example"),
    controllerId: observed(1),
    brokers: [1, 2, 3].map((nodeId) => exampleBroker(nodeId)),
    brokerDefaults: observed({}),
    topics: observed(only),
    reassignments: observed([]),
    quorum: observed({
      leaderId: 101,
      leaderEpoch: 3,
      highWatermark: 5000,
      voters: [101, 102, 103].map((nodeId) => quorumReplica(nodeId)),
      observers: [1, 2, 3].map((nodeId) => quorumReplica(nodeId)),
    }),
    groups: observed(read),
    transactions: observed([]),
    hangingTransactions: observed([]),
    quotas: observed([{ entity: { user: null }, quotas: { producer_byte_rate: 1e7 } }]),
    acls: observed({ authorizer: "enabled", acls: [] }),
    scramUsers: observed([]),
    delegationTokens: observed([]),
    newestRecords: observed([]),
    registry: notObserved("absent", "The example has no registry."),
    connectors: notObserved("notAsked", "The example has no Connect."),
    metrics: NOT_HERE,
    recordSample: NOT_HERE,
    authorizations: NOT_HERE,
    credentials: NOT_HERE,
    clientConfigs: notObserved("notShown", "The settings of producers and consumers are not on the Kafka protocol."),
    cost: { limits: DEFAULT_LOOK_LIMITS, calls: 20, failedCalls: 0, requests: 30, tookMs: 400 },
    ...rest,
  };
}

/** A registry with a default level and subjects: a level of their own, if any, and when each version was registered. */
export function exampleRegistry(
  level: string,
  subjects: Readonly<
    Record<
      string,
      {
        readonly level?: string | undefined;
        readonly registeredAtMs: readonly number[];
        readonly recordTypes?: readonly string[];
        readonly personalFields?: readonly string[];
      }
    >
  >,
): Observed<RegistrySnapshot> {
  return observed({
    topic: "_schemas",
    endOffset: 10,
    level,
    subjects: Object.entries(subjects).map(([subject, { level: own, registeredAtMs, recordTypes, personalFields }]) => ({
      subject,
      level: own ?? level,
      isOwnLevel: own !== undefined,
      ...(personalFields && { personalFields }),
      versions: registeredAtMs.map((atMs, i) => {
        const recordType = recordTypes?.[i];
        return { version: i + 1, registeredAtMs: atMs, ...(recordType !== undefined && { recordType }) };
      }),
    })),
  });
}

/** A connector that says it runs, whose tasks are in these states. */
export function exampleConnector(...states: readonly string[]): Observed<readonly ConnectorSnapshot[]> {
  return observed([
    {
      connector: "orders-sink",
      type: "sink",
      state: "RUNNING",
      tasks: states.map((state, task) => ({
        task,
        state,
        worker: "connect-1:8083",
        ...(state === "FAILED" && { failure: "org.apache.kafka.connect.errors.ConnectException" }),
      })),
    },
  ]);
}

/** What pages of metrics say: nothing, but for what is given. */
export function exampleMetrics(metrics: Partial<MetricsSnapshot>): Observed<MetricsSnapshot> {
  return observed({ brokers: [], clients: [], streams: [], unread: [], ...metrics });
}

/** A voter or observer that is where its leader is, or behind. */
export function quorumReplica(nodeId: number, { behind = 0, lateMs = 200 } = {}) {
  const at = Date.UTC(2026, 0, 1) - lateMs;
  return { nodeId, logEndOffset: 5000 - behind, lastFetchAtMs: at, lastCaughtUpAtMs: at };
}

/** One look. */
export function look(changed: Parameters<typeof exampleCluster>[0] = {}): ClusterObservation {
  return observeCluster(undefined, exampleCluster(changed));
}

/** Several looks, so many ms apart. */
export function looks(everyMs: number, ...changed: readonly Parameters<typeof exampleCluster>[0][]): ClusterObservation {
  let observation: ClusterObservation | undefined;
  for (const [i, each] of changed.entries())
    observation = observeCluster(observation, {
      ...exampleCluster(each),
      monotonicMs: HOUR_MS + i * everyMs,
      takenAtMs: Date.UTC(2026, 0, 1) + i * everyMs,
    });
  return observation!;
}
