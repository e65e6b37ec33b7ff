import assert from "node:assert/strict";
import { test } from "node:test";
import { ByteWriter } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import { consumerProtocolAssignment, makeConsumerProtocolAssignment } from "@ottla/protocol/data/consumer-protocol-assignment";
import { type ClassicGroup, newGroup } from "../classic/classic-group.ts";
import type { JoinAnswer } from "../classic/group-decision.ts";
import { MemberTable } from "../classic/member-table.ts";
import { GroupScene, NODE_ID, subscription } from "../testing/group-scene.ts";
import { checkEpochCommit, checkEpochFetch } from "./commit-check.ts";
import type { ConsumerEnvironment, ConsumerHeartbeat } from "./consumer-decision.ts";
import { ConsumerGroup } from "./consumer-group.ts";
import { newMember } from "./consumer-member.ts";
import { ConsumerStep } from "./consumer-step.ts";
import { decideConsumerGroup } from "./decide-consumer-group.ts";
import type { GroupFault } from "./group-fault.ts";
import { checkRoom } from "./member-rules.ts";
import { TopicNames } from "./topic-names.ts";
import { upgrade } from "./upgrade.ts";

const T = "AAAAAAAAAAAAAAAAA0001A";

function request(said: Partial<ConsumerHeartbeat> = {}): ConsumerHeartbeat {
  return {
    groupId: "g",
    memberId: "n",
    memberEpoch: 0,
    instanceId: null,
    rackId: null,
    rebalanceTimeoutMs: 60_000,
    subscribedTopicNames: ["t"],
    subscribedTopicRegex: null,
    serverAssignor: null,
    owned: [],
    clientId: "client",
    clientHost: "/127.0.0.1",
    ...said,
  };
}

/** A group whose member m has t-0 since epoch 3 and t-1 since 5, and is at 6. */
function groupWithMember(isClassic = false): ConsumerGroup {
  const group = new ConsumerGroup("g");
  const classic = isClassic ? { sessionTimeoutMs: 10_000, protocols: [{ name: "range", metadata: subscription(["t"]) }] } : null;
  const { memberId: _id, ...member } = { ...newMember("m"), subscribedTopicNames: TopicNames.of(["t"]), classic };
  group.apply({ type: "member", memberId: "m", value: member });
  const assigned = new Map([
    [
      T,
      new Map([
        [0, 3],
        [1, 5],
      ]),
    ],
  ]);
  group.apply({ type: "current", memberId: "m", value: { ...member, memberEpoch: 6, previousMemberEpoch: 5, assigned } });
  return group;
}

test("a member commits at its epoch, or at an older one what it has had since then", () => {
  const commit = (generationId: number, partitionIndex: number, group = groupWithMember(), more = {}) =>
    checkEpochCommit(group, { memberId: "m", generationId, topics: [{ topicId: T, partitions: [{ partitionIndex }] }], ...more });
  assert.equal(commit(6, 7), ErrorCode.NONE);
  assert.equal(commit(5, 1), ErrorCode.NONE);
  assert.equal(commit(4, 1), ErrorCode.STALE_MEMBER_EPOCH);
  assert.equal(commit(4, 0), ErrorCode.NONE);
  assert.equal(commit(5, 2), ErrorCode.STALE_MEMBER_EPOCH);
  assert.equal(commit(7, 0), ErrorCode.STALE_MEMBER_EPOCH);
  assert.equal(commit(7, 0, groupWithMember(true)), ErrorCode.ILLEGAL_GENERATION);
  assert.equal(commit(6, 0, groupWithMember(), { isBeforeMemberEpochs: true }), ErrorCode.UNSUPPORTED_VERSION);
  assert.equal(commit(6, 0, groupWithMember(true), { isBeforeMemberEpochs: true }), ErrorCode.NONE);
  assert.equal(commit(6, 0, groupWithMember(), { memberId: "x" }), ErrorCode.UNKNOWN_MEMBER_ID);
});

test("a member fetches offsets at its epoch; who says that it is no member may always", () => {
  assert.equal(checkEpochFetch(groupWithMember(), null, -1), ErrorCode.NONE);
  assert.equal(checkEpochFetch(groupWithMember(), "m", 6), ErrorCode.NONE);
  assert.equal(checkEpochFetch(groupWithMember(), "m", 5), ErrorCode.STALE_MEMBER_EPOCH);
  assert.equal(checkEpochFetch(groupWithMember(true), "m", 5), ErrorCode.ILLEGAL_GENERATION);
  assert.equal(checkEpochFetch(groupWithMember(), "x", 6), ErrorCode.UNKNOWN_MEMBER_ID);
});

const env = (scene: GroupScene): ConsumerEnvironment => ({
  topics: scene.topics,
  settings: scene.consumerSettings,
  classicLimits: scene.config.limits,
  nowMs: 1,
  patternFault: () => undefined,
});

test("the time to give partitions up is over only for the epoch that it was set for", async () => {
  const scene = await GroupScene.open();
  const timeout = (memberEpoch: number) =>
    decideConsumerGroup(
      groupWithMember(),
      { kind: "member-timeout", timer: { kind: "member-revocation", memberId: "m", memberEpoch } },
      env(scene),
    ).records.length;
  assert.equal(timeout(5), 0);
  assert.ok(timeout(6) > 0);
});

test("a member that is to give partitions up has its rebalance timeout for it, and no more once it has", async () => {
  const scene = await GroupScene.open();
  // One partition fewer than the member has.
  scene.topics.put("t", 1);
  const topicId = scene.topics.byName("t")!.topicId;
  const group = groupWithMember();
  const { memberId: _id, ...member } = group.members.get("m")!;
  const assigned = new Map([
    [
      topicId,
      new Map([
        [0, 3],
        [1, 5],
      ]),
    ],
  ]);
  const metadata = { ...member, assigned, rebalanceTimeoutMs: 60_000 };
  group.apply({ type: "member", memberId: "m", value: metadata });
  group.apply({ type: "current", memberId: "m", value: metadata });
  group.apply({ type: "group", value: { groupEpoch: 7, metadataHash: 0 } });
  const beat = (partitions: readonly number[]) => {
    const said = { memberId: "m", memberEpoch: 6, rebalanceTimeoutMs: -1, subscribedTopicNames: null, owned: [{ topicId, partitions }] };
    const decision = decideConsumerGroup(group, { kind: "consumer-heartbeat", token: 1, request: request(said) }, env(scene));
    for (const record of decision.records) if (record.kind === "consumer") group.apply(record.part);
    return decision.timers.filter(({ timer }) => timer.kind === "member-revocation").map(({ timer, delayMs }) => [timer, delayMs]);
  };
  const timer = (memberEpoch: number) => ({ kind: "member-revocation", memberId: "m", memberEpoch });
  assert.deepEqual(beat([0, 1]), [[timer(6), 60_000]]);
  assert.equal(group.members.get("m")?.state, "unrevoked");
  assert.deepEqual(beat([0, 1]), [], "it is not prolonged");
  assert.deepEqual(beat([0]), [[timer(8), null]]);
  assert.equal(group.members.get("m")?.state, "stable");
});

test("a full group has room for its own members, and for a static one that comes back under another id", async () => {
  const scene = await GroupScene.open();
  const group = groupWithMember();
  const { memberId: _id, ...member } = { ...newMember("s1"), instanceId: "s" };
  group.apply({ type: "member", memberId: "s1", value: member });
  const step = new ConsumerStep(group, { ...env(scene), settings: { ...scene.consumerSettings, groupMaxSize: 2 } });
  const room = (memberId: string, instanceId: string | null) => {
    try {
      checkRoom(step, memberId, instanceId);
      return ErrorCode.NONE;
    } catch (error) {
      return (error as GroupFault).errorCode;
    }
  };
  assert.deepEqual(
    [room("m", null), room("s2", "s"), room("n", null), room("n", "other")],
    [ErrorCode.NONE, ErrorCode.NONE, ErrorCode.GROUP_MAX_SIZE_REACHED, ErrorCode.GROUP_MAX_SIZE_REACHED],
  );
});

test("what was worked out for a static member reaches it under the member id that it has by then", async () => {
  const scene = await GroupScene.open();
  const group = groupWithMember();
  const { memberId: _id, ...member } = { ...newMember("s2"), instanceId: "s" };
  group.apply({ type: "member", memberId: "s2", value: member });
  group.apply({ type: "group", value: { groupEpoch: 7, metadataHash: 0 } });
  const changes = [
    { memberId: "s1", instanceId: "s", target: new Map([[T, [1]]]) },
    { memberId: "gone", instanceId: null, target: new Map([[T, [2]]]) },
  ];
  const job = { groupEpoch: 7, assignmentEpoch: 1 };
  const { records, replies } = decideConsumerGroup(group, { kind: "target-part", token: 1, job, changes }, env(scene));
  assert.deepEqual(records, [
    { kind: "consumer", groupId: "g", part: { type: "target-member", memberId: "s2", value: new Map([[T, [1]]]) } },
  ]);
  assert.deepEqual(replies, [{ token: 1, answer: { errorCode: ErrorCode.NONE } }]);
  const late = decideConsumerGroup(group, { kind: "target-part", token: 1, job: { ...job, assignmentEpoch: 0 }, changes }, env(scene));
  assert.deepEqual([late.records.length, late.replies[0]?.answer.errorCode], [0, ErrorCode.UNKNOWN_SERVER_ERROR]);
});

/** A classic group of one member, stable with these bytes as its assignment. */
async function classicScene(assignment: Buffer, protocolType = "consumer", metadata?: Buffer): Promise<GroupScene> {
  const scene = await GroupScene.open();
  scene.setLimits({ initialRebalanceDelayMs: 0 });
  scene.topics.put("t", 2);
  const options = { protocolType, ...(metadata && { metadata }) };
  const { memberId } = await scene.join("g", options);
  const joining = scene.join("g", { ...options, memberId });
  await scene.clock.advanceAsync(1);
  const { generationId } = await joining;
  const { membership } = scene.coordinator;
  const identity = { nodeId: NODE_ID, groupId: "g", groupInstanceId: null, generationId, memberId };
  await membership.sync({ ...identity, protocolType: null, protocolName: null, assignments: [{ memberId, assignment }] });
  return scene;
}

function assignmentOf(userData: Buffer | null): Buffer {
  const writer = new ByteWriter();
  writer.int16(1);
  const assignedPartitions = [{ topic: "t", partitions: [0, 1] }];
  consumerProtocolAssignment.write(writer, makeConsumerProtocolAssignment({ assignedPartitions, userData }), 1);
  return writer.toBuffer();
}

const joinConsumer = (scene: GroupScene) => scene.coordinator.consumers.heartbeat({ ...request(), nodeId: NODE_ID });

test("a classic group that cannot become a consumer group stays what it is: GROUP_ID_NOT_FOUND", async () => {
  const cases: readonly (readonly [string, () => Promise<GroupScene>])[] = [
    ["an assignor's own data would be lost", () => classicScene(assignmentOf(Buffer.from("x")))],
    ["an assignment that cannot be read", () => classicScene(Buffer.from([0, 1, 9]))],
    ["a subscription that cannot be read", () => classicScene(assignmentOf(null), "consumer", Buffer.from([0, 1, 9]))],
    ["not of consumers", () => classicScene(assignmentOf(null), "connect")],
  ];
  for (const [name, open] of cases) {
    const scene = await open();
    assert.equal((await joinConsumer(scene)).errorCode, ErrorCode.GROUP_ID_NOT_FOUND, name);
    assert.equal(scene.classicGroup("g")?.state, "Stable", name);
  }
  const scene = await classicScene(assignmentOf(null));
  scene.consumerSettings = { ...scene.consumerSettings, canUpgrade: false };
  assert.equal((await joinConsumer(scene)).errorCode, ErrorCode.GROUP_ID_NOT_FOUND, "not allowed");
});

test("members of a classic group that becomes a consumer group keep what they have", async () => {
  const scene = await classicScene(assignmentOf(null));
  assert.equal((await joinConsumer(scene)).errorCode, ErrorCode.NONE);
  const group = scene.coordinator.group("g", NODE_ID);
  assert.ok(typeof group === "object" && group.type === "consumer");
  const [classic] = group.members.values();
  assert.deepEqual([classic?.memberEpoch, [...(classic?.assigned.get(T)?.keys() ?? [])]], [1, [0, 1]]);
});

test("who waits in JoinGroup is told to start over when the group becomes a consumer group", async () => {
  const scene = await classicScene(assignmentOf(null));
  const { memberId } = await scene.join("g", {});
  const waiting = scene.join("g", { memberId });
  assert.ok(waiting instanceof Promise);
  await joinConsumer(scene);
  const answer: JoinAnswer = await waiting;
  assert.equal(answer.errorCode, ErrorCode.REBALANCE_IN_PROGRESS);
});

test("a classic member is refused where migration is off, or its protocols do not fit", async () => {
  const scene = await GroupScene.open();
  await joinConsumer(scene);
  assert.equal((await scene.join("g", { protocolType: "connect" })).errorCode, ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
  assert.equal((await scene.join("g", { metadata: Buffer.from([0, 1, 9]), version: 3 })).errorCode, ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
  scene.consumerSettings = { ...scene.consumerSettings, canUpgrade: false, canDowngrade: false };
  assert.equal((await scene.join("g", {})).errorCode, ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
});

test("a group whose members left only classic ones stays a consumer group where it may not change", async () => {
  const scene = await GroupScene.open();
  scene.consumerSettings = { ...scene.consumerSettings, canDowngrade: false };
  await joinConsumer(scene);
  await scene.join("g", { version: 3 });
  await scene.coordinator.consumers.heartbeat({ ...request({ memberEpoch: -1 }), nodeId: NODE_ID });
  const group = scene.coordinator.group("g", NODE_ID);
  assert.ok(typeof group === "object" && group.type === "consumer");
  assert.deepEqual([group.members.size, group.classicCount], [1, 1]);
});

test("what could not be written is tried again: a member that is gone does not stay", async () => {
  const scene = await GroupScene.open();
  scene.topics.put("t", 1);
  await joinConsumer(scene);
  scene.topic.failure = ErrorCode.NOT_ENOUGH_REPLICAS;
  assert.equal((await joinConsumer(scene)).errorCode, ErrorCode.NONE, "nothing to write");
  await scene.clock.advanceAsync(46_000);
  const members = () => (scene.coordinator.group("g", NODE_ID) as ConsumerGroup).members.size;
  assert.equal(members(), 1);
  scene.topic.failure = undefined;
  await scene.clock.advanceAsync(1000);
  assert.equal(members(), 0);
});

test("what members of a classic group have of a topic that was made again with fewer partitions is left out when it becomes a consumer group", async () => {
  const scene = await classicScene(assignmentOf(null));
  scene.topics.remove("t");
  const topicId = scene.topics.put("t", 1);
  assert.equal((await joinConsumer(scene)).errorCode, ErrorCode.NONE);
  const group = scene.coordinator.group("g", NODE_ID);
  assert.ok(typeof group === "object" && group.type === "consumer");
  const [classic] = group.members.values();
  assert.deepEqual([...(classic?.assigned.get(topicId)?.keys() ?? [])], [0]);
});

test("a group of more members than one batch of the log is to hold does not change its protocol", async () => {
  const scene = await GroupScene.open();
  scene.consumerSettings = { ...scene.consumerSettings, groupMaxSize: 5000 };
  const classicOf = (count: number): ClassicGroup => {
    const members = Array.from({ length: count }, (_, i) => ({
      ...{ memberId: `m${i}`, groupInstanceId: null, clientId: "c", clientHost: "/127.0.0.1" },
      ...{ rebalanceTimeoutMs: 1000, sessionTimeoutMs: 1000, protocols: [{ name: "range", metadata: subscription(["t"]) }] },
      ...{ assignment: Buffer.alloc(0), isNew: false, owesSync: false, awaitingJoin: null, awaitingSync: null },
    }));
    return { ...newGroup("g", 0), state: "Stable", protocolType: "consumer", protocolName: "range", members: new MemberTable(members) };
  };
  assert.equal(upgrade(classicOf(1000), env(scene)).group.members.size, 1000);
  assert.throws(() => upgrade(classicOf(1001), env(scene)), { errorCode: ErrorCode.GROUP_ID_NOT_FOUND });
});
