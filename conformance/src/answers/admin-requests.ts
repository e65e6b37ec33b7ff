import {
  alterConfigsApi,
  makeAlterableConfig,
  makeAlterConfigsRequest,
  makeAlterConfigsResource,
} from "@ottla/protocol/apis/alter-configs";
import {
  alterPartitionReassignmentsApi,
  makeAlterPartitionReassignmentsRequest,
  makeReassignablePartition,
  makeReassignableTopic,
} from "@ottla/protocol/apis/alter-partition-reassignments";
import {
  alterReplicaLogDirsApi,
  makeAlterReplicaLogDir,
  makeAlterReplicaLogDirsRequest,
  makeAlterReplicaLogDirTopic,
} from "@ottla/protocol/apis/alter-replica-log-dirs";
import { createPartitionsApi, makeCreatePartitionsRequest, makeCreatePartitionsTopic } from "@ottla/protocol/apis/create-partitions";
import {
  type CreatableTopic,
  createTopicsApi,
  makeCreatableTopic,
  makeCreatableTopicConfig,
  makeCreateTopicsRequest,
} from "@ottla/protocol/apis/create-topics";
import { deleteGroupsApi, makeDeleteGroupsRequest } from "@ottla/protocol/apis/delete-groups";
import { deleteTopicsApi, makeDeleteTopicState, makeDeleteTopicsRequest } from "@ottla/protocol/apis/delete-topics";
import { describeConfigsApi, makeDescribeConfigsRequest, makeDescribeConfigsResource } from "@ottla/protocol/apis/describe-configs";
import { describeLogDirsApi, makeDescribableLogDirTopic, makeDescribeLogDirsRequest } from "@ottla/protocol/apis/describe-log-dirs";
import {
  describeProducersApi,
  makeDescribeProducersRequest,
  makeTopicRequest as makeProducersTopic,
} from "@ottla/protocol/apis/describe-producers";
import {
  describeTopicPartitionsApi,
  makeDescribeTopicPartitionsRequest,
  makeTopicRequest,
} from "@ottla/protocol/apis/describe-topic-partitions";
import { electLeadersApi, makeElectLeadersRequest, makeTopicPartitions } from "@ottla/protocol/apis/elect-leaders";
import { findCoordinatorApi, makeFindCoordinatorRequest } from "@ottla/protocol/apis/find-coordinator";
import {
  incrementalAlterConfigsApi,
  makeAlterableConfig as makeIncrement,
  makeIncrementalAlterConfigsRequest,
  makeAlterConfigsResource as makeIncrementedResource,
} from "@ottla/protocol/apis/incremental-alter-configs";
import { initProducerIdApi, makeInitProducerIdRequest } from "@ottla/protocol/apis/init-producer-id";
import { listPartitionReassignmentsApi, makeListPartitionReassignmentsRequest } from "@ottla/protocol/apis/list-partition-reassignments";
import { makeFeatureUpdateKey, makeUpdateFeaturesRequest, updateFeaturesApi } from "@ottla/protocol/apis/update-features";
import { setProducerState } from "@ottla/protocol/records";
import { waitUntil } from "../process/wait-until.ts";
import type { OddRequest } from "./odd-requests.ts";
import { batch, type Probe } from "./probe.ts";

const TOPIC = 2;
const BROKER = 4;
/** The longest string that the old encodings carry. */
const LONGEST = "x".repeat(32_767);

/** The broker setting that Kafka writes itself, as the cluster's, where eligible leader replicas are on. */
function withoutMinInsync(answer: unknown): unknown {
  const { topics } = answer as { readonly topics: readonly { readonly configs: readonly { readonly name: string }[] }[] };
  return topics.map((topic) => ({ ...topic, configs: topic.configs.filter(({ name }) => name !== "min.insync.replicas") }));
}

async function createTopic(
  probe: Probe,
  version: number,
  topic: Partial<CreatableTopic> & { readonly name: string },
  validateOnly = false,
): Promise<unknown> {
  const topics = [makeCreatableTopic({ numPartitions: 1, replicationFactor: 1, ...topic })];
  return withoutMinInsync(await probe.ask(createTopicsApi, version, makeCreateTopicsRequest({ topics, timeoutMs: 10_000, validateOnly })));
}

function createPartitions(probe: Probe, topic: string, count: number, version = 3): Promise<unknown> {
  const topics = [makeCreatePartitionsTopic({ name: probe.named(topic), count, assignments: null })];
  return probe.ask(createPartitionsApi, version, makeCreatePartitionsRequest({ topics, timeoutMs: 10_000 }));
}

interface ConfigChange {
  readonly type?: number;
  readonly resource?: string;
  readonly key: string;
  readonly value: string | null;
  readonly operation?: number;
}

function alterConfigs(probe: Probe, { type = TOPIC, resource, key, value }: ConfigChange, version = 2): Promise<unknown> {
  const configs = [makeAlterableConfig({ name: key, value })];
  const resources = [makeAlterConfigsResource({ resourceType: type, resourceName: resource ?? probe.named("empty"), configs })];
  return probe.ask(alterConfigsApi, version, makeAlterConfigsRequest({ resources, validateOnly: true }));
}

function incrementConfigs(probe: Probe, change: ConfigChange, version = 1): Promise<unknown> {
  const { type = TOPIC, resource, key, value, operation = 0 } = change;
  const configs = [makeIncrement({ name: key, value, configOperation: operation })];
  const resources = [makeIncrementedResource({ resourceType: type, resourceName: resource ?? probe.named("empty"), configs })];
  return probe.ask(incrementalAlterConfigsApi, version, makeIncrementalAlterConfigsRequest({ resources, validateOnly: true }));
}

function describeConfigs(probe: Probe, type: number, resource: string, keys: readonly string[] | null, version = 4): Promise<unknown> {
  const resources = [makeDescribeConfigsResource({ resourceType: type, resourceName: resource, configurationKeys: keys })];
  return probe.ask(describeConfigsApi, version, makeDescribeConfigsRequest({ resources }));
}

function reassign(probe: Probe, topic: string, partitionIndex: number, replicas: readonly number[] | null): Promise<unknown> {
  const partitions = [makeReassignablePartition({ partitionIndex, replicas })];
  const topics = [makeReassignableTopic({ name: probe.named(topic), partitions })];
  return probe.ask(alterPartitionReassignmentsApi, 1, makeAlterPartitionReassignmentsRequest({ topics, timeoutMs: 10_000 }));
}

function electLeaders(probe: Probe, topic: string, partitions: readonly number[], electionType = 0, version = 2): Promise<unknown> {
  const topicPartitions = [makeTopicPartitions({ topic: probe.named(topic), partitions: [...partitions] })];
  return probe.ask(electLeadersApi, version, makeElectLeadersRequest({ electionType, topicPartitions, timeoutMs: 10_000 }));
}

function moveReplica(probe: Probe, topic: string, partition: number, path: string): Promise<unknown> {
  const topics = [makeAlterReplicaLogDirTopic({ name: probe.named(topic), partitions: [partition] })];
  const dirs = [makeAlterReplicaLogDir({ path, topics })];
  return probe.ask(alterReplicaLogDirsApi, 2, makeAlterReplicaLogDirsRequest({ dirs }));
}

/** The directory that the partition lies in. */
async function logDir(probe: Probe, topic: string): Promise<string> {
  const topics = [makeDescribableLogDirTopic({ topic: probe.named(topic), partitions: [0] })];
  const answer = await probe.raw(describeLogDirsApi, 4, makeDescribeLogDirsRequest({ topics }));
  return typeof answer === "string" ? answer : answer.results[0]!.logDir;
}

function describeProducers(probe: Probe, topic: string, partition: number): Promise<unknown> {
  const topics = [makeProducersTopic({ name: probe.named(topic), partitionIndexes: [partition] })];
  return probe.ask(describeProducersApi, 0, makeDescribeProducersRequest({ topics }));
}

/** Idempotent batches of one producer, then what the partition remembers of it. */
async function produceInOrder(probe: Probe): Promise<unknown> {
  // Kafka has no id at hand the first time.
  const producerId = await waitUntil("a producer id", async () => {
    const made = await probe.raw(initProducerIdApi, 4, makeInitProducerIdRequest({ transactionalId: null, transactionTimeoutMs: 1000 }));
    return typeof made !== "string" && made.errorCode === 0 && made.producerId;
  });
  await probe.createTopic("ordered");
  const send = async (epoch: number, sequence: number, values: readonly string[]) => {
    const records = batch(values);
    setProducerState(records, 0, producerId, epoch, sequence);
    return probe.produce("ordered", records);
  };
  const sent = [await send(0, 0, ["a", "b"]), await send(0, 2, ["c"])];
  // Of a repeat Kafka tells its time, also where the producer's own counts; ours says −1 there as for every such batch.
  await send(0, 2, ["c"]);
  sent.push(await send(1, 0, ["d"]));
  return [sent, await describeProducers(probe, "ordered", 0)];
}

function updateFeature(probe: Probe, feature: string, maxVersionLevel: number, upgradeType = 1, version = 2): Promise<unknown> {
  const featureUpdates = [makeFeatureUpdateKey({ feature, maxVersionLevel, ...(version > 0 && { upgradeType }) })];
  return probe.ask(updateFeaturesApi, version, makeUpdateFeaturesRequest({ featureUpdates, timeoutMs: 10_000, validateOnly: version > 0 }));
}

const config = (name: string, value: string | null) => [makeCreatableTopicConfig({ name, value })];

export const adminRequests: readonly OddRequest[] = [
  ...[2, 4, 5, 7].flatMap((version): OddRequest[] => [
    { name: `CreateTopics ${version}`, ask: (probe) => createTopic(probe, version, { name: probe.named(`made-${version}`) }) },
    {
      name: `CreateTopics ${version} of a topic that is there`,
      ask: (probe) => createTopic(probe, version, { name: probe.named("empty") }),
    },
    { name: `CreateTopics ${version} of a bad name`, ask: (probe) => createTopic(probe, version, { name: "bad name!" }) },
    {
      name: `CreateTopics ${version}, only checked`,
      ask: (probe) => createTopic(probe, version, { name: probe.named("checked") }, true),
    },
  ]),
  {
    name: "CreateTopics with a bad value",
    ask: (probe) => createTopic(probe, 7, { name: probe.named("bad"), configs: config("retention.ms", "soon") }),
  },
  {
    name: "CreateTopics with a setting that nobody knows",
    ask: (probe) => createTopic(probe, 7, { name: probe.named("bad"), configs: config("no.such.key", "1") }),
  },
  {
    name: "CreateTopics with the longest setting's name",
    differs: "Kafka answers UNKNOWN_SERVER_ERROR: it cannot write its own text.",
    ask: (probe) => createTopic(probe, 4, { name: probe.named("bad"), configs: config(LONGEST, "1") }),
  },
  {
    name: "CreateTopics with the longest value",
    differs: "Kafka answers UNKNOWN_SERVER_ERROR: it cannot write its own text.",
    ask: (probe) => createTopic(probe, 4, { name: probe.named("bad"), configs: config("retention.ms", LONGEST) }),
  },
  {
    name: "CreateTopics with the longest name",
    differs: "Kafka answers UNKNOWN_SERVER_ERROR: it cannot write its own text.",
    ask: (probe) => createTopic(probe, 4, { name: LONGEST }),
  },
  {
    name: "CreateTopics with too many replicas",
    ask: (probe) => createTopic(probe, 7, { name: probe.named("bad"), replicationFactor: 9 }),
  },
  { name: "CreateTopics with no partitions", ask: (probe) => createTopic(probe, 7, { name: probe.named("bad"), numPartitions: 0 }) },
  {
    name: "DeleteTopics of a topic that is not there",
    ask: (probe) => probe.ask(deleteTopicsApi, 5, makeDeleteTopicsRequest({ topicNames: [probe.named("nowhere")], timeoutMs: 10_000 })),
  },
  {
    name: "DeleteTopics of a topic that is there",
    ask: (probe) => probe.ask(deleteTopicsApi, 5, makeDeleteTopicsRequest({ topicNames: [probe.named("made-2")], timeoutMs: 10_000 })),
  },
  {
    name: "DeleteTopics 6 by name",
    ask: (probe) =>
      probe.ask(
        deleteTopicsApi,
        6,
        makeDeleteTopicsRequest({ topics: [makeDeleteTopicState({ name: probe.named("nowhere") })], timeoutMs: 10_000 }),
      ),
  },
  {
    name: "DeleteTopics with the longest name",
    ask: (probe) => probe.ask(deleteTopicsApi, 5, makeDeleteTopicsRequest({ topicNames: [LONGEST], timeoutMs: 10_000 })),
  },
  { name: "CreatePartitions", ask: (probe) => createPartitions(probe, "made-4", 3) },
  { name: "CreatePartitions 0", ask: (probe) => createPartitions(probe, "made-5", 3, 0) },
  { name: "CreatePartitions of fewer", ask: (probe) => createPartitions(probe, "made-4", 1) },
  { name: "CreatePartitions of a topic that is not there", ask: (probe) => createPartitions(probe, "nowhere", 3) },
  { name: "AlterConfigs", ask: (probe) => alterConfigs(probe, { key: "retention.ms", value: "1000" }) },
  { name: "AlterConfigs 0", ask: (probe) => alterConfigs(probe, { key: "retention.ms", value: "1000" }, 0) },
  { name: "AlterConfigs with a bad value", ask: (probe) => alterConfigs(probe, { key: "retention.ms", value: "soon" }) },
  {
    name: "AlterConfigs of a topic that is not there",
    ask: (probe) => alterConfigs(probe, { resource: probe.named("nowhere"), key: "retention.ms", value: "1" }),
  },
  {
    name: "AlterConfigs with the longest name",
    differs: "Kafka answers UNKNOWN_SERVER_ERROR: it cannot write its own text.",
    ask: (probe) => alterConfigs(probe, { key: LONGEST, value: "1" }, 1),
  },
  {
    name: "AlterConfigs of the longest topic",
    differs: "Kafka answers UNKNOWN_SERVER_ERROR: it cannot write its own text.",
    ask: (probe) => alterConfigs(probe, { resource: LONGEST, key: "retention.ms", value: "1" }, 1),
  },
  { name: "IncrementalAlterConfigs", ask: (probe) => incrementConfigs(probe, { key: "retention.ms", value: "1000" }) },
  { name: "IncrementalAlterConfigs with a bad value", ask: (probe) => incrementConfigs(probe, { key: "retention.ms", value: "soon" }) },
  {
    name: "IncrementalAlterConfigs of a broker",
    ask: (probe) => incrementConfigs(probe, { type: BROKER, resource: "", key: "log.retention.ms", value: "1000" }),
  },
  {
    name: "IncrementalAlterConfigs with the longest name",
    differs: "Kafka answers UNKNOWN_SERVER_ERROR: it cannot write its own text.",
    ask: (probe) => incrementConfigs(probe, { key: LONGEST, value: "1" }, 0),
  },
  {
    name: "IncrementalAlterConfigs with the longest value",
    differs: "Kafka answers UNKNOWN_SERVER_ERROR: it cannot write its own text.",
    ask: (probe) => incrementConfigs(probe, { key: "retention.ms", value: LONGEST }, 0),
  },
  {
    name: "IncrementalAlterConfigs appends to the longest list",
    ask: (probe) => incrementConfigs(probe, { key: "cleanup.policy", value: LONGEST, operation: 2 }, 0),
  },
  { name: "DescribeConfigs", ask: (probe) => describeConfigs(probe, TOPIC, probe.named("empty"), ["retention.ms"]) },
  { name: "DescribeConfigs 1", ask: (probe) => describeConfigs(probe, TOPIC, probe.named("empty"), ["retention.ms"], 1) },
  { name: "DescribeConfigs of a topic that is not there", ask: (probe) => describeConfigs(probe, TOPIC, probe.named("nowhere"), null) },
  { name: "DescribeConfigs of a broker that is not there", ask: (probe) => describeConfigs(probe, BROKER, "77", null) },
  { name: "DescribeConfigs of a broker that has no number", ask: (probe) => describeConfigs(probe, BROKER, "one", null) },
  { name: "DescribeConfigs of an unknown kind", ask: (probe) => describeConfigs(probe, 99, "x", null) },
  {
    name: "DescribeConfigs of the longest topic",
    differs: "Kafka answers UNKNOWN_SERVER_ERROR: it cannot write its own text.",
    ask: (probe) => describeConfigs(probe, TOPIC, LONGEST, null, 1),
  },
  { name: "DescribeConfigs with the longest key", ask: (probe) => describeConfigs(probe, TOPIC, probe.named("empty"), [LONGEST], 1) },
  { name: "AlterPartitionReassignments that changes nothing", ask: (probe) => reassign(probe, "empty", 0, [probe.nodeId]) },
  { name: "AlterPartitionReassignments to a broker that is not there", ask: (probe) => reassign(probe, "empty", 0, [77]) },
  { name: "AlterPartitionReassignments of a partition that is not there", ask: (probe) => reassign(probe, "empty", 7, [probe.nodeId]) },
  { name: "AlterPartitionReassignments of a topic that is not there", ask: (probe) => reassign(probe, "nowhere", 0, [probe.nodeId]) },
  { name: "AlterPartitionReassignments that cancels none", ask: (probe) => reassign(probe, "empty", 0, null) },
  {
    name: "ListPartitionReassignments",
    ask: (probe) => probe.ask(listPartitionReassignmentsApi, 0, makeListPartitionReassignmentsRequest({ topics: null, timeoutMs: 10_000 })),
  },
  { name: "ElectLeaders where none is needed", ask: (probe) => electLeaders(probe, "empty", [0]) },
  { name: "ElectLeaders 0 where none is needed", ask: (probe) => electLeaders(probe, "empty", [0], 0, 0) },
  { name: "ElectLeaders, unclean, where none is needed", ask: (probe) => electLeaders(probe, "empty", [0], 1) },
  { name: "ElectLeaders of a partition that is not there", ask: (probe) => electLeaders(probe, "empty", [7]) },
  { name: "ElectLeaders of a topic that is not there", ask: (probe) => electLeaders(probe, "nowhere", [0]) },
  { name: "AlterReplicaLogDirs to a directory that is not there", ask: (probe) => moveReplica(probe, "empty", 0, "/nowhere") },
  { name: "AlterReplicaLogDirs of a partition that is not there", ask: (probe) => moveReplica(probe, "empty", 7, "/nowhere") },
  { name: "AlterReplicaLogDirs of a topic that is not there", ask: (probe) => moveReplica(probe, "nowhere", 0, "/nowhere") },
  { name: "AlterReplicaLogDirs to a relative path", ask: (probe) => moveReplica(probe, "empty", 0, "nowhere") },
  {
    name: "AlterReplicaLogDirs to where it is",
    ask: async (probe) => moveReplica(probe, "empty", 0, await logDir(probe, "empty")),
  },
  {
    name: "AlterReplicaLogDirs of a topic that is not there to where others are",
    ask: async (probe) => moveReplica(probe, "nowhere", 0, await logDir(probe, "empty")),
  },
  { name: "DescribeProducers of a partition without any", ask: (probe) => describeProducers(probe, "empty", 0) },
  { name: "DescribeProducers of a partition that is not there", ask: (probe) => describeProducers(probe, "empty", 7) },
  { name: "DescribeProducers of a topic that is not there", ask: (probe) => describeProducers(probe, "nowhere", 0) },
  { name: "DescribeProducers after idempotent batches", ask: produceInOrder },
  {
    name: "DeleteGroups",
    ask: (probe) => probe.ask(deleteGroupsApi, 3, makeDeleteGroupsRequest({ groupsNames: [probe.named("nobody")] })),
  },
  ...[0, 2, 3, 4, 6].flatMap((version): OddRequest[] => [
    { name: `FindCoordinator ${version}`, ask: (probe) => findCoordinator(probe, version, 0, probe.named("group")) },
    { name: `FindCoordinator ${version} of no group`, ask: (probe) => findCoordinator(probe, version, 0, "") },
    { name: `FindCoordinator ${version} of an unknown kind`, ask: (probe) => findCoordinator(probe, version, 7, "x") },
  ]),
  {
    name: "DescribeTopicPartitions of a topic that is not there",
    ask: (probe) =>
      probe.ask(
        describeTopicPartitionsApi,
        0,
        makeDescribeTopicPartitionsRequest({ topics: [makeTopicRequest({ name: probe.named("nowhere") })], responsePartitionLimit: 10 }),
      ),
  },
  ...[0, 1, 2].flatMap((version): OddRequest[] => [
    { name: `UpdateFeatures ${version} of an unknown feature`, ask: (probe) => updateFeature(probe, "no.such.feature", 1, 1, version) },
    {
      name: `UpdateFeatures ${version} to the level that it has`,
      ...(version < 2 && { differs: "Kafka adds a text to a success, before version 2." }),
      ask: (probe) => updateFeature(probe, "metadata.version", 33, 1, version),
    },
    {
      name: `UpdateFeatures ${version} that switches off what is off`,
      ...(version < 2 && { differs: "Kafka adds a text to a success, before version 2." }),
      ask: (probe) => updateFeature(probe, "kraft.version", 0, 3, version),
    },
    { name: `UpdateFeatures ${version} of a name that is empty`, ask: (probe) => updateFeature(probe, "", 0, 1, version) },
    { name: `UpdateFeatures ${version} to a level too high`, ask: (probe) => updateFeature(probe, "transaction.version", 99, 1, version) },
    {
      name: `UpdateFeatures ${version} of none`,
      ask: (probe) => probe.ask(updateFeaturesApi, version, makeUpdateFeaturesRequest({ timeoutMs: 10_000 })),
    },
  ]),
];

function findCoordinator(probe: Probe, version: number, keyType: number, key: string): Promise<unknown> {
  const asked = version >= 4 ? { keyType, coordinatorKeys: [key] } : { keyType: version >= 1 ? keyType : 0, key };
  return probe.ask(findCoordinatorApi, version, makeFindCoordinatorRequest(asked));
}
