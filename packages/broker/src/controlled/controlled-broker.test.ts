import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { silentLogger } from "@ottla/base";
import { nodeNet, systemClock, systemRandom } from "@ottla/base/node";
import { ErrorCode } from "@ottla/protocol";
import {
  addPartitionsToTxnApi,
  makeAddPartitionsToTxnRequest,
  makeAddPartitionsToTxnTopic,
} from "@ottla/protocol/apis/add-partitions-to-txn";
import { createTopicsApi, makeCreatableTopic, makeCreateTopicsRequest } from "@ottla/protocol/apis/create-topics";
import { endTxnApi, makeEndTxnRequest } from "@ottla/protocol/apis/end-txn";
import { type FetchResponse, fetchApi, makeFetchPartition, makeFetchRequest, makeFetchTopic } from "@ottla/protocol/apis/fetch";
import { findCoordinatorApi, makeFindCoordinatorRequest } from "@ottla/protocol/apis/find-coordinator";
import { heartbeatApi, makeHeartbeatRequest } from "@ottla/protocol/apis/heartbeat";
import { initProducerIdApi, makeInitProducerIdRequest } from "@ottla/protocol/apis/init-producer-id";
import { makeMetadataRequest, metadataApi } from "@ottla/protocol/apis/metadata";
import { produceApi } from "@ottla/protocol/apis/produce";
import { FaultTable } from "../pipeline/faults/fault-table.ts";
import { type BrokerOptions, planStart } from "../start-options.ts";
import { valuesOf } from "../testing/data-path.ts";
import { RawConnection } from "../testing/raw-connection.ts";
import { produceRequest, sampleBatch } from "../testing/sample-batches.ts";
import { sendOnce } from "../testing/send-once.ts";
import { ControlledBroker, START } from "./controlled-broker.ts";

async function start(options: BrokerOptions = {}): Promise<ControlledBroker & AsyncDisposable> {
  const deps = { clock: systemClock, net: nodeNet, random: systemRandom, logger: silentLogger, faults: new FaultTable() };
  const broker = await ControlledBroker.start(deps, planStart(options));
  return Object.assign(broker, { [Symbol.asyncDispose]: () => broker.stop() });
}

async function createTopic(broker: ControlledBroker, name: string, replicationFactor: number, numPartitions = 1): Promise<void> {
  const topics = [makeCreatableTopic({ name, numPartitions, replicationFactor })];
  const answer = await sendOnce(broker.address(), createTopicsApi, 7, makeCreateTopicsRequest({ topics, timeoutMs: 5000 }));
  assert.equal(answer.topics[0]!.errorCode, 0);
}

async function produce(broker: ControlledBroker, topic: string, value: string, nodeId?: number): Promise<number> {
  const answer = await sendOnce(broker.address(nodeId), produceApi, 12, produceRequest(topic, 0, sampleBatch([value])));
  return answer.responses[0]!.partitionResponses[0]!.errorCode;
}

async function fetch(broker: ControlledBroker, topic: string, nodeId?: number): Promise<(string | null)[]> {
  const topics = [makeFetchTopic({ topic, partitions: [makeFetchPartition({ partitionMaxBytes: 1 << 20, currentLeaderEpoch: -1 })] })];
  const request = makeFetchRequest({ maxBytes: 1 << 20, sessionEpoch: -1, topics });
  const answer: FetchResponse = await sendOnce(broker.address(nodeId), fetchApi, 12, request);
  return valuesOf(answer.responses[0]!.partitions[0]!.records);
}

/** A partition as Metadata shows it at a node, and the nodes that it shows. */
async function seen(broker: ControlledBroker, nodeId: number, topic: string) {
  const { brokers, topics } = await sendOnce(broker.address(nodeId), metadataApi, 12, makeMetadataRequest({ topics: null }));
  const [partition] = topics.find(({ name }) => name === topic)!.partitions;
  const { errorCode, leaderId, isrNodes, offlineReplicas } = partition!;
  return { nodes: brokers.map((node) => node.nodeId), errorCode, leaderId, isrNodes, offlineReplicas };
}

describe("a virtual broker", () => {
  test("that is taken down refuses, breaks its connections and is led for by others; it comes back on its port", async () => {
    await using broker = await start({ brokers: 3 });
    await createTopic(broker, "safe", 3);
    await broker.moveLeader("safe", 0, 2);
    await createTopic(broker, "lone", 1);
    await broker.moveLeader("lone", 0, 2);
    assert.deepEqual([await produce(broker, "safe", "a", 2), await produce(broker, "lone", "a", 2)], [0, 0]);
    const addresses = broker.bootstrap;
    using open = await RawConnection.open(broker, 2);
    await broker.takeDown(2);
    await broker.takeDown(2);
    assert.equal(await open.frame(), undefined);
    await assert.rejects(produce(broker, "safe", "b", 2), { code: "CONNECT_REFUSED" });
    const leader = broker.leaderOf("safe", 0)!;
    assert.deepEqual(await seen(broker, 1, "safe"), {
      nodes: [1, 3],
      errorCode: 0,
      leaderId: leader,
      isrNodes: sorted(broker, "safe"),
      offlineReplicas: [2],
    });
    assert.deepEqual(await seen(broker, 1, "lone"), { nodes: [1, 3], errorCode: 5, leaderId: -1, isrNodes: [2], offlineReplicas: [2] });
    assert.deepEqual(
      [await produce(broker, "safe", "b", leader), await produce(broker, "lone", "b", leader)],
      [0, ErrorCode.NOT_LEADER_OR_FOLLOWER],
    );
    assert.deepEqual([broker.isUp(2), broker.leaderOf("lone", 0)], [false, undefined]);
    await assert.rejects(broker.moveLeader("safe", 0, 2), { code: "BROKER_DOWN" });
    await broker.bringUp(2);
    await broker.bringUp(2);
    assert.deepEqual([broker.bootstrap, broker.leaderOf("lone", 0), broker.leaderOf("safe", 0)], [addresses, 2, leader]);
    assert.deepEqual([await fetch(broker, "safe", leader), await fetch(broker, "lone", 2)], [["a", "b"], ["a"]]);
  });

  test("that does not exist is named with those that do", async () => {
    await using broker = await start({ brokers: 2 });
    await createTopic(broker, "t", 1);
    await assert.rejects(broker.takeDown(7), { code: "NO_SUCH_BROKER", message: "There is no virtual broker 7; there are 1, 2." });
    await assert.rejects(broker.moveLeader("t", 0, 7), { code: "NO_SUCH_BROKER" });
    await assert.rejects(broker.moveLeader("t", 1, 2), { code: "NO_SUCH_PARTITION" });
    await assert.rejects(broker.moveLeader("u", 0, 2), { code: "NO_SUCH_PARTITION" });
    assert.throws(() => broker.leaderOf("u", 0), { code: "NO_SUCH_PARTITION" });
  });
});

function sorted(broker: ControlledBroker, topic: string): readonly number[] {
  return broker.state.metadata.topic(topic)!.partitions[0]!.replicas.filter((nodeId) => broker.isUp(nodeId));
}

test("a group's coordinator is moved, and is ready when the move is done", async () => {
  await using broker = await start({ brokers: 3 });
  const found = async (): Promise<number> => {
    const request = makeFindCoordinatorRequest({ coordinatorKeys: ["g"] });
    return (await sendOnce(broker.address(), findCoordinatorApi, 4, request)).coordinators[0]!.nodeId;
  };
  const beat = async (nodeId: number): Promise<number> =>
    (await sendOnce(broker.address(nodeId), heartbeatApi, 4, makeHeartbeatRequest({ groupId: "g", memberId: "m" }))).errorCode;
  for (const nodeId of [3, 1, 2]) {
    await broker.moveGroupCoordinator("g", nodeId);
    assert.deepEqual([broker.coordinatorOf("g"), await found()], [nodeId, nodeId]);
    assert.deepEqual([await beat(nodeId), await beat((nodeId % 3) + 1)], [ErrorCode.UNKNOWN_MEMBER_ID, ErrorCode.NOT_COORDINATOR]);
  }
});

test("a transactional id is fenced, with its open transaction aborted, and its coordinator is moved", async () => {
  await using broker = await start({ brokers: 2, settings: { "transaction.state.log.num.partitions": 2 } });
  await createTopic(broker, "t", 2);
  await broker.moveTransactionCoordinator("x", 2);
  assert.equal(broker.transactionCoordinatorOf("x"), 2);
  const init = makeInitProducerIdRequest({ transactionalId: "x", transactionTimeoutMs: 60_000 });
  const { errorCode, producerId, producerEpoch } = await sendOnce(broker.address(2), initProducerIdApi, 4, init);
  assert.equal(errorCode, 0);
  const v3AndBelow = { v3AndBelowTransactionalId: "x", v3AndBelowProducerId: producerId, v3AndBelowProducerEpoch: producerEpoch };
  const added = await sendOnce(
    broker.address(2),
    addPartitionsToTxnApi,
    3,
    makeAddPartitionsToTxnRequest({ ...v3AndBelow, v3AndBelowTopics: [makeAddPartitionsToTxnTopic({ name: "t", partitions: [0] })] }),
  );
  assert.equal(added.resultsByTopicV3AndBelow[0]!.resultsByPartition[0]!.partitionErrorCode, 0);
  await broker.fence("x");
  const end = makeEndTxnRequest({ transactionalId: "x", producerId, producerEpoch, committed: true });
  assert.equal((await sendOnce(broker.address(2), endTxnApi, 3, end)).errorCode, ErrorCode.PRODUCER_FENCED);
  await broker.moveTransactionCoordinator("x", 1);
  const again = await sendOnce(broker.address(1), initProducerIdApi, 4, init);
  assert.deepEqual([again.errorCode, again.producerId, again.producerEpoch > producerEpoch], [0, producerId, true]);
});

describe("a reset", () => {
  test("goes back to topics and records of the snapshot, on the same ports, with connections closed and everything mended", async () => {
    await using broker = await start({ brokers: 2 });
    await createTopic(broker, "kept", 2);
    const leader = broker.leaderOf("kept", 0)!;
    await produce(broker, "kept", "before", leader);
    await broker.snapshot("one record");
    await produce(broker, "kept", "after", leader);
    await createTopic(broker, "gone", 1);
    broker.faults.arm({ reply: "REQUEST_TIMED_OUT", times: "always" });
    broker.clock.freeze();
    broker.disk.isFull = true;
    await broker.takeDown((leader % 2) + 1);
    const addresses = broker.bootstrap;
    using open = await RawConnection.open(broker, leader);
    await broker.reset("one record");
    assert.equal(await open.frame(), undefined);
    assert.deepEqual([broker.bootstrap, broker.clock.isFrozen, broker.faults.isArmed], [addresses, false, false]);
    assert.deepEqual([broker.isUp(1), broker.isUp(2)], [true, true]);
    assert.deepEqual([await fetch(broker, "kept", leader), broker.state.metadata.topic("gone")], [["before"], undefined]);
    assert.equal(await produce(broker, "kept", "again", leader), 0);
    await broker.reset("one record");
    assert.deepEqual(await fetch(broker, "kept", leader), ["before"]);
    await broker.reset(START);
    assert.equal(broker.state.metadata.topicCount, 0);
    await assert.rejects(broker.reset("none"), {
      code: "NO_SUCH_SNAPSHOT",
      message: 'There is no snapshot "none"; there are start, one record.',
    });
  });

  test("tells no leader epoch and hands out no producer id that a client has seen before it", async () => {
    await using broker = await start({ brokers: 2 });
    await createTopic(broker, "t", 2);
    await broker.snapshot("s");
    const producerId = async (): Promise<number> =>
      (await sendOnce(broker.address(), initProducerIdApi, 4, makeInitProducerIdRequest({ transactionalId: null }))).producerId;
    const epoch = (): number => broker.state.metadata.topic("t")!.partitions[0]!.leaderEpoch;
    let [lastId, lastEpoch] = [await producerId(), epoch()];
    for (let round = 0; round < 5; round++) {
      for (const nodeId of [1, 2, 1, 2]) await broker.moveLeader("t", 0, nodeId);
      lastEpoch = epoch();
      await broker.reset("s");
      const id = await producerId();
      assert.ok(id > lastId && epoch() > lastEpoch, `${id} > ${lastId}, ${epoch()} > ${lastEpoch}`);
      assert.ok(epoch() < 100);
      lastId = id;
    }
  });

  test("holds connections that come meanwhile, and serves them", async () => {
    await using broker = await start();
    const resetting = broker.reset(START);
    const asked = sendOnce(broker.address(), metadataApi, 12, makeMetadataRequest());
    await resetting;
    assert.equal((await asked).brokers.length, 1);
  });

  test("waits for its turn, and comes not after the stop", async () => {
    const broker = await start({ brokers: 2 });
    const order: string[] = [];
    const calls = [
      broker.reset(START).then(() => order.push("reset")),
      broker.takeDown(1).then(() => order.push("down")),
      broker.snapshot("s").then(() => order.push("snapshot")),
      broker.stop().then(() => order.push("stop")),
    ];
    await Promise.all(calls);
    assert.deepEqual(order, ["reset", "down", "snapshot", "stop"]);
    await assert.rejects(broker.reset(START), { code: "BROKER_STOPPED" });
    await broker.stop();
  });
});

test("a wish for more replicas in sync than a topic has does not stop a producer; brokers that are down do", async () => {
  const configs = [{ name: "min.insync.replicas", value: "2" }];
  const order = { name: "t", numPartitions: 1, replicationFactor: 3, assignments: [], configs };
  await using lone = await start({ brokers: 1 });
  await lone.createTopics([order]);
  assert.equal(await produce(lone, "t", "v"), 0);
  await using three = await start({ brokers: 3 });
  await three.createTopics([order, { ...order, name: "thin", replicationFactor: 1 }]);
  await three.moveLeader("t", 0, 1);
  await three.moveLeader("thin", 0, 1);
  assert.deepEqual([await produce(three, "t", "v"), await produce(three, "thin", "v")], [0, 0]);
  await three.takeDown(2);
  assert.equal(await produce(three, "t", "v"), 0);
  await three.takeDown(3);
  assert.equal(await produce(three, "t", "v"), ErrorCode.NOT_ENOUGH_REPLICAS);
});

test("a full disk refuses what is written, serves what is there, and takes more when there is space", async () => {
  await using broker = await start({ brokers: 2 });
  await createTopic(broker, "t", 2);
  await broker.moveLeader("t", 0, 1);
  assert.equal(await produce(broker, "t", "kept"), 0);
  broker.disk.isFull = true;
  assert.equal(await produce(broker, "t", "refused"), ErrorCode.KAFKA_STORAGE_ERROR);
  assert.deepEqual(await fetch(broker, "t"), ["kept"]);
  await broker.takeDown(2);
  broker.disk.isFull = false;
  assert.equal(await produce(broker, "t", "more"), 0);
  assert.deepEqual(await fetch(broker, "t"), ["kept", "more"]);
});

test("a frozen broker stops all the same", async () => {
  const broker = await start({ brokers: 2 });
  broker.clock.freeze();
  await broker.takeDown(2);
  using open = await RawConnection.open(broker, 1);
  await broker.stop();
  assert.equal(await open.frame(), undefined);
});

test("a fault that was armed for a broker that does not exist ends the start, and its port is free again", async () => {
  const first = await start();
  const { port } = first.address();
  await first.stop();
  const faults = new FaultTable();
  const deps = { clock: systemClock, net: nodeNet, random: systemRandom, logger: silentLogger, faults };
  faults.armUntrusted({ api: "Fetch", node: 3, lose: "answer" });
  const plan = planStart({ memory: true, port });
  await assert.rejects(ControlledBroker.start(deps, plan), {
    code: "NO_SUCH_BROKER",
    message: "There is no virtual broker 3; there are 1.",
  });
  faults.clear();
  const broker = await ControlledBroker.start(deps, plan);
  assert.throws(() => faults.arm({ api: "Fetch", node: 0, lose: "answer" }), { code: "NO_SUCH_BROKER" });
  await broker.stop();
});
