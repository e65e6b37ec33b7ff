import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import type { LogRecord } from "../coordinator/coordinator-log.ts";
import { MemoryLog } from "../coordinator/testing/memory-log.ts";
import type { SyncAnswer } from "./classic/group-decision.ts";
import { keptBytes } from "./classic/kept-bytes.ts";
import { encodeRecord } from "./group-record-codec.ts";
import { DEFAULT_CONFIG, GroupScene, NODE_ID } from "./testing/group-scene.ts";

const now = <Answer>(answer: Answer | Promise<Answer>): Answer => {
  assert.ok(!(answer instanceof Promise), "the answer is there at once");
  return answer;
};

/** Brings a group of one dynamic member to Stable. */
async function settle(scene: GroupScene, groupId: string): Promise<{ memberId: string; generationId: number }> {
  const joining = scene.join(groupId, { version: 3 });
  scene.clock.advance(3000);
  const { memberId, generationId } = await joining;
  await scene.sync(groupId, { memberId, generationId, assignments: { [memberId]: "all" } });
  return { memberId, generationId };
}

test("the session timeout must lie within the broker's bounds", async () => {
  const scene = await GroupScene.open();
  const errorOf = (sessionTimeoutMs: number) => now(scene.join("g", { sessionTimeoutMs })).errorCode;
  assert.equal(errorOf(5999), ErrorCode.INVALID_SESSION_TIMEOUT);
  assert.equal(errorOf(6000), ErrorCode.MEMBER_ID_REQUIRED);
  assert.equal(errorOf(1_800_000), ErrorCode.MEMBER_ID_REQUIRED);
  assert.equal(errorOf(1_800_001), ErrorCode.INVALID_SESSION_TIMEOUT);
});

test("membership needs a group id; offsets do not", async () => {
  const scene = await GroupScene.open();
  const who = { nodeId: NODE_ID, groupId: "", memberId: "a", groupInstanceId: null };
  assert.equal(now(scene.join("")).errorCode, ErrorCode.INVALID_GROUP_ID);
  assert.equal(now(scene.sync("", { memberId: "a", generationId: 1 })).errorCode, ErrorCode.INVALID_GROUP_ID);
  assert.equal(now(scene.coordinator.membership.heartbeat({ ...who, generationId: 1 })).errorCode, ErrorCode.INVALID_GROUP_ID);
  assert.equal(now(scene.coordinator.membership.leave({ ...who, members: [] })).errorCode, ErrorCode.INVALID_GROUP_ID);
  assert.equal(now(scene.coordinator.offsets.delete("", NODE_ID, [])).errorCode, ErrorCode.INVALID_GROUP_ID);
  assert.equal(now(scene.commit("", "t", 0, 5)).errorCode, ErrorCode.NONE);
  assert.equal(scene.committed("", "t", 0), 5);
});

test("a group can be deleted when its last session is over, though the wake-up is still to come (librdkafka 0081)", async () => {
  const scene = await GroupScene.open();
  const errorCodes: number[] = [];
  const deleteGroup = () => errorCodes.push(now(scene.coordinator.offsets.deleteGroup("g", NODE_ID)));
  const sessionEndMs = 3000 + 10_000;
  scene.clock.schedule(sessionEndMs - 1, deleteGroup);
  // Scheduled before the session begins, so it runs ahead of the session's own wake-up at the same moment.
  scene.clock.schedule(sessionEndMs, deleteGroup);
  await settle(scene, "g");
  scene.clock.advance(10_000);
  assert.deepEqual(errorCodes, [ErrorCode.NON_EMPTY_GROUP, ErrorCode.NONE]);
});

test("while a partition loads, its groups are told so, and heartbeats are let pass", async () => {
  const topic = new MemoryLog();
  const first = await GroupScene.open({ topic });
  const { memberId, generationId } = await settle(first, "g");
  first.coordinator.stop();

  const scene = new GroupScene({ topic });
  const loaded = scene.coordinator.start();
  const heartbeat = () =>
    scene.coordinator.membership.heartbeat({ nodeId: NODE_ID, groupId: "g", memberId, groupInstanceId: null, generationId: 99 });
  assert.equal(now(scene.join("g")).errorCode, ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
  assert.equal(now(scene.commit("g", "t", 0, 1)).errorCode, ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
  assert.equal(await scene.groupIds(), ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
  assert.equal(scene.coordinator.group("g", NODE_ID), ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
  assert.equal(now(heartbeat()).errorCode, ErrorCode.NONE);
  await loaded;
  assert.equal(now(heartbeat()).errorCode, ErrorCode.ILLEGAL_GENERATION);
  const group = scene.classicGroup("g");
  assert.ok(group);
  assert.deepEqual(
    [group.state, group.generationId, Array.from(group.members.values(), (member) => member.memberId)],
    ["Stable", generationId, [memberId]],
  );
});

test("groups belong to the broker that leads their partition; the others say NOT_COORDINATOR", async () => {
  const topic = new MemoryLog({ partitionCount: 4 });
  topic.leaders.splice(0, 4, 1, 2, 1, 2);
  const scene = await GroupScene.open({ topic });
  const ids = Array.from({ length: 20 }, (_, i) => `group-${i}`);
  const leaders = await Promise.all(ids.map((groupId) => scene.coordinator.coordinatorOf(groupId)));
  assert.deepEqual(
    [...new Set(leaders)].sort((a, b) => a - b),
    [1, 2],
  );
  for (const [i, groupId] of ids.entries()) {
    const own = leaders[i]!;
    assert.equal(now(scene.join(groupId, { nodeId: 3 - own })).errorCode, ErrorCode.NOT_COORDINATOR);
    assert.equal(now(scene.join(groupId, { nodeId: own })).errorCode, ErrorCode.MEMBER_ID_REQUIRED);
  }
  const listed = await Promise.all(
    [1, 2].map(async (nodeId) => {
      const groupIds = await scene.groupIds(nodeId);
      return typeof groupIds === "number" ? -1 : groupIds.length;
    }),
  );
  assert.deepEqual(listed, [leaders.filter((id) => id === 1).length, leaders.filter((id) => id === 2).length]);
});

test("the topic is created when a coordinator is first asked for, and is ready with the answer", async () => {
  const scene = await GroupScene.open({ topic: new MemoryLog({ isCreated: false }) });
  assert.equal(now(scene.join("g")).errorCode, ErrorCode.NOT_COORDINATOR);
  assert.deepEqual(await scene.groupIds(), []);
  assert.deepEqual(await Promise.all(["g", "h"].map((groupId) => scene.coordinator.coordinatorOf(groupId))), [1, 1]);
  assert.equal(now(scene.join("g")).errorCode, ErrorCode.MEMBER_ID_REQUIRED);
});

test("a topic that somebody else created is picked up, one that was deleted is let go", async () => {
  const topic = new MemoryLog({ isCreated: false });
  const scene = await GroupScene.open({ topic });
  topic.isCreated = true;
  scene.coordinator.metadataChanged();
  await scene.coordinator.coordinatorOf("g");
  await new Promise((resolve) => setImmediate(resolve));
  const parked = scene.join("g", { version: 3 });
  topic.isCreated = false;
  scene.coordinator.metadataChanged();
  assert.equal((await parked).errorCode, ErrorCode.NOT_COORDINATOR);
  assert.equal(now(scene.join("g")).errorCode, ErrorCode.NOT_COORDINATOR);
});

test("a record that makes no sense costs itself only", async () => {
  const topic = new MemoryLog();
  const good = (groupId: string): LogRecord =>
    encodeRecord({
      kind: "offset",
      groupId,
      topic: "t",
      partition: 0,
      value: { offset: 5, leaderEpoch: -1, metadata: "", commitTimestampMs: 1, expireTimestampMs: -1, topicId: "AAAAAAAAAAAAAAAAAAAAAA" },
    });
  topic.partitions[0]!.push(
    good("g"),
    { key: Buffer.of(0, 1, 0x7f), value: null },
    { key: good("x").key, value: Buffer.of(0, 9) },
    good("h"),
  );
  const scene = await GroupScene.open({ topic });
  assert.deepEqual([scene.committed("g", "t", 0), scene.committed("h", "t", 0)], [5, 5]);
});

test("a log that cannot be read costs its own partition only", async () => {
  class Damaged extends MemoryLog {
    override async *read(partition: number): ReturnType<MemoryLog["read"]> {
      if (partition === 0) throw new Error("EIO");
      yield* super.read(partition);
    }
  }
  const scene = await GroupScene.open({ topic: new Damaged({ partitionCount: 2 }) });
  // "b" belongs to partition 0, "a" to partition 1.
  assert.equal(now(scene.join("b")).errorCode, ErrorCode.NOT_COORDINATOR);
  assert.equal(now(scene.join("a")).errorCode, ErrorCode.MEMBER_ID_REQUIRED);
});

test("where the topic is flushed first, answers wait for the disk; state does not", async () => {
  const scene = await GroupScene.open();
  const { memberId, generationId } = await settle(scene, "g");
  const disk = Promise.withResolvers<void>();
  scene.topic.durable = disk.promise;
  const commit = scene.commit("g", "t", 0, 7, { memberId, generationId });
  const join = scene.join("h");
  assert.ok(commit instanceof Promise && join instanceof Promise);
  assert.equal(scene.committed("g", "t", 0), 7);
  const beat = scene.coordinator.membership.heartbeat({ nodeId: NODE_ID, groupId: "g", memberId, groupInstanceId: null, generationId });
  assert.ok(beat instanceof Promise, "what is answered stands on what was written before");
  disk.resolve();
  assert.equal((await beat).errorCode, ErrorCode.NONE);
  assert.equal((await commit).errorCode, ErrorCode.NONE);
  assert.equal((await join).errorCode, ErrorCode.MEMBER_ID_REQUIRED);
});

test("what did not reach the disk is not acknowledged", async () => {
  const scene = await GroupScene.open();
  const joining = scene.join("g", { version: 3 });
  scene.clock.advance(3000);
  const { memberId, generationId } = await joining;
  const disk = Promise.withResolvers<void>();
  scene.topic.durable = disk.promise;
  const answers = [
    scene.sync("g", { memberId, generationId, assignments: { [memberId]: "all" } }) as Promise<SyncAnswer>,
    scene.commit("h", "t", 0, 7),
    scene.join("i"),
  ];
  disk.reject(new Error("EIO"));
  for (const answer of answers) assert.equal((await answer).errorCode, ErrorCode.NOT_COORDINATOR);
  const beat = scene.coordinator.membership.heartbeat({ nodeId: NODE_ID, groupId: "g", memberId, groupInstanceId: null, generationId });
  assert.equal((await beat).errorCode, ErrorCode.NOT_COORDINATOR, "nor is what stands on it");
});

test("a commit that cannot be written is not there", async () => {
  const scene = await GroupScene.open();
  scene.topic.failure = ErrorCode.KAFKA_STORAGE_ERROR;
  assert.equal(now(scene.commit("g", "t", 0, 7)).errorCode, ErrorCode.NOT_COORDINATOR);
  assert.equal(scene.committed("g", "t", 0), undefined);
  assert.equal(await scene.coordinator.offsets.deleteGroup("g", NODE_ID), ErrorCode.GROUP_ID_NOT_FOUND);
});

test("offsets of a topic that was made again while the coordinator was away are not the new one's", async () => {
  const scene = await GroupScene.open();
  await scene.commit("g", "t", 0, 1, { topicId: "id-of-t-000000000000AA" });
  await scene.commit("g", "t", 1, 2);
  scene.topicIds.set("t", "id-of-t-000000000000BA");
  await scene.restart();
  // One that was committed by name alone may be meant for any topic of that name.
  assert.deepEqual([scene.committed("g", "t", 0), scene.committed("g", "t", 1)], [undefined, 2]);
});

test("offsets of a deleted topic go with it, now or at the next start", async () => {
  const scene = await GroupScene.open();
  scene.topicIds.set("t", "id-of-t-000000000000AA").set("u", "id-of-u-000000000000AA");
  await scene.commit("g", "t", 0, 1, { topicId: "id-of-t-000000000000AA" });
  await scene.commit("g", "u", 0, 2, { topicId: "id-of-u-000000000000AA" });
  await scene.commit("h", "t", 1, 3, { topicId: "id-of-t-000000000000AA" });
  scene.coordinator.metadataChanged("id-of-t-000000000000AA");
  assert.deepEqual([scene.committed("g", "t", 0), scene.committed("g", "u", 0), scene.committed("h", "t", 1)], [undefined, 2, undefined]);
  scene.deleteTopic("u");
  await scene.restart();
  assert.equal(scene.committed("g", "u", 0), undefined);
  await scene.restart();
  assert.equal(scene.committed("g", "u", 0), undefined);
});

test("there are no more groups than the broker allows", async () => {
  const scene = await GroupScene.open({ config: { groupsMax: 2 } });
  assert.equal(now(scene.commit("a", "t", 0, 1)).errorCode, ErrorCode.NONE);
  assert.equal(now(scene.join("b")).errorCode, ErrorCode.MEMBER_ID_REQUIRED);
  assert.equal(now(scene.join("c")).errorCode, ErrorCode.GROUP_MAX_SIZE_REACHED);
  assert.equal(now(scene.commit("c", "t", 0, 1)).errorCode, ErrorCode.COORDINATOR_NOT_AVAILABLE);
  assert.equal(now(scene.commit("a", "t", 0, 2)).errorCode, ErrorCode.NONE);
});

test("members of all groups together hold no more than the broker allows, and a greedy group leaves others as much as it has", async () => {
  const scene = await GroupScene.open({ config: { groupsHeldBytesMax: 100_000 } });
  const join = (groupId: string, bytes: number, memberId = "") =>
    scene.join(groupId, { version: 3, memberId, metadata: Buffer.alloc(bytes), protocolType: "test" });
  const isRefused = (answer: ReturnType<typeof join>) =>
    !(answer instanceof Promise) && answer.errorCode === ErrorCode.GROUP_MAX_SIZE_REACHED;
  assert.ok(isRefused(join("greedy", 100_000)));
  let members = 0;
  while (members < 100 && !isRefused(join("greedy", 8000))) members++;
  assert.ok(members >= 4 && members <= 6, `${members} members of one group`);
  assert.ok(!isRefused(join("modest", 20_000)), "another finds room");
  for (let i = 0; i < 100; i++) void join(`g${i}`, 1000);
  assert.ok(isRefused(join("late", 20_000)));
  // With the sessions that end, all is given back.
  await scene.clock.advanceAsync(DEFAULT_CONFIG.limits.newMemberJoinTimeoutMs * 2);
  assert.ok(!isRefused(join("greedy", 40_000)));
});

test("a member that is there is never refused for want of room when it offers no more than before", async () => {
  const scene = await GroupScene.open({ config: { groupsHeldBytesMax: 10_000 } });
  const { memberId, generationId } = await settle(scene, "g");
  scene.config = { ...scene.config, groupsHeldBytesMax: 0 };
  assert.equal(now(scene.join("h")).errorCode, ErrorCode.GROUP_MAX_SIZE_REACHED);
  const rejoining = scene.join("g", { version: 3, memberId });
  const { errorCode } = await rejoining;
  assert.equal(errorCode, ErrorCode.NONE);
  const sync = scene.sync("g", { memberId, generationId: generationId + 1, assignments: { [memberId]: "all" } });
  assert.equal(now(sync).errorCode, ErrorCode.COORDINATOR_NOT_AVAILABLE);
});

test("committed offsets take no more than the broker allows; those that are there may move", async () => {
  const scene = await GroupScene.open({ config: { offsetsHeldBytesMax: 1000 } });
  for (let partition = 0; partition < 5; partition++) assert.equal(now(scene.commit("g", "t", partition, 1)).errorCode, ErrorCode.NONE);
  assert.equal(now(scene.commit("g", "t", 5, 1)).errorCode, ErrorCode.COORDINATOR_NOT_AVAILABLE);
  assert.equal(now(scene.commit("h", "t", 0, 1)).errorCode, ErrorCode.COORDINATOR_NOT_AVAILABLE);
  assert.equal(now(scene.commit("g", "t", 0, 2)).errorCode, ErrorCode.NONE);
  assert.equal(now(scene.commit("g", "t", 0, 2, { metadata: "m" })).errorCode, ErrorCode.COORDINATOR_NOT_AVAILABLE);
  now(scene.coordinator.offsets.delete("g", NODE_ID, [{ name: "t", partitions: [{ partitionIndex: 4 }] }]));
  assert.equal(now(scene.commit("h", "t", 0, 1)).errorCode, ErrorCode.NONE);
});

test("topics that are deleted while offsets of another are looked for are not forgotten", async () => {
  const scene = await GroupScene.open();
  const ids = ["t", "u", "v"].map((name) => [name, `id-of-${name}-000000000000AA`] as const);
  for (const [name, topicId] of ids) await scene.commit("g", name, 0, 1, { topicId });
  for (const [, topicId] of ids) scene.coordinator.metadataChanged(topicId);
  await new Promise((resolve) => setImmediate(resolve));
  for (const [name] of ids) assert.equal(scene.committed("g", name, 0), undefined, name);
});

test("a group that is deleted takes the timers of ids that were handed out with it", async () => {
  const scene = await GroupScene.open();
  assert.equal(now(scene.join("g")).errorCode, ErrorCode.MEMBER_ID_REQUIRED);
  assert.equal(scene.coordinator.membership.timerCount, 1);
  assert.equal(now(scene.coordinator.offsets.deleteGroup("g", NODE_ID)), ErrorCode.NONE);
  assert.equal(scene.coordinator.membership.timerCount, 0);
});

test("what is kept of a frame holds no more memory than its bytes", () => {
  const kept = keptBytes(Buffer.from("ab"));
  assert.deepEqual([kept.toString(), kept.buffer.byteLength], ["ab", 2]);
});

test("one commit names no more partitions than the broker allows", async () => {
  const scene = await GroupScene.open({ config: { commitPartitionsMax: 0 } });
  assert.equal(now(scene.commit("g", "t", 0, 1)).errorCode, ErrorCode.UNKNOWN_SERVER_ERROR);
});

test("groups that nobody uses are forgotten, so that churn does not fill the memory", async () => {
  const scene = await GroupScene.open();
  for (let i = 0; i < 500; i++) now(scene.join(`g${i}`));
  assert.equal(((await scene.groupIds()) as readonly unknown[]).length, 500);
  assert.equal(scene.coordinator.membership.timerCount, 500);
  scene.clock.advance(DEFAULT_CONFIG.offsetsRetentionCheckIntervalMs);
  assert.deepEqual(await scene.groupIds(), []);
  assert.equal(scene.coordinator.membership.timerCount, 0);
  await scene.restart();
  assert.deepEqual(await scene.groupIds(), []);
});

test("a stopped coordinator answers everybody and takes nothing more", async () => {
  const scene = await GroupScene.open();
  const parked = scene.join("g", { version: 3 });
  scene.coordinator.stop();
  assert.equal((await parked).errorCode, ErrorCode.NOT_COORDINATOR);
  assert.equal(now(scene.join("g")).errorCode, ErrorCode.COORDINATOR_NOT_AVAILABLE);
  assert.equal(scene.coordinator.membership.waitingCount, 0);
  assert.equal(scene.clock.pendingTimers, 0);
});

test("more tombstones than a batch may hold are written in several", async () => {
  const scene = await GroupScene.open();
  for (let partition = 0; partition < 10; partition++) await scene.commit("g", "t", partition, 1);
  scene.topic.batchRecordsMax = 3;
  await scene.clock.advanceAsync(DEFAULT_CONFIG.offsetsRetentionMs + DEFAULT_CONFIG.offsetsRetentionCheckIntervalMs);
  assert.deepEqual(await scene.groupIds(), []);
  await scene.restart();
  assert.deepEqual(await scene.groupIds(), []);
});

test("sessions do not follow the wall clock", async () => {
  const scene = await GroupScene.open();
  const { memberId, generationId } = await settle(scene, "g");
  for (const jumpMs of [24 * 3_600_000, -48 * 3_600_000]) {
    scene.clock.jumpWall(jumpMs);
    scene.clock.advance(9999);
    const who = { nodeId: NODE_ID, groupId: "g", memberId, groupInstanceId: null, generationId };
    assert.equal(now(scene.coordinator.membership.heartbeat(who)).errorCode, ErrorCode.NONE);
  }
});
