import assert from "node:assert/strict";
import { test } from "node:test";
import { type Api, ErrorCode } from "@ottla/protocol";
import { alterConfigsApi, makeAlterConfigsRequest } from "@ottla/protocol/apis/alter-configs";
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
import { createPartitionsApi, makeCreatePartitionsRequest } from "@ottla/protocol/apis/create-partitions";
import {
  createTopicsApi,
  makeCreatableReplicaAssignment,
  makeCreatableTopic,
  makeCreateTopicsRequest,
} from "@ottla/protocol/apis/create-topics";
import { deleteRecordsApi, makeDeleteRecordsRequest } from "@ottla/protocol/apis/delete-records";
import { deleteTopicsApi, makeDeleteTopicsRequest } from "@ottla/protocol/apis/delete-topics";
import { describeClusterApi, makeDescribeClusterRequest } from "@ottla/protocol/apis/describe-cluster";
import { describeConfigsApi, makeDescribeConfigsRequest } from "@ottla/protocol/apis/describe-configs";
import { describeLogDirsApi, makeDescribableLogDirTopic, makeDescribeLogDirsRequest } from "@ottla/protocol/apis/describe-log-dirs";
import { describeProducersApi, makeDescribeProducersRequest } from "@ottla/protocol/apis/describe-producers";
import {
  describeQuorumApi,
  makeDescribeQuorumRequest,
  makeDescribeQuorumRequestPartitionData,
  makeDescribeQuorumRequestTopicData,
} from "@ottla/protocol/apis/describe-quorum";
import { describeTopicPartitionsApi, makeDescribeTopicPartitionsRequest } from "@ottla/protocol/apis/describe-topic-partitions";
import { electLeadersApi, makeElectLeadersRequest, makeTopicPartitions } from "@ottla/protocol/apis/elect-leaders";
import { incrementalAlterConfigsApi, makeIncrementalAlterConfigsRequest } from "@ottla/protocol/apis/incremental-alter-configs";
import { listConfigResourcesApi, makeListConfigResourcesRequest } from "@ottla/protocol/apis/list-config-resources";
import { listPartitionReassignmentsApi, makeListPartitionReassignmentsRequest } from "@ottla/protocol/apis/list-partition-reassignments";
import { makeUpdateFeaturesRequest, updateFeaturesApi } from "@ottla/protocol/apis/update-features";
import { TestBroker } from "../testing/test-broker.ts";

async function createAssigned(broker: TestBroker, name: string, ...replicas: number[][]): Promise<void> {
  const assignments = replicas.map((brokerIds, partitionIndex) => makeCreatableReplicaAssignment({ partitionIndex, brokerIds }));
  const topics = [makeCreatableTopic({ name, numPartitions: -1, replicationFactor: -1, assignments })];
  const answer = await broker.send(createTopicsApi, 7, makeCreateTopicsRequest({ topics, timeoutMs: 5000 }));
  assert.equal(answer.topics[0]?.errorCode, ErrorCode.NONE);
}

test("DescribeCluster names the real endpoints of every virtual broker", async () => {
  await using broker = await TestBroker.start({ brokers: 3, settings: { "broker.rack": "here" } });
  const ask = (endpointType: number, includeClusterAuthorizedOperations: boolean) =>
    broker.send(describeClusterApi, 2, makeDescribeClusterRequest({ endpointType, includeClusterAuthorizedOperations }), 2);
  const cluster = await ask(1, true);
  const { metadata } = broker.running.state;
  assert.deepEqual(
    [cluster.errorCode, cluster.clusterId, cluster.controllerId, cluster.clusterAuthorizedOperations],
    [0, metadata.clusterId, 1, 8096],
  );
  assert.deepEqual(
    cluster.brokers.map(({ brokerId, host, port, rack, isFenced }) => [brokerId, host, port, rack, isFenced]),
    metadata.nodes.map(({ nodeId, endpoints }) => [nodeId, "127.0.0.1", endpoints.get("PLAINTEXT")?.port, "here", false]),
  );
  assert.equal((await ask(1, false)).clusterAuthorizedOperations, -2147483648);
  assert.equal((await ask(2, false)).errorCode, ErrorCode.MISMATCHED_ENDPOINT_TYPE);
  assert.equal((await ask(3, false)).errorCode, ErrorCode.UNSUPPORTED_ENDPOINT_TYPE);
});

test("a reassignment moves partitions at once, and an election brings leadership home", async () => {
  await using broker = await TestBroker.start({ brokers: 3 });
  await createAssigned(broker, "t", [1, 2], [2, 3]);
  const move = async (partitionIndex: number, replicas: number[] | null) => {
    const topics = [makeReassignableTopic({ name: "t", partitions: [makeReassignablePartition({ partitionIndex, replicas })] })];
    const answer = await broker.send(
      alterPartitionReassignmentsApi,
      1,
      makeAlterPartitionReassignmentsRequest({ topics, timeoutMs: 5000 }),
    );
    return answer.responses[0]?.partitions[0]?.errorCode;
  };
  const elect = async (partition: number, electionType = 0) => {
    const topicPartitions = [makeTopicPartitions({ topic: "t", partitions: [partition] })];
    const answer = await broker.send(electLeadersApi, 2, makeElectLeadersRequest({ topicPartitions, electionType, timeoutMs: 5000 }));
    return answer.replicaElectionResults[0]?.partitionResult[0]?.errorCode;
  };
  const state = (partition: number) => {
    const { replicas, leader } = broker.running.state.metadata.topic("t")!.partitions[partition]!;
    return [replicas, leader];
  };
  assert.equal(await elect(0), ErrorCode.ELECTION_NOT_NEEDED);
  // Leadership stays with a replica that is still there, though it is no longer the preferred one.
  assert.deepEqual([await move(0, [3, 1]), state(0)], [ErrorCode.NONE, [[3, 1], 1]]);
  assert.equal(await elect(0, 1), ErrorCode.ELECTION_NOT_NEEDED);
  assert.deepEqual([await elect(0), state(0)], [ErrorCode.NONE, [[3, 1], 3]]);
  assert.deepEqual([await move(1, [2, 3]), state(1)], [ErrorCode.NONE, [[2, 3], 2]]);
  assert.deepEqual([await move(1, null), await move(9, [1]), await move(1, [4])], [85, 3, 39]);
  assert.equal(await elect(9), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  assert.equal(await elect(0, 7), ErrorCode.INVALID_REQUEST);
  const listed = await broker.send(
    listPartitionReassignmentsApi,
    0,
    makeListPartitionReassignmentsRequest({ topics: null, timeoutMs: 5000 }),
  );
  assert.deepEqual([listed.errorCode, listed.topics], [ErrorCode.NONE, []]);
});

test("log directories list the replicas that a virtual broker holds, with their sizes", async () => {
  await using broker = await TestBroker.start({ brokers: 2 });
  await createAssigned(broker, "t", [1], [2]);
  const list = async (topics: [string, number[]][] | null, nodeId: number) => {
    const asked = topics && topics.map(([topic, partitions]) => makeDescribableLogDirTopic({ topic, partitions }));
    const answer = await broker.send(describeLogDirsApi, 5, makeDescribeLogDirsRequest({ topics: asked }), nodeId);
    const [directory] = answer.results;
    return [
      directory?.logDir,
      directory?.topics.map(({ name, partitions }) => [name, partitions.map((each) => [each.partitionIndex, each.partitionSize])]),
    ];
  };
  assert.deepEqual(await list(null, 1), ["/data", [["t", [[0, 0]]]]]);
  assert.deepEqual(await list(null, 2), ["/data", [["t", [[1, 0]]]]]);
  assert.deepEqual(
    await list(
      [
        ["t", [0, 9]],
        ["missing", [0]],
      ],
      1,
    ),
    ["/data", [["t", [[0, 0]]]]],
  );
  assert.deepEqual(await list([], 1), ["/data", []]);
  const move = async (path: string, partition: number) => {
    const dirs = [makeAlterReplicaLogDir({ path, topics: [makeAlterReplicaLogDirTopic({ name: "t", partitions: [partition] })] })];
    return (await broker.send(alterReplicaLogDirsApi, 2, makeAlterReplicaLogDirsRequest({ dirs }))).results[0]?.partitions[0]?.errorCode;
  };
  assert.deepEqual(
    [await move("/data", 0), await move("/data", 1), await move("/data", 9), await move("/elsewhere", 0), await move("/elsewhere", 9)],
    [
      ErrorCode.NONE,
      ErrorCode.REPLICA_NOT_AVAILABLE,
      ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
      ErrorCode.LOG_DIR_NOT_FOUND,
      ErrorCode.LOG_DIR_NOT_FOUND,
    ],
  );
});

test("the quorum is one voter", async () => {
  await using broker = await TestBroker.start();
  const quorum = async (topicName: string) => {
    const topics = [
      makeDescribeQuorumRequestTopicData({ topicName, partitions: [makeDescribeQuorumRequestPartitionData({ partitionIndex: 0 })] }),
    ];
    const answer = await broker.send(describeQuorumApi, 2, makeDescribeQuorumRequest({ topics }));
    const { errorCode, leaderId, currentVoters } = answer.topics[0]!.partitions[0]!;
    return [errorCode, leaderId, currentVoters.map(({ replicaId }) => replicaId), answer.nodes.map(({ nodeId }) => nodeId)];
  };
  assert.deepEqual(await quorum("__cluster_metadata"), [ErrorCode.NONE, 1, [1], [1]]);
  assert.deepEqual((await quorum("t"))[0], ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
});

test("every version of every admin API answers an empty request", async () => {
  await using broker = await TestBroker.start();
  const answered: string[] = [];
  const each = async <Request, Response>(api: Api<Request, Response>, request: Request) => {
    for (let version = api.minVersion; version <= api.maxVersion; version++) {
      assert.ok(await broker.send(api, version, request));
      answered.push(`${api.name} ${version}`);
    }
  };
  await each(createTopicsApi, makeCreateTopicsRequest());
  await each(deleteTopicsApi, makeDeleteTopicsRequest());
  await each(deleteRecordsApi, makeDeleteRecordsRequest());
  await each(describeConfigsApi, makeDescribeConfigsRequest());
  await each(alterConfigsApi, makeAlterConfigsRequest());
  await each(incrementalAlterConfigsApi, makeIncrementalAlterConfigsRequest());
  await each(describeProducersApi, makeDescribeProducersRequest());
  await each(alterReplicaLogDirsApi, makeAlterReplicaLogDirsRequest());
  await each(describeLogDirsApi, makeDescribeLogDirsRequest());
  await each(createPartitionsApi, makeCreatePartitionsRequest());
  await each(electLeadersApi, makeElectLeadersRequest());
  await each(alterPartitionReassignmentsApi, makeAlterPartitionReassignmentsRequest());
  await each(listPartitionReassignmentsApi, makeListPartitionReassignmentsRequest());
  await each(describeQuorumApi, makeDescribeQuorumRequest());
  await each(updateFeaturesApi, makeUpdateFeaturesRequest());
  await each(describeClusterApi, makeDescribeClusterRequest());
  await each(listConfigResourcesApi, makeListConfigResourcesRequest());
  await each(describeTopicPartitionsApi, makeDescribeTopicPartitionsRequest());
  assert.equal(answered.length, 54);
});
