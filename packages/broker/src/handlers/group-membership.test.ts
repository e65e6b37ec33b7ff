import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import { findCoordinatorApi, makeFindCoordinatorRequest } from "@ottla/protocol/apis/find-coordinator";
import { heartbeatApi, makeHeartbeatRequest } from "@ottla/protocol/apis/heartbeat";
import { type JoinGroupRequest, joinGroupApi, makeJoinGroupRequest, makeJoinGroupRequestProtocol } from "@ottla/protocol/apis/join-group";
import { leaveGroupApi, makeLeaveGroupRequest, makeMemberIdentity } from "@ottla/protocol/apis/leave-group";
import { makeSyncGroupRequest, makeSyncGroupRequestAssignment, syncGroupApi } from "@ottla/protocol/apis/sync-group";
import { subscription } from "../groups/testing/group-scene.ts";
import { TestBroker } from "../testing/test-broker.ts";

const SETTINGS = { "group.initial.rebalance.delay.ms": "0", "offsets.topic.num.partitions": "4" };

async function startWithGroups(brokers = 1): Promise<TestBroker> {
  const broker = await TestBroker.start({ settings: SETTINGS, brokers });
  await broker.send(findCoordinatorApi, 3, makeFindCoordinatorRequest({ key: "g" }));
  return broker;
}

const joinRequest = (init: Partial<JoinGroupRequest> = {}) =>
  makeJoinGroupRequest({
    groupId: "g",
    sessionTimeoutMs: 10_000,
    rebalanceTimeoutMs: 10_000,
    protocolType: "consumer",
    protocols: [makeJoinGroupRequestProtocol({ name: "range", metadata: subscription(["t"]) })],
    ...init,
  });

/** One member through JoinGroup and SyncGroup, at any pair of versions. */
async function becomeMember(broker: TestBroker, joinVersion: number, syncVersion: number, groupId = "g") {
  const first = await broker.send(joinGroupApi, joinVersion, joinRequest({ groupId }));
  const joined = joinVersion < 4 ? first : await broker.send(joinGroupApi, joinVersion, joinRequest({ groupId, memberId: first.memberId }));
  assert.equal(joined.errorCode, ErrorCode.NONE);
  const { memberId, generationId } = joined;
  const assignments = [makeSyncGroupRequestAssignment({ memberId, assignment: Buffer.from("t-0") })];
  const named = syncVersion >= 5 ? { protocolType: "consumer", protocolName: "range" } : {};
  const synced = await broker.send(
    syncGroupApi,
    syncVersion,
    makeSyncGroupRequest({ groupId, memberId, generationId, assignments, ...named }),
  );
  return { first, joined, synced, memberId, generationId };
}

test("FindCoordinator creates the offsets topic and answers at every version", async () => {
  await using broker = await TestBroker.start({ settings: SETTINGS });
  const port = broker.running.state.metadata.node(1)?.endpoints.get("PLAINTEXT")?.port;
  for (let version = 0; version <= 3; version++) {
    const {
      errorCode,
      errorMessage,
      nodeId,
      host,
      port: found,
    } = await broker.send(findCoordinatorApi, version, makeFindCoordinatorRequest({ key: "g" }));
    assert.deepEqual([errorCode, nodeId, host, found], [ErrorCode.NONE, 1, "127.0.0.1", port]);
    if (version >= 1) assert.equal(errorMessage, "NONE");
  }
  for (let version = 4; version <= 6; version++) {
    const { coordinators } = await broker.send(
      findCoordinatorApi,
      version,
      makeFindCoordinatorRequest({ coordinatorKeys: ["g", "", "h"] }),
    );
    assert.deepEqual(
      coordinators.map(({ key, errorCode, nodeId }) => [key, errorCode, nodeId]),
      [
        ["g", 0, 1],
        ["", 0, 1],
        ["h", 0, 1],
      ],
    );
  }
  const topic = broker.running.state.metadata.topic("__consumer_offsets");
  assert.equal(topic?.partitions.length, 4);
});

test("FindCoordinator finds the coordinator of a transactional id, and refuses key types that it does not serve", async () => {
  await using broker = await TestBroker.start({ settings: SETTINGS });
  const ask = async (version: number, keyType: number) => {
    const request = version >= 4 ? { keyType, coordinatorKeys: ["k"] } : { keyType, key: "k" };
    const answer = await broker.send(findCoordinatorApi, version, makeFindCoordinatorRequest(request));
    return version >= 4 ? answer.coordinators[0] : answer;
  };
  for (const version of [1, 3, 4, 6]) {
    const { errorCode, nodeId } = (await ask(version, 1)) ?? {};
    assert.deepEqual([errorCode, nodeId], [ErrorCode.NONE, 1], `version ${version}`);
  }
  for (const [version, keyType] of [
    [3, 2],
    [5, 2],
    [6, 2],
    [6, 7],
  ] as const) {
    const found = await ask(version, keyType);
    assert.deepEqual([found?.errorCode, found?.nodeId, found?.port], [ErrorCode.INVALID_REQUEST, -1, -1]);
  }
});

test("a member joins, syncs, stays and leaves at every version", async () => {
  await using broker = await startWithGroups();
  for (let version = 0; version <= 9; version++) {
    const groupId = `group-${version}`;
    const { first, joined, synced, memberId, generationId } = await becomeMember(broker, version, Math.min(version, 5), groupId);
    if (version >= 4) assert.deepEqual([first.errorCode, first.generationId, first.members], [ErrorCode.MEMBER_ID_REQUIRED, -1, []]);
    assert.match(memberId, /^test-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.deepEqual(
      [joined.protocolName, joined.leader, joined.members.map((member) => member.metadata)],
      ["range", memberId, [subscription(["t"])]],
    );
    assert.equal(joined.protocolType, version >= 7 ? "consumer" : null);
    assert.deepEqual([synced.errorCode, synced.assignment.toString()], [ErrorCode.NONE, "t-0"]);
    assert.deepEqual([synced.protocolType, synced.protocolName], version >= 5 ? ["consumer", "range"] : [null, null]);
    const heartbeat = await broker.send(heartbeatApi, Math.min(version, 4), makeHeartbeatRequest({ groupId, memberId, generationId }));
    assert.equal(heartbeat.errorCode, ErrorCode.NONE);
    const leaveVersion = Math.min(version, 5);
    const leave = leaveVersion >= 3 ? { groupId, members: [makeMemberIdentity({ memberId })] } : { groupId, memberId };
    const left = await broker.send(leaveGroupApi, leaveVersion, makeLeaveGroupRequest(leave));
    assert.equal(left.errorCode, ErrorCode.NONE);
    assert.equal(
      (await broker.send(heartbeatApi, 0, makeHeartbeatRequest({ groupId, memberId, generationId }))).errorCode,
      ErrorCode.UNKNOWN_MEMBER_ID,
    );
  }
});

test("a JoinGroup of version 0 has its session timeout as rebalance timeout too", async () => {
  await using broker = await startWithGroups();
  await broker.send(joinGroupApi, 0, joinRequest({ sessionTimeoutMs: 7000, rebalanceTimeoutMs: -1 }));
  const group = broker.running.state.groups.group("g", 1);
  assert.ok(group && typeof group !== "number");
  assert.deepEqual(
    [...group.members.values()].map(({ rebalanceTimeoutMs }) => rebalanceTimeoutMs),
    [7000],
  );
});

test("errors of JoinGroup have the form that their version knows", async () => {
  await using broker = await startWithGroups();
  const errorOf = async (version: number, init: Partial<JoinGroupRequest>) => {
    const { errorCode, protocolName } = await broker.send(joinGroupApi, version, joinRequest(init));
    return [errorCode, protocolName];
  };
  assert.deepEqual(await errorOf(3, { groupId: "" }), [ErrorCode.INVALID_GROUP_ID, ""]);
  assert.deepEqual(await errorOf(9, { groupId: "" }), [ErrorCode.INVALID_GROUP_ID, null]);
  assert.deepEqual(await errorOf(9, { sessionTimeoutMs: 1 }), [ErrorCode.INVALID_SESSION_TIMEOUT, null]);
  assert.deepEqual(await errorOf(9, { memberId: "nobody" }), [ErrorCode.UNKNOWN_MEMBER_ID, null]);
  assert.deepEqual(await errorOf(9, { protocols: [] }), [ErrorCode.INCONSISTENT_GROUP_PROTOCOL, null]);
});

test("LeaveGroup tells one error before version 3, and one per member from then on", async () => {
  await using broker = await startWithGroups();
  const { memberId } = await becomeMember(broker, 9, 5);
  const none = await broker.send(leaveGroupApi, 2, makeLeaveGroupRequest({ groupId: "g", memberId: "nobody" }));
  assert.equal(none.errorCode, ErrorCode.UNKNOWN_MEMBER_ID);
  const members = [
    makeMemberIdentity({ memberId: "nobody" }),
    makeMemberIdentity({ memberId }),
    makeMemberIdentity({ memberId: "", groupInstanceId: "i" }),
  ];
  const some = await broker.send(leaveGroupApi, 5, makeLeaveGroupRequest({ groupId: "g", members }));
  assert.equal(some.errorCode, ErrorCode.NONE);
  assert.deepEqual(
    some.members.map((member) => [member.memberId, member.groupInstanceId, member.errorCode]),
    [
      ["nobody", null, ErrorCode.UNKNOWN_MEMBER_ID],
      [memberId, null, ErrorCode.NONE],
      ["", "i", ErrorCode.UNKNOWN_MEMBER_ID],
    ],
  );
});

test("LeaveGroup of thousands has a result for each in their order, and who is named twice has left once", async () => {
  await using broker = await startWithGroups();
  const { memberId } = await becomeMember(broker, 9, 5);
  const members = Array.from({ length: 2500 }, (_, i) =>
    makeMemberIdentity({ memberId: i === 1500 || i === 2400 ? memberId : `nobody-${i}` }),
  );
  const { errorCode, members: left } = await broker.send(leaveGroupApi, 5, makeLeaveGroupRequest({ groupId: "g", members }));
  assert.equal(errorCode, ErrorCode.NONE);
  assert.deepEqual(
    left.map((each) => [each.memberId, each.errorCode]),
    members.map((each, i) => [each.memberId, i === 1500 ? ErrorCode.NONE : ErrorCode.UNKNOWN_MEMBER_ID]),
  );
  // Of a group that the coordinator knows nothing of there is one error.
  const none = await broker.send(leaveGroupApi, 5, makeLeaveGroupRequest({ groupId: "", members }));
  assert.deepEqual([none.errorCode, none.members], [ErrorCode.INVALID_GROUP_ID, []]);
});

test("an assignment of thousands, nearly all of whom are no members, is the member's own", async () => {
  await using broker = await startWithGroups();
  const { memberId } = await broker.send(joinGroupApi, 9, joinRequest());
  const { generationId } = await broker.send(joinGroupApi, 9, joinRequest({ memberId }));
  const assignments = Array.from({ length: 3000 }, (_, i) =>
    makeSyncGroupRequestAssignment({ memberId: i === 2000 ? memberId : `nobody-${i}`, assignment: Buffer.from(`${i}`) }),
  );
  const request = makeSyncGroupRequest({
    groupId: "g",
    memberId,
    generationId,
    assignments,
    protocolType: "consumer",
    protocolName: "range",
  });
  const synced = await broker.send(syncGroupApi, 5, request);
  assert.deepEqual([synced.errorCode, synced.assignment.toString()], [ErrorCode.NONE, "2000"]);
});

test("with several virtual brokers a group is served by its coordinator alone", async () => {
  await using broker = await startWithGroups(3);
  const groupIds = ["a", "b", "c", "d"];
  const { coordinators } = await broker.send(findCoordinatorApi, 6, makeFindCoordinatorRequest({ coordinatorKeys: groupIds }));
  assert.ok(new Set(coordinators.map(({ nodeId }) => nodeId)).size > 1);
  for (const { key, nodeId } of coordinators) {
    const other = (nodeId % 3) + 1;
    assert.equal((await broker.send(joinGroupApi, 9, joinRequest({ groupId: key }), other)).errorCode, ErrorCode.NOT_COORDINATOR);
    assert.equal((await broker.send(joinGroupApi, 9, joinRequest({ groupId: key }), nodeId)).errorCode, ErrorCode.MEMBER_ID_REQUIRED);
    const heartbeat = makeHeartbeatRequest({ groupId: key, memberId: "x", generationId: 1 });
    assert.equal((await broker.send(heartbeatApi, 4, heartbeat, other)).errorCode, ErrorCode.NOT_COORDINATOR);
    const left = await broker.send(
      leaveGroupApi,
      5,
      makeLeaveGroupRequest({ groupId: key, members: [makeMemberIdentity({ memberId: "x" })] }),
      other,
    );
    assert.deepEqual([left.errorCode, left.members], [ErrorCode.NOT_COORDINATOR, []]);
  }
});

test("a stable group and its members are there after a restart", async () => {
  const before = await startWithGroups();
  const { memberId, generationId } = await becomeMember(before, 9, 5);
  await before.stop();
  await using broker = await TestBroker.start({ settings: SETTINGS, disk: before.disk });
  for (;;) {
    const { errorCode, assignment } = await broker.send(syncGroupApi, 4, makeSyncGroupRequest({ groupId: "g", memberId, generationId }));
    if (errorCode === ErrorCode.COORDINATOR_LOAD_IN_PROGRESS) continue;
    assert.deepEqual([errorCode, assignment.toString()], [ErrorCode.NONE, "t-0"]);
    break;
  }
});

test("an assignment larger than max.message.bytes of the offsets topic is refused, and the group starts over", async () => {
  await using broker = await startWithGroups();
  const { memberId, generationId } = await broker.send(joinGroupApi, 3, joinRequest());
  const sync = async (byteLength: number) => {
    const assignments = [makeSyncGroupRequestAssignment({ memberId, assignment: Buffer.alloc(byteLength) })];
    return (await broker.send(syncGroupApi, 3, makeSyncGroupRequest({ groupId: "g", memberId, generationId, assignments }))).errorCode;
  };
  assert.equal(await sync(1_100_000), ErrorCode.UNKNOWN_SERVER_ERROR);
  assert.equal(await sync(10), ErrorCode.REBALANCE_IN_PROGRESS);
});
