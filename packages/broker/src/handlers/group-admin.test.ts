import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode, NIL_UUID, ResourceType } from "@ottla/protocol";
import { deleteGroupsApi, makeDeleteGroupsRequest } from "@ottla/protocol/apis/delete-groups";
import { describeGroupsApi, makeDescribeGroupsRequest } from "@ottla/protocol/apis/describe-groups";
import { findCoordinatorApi, makeFindCoordinatorRequest } from "@ottla/protocol/apis/find-coordinator";
import { joinGroupApi, makeJoinGroupRequest, makeJoinGroupRequestProtocol } from "@ottla/protocol/apis/join-group";
import { listGroupsApi, makeListGroupsRequest } from "@ottla/protocol/apis/list-groups";
import { makeSyncGroupRequest, makeSyncGroupRequestAssignment, syncGroupApi } from "@ottla/protocol/apis/sync-group";
import { NOT_ASKED } from "../authorized-operations.ts";
import { unrestricted } from "../security/unrestricted.ts";
import { TestBroker } from "../testing/test-broker.ts";

const groupOperations = unrestricted.operationsOn(ResourceType.GROUP, "");

const SETTINGS = { "group.initial.rebalance.delay.ms": "0", "offsets.topic.num.partitions": "4" };
const METADATA = Buffer.from("opaque to the broker");

/** A broker with a stable group "stable" of type connect and an empty one "empty". */
async function startWithGroups() {
  const broker = await TestBroker.start({ settings: SETTINGS });
  await broker.send(findCoordinatorApi, 3, makeFindCoordinatorRequest({ key: "g" }));
  const join = (groupId: string, version: number) =>
    broker.send(
      joinGroupApi,
      version,
      makeJoinGroupRequest({
        groupId,
        groupInstanceId: version >= 5 ? "i" : null,
        sessionTimeoutMs: 10_000,
        rebalanceTimeoutMs: 10_000,
        protocolType: "connect",
        protocols: [makeJoinGroupRequestProtocol({ name: "sessioned", metadata: METADATA })],
      }),
    );
  const { memberId, generationId } = await join("stable", 9);
  const assignments = [makeSyncGroupRequestAssignment({ memberId, assignment: Buffer.from("work") })];
  await broker.send(
    syncGroupApi,
    4,
    makeSyncGroupRequest({ groupId: "stable", groupInstanceId: "i", memberId, generationId, assignments }),
  );
  await join("empty", 4);
  return { broker, memberId };
}

test("DescribeGroups tells state, protocol and members at every version", async () => {
  const { broker, memberId } = await startWithGroups();
  await using _ = broker;
  for (let version = 0; version <= 6; version++) {
    const { groups } = await broker.send(describeGroupsApi, version, makeDescribeGroupsRequest({ groups: ["stable", "empty"] }));
    assert.deepEqual(
      groups.map(({ groupId, errorCode, groupState, protocolType, protocolData, authorizedOperations }) => [
        groupId,
        errorCode,
        groupState,
        protocolType,
        protocolData,
        authorizedOperations,
      ]),
      [
        ["stable", 0, "Stable", "connect", "sessioned", NOT_ASKED],
        ["empty", 0, "Empty", "", "", NOT_ASKED],
      ],
    );
    assert.deepEqual(
      groups[0]?.members.map((member) => [
        member.memberId,
        member.groupInstanceId,
        member.clientId,
        member.clientHost,
        member.memberMetadata,
        member.memberAssignment.toString(),
      ]),
      [[memberId, version >= 4 ? "i" : null, "test", "/127.0.0.1", METADATA, "work"]],
    );
  }
});

test("DescribeGroups tells what may be done, to those who ask", async () => {
  const { broker } = await startWithGroups();
  await using _ = broker;
  const { groups } = await broker.send(
    describeGroupsApi,
    5,
    makeDescribeGroupsRequest({ groups: ["stable", "nobody"], includeAuthorizedOperations: true }),
  );
  assert.deepEqual(
    groups.map(({ authorizedOperations }) => authorizedOperations),
    [groupOperations, groupOperations],
  );
});

test("a group that does not exist is Dead, and from version 6 GROUP_ID_NOT_FOUND with a message", async () => {
  const { broker } = await startWithGroups();
  await using _ = broker;
  const describe = async (version: number) => {
    const { groups } = await broker.send(describeGroupsApi, version, makeDescribeGroupsRequest({ groups: ["nobody"] }));
    const [group] = groups;
    return [group?.groupState, group?.errorCode, group?.errorMessage];
  };
  assert.deepEqual(await describe(5), ["Dead", ErrorCode.NONE, null]);
  assert.deepEqual(await describe(6), ["Dead", ErrorCode.GROUP_ID_NOT_FOUND, "Group nobody not found."]);
});

test("ListGroups filters by state and type, whatever their case", async () => {
  const { broker } = await startWithGroups();
  await using _ = broker;
  const list = async (version: number, statesFilter: string[] = [], typesFilter: string[] = []) => {
    const { groups } = await broker.send(listGroupsApi, version, makeListGroupsRequest({ statesFilter, typesFilter }));
    return groups
      .map(({ groupId, protocolType, groupState, groupType }) => [groupId, protocolType, groupState, groupType])
      .sort(([a = ""], [b = ""]) => a.localeCompare(b));
  };
  assert.deepEqual(await list(0), [
    ["empty", "", "", ""],
    ["stable", "connect", "", ""],
  ]);
  assert.deepEqual(await list(4), [
    ["empty", "", "Empty", ""],
    ["stable", "connect", "Stable", ""],
  ]);
  assert.deepEqual(await list(5, ["STABLE"]), [["stable", "connect", "Stable", "classic"]]);
  assert.deepEqual(await list(5, [" empty "], ["Classic"]), [["empty", "", "Empty", "classic"]]);
  assert.deepEqual(await list(5, [], ["consumer"]), []);
  assert.deepEqual(await list(5, ["PreparingRebalance"]), []);
});

test("DeleteGroups answers each group for itself", async () => {
  const { broker } = await startWithGroups();
  await using _ = broker;
  const remove = async (version: number) => {
    const { results } = await broker.send(
      deleteGroupsApi,
      version,
      makeDeleteGroupsRequest({ groupsNames: ["stable", "empty", "nobody", ""] }),
    );
    return results.map(({ groupId, errorCode }) => [groupId, errorCode]);
  };
  const rest = [
    ["nobody", ErrorCode.GROUP_ID_NOT_FOUND],
    ["", ErrorCode.GROUP_ID_NOT_FOUND],
  ];
  assert.deepEqual(await remove(2), [["stable", ErrorCode.NON_EMPTY_GROUP], ["empty", ErrorCode.NONE], ...rest]);
  assert.deepEqual(await remove(0), [["stable", ErrorCode.NON_EMPTY_GROUP], ["empty", ErrorCode.GROUP_ID_NOT_FOUND], ...rest]);
});

test("DeleteGroups of a group with more offsets than one step removes is answered when all are gone", async () => {
  await using broker = await TestBroker.start({ settings: SETTINGS });
  await broker.send(findCoordinatorApi, 3, makeFindCoordinatorRequest({ key: "g" }));
  const { groups } = broker.running.state;
  const partitions = Array.from({ length: 6000 }, (_, partitionIndex) => ({
    partitionIndex,
    committedOffset: 1,
    committedLeaderEpoch: -1,
    committedMetadata: null,
  }));
  const member = { memberId: "", groupInstanceId: null, generationId: -1, retentionMs: -1, unknownGroupErrorCode: 0 };
  await groups.offsets.commit({ ...member, groupId: "wide", nodeId: 1, topics: [{ name: "t", topicId: NIL_UUID, partitions }] });
  const offsetCount = () => {
    const found = groups.offsets.committed("wide", 1);
    return typeof found === "number" ? found : (found.get("t")?.size ?? 0);
  };
  assert.equal(offsetCount(), 6000);
  assert.equal(await groups.offsets.deleteGroup("wide", 1), ErrorCode.NONE);
  assert.equal(offsetCount(), 0);
});
