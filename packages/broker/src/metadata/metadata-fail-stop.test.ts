import assert from "node:assert/strict";
import { test } from "node:test";
import type { DiskFault } from "@ottla/base/simulated";
import { SimulatedDisk } from "@ottla/base/simulated";
import { ErrorCode } from "@ottla/protocol";
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
import { createPartitionsApi, makeCreatePartitionsRequest, makeCreatePartitionsTopic } from "@ottla/protocol/apis/create-partitions";
import {
  createTopicsApi,
  makeCreatableReplicaAssignment,
  makeCreatableTopic,
  makeCreateTopicsRequest,
} from "@ottla/protocol/apis/create-topics";
import { deleteTopicsApi, makeDeleteTopicsRequest } from "@ottla/protocol/apis/delete-topics";
import { electLeadersApi, makeElectLeadersRequest, makeTopicPartitions } from "@ottla/protocol/apis/elect-leaders";
import { findCoordinatorApi, makeFindCoordinatorRequest } from "@ottla/protocol/apis/find-coordinator";
import {
  incrementalAlterConfigsApi,
  makeAlterableConfig as makeIncrementalConfig,
  makeAlterConfigsResource as makeIncrementalResource,
  makeIncrementalAlterConfigsRequest,
} from "@ottla/protocol/apis/incremental-alter-configs";
import { initProducerIdApi, makeInitProducerIdRequest } from "@ottla/protocol/apis/init-producer-id";
import { createTopic } from "../testing/data-path.ts";
import { TestBroker } from "../testing/test-broker.ts";

/** One kind of metadata change: sends it and says what it was answered. The topic "t" is there, led by broker 1, with replicas on 2 and 1 in "moved". */
type Change = (broker: TestBroker, name: string) => Promise<number | undefined>;

const incremental = (resourceType: number, resourceName: string, name: string, value: string): Change => {
  const configs = [makeIncrementalConfig({ name, configOperation: 0, value })];
  const resources = [makeIncrementalResource({ resourceType, resourceName, configs })];
  return async (broker) =>
    (await broker.send(incrementalAlterConfigsApi, 1, makeIncrementalAlterConfigsRequest({ resources }))).responses[0]?.errorCode;
};

const createOne: Change = async (broker, name) => {
  const topics = [makeCreatableTopic({ name, numPartitions: 2, replicationFactor: 1 })];
  return (await broker.send(createTopicsApi, 7, makeCreateTopicsRequest({ topics, timeoutMs: 5000 }))).topics[0]?.errorCode;
};

const changes: Readonly<Record<string, Change>> = {
  CreateTopics: createOne,
  DeleteTopics: async (broker) =>
    (await broker.send(deleteTopicsApi, 5, makeDeleteTopicsRequest({ topicNames: ["t"], timeoutMs: 5000 }))).responses[0]?.errorCode,
  CreatePartitions: async (broker) => {
    const topics = [makeCreatePartitionsTopic({ name: "t", count: 5, assignments: null })];
    return (await broker.send(createPartitionsApi, 3, makeCreatePartitionsRequest({ topics, timeoutMs: 5000 }))).results[0]?.errorCode;
  },
  "IncrementalAlterConfigs of a topic": incremental(2, "t", "retention.ms", "5000"),
  "IncrementalAlterConfigs of a broker": incremental(4, "1", "log.cleaner.threads", "2"),
  "IncrementalAlterConfigs of a group": incremental(32, "g", "consumer.session.timeout.ms", "46000"),
  AlterConfigs: async (broker) => {
    const configs = [makeAlterableConfig({ name: "retention.ms", value: "7000" })];
    const resources = [makeAlterConfigsResource({ resourceType: 2, resourceName: "t", configs })];
    return (await broker.send(alterConfigsApi, 2, makeAlterConfigsRequest({ resources }))).responses[0]?.errorCode;
  },
  AlterPartitionReassignments: async (broker) => {
    const partitions = [makeReassignablePartition({ partitionIndex: 0, replicas: [2] })];
    const topics = [makeReassignableTopic({ name: "t", partitions })];
    return (await broker.send(alterPartitionReassignmentsApi, 1, makeAlterPartitionReassignmentsRequest({ topics, timeoutMs: 5000 })))
      .errorCode;
  },
  ElectLeaders: async (broker) => {
    const topicPartitions = [makeTopicPartitions({ topic: "moved", partitions: [0] })];
    const answer = await broker.send(electLeadersApi, 2, makeElectLeadersRequest({ electionType: 0, topicPartitions, timeoutMs: 5000 }));
    return answer.errorCode || answer.replicaElectionResults[0]?.partitionResult[0]?.errorCode;
  },
  InitProducerId: async (broker) =>
    (await broker.send(initProducerIdApi, 4, makeInitProducerIdRequest({ transactionalId: null, transactionTimeoutMs: 1000 }))).errorCode,
  "FindCoordinator, which creates __consumer_offsets": async (broker) =>
    (await broker.send(findCoordinatorApi, 4, makeFindCoordinatorRequest({ keyType: 0, coordinatorKeys: ["g"] }))).coordinators[0]
      ?.errorCode,
};

/** Two virtual brokers, "t" on broker 1, and "moved" led by broker 1 although 2 is preferred. */
async function started(disk: SimulatedDisk): Promise<TestBroker> {
  const broker = await TestBroker.start({ disk, brokers: 2, settings: { "auto.create.topics.enable": "true" } });
  await createTopic(
    broker,
    "t",
    {},
    { numPartitions: -1, replicationFactor: -1, assignments: [makeCreatableReplicaAssignment({ partitionIndex: 0, brokerIds: [1] })] },
  );
  await createTopic(
    broker,
    "moved",
    {},
    { numPartitions: -1, replicationFactor: -1, assignments: [makeCreatableReplicaAssignment({ partitionIndex: 0, brokerIds: [1, 2] })] },
  );
  const partitions = [makeReassignablePartition({ partitionIndex: 0, replicas: [2, 1] })];
  const topics = [makeReassignableTopic({ name: "moved", partitions })];
  await broker.send(alterPartitionReassignmentsApi, 1, makeAlterPartitionReassignmentsRequest({ topics, timeoutMs: 5000 }));
  return broker;
}

const journal = (fault: Omit<DiskFault, "path">): DiskFault => ({ ...fault, path: "metadata.journal" });

for (const [name, change] of Object.entries(changes)) {
  test(`${name}: after a failed sync no change is accepted until the next start, though the disk works again`, async () => {
    const disk = new SimulatedDisk();
    const broker = await started(disk);
    disk.fail(journal({ operation: "sync" }));
    assert.notEqual(await change(broker, "first"), ErrorCode.NONE, "its own sync failed");
    assert.notEqual(await change(broker, "second"), ErrorCode.NONE, "the same again");
    for (const [later, other] of Object.entries(changes)) assert.notEqual(await other(broker, later), ErrorCode.NONE, later);
    await broker.stop();
    const again = await TestBroker.start({ disk, brokers: 2 });
    assert.equal(await createOne(again, "after"), ErrorCode.NONE);
    await again.stop();
  });

  test(`${name}: what the journal does not take changes nothing, and is taken once there is space`, async () => {
    const disk = new SimulatedDisk();
    await using broker = await started(disk);
    const before = JSON.stringify(broker.running.state.metadata.snapshot());
    for (const partialBytes of [0, 5, 40]) {
      disk.fail(journal({ operation: "append", code: "DISK_FULL", partialBytes }));
      assert.notEqual(await change(broker, "n"), ErrorCode.NONE);
      assert.equal(JSON.stringify(broker.running.state.metadata.snapshot()), before);
    }
    assert.equal(await change(broker, "n"), ErrorCode.NONE);
  });

  test(`${name}: where a half-written record cannot be cut off either, the journal has failed`, async () => {
    const disk = new SimulatedDisk();
    const broker = await started(disk);
    disk.fail(journal({ operation: "append", code: "DISK_FULL", partialBytes: 20 }));
    disk.fail(journal({ operation: "truncate" }));
    assert.notEqual(await change(broker, "n"), ErrorCode.NONE);
    assert.notEqual(await change(broker, "n"), ErrorCode.NONE, "though the disk works again");
    await broker.stop();
    await using again = await TestBroker.start({ disk, brokers: 2 });
    assert.equal(await createOne(again, "after"), ErrorCode.NONE);
  });
}
