// Every name, id and value of a client at its longest, through create, use, restart, delete and create again; and that none can be made longer.
import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedDisk } from "@ottla/base/simulated";
import { type Api, decodeResponse, encodeRequest, ErrorCode, STRING_BYTES_MAX } from "@ottla/protocol";
import { createTopicsApi, makeCreatableTopic, makeCreateTopicsRequest } from "@ottla/protocol/apis/create-topics";
import { deleteGroupsApi, makeDeleteGroupsRequest } from "@ottla/protocol/apis/delete-groups";
import { deleteTopicsApi, makeDeleteTopicState, makeDeleteTopicsRequest } from "@ottla/protocol/apis/delete-topics";
import { describeConfigsApi, makeDescribeConfigsRequest, makeDescribeConfigsResource } from "@ottla/protocol/apis/describe-configs";
import { describeGroupsApi, makeDescribeGroupsRequest } from "@ottla/protocol/apis/describe-groups";
import { findCoordinatorApi, makeFindCoordinatorRequest } from "@ottla/protocol/apis/find-coordinator";
import {
  incrementalAlterConfigsApi,
  makeAlterableConfig,
  makeAlterConfigsResource,
  makeIncrementalAlterConfigsRequest,
} from "@ottla/protocol/apis/incremental-alter-configs";
import { initProducerIdApi, makeInitProducerIdRequest } from "@ottla/protocol/apis/init-producer-id";
import { joinGroupApi, makeJoinGroupRequest, makeJoinGroupRequestProtocol } from "@ottla/protocol/apis/join-group";
import { leaveGroupApi, makeLeaveGroupRequest, makeMemberIdentity } from "@ottla/protocol/apis/leave-group";
import { listGroupsApi, makeListGroupsRequest } from "@ottla/protocol/apis/list-groups";
import {
  makeOffsetCommitRequest,
  makeOffsetCommitRequestPartition,
  makeOffsetCommitRequestTopic,
  offsetCommitApi,
} from "@ottla/protocol/apis/offset-commit";
import { listTransactionsApi, makeListTransactionsRequest } from "@ottla/protocol/apis/list-transactions";
import { makeOffsetFetchRequest, makeOffsetFetchRequestGroup, offsetFetchApi } from "@ottla/protocol/apis/offset-fetch";
import { makeSyncGroupRequest, makeSyncGroupRequestAssignment, syncGroupApi } from "@ottla/protocol/apis/sync-group";
import { ConfigOperation } from "../config/config-change.ts";
import { ResourceType } from "../config/config-resource.ts";
import { RawConnection } from "../testing/raw-connection.ts";
import { TestBroker } from "../testing/test-broker.ts";

const settings = { "group.initial.rebalance.delay.ms": "0", "offsets.topic.num.partitions": "1" };
const longest = (letter: string) => letter.repeat(STRING_BYTES_MAX / Buffer.byteLength(letter));
/** Of two and of three bytes a character: an odd end must not make half a character. */
const clientIds = [longest("c"), `${"é".repeat(16_383)}x`, longest("€")];
const topic = "t".repeat(249);
const group = longest("g");

async function sendAs<Request, Response>(
  broker: TestBroker,
  clientId: string,
  api: Api<Request, Response>,
  version: number,
  request: Request,
): Promise<Response> {
  using connection = await RawConnection.open(broker);
  connection.write(...encodeRequest(api, version, 1, clientId, request));
  const frame = await connection.frame();
  assert.ok(frame, `${api.name} ${version} of a client with a name of ${clientId.length} characters was not answered`);
  return decodeResponse(api, version, frame);
}

async function start(disk = new SimulatedDisk()): Promise<TestBroker> {
  const broker = await TestBroker.start({ settings, disk });
  await broker.send(findCoordinatorApi, 3, makeFindCoordinatorRequest({ key: "g" }));
  return broker;
}

async function createTopic(broker: TestBroker): Promise<number | undefined> {
  const topics = [makeCreatableTopic({ name: topic, numPartitions: 1, replicationFactor: 1 })];
  return (await broker.send(createTopicsApi, 7, makeCreateTopicsRequest({ topics, timeoutMs: 5000 }))).topics[0]?.errorCode;
}

async function alter(broker: TestBroker, name: string, configOperation: number, value: string): Promise<number | undefined> {
  const configs = [makeAlterableConfig({ name, configOperation, value })];
  const resources = [makeAlterConfigsResource({ resourceType: ResourceType.TOPIC, resourceName: topic, configs })];
  const answer = await broker.send(incrementalAlterConfigsApi, 1, makeIncrementalAlterConfigsRequest({ resources }));
  return answer.responses[0]?.errorCode;
}

async function valueOf(broker: TestBroker, name: string): Promise<string | null | undefined> {
  const resources = [makeDescribeConfigsResource({ resourceType: ResourceType.TOPIC, resourceName: topic })];
  const { results } = await broker.send(describeConfigsApi, 1, makeDescribeConfigsRequest({ resources }));
  return results[0]?.configs.find((config) => config.name === name)?.value;
}

test("a member whose client, group, type and protocol have the longest names joins, is described and leaves", async () => {
  for (const clientId of clientIds) {
    await using broker = await start();
    const wish = makeJoinGroupRequest({
      groupId: group,
      sessionTimeoutMs: 10_000,
      rebalanceTimeoutMs: 60_000,
      protocolType: longest("y"),
      protocols: [makeJoinGroupRequestProtocol({ name: longest("p"), metadata: Buffer.alloc(1) })],
      reason: longest("r"),
    });
    const named = await sendAs(broker, clientId, joinGroupApi, 9, wish);
    assert.equal(named.errorCode, ErrorCode.MEMBER_ID_REQUIRED);
    const { memberId } = named;
    assert.ok(Buffer.byteLength(memberId) <= STRING_BYTES_MAX && Buffer.byteLength(memberId) > STRING_BYTES_MAX - 3);
    assert.match(memberId, /^(c+|é+|€+)-[0-9a-f-]{36}$/u);
    const joined = await sendAs(broker, clientId, joinGroupApi, 9, { ...wish, memberId });
    assert.deepEqual([joined.errorCode, joined.leader], [ErrorCode.NONE, memberId]);
    const assignments = [makeSyncGroupRequestAssignment({ memberId, assignment: Buffer.alloc(1) })];
    const { protocolType, protocolName } = joined;
    const sync = makeSyncGroupRequest({
      groupId: group,
      memberId,
      generationId: joined.generationId,
      protocolType,
      protocolName,
      assignments,
    });
    assert.equal((await sendAs(broker, clientId, syncGroupApi, 5, sync)).errorCode, ErrorCode.NONE);
    for (const version of [0, 6]) {
      const { groups } = await broker.send(describeGroupsApi, version, makeDescribeGroupsRequest({ groups: [group] }));
      assert.deepEqual(
        [groups[0]?.groupState, groups[0]?.members[0]?.memberId, groups[0]?.members[0]?.clientId],
        ["Stable", memberId, clientId],
      );
    }
    const leave = makeLeaveGroupRequest({ groupId: group, members: [makeMemberIdentity({ memberId })] });
    assert.equal((await sendAs(broker, clientId, leaveGroupApi, 5, leave)).members[0]?.errorCode, ErrorCode.NONE);
  }
});

test("a topic, a group's commit and a configuration at their longest outlive a restart, are deleted and made again", async () => {
  const disk = new SimulatedDisk();
  const value = `${"0:1,".repeat(8191)}0:1`;
  {
    await using broker = await start(disk);
    assert.equal(await createTopic(broker), ErrorCode.NONE);
    assert.equal(await alter(broker, "leader.replication.throttled.replicas", ConfigOperation.SET, value), ErrorCode.NONE);
    assert.equal(await alter(broker, longest("k"), ConfigOperation.SET, longest("v")), ErrorCode.INVALID_CONFIG);
    const partitions = [makeOffsetCommitRequestPartition({ partitionIndex: 0, committedOffset: 7, committedMetadata: "m".repeat(4096) })];
    const commit = makeOffsetCommitRequest({ groupId: group, topics: [makeOffsetCommitRequestTopic({ name: topic, partitions })] });
    assert.equal((await broker.send(offsetCommitApi, 9, commit)).topics[0]?.partitions[0]?.errorCode, ErrorCode.NONE);
    const init = makeInitProducerIdRequest({ transactionalId: longest("x"), transactionTimeoutMs: 1000 });
    const find = makeFindCoordinatorRequest({ keyType: 1, coordinatorKeys: [longest("x")] });
    assert.equal((await broker.send(findCoordinatorApi, 6, find)).coordinators[0]?.errorCode, ErrorCode.NONE);
    assert.equal((await broker.send(initProducerIdApi, 4, init)).errorCode, ErrorCode.NONE);
  }
  {
    await using broker = await start(disk);
    assert.equal(await valueOf(broker, "leader.replication.throttled.replicas"), value);
    const { transactionStates } = await broker.send(listTransactionsApi, 2, makeListTransactionsRequest());
    assert.deepEqual(
      transactionStates.map(({ transactionalId, transactionState }) => [transactionalId, transactionState]),
      [[longest("x"), "Empty"]],
    );
    for (const version of [0, 5]) {
      const { groups } = await broker.send(listGroupsApi, version, makeListGroupsRequest());
      assert.deepEqual(
        groups.map(({ groupId }) => groupId),
        [group],
      );
    }
    const fetch = makeOffsetFetchRequest({ groups: [makeOffsetFetchRequestGroup({ groupId: group, topics: null })] });
    const fetched = await broker.send(offsetFetchApi, 8, fetch);
    assert.equal(fetched.groups[0]?.topics[0]?.partitions[0]?.committedOffset, 7);
    const deleted = await broker.send(deleteGroupsApi, 2, makeDeleteGroupsRequest({ groupsNames: [group] }));
    assert.equal(deleted.results[0]?.errorCode, ErrorCode.NONE);
    const topics = [makeDeleteTopicState({ name: topic })];
    const gone = await broker.send(deleteTopicsApi, 6, makeDeleteTopicsRequest({ topics, timeoutMs: 5000 }));
    assert.equal(gone.responses[0]?.errorCode, ErrorCode.NONE);
    assert.equal(await createTopic(broker), ErrorCode.NONE);
    assert.equal(await valueOf(broker, "leader.replication.throttled.replicas"), "");
  }
});

test("appending cannot make a value that no answer can carry: everybody could describe the topic no more", async () => {
  await using broker = await start();
  await createTopic(broker);
  const entries = (first: number) => Array.from({ length: 2500 }, (_, i) => `${first + i}:${i}`).join(",");
  const name = "leader.replication.throttled.replicas";
  assert.equal(await alter(broker, name, ConfigOperation.APPEND, entries(10_000)), ErrorCode.NONE);
  assert.equal(await alter(broker, name, ConfigOperation.APPEND, entries(20_000)), ErrorCode.INVALID_CONFIG);
  assert.equal(await valueOf(broker, name), entries(10_000));
});

test("bytes that are no UTF-8 and grow when they are read end their own connection, and are in no answer to others", async () => {
  await using broker = await start();
  const request = encodeRequest(
    joinGroupApi,
    2,
    1,
    "c",
    makeJoinGroupRequest({
      groupId: "g".repeat(12_000),
      sessionTimeoutMs: 10_000,
      rebalanceTimeoutMs: 60_000,
      protocolType: "consumer",
      protocols: [makeJoinGroupRequestProtocol({ name: "p", metadata: Buffer.alloc(1) })],
    }),
  );
  const bytes = Buffer.concat(request);
  bytes.fill(0xff, bytes.indexOf("gggg"), bytes.indexOf("gggg") + 12_000);
  using connection = await RawConnection.open(broker);
  connection.write(bytes);
  assert.equal(await connection.frame(), undefined);
  assert.deepEqual((await broker.send(listGroupsApi, 5, makeListGroupsRequest())).groups, []);
});
