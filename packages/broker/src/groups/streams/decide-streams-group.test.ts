import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import { makeStreamsGroupTopologyValue, makeSubtopology, makeTopicInfo } from "@ottla/protocol/data/streams-group-topology-value";
import { GroupScene, NODE_ID } from "../testing/group-scene.ts";
import { checkTaskCommit, checkTaskFetch } from "./streams-commit-check.ts";
import type { StreamsHeartbeat, StreamsHeartbeatAnswer } from "./streams-decision.ts";
import type { StreamsGroup } from "./streams-group.ts";
import { listTasks } from "./tasks.ts";

const topology = makeStreamsGroupTopologyValue({
  subtopologies: [makeSubtopology({ subtopologyId: "0", sourceTopics: ["t"], stateChangelogTopics: [makeTopicInfo({ name: "g-c" })] })],
});
const nothing = { activeTasks: [], standbyTasks: [], warmupTasks: [] };

async function open(partitionCount = 2): Promise<GroupScene> {
  const scene = await GroupScene.open();
  scene.topics.put("t", partitionCount);
  scene.topics.put("g-c", partitionCount);
  return scene;
}

async function send(scene: GroupScene, said: Partial<StreamsHeartbeat>): Promise<StreamsHeartbeatAnswer> {
  return scene.coordinator.streams.heartbeat({
    groupId: "g",
    memberId: "a",
    memberEpoch: 0,
    endpointInformationEpoch: 0,
    instanceId: null,
    rackId: null,
    rebalanceTimeoutMs: -1,
    topology: null,
    activeTasks: null,
    standbyTasks: null,
    warmupTasks: null,
    processId: null,
    userEndpoint: null,
    clientTags: null,
    taskOffsets: null,
    taskEndOffsets: null,
    shutdownApplication: false,
    clientId: "client",
    clientHost: "/127.0.0.1",
    version: 1,
    nodeId: NODE_ID,
    ...said,
  });
}

function join(scene: GroupScene, memberId: string, said: Partial<StreamsHeartbeat> = {}): Promise<StreamsHeartbeatAnswer> {
  return send(scene, { memberId, rebalanceTimeoutMs: 30_000, topology, processId: `p-${memberId}`, ...nothing, ...said });
}

function groupOf(scene: GroupScene): StreamsGroup {
  const group = scene.coordinator.group("g", NODE_ID);
  assert.ok(typeof group === "object" && group.type === "streams");
  return group;
}

const active = (answer: StreamsHeartbeatAnswer) => answer.tasks && listTasks(answer.tasks.active);
const statuses = (answer: StreamsHeartbeatAnswer) => answer.statuses.map(({ name }) => name);
const both = [{ subtopologyId: "0", partitions: [0, 1] }];

test("a new group waits for more members before it assigns, and a restart ends the wait", async () => {
  const scene = await open();
  scene.streamsSettings = { ...scene.streamsSettings, initialRebalanceDelayMs: 3000 };
  const first = await join(scene, "a");
  assert.deepEqual([first.memberEpoch, active(first), statuses(first)], [1, [], ["ASSIGNMENT_DELAYED"]]);
  assert.equal(groupOf(scene).state, "Assigning");
  await scene.clock.advanceAsync(1000);
  await join(scene, "b");
  assert.deepEqual(statuses(await send(scene, { memberEpoch: 1 })), ["ASSIGNMENT_DELAYED"]);
  await scene.clock.advanceAsync(2000);
  const told = await send(scene, { memberEpoch: 1 });
  assert.deepEqual([active(told)?.[0]?.partitions.length, statuses(told)], [1, []]);
  assert.equal(active(await send(scene, { memberId: "b", memberEpoch: 1 }))?.[0]?.partitions.length, 1);
  assert.equal(groupOf(scene).state, "Stable");
  await send(scene, { memberEpoch: -1 });
  await send(scene, { memberId: "b", memberEpoch: -1 });
  assert.equal(groupOf(scene).state, "Empty");
  assert.deepEqual(statuses(await join(scene, "c")), ["ASSIGNMENT_DELAYED"]);
  await scene.restart();
  const again = await send(scene, { memberId: "c", memberEpoch: groupOf(scene).members.get("c")!.memberEpoch });
  assert.deepEqual([active(again), statuses(again)], [both, []]);
});

test("a first assignment that cannot be written is made a second later", async () => {
  const scene = await open();
  scene.streamsSettings = { ...scene.streamsSettings, initialRebalanceDelayMs: 3000 };
  await join(scene, "a");
  scene.topic.failure = ErrorCode.NOT_ENOUGH_REPLICAS;
  await scene.clock.advanceAsync(3500);
  scene.topic.failure = undefined;
  assert.deepEqual(statuses(await send(scene, { memberEpoch: 1 })), ["ASSIGNMENT_DELAYED"]);
  await scene.clock.advanceAsync(1000);
  assert.deepEqual(active(await send(scene, { memberEpoch: 1 })), both);
});

test("targets follow one another no sooner than the interval", async () => {
  const scene = await open();
  scene.streamsSettings = { ...scene.streamsSettings, assignmentIntervalMs: 1000 };
  const { memberEpoch } = await join(scene, "a");
  const late = await join(scene, "b");
  assert.deepEqual([active(late), statuses(late)], [[], ["ASSIGNMENT_DELAYED"]]);
  await scene.clock.advanceAsync(1000);
  assert.deepEqual(active(await send(scene, { memberEpoch, activeTasks: both, standbyTasks: [], warmupTasks: [] })), [
    { subtopologyId: "0", partitions: [0] },
  ]);
});

test("a silent member's session ends, and what it had goes to the others", async () => {
  const scene = await open();
  const { memberEpoch } = await join(scene, "a");
  assert.deepEqual(active(await join(scene, "b")), []);
  await scene.clock.advanceAsync(44_000);
  const { memberEpoch: second } = await send(scene, { memberId: "b", memberEpoch: groupOf(scene).members.get("b")!.memberEpoch });
  await scene.clock.advanceAsync(2000);
  assert.deepEqual([...groupOf(scene).members.keys()], ["b"]);
  assert.deepEqual(active(await send(scene, { memberId: "b", memberEpoch: second })), both);
  const fenced = await send(scene, { memberEpoch });
  assert.deepEqual([fenced.errorCode, fenced.errorMessage], [ErrorCode.UNKNOWN_MEMBER_ID, "Member a is not a member of group g."]);
});

test("a member that does not give up what it must is removed, also when the coordinator began anew in between", async () => {
  const scene = await open();
  const { memberEpoch } = await join(scene, "a");
  await join(scene, "b");
  assert.deepEqual(active(await send(scene, { memberEpoch })), [{ subtopologyId: "0", partitions: [0] }]);
  assert.equal(groupOf(scene).members.get("a")?.state, "unrevoked");
  await scene.restart();
  await scene.clock.advanceAsync(29_000);
  await send(scene, { memberEpoch });
  await send(scene, { memberId: "b", memberEpoch: groupOf(scene).members.get("b")!.memberEpoch });
  await scene.clock.advanceAsync(2000);
  assert.deepEqual([...groupOf(scene).members.keys()], ["b"]);
});

test("an answer that was lost is given again, to who has nothing that is not its", async () => {
  const scene = await open();
  const { memberEpoch } = await join(scene, "a");
  await send(scene, { memberId: "b", memberEpoch: -1 });
  const { memberEpoch: ofB } = await join(scene, "b");
  await send(scene, { memberEpoch, activeTasks: [{ subtopologyId: "0", partitions: [0] }], standbyTasks: [], warmupTasks: [] });
  const lost = await send(scene, { memberId: "b", memberEpoch: ofB, ...nothing });
  assert.deepEqual(active(lost), [{ subtopologyId: "0", partitions: [1] }]);
  assert.equal(active(await send(scene, { memberId: "b", memberEpoch: lost.memberEpoch })), null, "it heard of it");
  scene.topics.put("t", 3);
  scene.topics.put("g-c", 3);
  const moved = await send(scene, { memberId: "b", memberEpoch: lost.memberEpoch });
  assert.ok(moved.memberEpoch > lost.memberEpoch);
  assert.deepEqual(active(moved), [{ subtopologyId: "0", partitions: [1, 2] }]);
  const repeated = await send(scene, { memberId: "b", memberEpoch: lost.memberEpoch, ...nothing });
  assert.deepEqual([repeated.memberEpoch, active(repeated)], [moved.memberEpoch, active(moved)]);
  const stranger = [{ subtopologyId: "0", partitions: [0] }];
  const fenced = await send(scene, { memberId: "b", memberEpoch: lost.memberEpoch, ...nothing, activeTasks: stranger });
  assert.equal(fenced.errorCode, ErrorCode.FENCED_MEMBER_EPOCH);
});

test("a static member keeps its tasks while it is away, and its successor has them", async () => {
  const scene = await open();
  await join(scene, "a", { instanceId: "i" });
  const refused = await join(scene, "b", { instanceId: "i" });
  assert.equal(refused.errorCode, ErrorCode.UNRELEASED_INSTANCE_ID);
  const left = await send(scene, { instanceId: "i", memberEpoch: -2 });
  assert.deepEqual([left.errorCode, left.memberEpoch], [ErrorCode.NONE, -2]);
  const epoch = groupOf(scene).groupEpoch;
  await scene.restart();
  const again = await join(scene, "b", { instanceId: "i", processId: "p-a" });
  assert.deepEqual([active(again), groupOf(scene).groupEpoch], [both, epoch]);
  assert.equal((await send(scene, { instanceId: "i", memberEpoch: epoch })).errorCode, ErrorCode.FENCED_INSTANCE_ID);
});

test("topics that are missing are ordered, and the group goes on when they are there", async () => {
  const scene = await GroupScene.open();
  const first = await join(scene, "a", { userEndpoint: { host: "h", port: 1 } });
  assert.deepEqual([statuses(first), first.toBeCreated, first.endpoints?.length], [["MISSING_SOURCE_TOPICS"], [], 1]);
  assert.equal(groupOf(scene).state, "NotReady");
  scene.topics.put("t", 2);
  const second = await send(scene, { memberEpoch: first.memberEpoch });
  assert.deepEqual(second.toBeCreated, [{ name: "g-c", partitionCount: 2, replicationFactor: 0, configs: [] }]);
  assert.deepEqual(second.statuses, [{ name: "MISSING_INTERNAL_TOPICS", detail: "Internal topics are missing: g-c" }]);
  scene.topics.put("g-c", 2);
  const third = await send(scene, { memberEpoch: second.memberEpoch });
  assert.deepEqual([active(third), statuses(third)], [both, []]);
  assert.equal(groupOf(scene).state, "Stable");
});

test("one member may end all, until the group is empty", async () => {
  const scene = await open();
  await join(scene, "a");
  const { memberEpoch } = await join(scene, "b");
  await send(scene, { memberEpoch: -1, shutdownApplication: true });
  const told = await send(scene, { memberId: "b", memberEpoch });
  assert.deepEqual(statuses(told), ["SHUTDOWN_APPLICATION"]);
  await send(scene, { memberId: "b", memberEpoch: -1 });
  assert.deepEqual(statuses(await join(scene, "c")), []);
});

test("tags that copies are to be spread by are missed, by who knows the status", async () => {
  const scene = await open();
  scene.streamsSettings = { ...scene.streamsSettings, rackTags: ["zone", "rack"] };
  assert.deepEqual(statuses(await join(scene, "a", { version: 0 })), []);
  const { statuses: told } = await join(scene, "b", { clientTags: [{ key: "zone", value: "z" }] });
  assert.deepEqual(
    told.map(({ name, detail }) => [name, detail.includes("[rack]")]),
    [["MISSING_CLIENT_TAGS", true]],
  );
});

test("a group has room for so many members, and a coordinator for so much", async () => {
  const scene = await open();
  scene.streamsSettings = { ...scene.streamsSettings, groupMaxSize: 1 };
  await join(scene, "a");
  assert.equal((await join(scene, "b")).errorCode, ErrorCode.GROUP_MAX_SIZE_REACHED);
  assert.equal((await join(scene, "a")).errorCode, ErrorCode.NONE);
  scene.config = { ...scene.config, groupsHeldBytesMax: 4000 };
  assert.equal((await join(scene, "c", { groupId: "h" })).errorCode, ErrorCode.GROUP_MAX_SIZE_REACHED);
});

test("classic groups without members become streams groups, and the other way round", async () => {
  const scene = await open();
  await scene.commit("g", "t", 0, 5);
  assert.equal((await join(scene, "a")).errorCode, ErrorCode.NONE);
  assert.equal(scene.committed("g", "t", 0), 5, "what was committed stays");
  assert.equal((await scene.join("g")).errorCode, ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
  const consumer = { memberId: "k", memberEpoch: 0, rebalanceTimeoutMs: 1000, subscribedTopicNames: ["t"], owned: [] };
  const refused = await scene.coordinator.consumers.heartbeat({
    ...consumer,
    groupId: "g",
    nodeId: NODE_ID,
    instanceId: null,
    rackId: null,
    subscribedTopicRegex: null,
    serverAssignor: null,
    clientId: "c",
    clientHost: "/h",
  });
  assert.deepEqual([refused.errorCode, refused.errorMessage], [ErrorCode.GROUP_ID_NOT_FOUND, "Group g is not a consumer group."]);
  await send(scene, { memberEpoch: -1 });
  const joining = scene.join("g", { version: 3 });
  await scene.clock.advanceAsync(3000);
  assert.equal((await joining).errorCode, ErrorCode.NONE);
  assert.equal(scene.classicGroup("g")?.members.size, 1);
  const notMine = await join(scene, "a");
  assert.deepEqual([notMine.errorCode, notMine.errorMessage], [ErrorCode.GROUP_ID_NOT_FOUND, "Group g is not a streams group."]);
  await scene.restart();
  assert.equal(scene.classicGroup("g")?.type, "classic");
});

test("members commit and fetch at their epochs, and at older ones for tasks that they have had since then", async () => {
  const scene = await open();
  const { memberEpoch } = await join(scene, "a");
  await join(scene, "b");
  await send(scene, { memberEpoch });
  const { memberEpoch: later } = await send(scene, {
    memberEpoch,
    activeTasks: [{ subtopologyId: "0", partitions: [0] }],
    standbyTasks: [],
    warmupTasks: [],
  });
  assert.ok(later > memberEpoch);
  const group = groupOf(scene);
  const commit = (generationId: number, partitionIndex: number, more = {}) =>
    checkTaskCommit(group, { memberId: "a", generationId, topics: [{ name: "t", partitions: [{ partitionIndex }] }], ...more });
  assert.equal(commit(later, 1), ErrorCode.NONE);
  assert.equal(commit(memberEpoch, 0), ErrorCode.NONE);
  assert.equal(commit(memberEpoch, 1), ErrorCode.STALE_MEMBER_EPOCH);
  assert.equal(commit(memberEpoch - 1, 0), ErrorCode.STALE_MEMBER_EPOCH);
  assert.equal(commit(later + 1, 0), ErrorCode.STALE_MEMBER_EPOCH);
  assert.equal(commit(memberEpoch, 0, { topics: [{ name: "x", partitions: [{ partitionIndex: 0 }] }] }), ErrorCode.STALE_MEMBER_EPOCH);
  assert.equal(commit(later, 0, { isBeforeMemberEpochs: true }), ErrorCode.UNSUPPORTED_VERSION);
  assert.equal(commit(later, 0, { memberId: "x" }), ErrorCode.UNKNOWN_MEMBER_ID);
  assert.equal(checkTaskFetch(group, null, -1), ErrorCode.NONE);
  assert.equal(checkTaskFetch(group, "a", later), ErrorCode.NONE);
  assert.equal(checkTaskFetch(group, "a", memberEpoch), ErrorCode.STALE_MEMBER_EPOCH);
  assert.equal(checkTaskFetch(group, "x", later), ErrorCode.UNKNOWN_MEMBER_ID);
});

test("a group without members and offsets goes with time, and all its records with it", async () => {
  const scene = await open();
  const { memberEpoch } = await join(scene, "a");
  await scene.commit("g", "t", 0, 5, { memberId: "a", generationId: memberEpoch });
  await send(scene, { memberEpoch: -1 });
  await scene.clock.advanceAsync(scene.config.offsetsRetentionMs + scene.config.offsetsRetentionCheckIntervalMs);
  assert.equal(scene.coordinator.group("g", NODE_ID), undefined);
  await scene.restart();
  assert.equal(scene.coordinator.group("g", NODE_ID), undefined);
});
