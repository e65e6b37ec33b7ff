import { ApiKey } from "@ottla/protocol";
import {
  alterPartitionReassignmentsApi,
  makeAlterPartitionReassignmentsRequest,
  makeReassignablePartition,
  makeReassignableTopic,
} from "@ottla/protocol/apis/alter-partition-reassignments";
import { describeClusterApi, makeDescribeClusterRequest } from "@ottla/protocol/apis/describe-cluster";
import { describeLogDirsApi, makeDescribableLogDirTopic, makeDescribeLogDirsRequest } from "@ottla/protocol/apis/describe-log-dirs";
import {
  describeTopicPartitionsApi,
  makeDescribeTopicPartitionsRequest,
  makeTopicRequest,
} from "@ottla/protocol/apis/describe-topic-partitions";
import { electLeadersApi, makeElectLeadersRequest, makeTopicPartitions } from "@ottla/protocol/apis/elect-leaders";
import { listConfigResourcesApi, makeListConfigResourcesRequest } from "@ottla/protocol/apis/list-config-resources";
import {
  listPartitionReassignmentsApi,
  makeListPartitionReassignmentsRequest,
  makeListPartitionReassignmentsTopics,
} from "@ottla/protocol/apis/list-partition-reassignments";
import type { StepKind } from "../step.ts";

const TIMEOUT_MS = 10_000;

const describeTopicPartitions: StepKind = {
  name: "describe topic partitions",
  weight: 2,
  keys: [ApiKey.DescribeTopicPartitions],
  async run(context) {
    const { random } = context;
    const topics = Array.from({ length: 1 + random.nextInt(3) }, () => makeTopicRequest({ name: context.topicName() }));
    const cursor = random.chance(0.3)
      ? { topicName: context.topicName(), partitionIndex: context.mostly(random.nextInt(3), [-1], 0.1), unknownTaggedFields: undefined }
      : null;
    const request = makeDescribeTopicPartitionsRequest({
      topics,
      responsePartitionLimit: context.mostly(2000, [1, 2, 0, -1], 0.3),
      cursor,
    });
    await context.ask(describeTopicPartitionsApi, context.version(describeTopicPartitionsApi), request);
  },
};

const describeCluster: StepKind = {
  name: "describe cluster",
  weight: 1,
  keys: [ApiKey.DescribeCluster],
  async run(context) {
    const version = context.version(describeClusterApi);
    const endpointType = version >= 1 ? context.mostly(1, [2, 0, 3]) : 1;
    const request = makeDescribeClusterRequest({ includeClusterAuthorizedOperations: context.random.chance(0.3), endpointType });
    await context.ask(describeClusterApi, version, request);
  },
};

const describeLogDirs: StepKind = {
  name: "describe log dirs",
  weight: 1,
  keys: [ApiKey.DescribeLogDirs],
  async run(context) {
    const topic = context.topic();
    const topics = [makeDescribableLogDirTopic({ topic: topic?.name ?? context.topicName(), partitions: [context.partitionOf(topic)] })];
    await context.ask(describeLogDirsApi, context.version(describeLogDirsApi), makeDescribeLogDirsRequest({ topics }));
  },
};

const electLeaders: StepKind = {
  name: "elect leaders",
  weight: 1,
  keys: [ApiKey.ElectLeaders],
  async run(context) {
    const version = context.version(electLeadersApi);
    const topic = context.topic();
    const topicPartitions = [makeTopicPartitions({ topic: topic?.name ?? context.topicName(), partitions: [context.partitionOf(topic)] })];
    const electionType = version >= 1 ? context.mostly(context.random.nextInt(2), [2, -1]) : 0;
    await context.ask(electLeadersApi, version, makeElectLeadersRequest({ electionType, topicPartitions, timeoutMs: TIMEOUT_MS }));
  },
};

const reassign: StepKind = {
  name: "reassign",
  weight: 1,
  keys: [ApiKey.AlterPartitionReassignments],
  async run(context) {
    const topic = context.topic();
    const replicas = context.mostly<number[] | null>(null, [[1], [], [9], [1, 1]], 0.6);
    const partitions = [makeReassignablePartition({ partitionIndex: context.partitionOf(topic), replicas })];
    const topics = [makeReassignableTopic({ name: topic?.name ?? context.topicName(), partitions })];
    const request = makeAlterPartitionReassignmentsRequest({ topics, timeoutMs: TIMEOUT_MS });
    await context.ask(alterPartitionReassignmentsApi, context.version(alterPartitionReassignmentsApi), request);
  },
};

const listReassignments: StepKind = {
  name: "list reassignments",
  weight: 1,
  keys: [ApiKey.ListPartitionReassignments],
  async run(context) {
    const topic = context.topic();
    const asked = makeListPartitionReassignmentsTopics({
      name: topic?.name ?? context.topicName(),
      partitionIndexes: [context.partitionOf(topic)],
    });
    const request = makeListPartitionReassignmentsRequest({ topics: context.random.chance(0.3) ? null : [asked], timeoutMs: TIMEOUT_MS });
    await context.ask(listPartitionReassignmentsApi, context.version(listPartitionReassignmentsApi), request);
  },
};

const listConfigResources: StepKind = {
  name: "list config resources",
  weight: 1,
  keys: [ApiKey.ListConfigResources],
  async run(context) {
    const version = context.version(listConfigResourcesApi);
    const resourceTypes = version >= 1 ? context.random.pick([[], [2], [4], [8], [16], [32], [2, 4], [99], [0]]) : [];
    await context.ask(listConfigResourcesApi, version, makeListConfigResourcesRequest({ resourceTypes }));
  },
};

export const clusterSteps: readonly StepKind[] = [
  describeTopicPartitions,
  describeCluster,
  describeLogDirs,
  electLeaders,
  reassign,
  listReassignments,
  listConfigResources,
];
