import { type Clock, TimeSlice } from "@ottla/base";
import type { Admin } from "@ottla/client";
import type { AuthorizationLog } from "../../snapshot/authorization-log.ts";
import type { BrokerSnapshot } from "../../snapshot/broker-snapshot.ts";
import type { ClusterSnapshot } from "../../snapshot/cluster-snapshot.ts";
import { DEFAULT_LOOK_LIMITS, type LookLimits } from "../../snapshot/look-cost.ts";
import type { ConnectorSnapshot } from "../../snapshot/connector-snapshot.ts";
import type { CredentialRecord } from "../../snapshot/credential-record.ts";
import { isObserved, mapObserved, notObserved, type Observed, observed, valueOf } from "../../snapshot/observed.ts";
import type { RegistrySnapshot } from "../../snapshot/registry-snapshot.ts";
import type { TopicSnapshot } from "../../snapshot/topic-snapshot.ts";
import type { ReadConnectors } from "../read-connectors.ts";
import type { MetricsPage } from "../read-metrics.ts";
import type { RegistryReader } from "../read-registry.ts";
import type { SampleRecords } from "../records/sample-records.ts";
import { CallPacer } from "./call-pacer.ts";
import { collectBrokers, configsOf, missingBroker, outcome } from "./collect-brokers.ts";
import type { ReadCertificate } from "./collect-certificates.ts";
import { collectGroups, groupSnapshots } from "./collect-groups.ts";
import { collectMetrics } from "./collect-metrics.ts";
import { collectNewest } from "./collect-newest.ts";
import { collectRecordSample } from "./collect-record-sample.ts";
import { collectAcls, collectQuotas, collectScramUsers, collectTokens } from "./collect-security.ts";
import { collectOffsets, collectTopicConfigs, describeAllTopics, topicSnapshots } from "./collect-topics.ts";
import { collectHangingTransactions, collectTransactions } from "./collect-transactions.ts";

/** Its ends, and the records of a registry of usual size. */
const REGISTRY_REQUESTS = 4;

/** What a look consists of, for who is told how far it is; they are seen side by side. */
export const LOOK_PARTS = [
  "brokers",
  "security",
  "transactions",
  "topics",
  "settings of topics",
  "groups",
  "offsets",
  "newest records",
  "registry",
] as const;

/** How a look is taken. */
export interface SnapshotOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Default {@link DEFAULT_LOOK_LIMITS}. */
  readonly limits?: Partial<LookLimits>;
  /** How the certificates of TLS listeners are read; none are without. */
  readonly readCertificate?: ReadCertificate;
  /** How a registry that keeps its schemas in the cluster is read; none is without. */
  readonly registry?: RegistryReader;
  /** How Connect's connectors are read; none are without. */
  readonly readConnectors?: ReadConnectors;
  /** Pages of metrics that are read too. */
  readonly metrics?: readonly MetricsPage[];
  /** How records are sampled; none are without. */
  readonly sampleRecords?: SampleRecords;
  /** The log of the brokers' authorizer, where there is one to read. */
  readonly authorizations?: Observed<AuthorizationLog>;
  /** An inventory of credentials, where there is one. */
  readonly credentials?: readonly CredentialRecord[];
  /** The look before, from which what has not changed is taken over. */
  readonly before?: Pick<ClusterSnapshot, "registry"> | undefined;
  /** Told of each part when it is seen, or known not to be seen. */
  readonly onPart?: ((part: (typeof LOOK_PARTS)[number]) => void) | undefined;
}

/**
 * One look at a cluster: everything that its protocol shows to this principal, in an order that lets lags be at most too great. Whatever is refused, out of reach, too late or unknown to the cluster is
 * marked as not observed, and the rest is there all the same. Rejects only when the signal ends it, or when not even the list of brokers can be had (the client's errors).
 */
export async function takeSnapshot(admin: Admin, options: SnapshotOptions): Promise<ClusterSnapshot> {
  const { clock, signal, limits, readCertificate } = options;
  const told = tellingOf(options);
  const pacer = new CallPacer(clock, { ...DEFAULT_LOOK_LIMITS, ...limits }, signal);
  const [takenAtMs, monotonicMs] = [clock.nowMs(), clock.monotonicMs()];
  const cluster = await admin.describeCluster({ signal, timeoutMs: pacer.cost.limits.callTimeoutMs });
  const nodes = cluster.nodes.length;
  // An agents' server and a watch have others to serve while a hundred thousand partitions are put together.
  const slice = new TimeSlice(clock);
  const topicsAndOffsets = collectTopicsAndGroups(admin, pacer, nodes, slice, options.sampleRecords, told);
  const besides = collectBesides(pacer, options);
  // It is awaited after the rest: by then it may have failed with the signal, which the rest tells.
  besides.catch(() => undefined);
  const [
    { brokers, logs },
    brokerDefaults,
    reassignments,
    quorum,
    [quotas, acls, scramUsers, delegationTokens],
    transactions,
    rest,
    registry,
  ] = await Promise.all([
    told("brokers", collectBrokers(admin, pacer, cluster, readCertificate)),
    pacer.run(1, (options) => admin.describeConfigs([{ type: "broker", name: "" }], options)),
    pacer.run(1, (options) => admin.listPartitionReassignments(undefined, options)),
    pacer.run(1, (options) => admin.describeQuorum(options)),
    told(
      "security",
      Promise.all([collectQuotas(admin, pacer), collectAcls(admin, pacer), collectScramUsers(admin, pacer), collectTokens(admin, pacer)]),
    ),
    told("transactions", collectTransactions(admin, pacer, nodes)),
    topicsAndOffsets,
    told(
      "registry",
      topicsAndOffsets.then(({ topics }) => collectRegistry(pacer, topics, options)),
    ),
  ]);
  const { topics, groups } = await putTogether(rest, logs, slice);
  return {
    takenAtMs,
    monotonicMs,
    clusterId: orNotTold(cluster.clusterId, "The brokers tell no cluster id."),
    controllerId: orNotTold(cluster.controllerId, "No controller is known to the broker that was asked."),
    brokers: [...brokers, ...missingBrokers(brokers, topics)].sort((a, b) => a.nodeId - b.nodeId),
    brokerDefaults: outcome(brokerDefaults, ([first]) => first, configsOf),
    topics,
    reassignments: mapObserved(reassignments, (all) => all.map((each) => ({ ...each }))),
    quorum: mapObserved(quorum, ({ leaderId, leaderEpoch, highWatermark, voters, observers }) => ({
      leaderId,
      leaderEpoch,
      highWatermark,
      voters: voters.map(quorumReplica),
      observers: observers.map(quorumReplica),
    })),
    groups,
    transactions,
    hangingTransactions: rest.hangingTransactions,
    quotas,
    acls,
    scramUsers,
    delegationTokens,
    newestRecords: rest.newestRecords,
    registry,
    recordSample: rest.recordSample,
    ...(await besides),
    cost: pacer.cost,
  };
}

/** Passes on what is seen of a part, and tells that it is. */
function tellingOf({ onPart }: SnapshotOptions) {
  return async <Value>(part: (typeof LOOK_PARTS)[number], seen: Promise<Value>): Promise<Value> => {
    const value = await seen;
    onPart?.(part);
    return value;
  };
}

/** What is seen beside the brokers, and what is not. */
async function collectBesides(
  pacer: CallPacer,
  options: SnapshotOptions,
): Promise<Pick<ClusterSnapshot, "connectors" | "metrics" | "authorizations" | "credentials" | "clientConfigs">> {
  const { metrics: pages, clock, authorizations = NO_LOG_NAMED, credentials } = options;
  const [connectors, metrics] = await Promise.all([collectConnectors(pacer, options), collectMetrics(pacer, pages, clock)]);
  return {
    connectors,
    metrics,
    authorizations,
    credentials: credentials ? observed(credentials) : NO_INVENTORY_NAMED,
    clientConfigs: NO_CLIENTS_SHOWN,
  };
}

/** Topics with the logs of their replicas, and groups with the ends of their partitions. */
async function putTogether(
  { topics, groups, configs, offsets }: Awaited<ReturnType<typeof collectTopicsAndGroups>>,
  logs: Parameters<typeof topicSnapshots>[3],
  slice: TimeSlice,
) {
  return {
    topics: isObserved(topics) ? observed(await topicSnapshots(topics.value, configs, offsets, logs, slice)) : topics,
    groups: isObserved(groups) ? observed(await groupSnapshots(groups.value, offsets, slice)) : groups,
  };
}

/** Commits before ends: what is written in between makes a lag too great by that, never negative. */
async function collectTopicsAndGroups(
  admin: Admin,
  pacer: CallPacer,
  nodes: number,
  slice: TimeSlice,
  sampleRecords: SampleRecords | undefined,
  told: ReturnType<typeof tellingOf>,
) {
  const topics = await told("topics", describeAllTopics(admin, pacer));
  const all = isObserved(topics) ? topics.value : [];
  const configs = told(
    "settings of topics",
    collectTopicConfigs(
      admin,
      pacer,
      all.map(({ name }) => name),
    ),
  );
  // It is awaited after the rest: by then it may have failed with the signal, which the rest tells.
  configs.catch(() => undefined);
  const groups = await told("groups", collectGroups(admin, pacer, nodes, slice));
  const offsets = await told("offsets", collectOffsets(admin, pacer, all, slice));
  const newestRecords = isObserved(topics) ? await told("newest records", collectNewest(admin, pacer, all, offsets, slice)) : topics;
  const recordSample = isObserved(topics) ? await collectRecordSample(pacer, all, offsets, sampleRecords) : topics;
  const hangingTransactions = isObserved(topics) ? await collectHangingTransactions(admin, pacer, offsets, nodes, slice) : topics;
  return { topics, configs: await configs, groups, offsets, newestRecords, recordSample, hangingTransactions };
}

const NO_REGISTRY_ASKED = notObserved("notAsked", "This look was asked to read no registry.");
const NO_CLIENTS_SHOWN = notObserved(
  "notShown",
  'The settings of producers and consumers are not on the Kafka protocol; "ottla lint" reads them in files and sources.',
);
const NO_LOG_NAMED = notObserved(
  "notAsked",
  "No log of an authorizer was named (--authorizer-log), and the Kafka protocol does not show what ACLs allowed.",
);
const NO_INVENTORY_NAMED = notObserved(
  "notAsked",
  "No inventory of credentials was named (--credentials); nothing that Kafka has says when a password was made.",
);
const NO_CONNECT_NAMED = notObserved("notAsked", "No worker of Connect was named, and the Kafka protocol does not show connectors.");

async function collectRegistry(
  pacer: CallPacer,
  topics: Observed<readonly { readonly name: string }[]>,
  { registry, before }: SnapshotOptions,
): Promise<Observed<RegistrySnapshot>> {
  if (registry === undefined) return NO_REGISTRY_ASKED;
  if (isObserved(topics) && topics.value.every(({ name }) => name !== registry.topic))
    return notObserved("absent", `This login sees no topic ${registry.topic}, in which a registry would keep its schemas.`);
  const known = before && valueOf(before.registry);
  const seen = await pacer.run(REGISTRY_REQUESTS, ({ timeoutMs, signal }) => registry.read(known, timeoutMs, signal));
  return mapObserved(seen, (read) => read ?? known!);
}

async function collectConnectors(pacer: CallPacer, { readConnectors }: SnapshotOptions): Promise<Observed<readonly ConnectorSnapshot[]>> {
  if (readConnectors === undefined) return NO_CONNECT_NAMED;
  return pacer.run(1, ({ timeoutMs, signal }) => readConnectors(timeoutMs, signal));
}

function orNotTold<Value>(value: Value | undefined, message: string): Observed<Value> {
  return value === undefined ? notObserved("failed", message) : observed(value);
}

function missingBrokers(alive: readonly BrokerSnapshot[], topics: Observed<readonly TopicSnapshot[]>): readonly BrokerSnapshot[] {
  const known = new Set(alive.map(({ nodeId }) => nodeId));
  const named = new Set<number>();
  for (const { partitions } of isObserved(topics) ? topics.value : [])
    for (const { replicas } of partitions) for (const { broker } of replicas) if (!known.has(broker)) named.add(broker);
  return [...named].map(missingBroker);
}

function quorumReplica(replica: {
  readonly nodeId: number;
  readonly logEndOffset: number;
  readonly lastFetchTimestamp: number | undefined;
  readonly lastCaughtUpTimestamp: number | undefined;
}) {
  const { nodeId, logEndOffset, lastFetchTimestamp, lastCaughtUpTimestamp } = replica;
  return { nodeId, logEndOffset, lastFetchAtMs: lastFetchTimestamp, lastCaughtUpAtMs: lastCaughtUpTimestamp };
}
