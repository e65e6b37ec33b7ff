import assert from "node:assert/strict";
import { test } from "node:test";
import { AclOperation, AclPermissionType, ErrorCode, PatternType, ResourceType } from "@ottla/protocol";
import { createAclsApi, makeAclCreation, makeCreateAclsRequest } from "@ottla/protocol/apis/create-acls";
import { createTopicsApi, makeCreatableTopic, makeCreateTopicsRequest } from "@ottla/protocol/apis/create-topics";
import { describeConfigsApi, makeDescribeConfigsRequest, makeDescribeConfigsResource } from "@ottla/protocol/apis/describe-configs";
import { findCoordinatorApi, makeFindCoordinatorRequest } from "@ottla/protocol/apis/find-coordinator";
import { makeStreamsGroupDescribeRequest, streamsGroupDescribeApi } from "@ottla/protocol/apis/streams-group-describe";
import {
  makeKeyValue,
  makeStreamsGroupHeartbeatRequest,
  makeSubtopology,
  makeTopicInfo,
  makeTopology,
  type StreamsGroupHeartbeatRequest,
  streamsGroupHeartbeatApi,
  type TopicInfo,
} from "@ottla/protocol/apis/streams-group-heartbeat";
import { TestBroker } from "../testing/test-broker.ts";

const AT_ONCE = { "group.streams.initial.rebalance.delay.ms": "0", "group.streams.assignment.interval.ms": "0" };
const OPEN_TO_ALL = {
  "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
  "allow.everyone.if.no.acl.found": "true",
};
const changelog = makeTopicInfo({ name: "g-c", topicConfigs: [makeKeyValue({ key: "cleanup.policy", value: "compact" })] });

async function open(settings: Readonly<Record<string, string>> = {}): Promise<TestBroker> {
  const broker = await TestBroker.start({ settings: { ...AT_ONCE, ...settings } });
  const topics = [makeCreatableTopic({ name: "t", numPartitions: 2, replicationFactor: 1 })];
  await broker.send(createTopicsApi, 7, makeCreateTopicsRequest({ topics, timeoutMs: 1000 }));
  await broker.send(findCoordinatorApi, 4, makeFindCoordinatorRequest({ coordinatorKeys: ["g"] }));
  return broker;
}

function join(more: Partial<StreamsGroupHeartbeatRequest> = {}, own: TopicInfo = changelog) {
  const subtopologies = [makeSubtopology({ subtopologyId: "0", sourceTopics: ["t"], stateChangelogTopics: [own] })];
  const topology = makeTopology({ subtopologies });
  const none = { activeTasks: [], standbyTasks: [], warmupTasks: [] };
  return makeStreamsGroupHeartbeatRequest({
    groupId: "g",
    memberId: "m",
    rebalanceTimeoutMs: 1000,
    processId: "p",
    topology,
    ...none,
    ...more,
  });
}

/** Until the answer is as it should be; the broker makes topics beside the requests. */
async function until(broker: TestBroker, memberEpoch: number, isIt: (detail: string | undefined) => boolean) {
  for (;;) {
    const request = makeStreamsGroupHeartbeatRequest({ groupId: "g", memberId: "m", memberEpoch });
    const answer = await broker.send(streamsGroupHeartbeatApi, 1, request);
    if (isIt(answer.status?.[0]?.statusDetail)) return answer;
    memberEpoch = answer.memberEpoch;
    await new Promise(setImmediate);
  }
}

test("a member that joins has the topics of its own made, as it told them, and gets its tasks", async () => {
  await using broker = await open();
  const first = await broker.send(streamsGroupHeartbeatApi, 1, join());
  assert.deepEqual(
    first.status?.map(({ statusCode, statusDetail }) => [statusCode, statusDetail]),
    [[3, "Internal topics are missing: g-c"]],
  );
  const told = await until(broker, first.memberEpoch, (detail) => detail === undefined);
  assert.deepEqual(
    told.activeTasks?.map(({ subtopologyId, partitions }) => [subtopologyId, partitions]),
    [["0", [0, 1]]],
  );
  const resources = [
    makeDescribeConfigsResource({ resourceType: ResourceType.TOPIC, resourceName: "g-c", configurationKeys: ["cleanup.policy"] }),
  ];
  const { results } = await broker.send(describeConfigsApi, 4, makeDescribeConfigsRequest({ resources }));
  assert.equal(results[0]?.configs[0]?.value, "compact");
  for (const version of [0, 1]) {
    const { groups } = await broker.send(streamsGroupDescribeApi, version, makeStreamsGroupDescribeRequest({ groupIds: ["g", "", "x"] }));
    assert.deepEqual(
      groups.map(({ groupId, errorCode, groupState }) => [groupId, errorCode, groupState]),
      [
        ["g", ErrorCode.NONE, "Stable"],
        ["", ErrorCode.INVALID_GROUP_ID, ""],
        ["x", ErrorCode.GROUP_ID_NOT_FOUND, ""],
      ],
    );
    assert.equal(groups[0]?.topology?.subtopologies?.[0]?.stateChangelogTopics[0]?.partitions, 2);
    assert.deepEqual(groups[0]?.members[0]?.assignment, groups[0]?.members[0]?.targetAssignment);
  }
});

test("why a topic of its own cannot be made is told with the next heartbeats", async () => {
  await using broker = await open();
  const bad = makeTopicInfo({ name: "g-c", topicConfigs: [makeKeyValue({ key: "no.such.setting", value: "1" })] });
  const { memberEpoch } = await broker.send(streamsGroupHeartbeatApi, 1, join({}, bad));
  const { status } = await until(broker, memberEpoch, (detail) => detail?.includes("Creation failed") === true);
  assert.match(status?.[0]?.statusDetail ?? "", /^Internal topics are missing: g-c; Creation failed: g-c \(.*no\.such\.setting.*\)\.$/);
});

test("the group is to be read, and every topic of the topology to be seen; topics of its own are made for who may make them", async () => {
  await using broker = await open(OPEN_TO_ALL);
  const judge = async (resourceType: number, resourceName: string, operation: number, permissionType: number): Promise<void> => {
    const acl = { resourceType, resourceName, operation, resourcePatternType: PatternType.LITERAL, principal: "User:ANONYMOUS", host: "*" };
    const creations = [makeAclCreation({ ...acl, permissionType })];
    const { results } = await broker.send(createAclsApi, 3, makeCreateAclsRequest({ creations }));
    assert.equal(results[0]?.errorCode, ErrorCode.NONE);
  };
  const deny = (type: number, name: string, operation: number) => judge(type, name, operation, AclPermissionType.DENY);
  const describe = async () => {
    const { groups } = await broker.send(streamsGroupDescribeApi, 1, makeStreamsGroupDescribeRequest({ groupIds: ["g"] }));
    return [groups[0]?.errorCode, groups[0]?.members.length];
  };
  // Nothing else is open to all then.
  await judge(ResourceType.CLUSTER, "kafka-cluster", AclOperation.ALTER, AclPermissionType.ALLOW);
  await judge(ResourceType.TOPIC, "g-c", AclOperation.DESCRIBE, AclPermissionType.ALLOW);
  const { status } = await broker.send(streamsGroupHeartbeatApi, 1, join());
  assert.equal(status?.[0]?.statusDetail, "Internal topics are missing: g-c; Unauthorized to CREATE on topics g-c.");
  assert.deepEqual(await describe(), [ErrorCode.NONE, 1]);
  await deny(ResourceType.TOPIC, "g-c", AclOperation.DESCRIBE);
  assert.equal((await broker.send(streamsGroupHeartbeatApi, 1, join())).errorCode, ErrorCode.TOPIC_AUTHORIZATION_FAILED);
  assert.deepEqual(await describe(), [ErrorCode.TOPIC_AUTHORIZATION_FAILED, 0]);
  await deny(ResourceType.GROUP, "g", AclOperation.READ);
  assert.equal((await broker.send(streamsGroupHeartbeatApi, 1, join())).errorCode, ErrorCode.GROUP_AUTHORIZATION_FAILED);
  await deny(ResourceType.GROUP, "g", AclOperation.DESCRIBE);
  assert.deepEqual(await describe(), [ErrorCode.GROUP_AUTHORIZATION_FAILED, 0]);
});

test("a topology of more sub-topologies than an application has is refused, and makes no group", async () => {
  await using broker = await open();
  const subtopologies = (count: number) =>
    Array.from({ length: count }, (_, i) => makeSubtopology({ subtopologyId: `${i}`, sourceTopics: ["t"] }));
  const many = join({ topology: makeTopology({ subtopologies: subtopologies(5_001) }) });
  const { errorCode, errorMessage } = await broker.send(streamsGroupHeartbeatApi, 1, many);
  const why = "The topology has 5001 sub-topologies; 5000 is the most.";
  assert.deepEqual([errorCode, errorMessage], [ErrorCode.STREAMS_INVALID_TOPOLOGY, why]);
  const [group] = (await broker.send(streamsGroupDescribeApi, 0, makeStreamsGroupDescribeRequest({ groupIds: ["g"] }))).groups;
  assert.equal(group?.errorCode, ErrorCode.GROUP_ID_NOT_FOUND);
  const most = join({ topology: makeTopology({ subtopologies: subtopologies(5_000) }) });
  assert.equal((await broker.send(streamsGroupHeartbeatApi, 1, most)).errorCode, ErrorCode.NONE);
});

test("a cluster whose feature or setting says no has no streams groups", async () => {
  await using broker = await open({ "group.coordinator.rebalance.protocols": "classic,consumer" });
  assert.equal((await broker.send(streamsGroupHeartbeatApi, 1, join())).errorCode, ErrorCode.UNSUPPORTED_VERSION);
  const { groups } = await broker.send(streamsGroupDescribeApi, 1, makeStreamsGroupDescribeRequest({ groupIds: ["g"] }));
  assert.equal(groups[0]?.errorCode, ErrorCode.UNSUPPORTED_VERSION);
});
