import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import { makeStreamsGroupTopologyValue, makeSubtopology, makeTopicInfo } from "@ottla/protocol/data/streams-group-topology-value";
import { streamsGroupTargetAssignmentMemberKey } from "@ottla/protocol/data/streams-group-target-assignment-member-key";
import { GroupScene, NODE_ID } from "../testing/group-scene.ts";
import type { StreamsHeartbeat, StreamsHeartbeatAnswer } from "./streams-decision.ts";
import type { StreamsGroup } from "./streams-group.ts";
import { heldCount, listTasks } from "./tasks.ts";

const PARTITIONS = 4_000;
/** More than one part of a target. */
const MANY = 230;

const topology = makeStreamsGroupTopologyValue({
  subtopologies: [
    makeSubtopology({ subtopologyId: "0", sourceTopics: ["t"], stateChangelogTopics: [makeTopicInfo({ name: "g-changelog" })] }),
    makeSubtopology({ subtopologyId: "1", sourceTopics: ["u"] }),
  ],
});

async function largeScene(): Promise<GroupScene> {
  const scene = await GroupScene.open();
  scene.topics.put("t", PARTITIONS);
  scene.topics.put("g-changelog", PARTITIONS);
  scene.topics.put("u", 10);
  return scene;
}

function groupOf(scene: GroupScene): StreamsGroup | undefined {
  const group = scene.coordinator.group("g", NODE_ID);
  return typeof group === "object" && group.type === "streams" ? group : undefined;
}

/** A heartbeat of a quick member: it has what it is to have, and no more. */
async function beat(scene: GroupScene, memberId: string, said: Partial<StreamsHeartbeat> = {}): Promise<StreamsHeartbeatAnswer> {
  const known = groupOf(scene)?.members.get(memberId);
  return scene.coordinator.streams.heartbeat({
    nodeId: NODE_ID,
    groupId: "g",
    memberId,
    memberEpoch: known?.memberEpoch ?? 0,
    endpointInformationEpoch: 0,
    instanceId: null,
    rackId: null,
    rebalanceTimeoutMs: known ? -1 : 60_000,
    topology: known ? null : topology,
    activeTasks: listTasks(known?.assigned.active ?? new Map()),
    standbyTasks: listTasks(known?.assigned.standby ?? new Map()),
    warmupTasks: [],
    processId: `process-${memberId}`,
    userEndpoint: null,
    clientTags: null,
    taskOffsets: null,
    taskEndOffsets: null,
    shutdownApplication: false,
    clientId: "client",
    clientHost: "/127.0.0.1",
    version: 1,
    ...said,
  });
}

/** Lets everybody send heartbeats until the group is at rest. */
async function settle(scene: GroupScene): Promise<StreamsGroup> {
  for (let round = 0; round < 20 && groupOf(scene)?.state !== "Stable"; round++) {
    for (const memberId of [...groupOf(scene)!.members.keys()]) assert.equal((await beat(scene, memberId)).errorCode, ErrorCode.NONE);
    await scene.coordinator.background.idle();
  }
  const group = groupOf(scene)!;
  assert.equal(group.state, "Stable");
  return group;
}

/** Every task runs once, and nobody has more than its share. */
function assertShared(group: StreamsGroup, copies = 1): void {
  const running = new Set<string>();
  for (const { assigned } of group.members.values()) {
    for (const [id, partitions] of assigned.active)
      for (const partition of partitions.keys()) {
        assert.ok(!running.has(`${id}_${partition}`), `${id}_${partition} runs twice`);
        running.add(`${id}_${partition}`);
      }
  }
  assert.equal(running.size, PARTITIONS + 10);
  const counts = Array.from(group.members.values(), ({ assigned }) => heldCount(assigned));
  assert.equal(
    counts.reduce((sum, each) => sum + each, 0),
    PARTITIONS * copies + 10,
  );
  assert.ok(Math.max(...counts) - Math.min(...counts) <= 1 + (copies - 1) * 2);
}

test("a large target of a streams group is worked out beside the requests, and told by a later heartbeat", async () => {
  const scene = await largeScene();
  const joined = await beat(scene, "a");
  assert.deepEqual(
    [joined.errorCode, joined.memberEpoch, joined.statuses.map(({ name }) => name)],
    [ErrorCode.NONE, 1, ["ASSIGNMENT_DELAYED"]],
  );
  assert.equal(groupOf(scene)?.state, "Assigning");
  await scene.coordinator.background.idle();
  const told = await beat(scene, "a");
  assert.deepEqual([told.memberEpoch, told.statuses], [2, []]);
  assert.equal(heldCount(told.tasks!), PARTITIONS + 10);
  assertShared(await settle(scene));
});

test("a large streams group of hundreds comes to rest, again after some leave, and with copies", async () => {
  const scene = await largeScene();
  for (let i = 0; i < MANY; i++) await beat(scene, `m${i}`);
  assertShared(await settle(scene));
  for (let i = 0; i < 7; i++) await beat(scene, `m${i * 5}`, { memberEpoch: -1 });
  assertShared(await settle(scene));
  scene.streamsSettings = { ...scene.streamsSettings, standbyReplicas: 1 };
  await beat(scene, `m${MANY - 1}`);
  await scene.coordinator.background.idle();
  assertShared(await settle(scene), 2);
});

test("a target of a streams group of which only a part was written before the broker died does no harm", async () => {
  const scene = await largeScene();
  for (let i = 0; i < MANY; i++) await beat(scene, `m${i}`);
  await settle(scene);
  const { topic } = scene;
  const append = topic.append.bind(topic);
  let parts = 0;
  topic.append = (partition, records, timestampMs) => {
    const batch = [...records];
    const isPart = batch.length > 0 && batch.every(({ key }) => key.readInt16BE(0) === streamsGroupTargetAssignmentMemberKey.recordType);
    if (isPart && ++parts > 1) return { kind: "error", errorCode: ErrorCode.KAFKA_STORAGE_ERROR };
    return append(partition, batch, timestampMs);
  };
  for (let i = 0; i < 100; i++) await beat(scene, `m${i}`, { memberEpoch: -1 });
  await beat(scene, `m${MANY - 1}`);
  await scene.coordinator.background.idle();
  assert.ok(parts > 1, "the second part failed");
  assert.notEqual(groupOf(scene)?.assignmentEpoch, groupOf(scene)?.groupEpoch, "half a target does not count");
  topic.append = append;
  await scene.restart();
  assertShared(await settle(scene));
});
