import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode, NIL_UUID } from "@ottla/protocol";
import { createTopicsApi, makeCreatableTopic, makeCreateTopicsRequest } from "@ottla/protocol/apis/create-topics";
import { deleteTopicsApi, makeDeleteTopicsRequest } from "@ottla/protocol/apis/delete-topics";
import { findCoordinatorApi, makeFindCoordinatorRequest } from "@ottla/protocol/apis/find-coordinator";
import {
  makeOffsetCommitRequest,
  makeOffsetCommitRequestPartition,
  makeOffsetCommitRequestTopic,
  type OffsetCommitRequest,
  offsetCommitApi,
} from "@ottla/protocol/apis/offset-commit";
import {
  makeOffsetDeleteRequest,
  makeOffsetDeleteRequestPartition,
  makeOffsetDeleteRequestTopic,
  offsetDeleteApi,
} from "@ottla/protocol/apis/offset-delete";
import {
  makeOffsetFetchRequest,
  makeOffsetFetchRequestGroup,
  makeOffsetFetchRequestTopic,
  makeOffsetFetchRequestTopics,
  offsetFetchApi,
} from "@ottla/protocol/apis/offset-fetch";
import { TestBroker } from "../testing/test-broker.ts";

const SETTINGS = { "offsets.topic.num.partitions": "4" };

/** A broker with the topics t and u of two partitions each. */
async function startWithTopics(brokers = 1): Promise<TestBroker> {
  const broker = await TestBroker.start({ settings: SETTINGS, brokers });
  const topics = ["t", "u"].map((name) => makeCreatableTopic({ name, numPartitions: 2, replicationFactor: 1 }));
  await broker.send(createTopicsApi, 7, makeCreateTopicsRequest({ topics, timeoutMs: 5000 }));
  await broker.send(findCoordinatorApi, 3, makeFindCoordinatorRequest({ key: "g" }));
  return broker;
}

const idOf = (broker: TestBroker, name: string) => broker.running.state.metadata.topic(name)?.topicId ?? NIL_UUID;
const partition = (partitionIndex: number, committedOffset: number, committedMetadata: string | null = null) =>
  makeOffsetCommitRequestPartition({ partitionIndex, committedOffset, committedMetadata });

async function commit(broker: TestBroker, version: number, init: Partial<OffsetCommitRequest>, nodeId?: number) {
  const answer = await broker.send(offsetCommitApi, version, makeOffsetCommitRequest({ groupId: "g", ...init }), nodeId);
  return answer.topics.map(({ name, topicId, partitions }) => [
    version >= 10 ? topicId : name,
    ...partitions.map(({ partitionIndex, errorCode }) => [partitionIndex, errorCode]),
  ]);
}

/** Offsets by version 8 of OffsetFetch: what most clients use. */
async function fetched(broker: TestBroker, groupId = "g") {
  const { groups } = await broker.send(
    offsetFetchApi,
    8,
    makeOffsetFetchRequest({ groups: [makeOffsetFetchRequestGroup({ groupId, topics: null })] }),
  );
  return groups.flatMap(({ topics }) =>
    topics.flatMap(({ name, partitions }) =>
      partitions.map(({ partitionIndex, committedOffset }) => [name, partitionIndex, committedOffset]),
    ),
  );
}

test("offsets are committed and fetched at every version, with epoch and metadata where it has them", async () => {
  await using broker = await startWithTopics();
  const topicId = idOf(broker, "t");
  for (let version = 2; version <= 9; version++) {
    const committed = makeOffsetCommitRequestPartition({
      partitionIndex: 1,
      committedOffset: 100 + version,
      committedLeaderEpoch: version >= 6 ? 5 : -1,
      committedMetadata: `v${version}`,
    });
    assert.deepEqual(await commit(broker, version, { topics: [makeOffsetCommitRequestTopic({ name: "t", partitions: [committed] })] }), [
      ["t", [1, ErrorCode.NONE]],
    ]);
    const expected = {
      partitionIndex: 1,
      committedOffset: 100 + version,
      committedLeaderEpoch: version >= 6 ? 5 : -1,
      metadata: `v${version}`,
      errorCode: ErrorCode.NONE,
    };
    for (let fetchVersion = 1; fetchVersion <= 7; fetchVersion++) {
      const topics = [makeOffsetFetchRequestTopic({ name: "t", partitionIndexes: [1] })];
      const answer = await broker.send(offsetFetchApi, fetchVersion, makeOffsetFetchRequest({ groupId: "g", topics }));
      assert.equal(answer.errorCode, ErrorCode.NONE);
      assert.partialDeepStrictEqual(answer.topics[0]?.partitions[0], {
        ...expected,
        committedLeaderEpoch: fetchVersion >= 5 ? expected.committedLeaderEpoch : -1,
      });
    }
    for (let fetchVersion = 8; fetchVersion <= 10; fetchVersion++) {
      const topic = fetchVersion >= 10 ? { topicId, partitionIndexes: [1] } : { name: "t", partitionIndexes: [1] };
      const groups = [makeOffsetFetchRequestGroup({ groupId: "g", topics: [makeOffsetFetchRequestTopics(topic)] })];
      const answer = await broker.send(offsetFetchApi, fetchVersion, makeOffsetFetchRequest({ groups, requireStable: true }));
      assert.partialDeepStrictEqual(answer.groups[0]?.topics[0]?.partitions[0], expected);
    }
  }
});

test("null topics fetch all, several groups come in one answer, and what was never committed is -1", async () => {
  await using broker = await startWithTopics();
  await commit(broker, 9, { topics: [makeOffsetCommitRequestTopic({ name: "t", partitions: [partition(0, 1), partition(1, 2)] })] });
  await commit(broker, 9, { groupId: "h", topics: [makeOffsetCommitRequestTopic({ name: "u", partitions: [partition(0, 3)] })] });
  assert.deepEqual(await fetched(broker, "g"), [
    ["t", 0, 1],
    ["t", 1, 2],
  ]);
  const all = await broker.send(offsetFetchApi, 5, makeOffsetFetchRequest({ groupId: "g", topics: null }));
  assert.deepEqual(
    all.topics.map(({ name, partitions }) => [name, partitions.length]),
    [["t", 2]],
  );

  const asked = ["g", "h", "nobody"].map((groupId) =>
    makeOffsetFetchRequestGroup({ groupId, topics: [makeOffsetFetchRequestTopics({ name: "u", partitionIndexes: [0] })] }),
  );
  const { groups } = await broker.send(offsetFetchApi, 9, makeOffsetFetchRequest({ groups: asked }));
  const offsets = groups.map(({ groupId, errorCode, topics }) => [
    groupId,
    errorCode,
    topics[0]?.partitions[0]?.committedOffset,
    topics[0]?.partitions[0]?.metadata,
  ]);
  assert.deepEqual(offsets, [
    ["g", 0, -1, ""],
    ["h", 0, 3, ""],
    ["nobody", 0, -1, ""],
  ]);

  const { groups: byId } = await broker.send(
    offsetFetchApi,
    10,
    makeOffsetFetchRequest({ groups: [makeOffsetFetchRequestGroup({ groupId: "g", topics: null })] }),
  );
  assert.deepEqual(
    byId[0]?.topics.map(({ topicId }) => topicId),
    [idOf(broker, "t")],
  );
});

test("topics and partitions that do not exist are refused one by one; the rest is committed", async () => {
  await using broker = await startWithTopics();
  const topics = [
    makeOffsetCommitRequestTopic({ name: "t", partitions: [partition(0, 1), partition(9, 1), partition(1, 2, "x".repeat(4097))] }),
    makeOffsetCommitRequestTopic({ name: "nowhere", partitions: [partition(0, 1)] }),
  ];
  assert.deepEqual(await commit(broker, 9, { topics }), [
    ["t", [0, ErrorCode.NONE], [9, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION], [1, ErrorCode.OFFSET_METADATA_TOO_LARGE]],
    ["nowhere", [0, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION]],
  ]);
  assert.deepEqual(await fetched(broker), [["t", 0, 1]]);
});

test("a commit of old clients with no end to its retention, and offsets beyond every log, are answered, also after a restart", async () => {
  const before = await startWithTopics();
  const topics = (offset: number) => [makeOffsetCommitRequestTopic({ name: "t", partitions: [partition(0, offset)] })];
  for (const version of [2, 3, 4]) {
    for (const retentionTimeMs of [2 ** 53 - 1, 2 ** 63]) {
      assert.deepEqual(await commit(before, version, { topics: topics(version), retentionTimeMs }), [["t", [0, ErrorCode.NONE]]]);
    }
  }
  assert.deepEqual(await commit(before, 2, { topics: topics(2 ** 63) }), [["t", [0, ErrorCode.OFFSET_OUT_OF_RANGE]]]);
  assert.deepEqual(await fetched(before), [["t", 0, 4]]);
  await before.stop();
  await using broker = await TestBroker.start({ disk: before.disk });
  assert.deepEqual(await fetched(broker), [["t", 0, 4]]);
});

test("version 10 names topics by id, and one that is unknown is UNKNOWN_TOPIC_ID", async () => {
  await using broker = await startWithTopics();
  const known = idOf(broker, "t");
  const unknown = "0123456789abcdefghijkA";
  const topics = [known, unknown].map((topicId) => makeOffsetCommitRequestTopic({ topicId, partitions: [partition(0, 7)] }));
  assert.deepEqual(await commit(broker, 10, { topics }), [
    [known, [0, ErrorCode.NONE]],
    [unknown, [0, ErrorCode.UNKNOWN_TOPIC_ID]],
  ]);
  const asked = [known, unknown].map((topicId) => makeOffsetFetchRequestTopics({ topicId, partitionIndexes: [0] }));
  const { groups } = await broker.send(
    offsetFetchApi,
    10,
    makeOffsetFetchRequest({ groups: [makeOffsetFetchRequestGroup({ groupId: "g", topics: asked })] }),
  );
  assert.deepEqual(
    groups[0]?.topics.map(({ topicId, partitions }) => [topicId, partitions[0]?.committedOffset, partitions[0]?.errorCode]),
    [
      [known, 7, ErrorCode.NONE],
      [unknown, -1, ErrorCode.UNKNOWN_TOPIC_ID],
    ],
  );
});

test("a member of a group that is not there is told so in the words of its version", async () => {
  await using broker = await startWithTopics();
  const request = {
    memberId: "m",
    generationIdOrMemberEpoch: 3,
    topics: [makeOffsetCommitRequestTopic({ name: "t", partitions: [partition(0, 1)] })],
  };
  assert.deepEqual(await commit(broker, 8, request), [["t", [0, ErrorCode.ILLEGAL_GENERATION]]]);
  assert.deepEqual(await commit(broker, 9, request), [["t", [0, ErrorCode.GROUP_ID_NOT_FOUND]]]);
});

test("at another virtual broker nothing is committed and nothing fetched", async () => {
  await using broker = await startWithTopics(2);
  const { coordinators } = await broker.send(findCoordinatorApi, 6, makeFindCoordinatorRequest({ coordinatorKeys: ["g"] }));
  const other = coordinators[0]?.nodeId === 1 ? 2 : 1;
  const topics = [makeOffsetCommitRequestTopic({ name: "t", partitions: [partition(0, 1)] })];
  assert.deepEqual(await commit(broker, 9, { topics }, other), [["t", [0, ErrorCode.NOT_COORDINATOR]]]);
  const asked = [makeOffsetFetchRequestTopic({ name: "t", partitionIndexes: [0] })];
  const v1 = await broker.send(offsetFetchApi, 1, makeOffsetFetchRequest({ groupId: "g", topics: asked }), other);
  assert.equal(v1.topics[0]?.partitions[0]?.errorCode, ErrorCode.NOT_COORDINATOR);
  const v7 = await broker.send(offsetFetchApi, 7, makeOffsetFetchRequest({ groupId: "g", topics: asked }), other);
  assert.deepEqual([v7.errorCode, v7.topics], [ErrorCode.NOT_COORDINATOR, []]);
  const v9 = await broker.send(
    offsetFetchApi,
    9,
    makeOffsetFetchRequest({ groups: [makeOffsetFetchRequestGroup({ groupId: "g", topics: null })] }),
    other,
  );
  assert.equal(v9.groups[0]?.errorCode, ErrorCode.NOT_COORDINATOR);
});

test("offsets outlive a restart; those of a deleted topic do not outlive it, even if it is made again", async () => {
  const before = await startWithTopics();
  const topics = ["t", "u"].map((name) => makeOffsetCommitRequestTopic({ name, partitions: [partition(0, 5)] }));
  await commit(before, 9, { topics });
  await before.send(deleteTopicsApi, 5, makeDeleteTopicsRequest({ topicNames: ["u"], timeoutMs: 5000 }));
  assert.deepEqual(await fetched(before), [["t", 0, 5]]);
  await before.send(
    createTopicsApi,
    7,
    makeCreateTopicsRequest({ topics: [makeCreatableTopic({ name: "u", numPartitions: 1, replicationFactor: 1 })], timeoutMs: 5000 }),
  );
  assert.deepEqual(await fetched(before), [["t", 0, 5]]);
  await before.stop();
  await using broker = await TestBroker.start({ settings: SETTINGS, disk: before.disk });
  while (typeof broker.running.state.groups.group("g", 1) === "number") await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(await fetched(broker), [["t", 0, 5]]);
});

test("OffsetDelete answers every partition asked for", async () => {
  await using broker = await startWithTopics();
  await commit(broker, 9, { topics: [makeOffsetCommitRequestTopic({ name: "t", partitions: [partition(0, 1), partition(1, 2)] })] });
  const topics = [
    makeOffsetDeleteRequestTopic({
      name: "t",
      partitions: [0, 9].map((partitionIndex) => makeOffsetDeleteRequestPartition({ partitionIndex })),
    }),
    makeOffsetDeleteRequestTopic({ name: "nowhere", partitions: [makeOffsetDeleteRequestPartition({ partitionIndex: 0 })] }),
  ];
  const answer = await broker.send(offsetDeleteApi, 0, makeOffsetDeleteRequest({ groupId: "g", topics }));
  assert.equal(answer.errorCode, ErrorCode.NONE);
  assert.deepEqual(
    answer.topics.map(({ name, partitions }) => [name, ...partitions.map(({ errorCode }) => errorCode)]),
    [
      ["t", ErrorCode.NONE, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
      ["nowhere", ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
    ],
  );
  assert.deepEqual(await fetched(broker), [["t", 1, 2]]);
  const none = await broker.send(offsetDeleteApi, 0, makeOffsetDeleteRequest({ groupId: "nobody", topics }));
  assert.deepEqual([none.errorCode, none.topics], [ErrorCode.GROUP_ID_NOT_FOUND, []]);
});
