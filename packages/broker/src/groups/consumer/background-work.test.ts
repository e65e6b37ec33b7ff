import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import { compilePattern, loadPatterns } from "../../security/linear-pattern.ts";
import { GroupScene, NODE_ID } from "../testing/group-scene.ts";
import type { TopicSight } from "./background-work.ts";
import type { ConsumerHeartbeat, ConsumerHeartbeatAnswer } from "./consumer-decision.ts";
import type { ConsumerGroup } from "./consumer-group.ts";
import { partitionCount } from "./partition-epochs.ts";

const TOPICS = 40;
const PARTITIONS = 80;
/** More than one part of a target. */
const MANY = 230;

async function largeScene(): Promise<GroupScene> {
  const scene = await GroupScene.open();
  for (let i = 0; i < TOPICS; i++) scene.topics.put(`t${i}`, PARTITIONS);
  return scene;
}

const names = Array.from({ length: TOPICS }, (_, i) => `t${i}`);

async function poll(
  scene: GroupScene,
  memberId: string,
  said: Partial<ConsumerHeartbeat> = {},
  sees?: TopicSight,
): Promise<ConsumerHeartbeatAnswer> {
  const known = groupOf(scene)?.members.get(memberId);
  const request = {
    nodeId: NODE_ID,
    groupId: "g",
    memberId,
    memberEpoch: known?.memberEpoch ?? 0,
    instanceId: null,
    rackId: null,
    rebalanceTimeoutMs: known ? -1 : 60_000,
    subscribedTopicNames: known ? null : names,
    subscribedTopicRegex: null,
    serverAssignor: null,
    // A quick member: it has what it is to have, and no more.
    owned: known ? Array.from(known.assigned, ([topicId, epochs]) => ({ topicId, partitions: [...epochs.keys()] })) : [],
    clientId: "client",
    clientHost: "/127.0.0.1",
    ...said,
  };
  return scene.coordinator.consumers.heartbeat(request, sees);
}

function groupOf(scene: GroupScene): ConsumerGroup | undefined {
  const group = scene.coordinator.group("g", NODE_ID);
  return typeof group === "object" && group.type === "consumer" ? group : undefined;
}

/** Lets everybody send heartbeats until the group is at rest. */
async function settle(scene: GroupScene): Promise<ConsumerGroup> {
  for (let round = 0; round < 20 && groupOf(scene)?.state !== "Stable"; round++) {
    for (const memberId of [...groupOf(scene)!.members.keys()]) await poll(scene, memberId);
    await scene.coordinator.background.idle();
  }
  const group = groupOf(scene)!;
  assert.equal(group.state, "Stable");
  assert.equal(group.targets.isTorn, false);
  return group;
}

function assertShared(group: ConsumerGroup, partitions: number): void {
  const counts = Array.from(group.members.values(), ({ assigned }) => partitionCount(assigned));
  assert.equal(
    counts.reduce((sum, each) => sum + each, 0),
    partitions,
  );
  assert.ok(Math.max(...counts) - Math.min(...counts) <= 1);
  assert.equal(group.targets.partitionCount, partitions);
}

test("a large target is worked out beside the requests, and told by a later heartbeat", async () => {
  const scene = await largeScene();
  const joined = await poll(scene, "a");
  assert.deepEqual([joined.errorCode, joined.memberEpoch, joined.assignment?.size], [ErrorCode.NONE, 1, 0]);
  assert.equal(groupOf(scene)?.state, "Assigning");
  await scene.coordinator.background.idle();
  const told = await poll(scene, "a");
  assert.equal(told.memberEpoch, 2);
  assertShared(await settle(scene), TOPICS * PARTITIONS);
});

test("who comes while a large target is worked out gets its part in the next one", async () => {
  const scene = await largeScene();
  await poll(scene, "a");
  await poll(scene, "b");
  const group = await settle(scene);
  assert.deepEqual([group.groupEpoch, group.assignmentEpoch, group.members.size], [3, 3, 2]);
  assertShared(group, TOPICS * PARTITIONS);
});

test("a large group of hundreds comes to rest, and again after some leave", async () => {
  const scene = await largeScene();
  for (let i = 0; i < MANY; i++) await poll(scene, `m${i}`);
  assertShared(await settle(scene), TOPICS * PARTITIONS);
  for (let i = 0; i < 7; i++) await poll(scene, `m${i * 5}`, { memberEpoch: -1 });
  assertShared(await settle(scene), TOPICS * PARTITIONS);
});

test("a target of which only a part was written before the broker died does no harm", async () => {
  const scene = await GroupScene.open();
  scene.topics.put("t0", TOPICS * PARTITIONS);
  // Ranges go by name: when the first one leaves, all others move on, and those that came first, and are written first, get what later ones still have.
  const name = (i: number) => `m${String(MANY - i).padStart(3, "0")}`;
  for (let i = 0; i < MANY; i++) await poll(scene, name(i), { serverAssignor: "range" });
  await settle(scene);
  const { topic } = scene;
  const append = topic.append.bind(topic);
  let parts = 0;
  topic.append = (partition, records, timestampMs) => {
    const batch = [...records];
    const isPart = batch.length > 0 && batch.every(({ key }) => key.readInt16BE(0) === 7);
    if (isPart && ++parts > 1) return { kind: "error", errorCode: ErrorCode.KAFKA_STORAGE_ERROR };
    return append(partition, batch, timestampMs);
  };
  await poll(scene, name(MANY - 1), { memberEpoch: -1 });
  await poll(scene, name(0));
  await scene.coordinator.background.idle();
  assert.ok(parts > 1, "the second part failed");
  assert.notEqual(groupOf(scene)?.assignmentEpoch, groupOf(scene)?.groupEpoch, "half a target does not count");
  // The next target is made by the assignor that leaves everybody what it has.
  for (let i = 0; i < MANY - 1; i++) await poll(scene, name(i), { serverAssignor: "uniform" });
  await scene.coordinator.background.idle();
  topic.append = append;
  await scene.restart();
  assert.equal(groupOf(scene)?.targets.isTorn, true, "some partitions are in two targets");
  assertShared(await settle(scene), TOPICS * PARTITIONS);
});

test("a static member that starts anew while a target is worked out gets what was meant for it", async () => {
  const scene = await largeScene();
  await poll(scene, "s1", { instanceId: "s" });
  await poll(scene, "d");
  await poll(scene, "s1", { instanceId: "s", memberEpoch: -2 });
  await poll(scene, "s2", { instanceId: "s" });
  await scene.coordinator.background.idle();
  for (let round = 0; round < 6; round++) {
    for (const [memberId, instanceId] of [
      ["s2", "s"],
      ["d", null],
    ] as const)
      await poll(scene, memberId, { instanceId });
    await scene.coordinator.background.idle();
  }
  const group = groupOf(scene)!;
  assert.deepEqual([...group.members.keys()].sort(), ["d", "s2"]);
  assert.equal(group.state, "Stable");
  assertShared(group, TOPICS * PARTITIONS);
});

test("patterns that would cost too much are refused, in RE2's syntax as any other fault", async () => {
  await loadPatterns();
  for (const pattern of ["(", "(?=a)", "(a)\\1", "x{1001}", "(x{100}){100}", "(?:a?){400}a{400}", "a".repeat(1001)]) {
    assert.equal(typeof compilePattern(pattern), "string", pattern.slice(0, 20));
  }
  for (const pattern of ["(a+)+$", "(a|aa)+", "(.*)(.*)(.*)(.*)x", "^orders-[0-9]{1,3}$", "(?i)ORDERS.*", "\\Qa.b\\E"]) {
    const matches = compilePattern(pattern);
    assert.ok(typeof matches === "function", pattern);
    assert.equal(matches(`${"a".repeat(248)}!`), false, pattern);
  }
});

test("a group that is given up, or is no consumer group any more, drops what was worked out for it", async () => {
  const scene = await largeScene();
  await poll(scene, "a");
  await poll(scene, "a", { memberEpoch: -1 });
  assert.equal(await scene.coordinator.offsets.deleteGroup("g", NODE_ID), ErrorCode.NONE);
  await scene.coordinator.background.idle();
  assert.equal(scene.coordinator.group("g", NODE_ID), undefined);
});

test("what could not be written is not tried at each heartbeat, but again after a while", async () => {
  const scene = await GroupScene.open();
  scene.topics.put("t", 1);
  const append = scene.topic.append.bind(scene.topic);
  let tries = 0;
  scene.topic.append = (partition, records, timestampMs) => {
    const batch = [...records];
    if (batch.some(({ key }) => key.readInt16BE(0) === 16)) {
      tries++;
      return { kind: "error", errorCode: ErrorCode.MESSAGE_TOO_LARGE };
    }
    return append(partition, batch, timestampMs);
  };
  const joined = await poll(scene, "a", { subscribedTopicNames: null, subscribedTopicRegex: "t.*" });
  assert.equal(joined.errorCode, ErrorCode.NONE);
  for (let i = 0; i < 5; i++) {
    await scene.coordinator.background.idle();
    await poll(scene, "a");
  }
  assert.equal(tries, 1);
  scene.topic.append = append;
  await scene.clock.advanceAsync(5000);
  await poll(scene, "a");
  await scene.coordinator.background.idle();
  assert.equal((await poll(scene, "a")).assignment?.size, 1);
});

test("a group has a hundred patterns at most", async () => {
  const scene = await GroupScene.open();
  for (let i = 0; i < 100; i++) {
    const { errorCode } = await poll(scene, `m${i}`, { subscribedTopicNames: null, subscribedTopicRegex: `t${i}` });
    assert.equal(errorCode, ErrorCode.NONE);
  }
  const more = await poll(scene, "more", { subscribedTopicNames: null, subscribedTopicRegex: "other" });
  assert.equal(more.errorCode, ErrorCode.INVALID_REGULAR_EXPRESSION);
  const same = await poll(scene, "same", { subscribedTopicNames: null, subscribedTopicRegex: "t7" });
  assert.equal(same.errorCode, ErrorCode.NONE);
});

test("a pattern finds only what its member may see", async () => {
  const scene = await GroupScene.open();
  for (const name of ["orders", "orders-secret"]) scene.topics.put(name, 1);
  const sees = (topic: string) => topic !== "orders-secret";
  await poll(scene, "a", { subscribedTopicNames: null, subscribedTopicRegex: "orders.*" }, sees);
  await scene.coordinator.background.idle();
  assert.deepEqual([...groupOf(scene)!.subscriptions.resolved.get("orders.*")!.topics], ["orders"]);
});
