import assert from "node:assert/strict";
import { test } from "node:test";
import { nodeNet } from "@ottla/base/node";
import { encodeRequest, ErrorCode } from "@ottla/protocol";
import { createTopicsApi, makeCreatableTopic, makeCreateTopicsRequest } from "@ottla/protocol/apis/create-topics";
import { describeGroupsApi, makeDescribeGroupsRequest } from "@ottla/protocol/apis/describe-groups";
import { findCoordinatorApi, makeFindCoordinatorRequest } from "@ottla/protocol/apis/find-coordinator";
import { joinGroupApi, makeJoinGroupRequest, makeJoinGroupRequestProtocol } from "@ottla/protocol/apis/join-group";
import {
  makeOffsetCommitRequest,
  makeOffsetCommitRequestPartition,
  makeOffsetCommitRequestTopic,
  offsetCommitApi,
} from "@ottla/protocol/apis/offset-commit";
import { makeOffsetFetchRequest, makeOffsetFetchRequestGroup, offsetFetchApi } from "@ottla/protocol/apis/offset-fetch";
import { makeSyncGroupRequest, syncGroupApi } from "@ottla/protocol/apis/sync-group";
import { TestBroker } from "../testing/test-broker.ts";

// One client's groups and requests at their largest.

async function startWithGroups(): Promise<TestBroker> {
  const broker = await TestBroker.start({
    settings: { "group.initial.rebalance.delay.ms": "0", "offsets.topic.num.partitions": "1" },
  });
  await broker.send(findCoordinatorApi, 3, makeFindCoordinatorRequest({ key: "g" }));
  return broker;
}

const joinOf = (groupId: string, metadata: Buffer) =>
  makeJoinGroupRequest({
    groupId,
    sessionTimeoutMs: 10_000,
    rebalanceTimeoutMs: 60_000,
    protocolType: "test",
    protocols: [makeJoinGroupRequestProtocol({ name: "p", metadata })],
  });

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

test("a JoinGroup that waits ends with its connection; its member stays until its session ends", async () => {
  await using broker = await startWithGroups();
  const { groups, metadata } = broker.running.state;
  await broker.send(joinGroupApi, 3, joinOf("g", Buffer.alloc(1)));
  const { port } = metadata.node(1)!.endpoints.get("PLAINTEXT")!;
  const socket = await nodeNet.connect("127.0.0.1", port, 5000);
  socket.write(encodeRequest(joinGroupApi, 3, 1, "test", joinOf("g", Buffer.alloc(1))));
  while (groups.membership.waitingCount === 0) await turn();
  socket.destroy();
  while (groups.membership.waitingCount > 0) await turn();
  const group = groups.group("g", 1);
  assert.ok(typeof group === "object");
  assert.deepEqual([group.state, group.members.size], ["PreparingRebalance", 2]);
});

test("a DescribeGroups that names a large group many times gets it as often as an answer can bear", async () => {
  await using broker = await startWithGroups();
  const { memberId, generationId } = await broker.send(joinGroupApi, 3, joinOf("g", Buffer.alloc(900_000)));
  await broker.send(syncGroupApi, 3, makeSyncGroupRequest({ groupId: "g", memberId, generationId }));
  const asked = Array.from({ length: 50 }, () => "g");
  const { groups } = await broker.send(describeGroupsApi, 6, makeDescribeGroupsRequest({ groups: asked }));
  const answered = groups.filter(({ errorCode }) => errorCode === ErrorCode.NONE);
  assert.ok(answered.length > 5 && answered.length < 15, `${answered.length} answered`);
  assert.ok(answered.every(({ members }) => members[0]?.memberMetadata.length === 900_000));
  assert.ok(groups.slice(answered.length).every(({ errorCode }) => errorCode === ErrorCode.INVALID_REQUEST));
});

test("an OffsetFetch that names a group many times gets it as often as an answer can bear", async () => {
  await using broker = await startWithGroups();
  const topics = [makeCreatableTopic({ name: "t", numPartitions: 50, replicationFactor: 1 })];
  await broker.send(createTopicsApi, 7, makeCreateTopicsRequest({ topics, timeoutMs: 5000 }));
  const partitions = Array.from({ length: 50 }, (_, partitionIndex) =>
    makeOffsetCommitRequestPartition({ partitionIndex, committedOffset: 1, committedMetadata: "m".repeat(4096) }),
  );
  await broker.send(
    offsetCommitApi,
    9,
    makeOffsetCommitRequest({ groupId: "g", topics: [makeOffsetCommitRequestTopic({ name: "t", partitions })] }),
  );
  const asked = Array.from({ length: 100 }, () => makeOffsetFetchRequestGroup({ groupId: "g", topics: null }));
  const { groups } = await broker.send(offsetFetchApi, 9, makeOffsetFetchRequest({ groups: asked }));
  const answered = groups.filter(({ errorCode }) => errorCode === ErrorCode.NONE);
  assert.ok(answered.length > 10 && answered.length < 30, `${answered.length} answered`);
  assert.ok(answered.every((group) => group.topics[0]?.partitions.length === 50));
  assert.ok(groups.slice(answered.length).every(({ errorCode }) => errorCode === ErrorCode.INVALID_REQUEST));
});

test("a FindCoordinator finds every key, however many", async () => {
  await using broker = await startWithGroups();
  const coordinatorKeys = Array.from({ length: 20_000 }, (_, i) => `group-${i}`);
  const { coordinators } = await broker.send(findCoordinatorApi, 4, makeFindCoordinatorRequest({ coordinatorKeys }));
  assert.deepEqual(
    coordinators.map(({ key }) => key),
    coordinatorKeys,
  );
  assert.ok(coordinators.every(({ errorCode, nodeId }) => errorCode === ErrorCode.NONE && nodeId === 1));
});

test("a commit of more partitions than one batch holds is refused whole", async () => {
  await using broker = await startWithGroups();
  const topics = [makeCreatableTopic({ name: "t", numPartitions: 2, replicationFactor: 1 })];
  await broker.send(createTopicsApi, 7, makeCreateTopicsRequest({ topics, timeoutMs: 5000 }));
  const commit = async (count: number, committedMetadata: string | null = null) => {
    const partitions = Array.from({ length: count }, (_, i) =>
      makeOffsetCommitRequestPartition({ partitionIndex: i % 2, committedOffset: i, committedMetadata }),
    );
    const answer = await broker.send(
      offsetCommitApi,
      9,
      makeOffsetCommitRequest({ groupId: "g", topics: [makeOffsetCommitRequestTopic({ name: "t", partitions })] }),
    );
    return new Set(answer.topics[0]?.partitions.map(({ errorCode }) => errorCode));
  };
  assert.deepEqual(await commit(1000), new Set([ErrorCode.NONE]));
  assert.deepEqual(await commit(16_001), new Set([ErrorCode.UNKNOWN_SERVER_ERROR]));
  assert.deepEqual(await commit(1000, "m".repeat(2000)), new Set([ErrorCode.UNKNOWN_SERVER_ERROR]));
  const committed = broker.running.state.groups.offsets.committed("g", 1);
  assert.ok(typeof committed === "object");
  assert.deepEqual([committed.get("t")?.get(0)?.offset, committed.get("t")?.get(1)?.offset], [998, 999]);
});
