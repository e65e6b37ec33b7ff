import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import type { PartitionMetadata, TopicMetadata } from "../metadata/cluster-metadata.ts";
import { planPartitions } from "./create-partitions-rules.ts";
import { newTopicNameFault, placeTopic, type TopicCreationView, type TopicWish } from "./create-topic-rules.ts";
import { planDeletions } from "./delete-topic-rules.ts";
import { decideElection, ElectionType } from "./leader-election-rules.ts";
import { decideReassignment } from "./reassignment-rules.ts";
import { pageOfTopicPartitions } from "./topic-partitions-page.ts";

const NIL = "AAAAAAAAAAAAAAAAAAAAAA";

function view(overrides: Partial<TopicCreationView> = {}): TopicCreationView {
  return {
    nodeIds: [1, 2, 3],
    defaultPartitions: 4,
    defaultReplicationFactor: 1,
    clampsReplicationFactor: false,
    exists: (name) => name === "taken",
    collidingTopic: (name) => (name === "a_b" ? "a.b" : undefined),
    ...overrides,
  };
}

const wish = (overrides: Partial<TopicWish>): TopicWish => ({
  name: "t",
  numPartitions: 1,
  replicationFactor: 1,
  assignments: [],
  ...overrides,
});
const plan = (overrides: Partial<TopicWish>, viewed: Partial<TopicCreationView> = {}) => {
  const wished = wish(overrides);
  const made = newTopicNameFault(wished.name, view(viewed)) ?? placeTopic(wished, view(viewed), 0);
  return made.kind === "planned" ? made.replicas : made.errorCode;
};
const assigned = (...brokerIds: number[][]) => ({
  numPartitions: -1,
  replicationFactor: -1,
  assignments: brokerIds.map((ids, partitionIndex) => ({ partitionIndex, brokerIds: ids })),
});

function topic(name: string, ...replicas: number[][]): TopicMetadata {
  const partitions = replicas.map((ids, index): PartitionMetadata => ({ index, replicas: ids, isr: ids, leader: ids[0]!, leaderEpoch: 0 }));
  return { name, topicId: `id-of-${name}`, isInternal: false, partitions };
}

test("new topics are spread over the brokers, −1 takes the defaults", () => {
  assert.deepEqual(plan({ numPartitions: 3, replicationFactor: 2 }), [
    [1, 2],
    [2, 3],
    [3, 1],
  ]);
  assert.deepEqual(plan({ numPartitions: -1, replicationFactor: -1 }), [[1], [2], [3], [1]]);
  assert.deepEqual(plan(assigned([3, 1], [1, 2])), [
    [3, 1],
    [1, 2],
  ]);
});

test("illegal, taken and colliding names are refused", () => {
  for (const name of ["", ".", "..", "x".repeat(250), "a b", "a/b", "é"])
    assert.equal(plan({ name }), ErrorCode.INVALID_TOPIC_EXCEPTION, name);
  assert.deepEqual(plan({ name: "x".repeat(249) }), [[1]]);
  assert.equal(plan({ name: "taken" }), ErrorCode.TOPIC_ALREADY_EXISTS);
  assert.equal(plan({ name: "a_b" }), ErrorCode.INVALID_TOPIC_EXCEPTION);
  assert.deepEqual(plan({ name: "a-b" }), [[1]]);
  assert.equal(plan({ name: "__cluster_metadata" }), ErrorCode.INVALID_REQUEST);
});

test("impossible numbers are refused", () => {
  for (const numPartitions of [0, -2]) assert.equal(plan({ numPartitions }), ErrorCode.INVALID_PARTITIONS);
  for (const replicationFactor of [0, -2]) assert.equal(plan({ replicationFactor }), ErrorCode.INVALID_REPLICATION_FACTOR);
  assert.equal(plan({ numPartitions: 10_001 }), ErrorCode.POLICY_VIOLATION);
  assert.equal((plan({ numPartitions: 10_000 }) as number[][]).length, 10_000);
});

test("more replicas than brokers are an error, or with the development switch as many as there are", () => {
  assert.equal(plan({ replicationFactor: 4 }), ErrorCode.INVALID_REPLICATION_FACTOR);
  assert.equal(plan({ replicationFactor: -1 }, { defaultReplicationFactor: 4 }), ErrorCode.INVALID_REPLICATION_FACTOR);
  assert.deepEqual(plan({ replicationFactor: 4 }, { clampsReplicationFactor: true }), [[1, 2, 3]]);
});

test("explicit assignments are checked as Kafka checks them", () => {
  assert.equal(plan({ ...assigned([1]), numPartitions: 1 }), ErrorCode.INVALID_REQUEST);
  assert.equal(plan({ ...assigned([1]), replicationFactor: 1 }), ErrorCode.INVALID_REQUEST);
  const bad = ErrorCode.INVALID_REPLICA_ASSIGNMENT;
  for (const replicas of [[[]], [[1, 1]], [[9]], [[-1]], [[1], [1, 2]]])
    assert.equal(plan(assigned(...replicas)), bad, JSON.stringify(replicas));
  const numbered = (...indexes: number[]) => ({
    ...assigned(),
    assignments: indexes.map((partitionIndex) => ({ partitionIndex, brokerIds: [1] })),
  });
  for (const indexes of [[1], [0, 2], [0, 0], [-1]]) assert.equal(plan(numbered(...indexes)), bad, JSON.stringify(indexes));
  assert.deepEqual(plan(numbered(1, 0)), [[1], [1]]);
});

test("partitions are only ever added, and placed where the topic's round goes on", () => {
  const t = topic("t", [2], [3]);
  const grow = (count: number, assignments: number[][] | null = null) => {
    const made = planPartitions(t, { count, assignments: assignments && assignments.map((brokerIds) => ({ brokerIds })) }, [1, 2, 3]);
    return made.kind === "planned" ? made.replicas : made.errorCode;
  };
  assert.deepEqual(grow(4), [[1], [2]]);
  for (const count of [2, 1, 0, -1]) assert.equal(grow(count), ErrorCode.INVALID_PARTITIONS);
  assert.deepEqual(grow(3, [[3]]), [[3]]);
  for (const assignments of [[], [[1], [1]], [[9]], [[1, 1]], [[1, 2]], [[]]]) {
    assert.equal(grow(3, assignments), ErrorCode.INVALID_REPLICA_ASSIGNMENT, JSON.stringify(assignments));
  }
  assert.equal(grow(20_000), ErrorCode.POLICY_VIOLATION);
});

test("topics are deleted by name or by id, each once", () => {
  const t = topic("t", [1]);
  const topics = { topic: (name: string) => (name === "t" ? t : undefined), topicById: (id: string) => (id === t.topicId ? t : undefined) };
  const remove = (...references: [string | null, string][]) =>
    planDeletions(
      references.map(([name, topicId]) => ({ name, topicId })),
      topics,
    ).map(({ deletion }) => (deletion.kind === "found" ? deletion.topic.name : deletion.errorCode));
  assert.deepEqual(remove(["t", NIL]), ["t"]);
  assert.deepEqual(remove([null, t.topicId]), ["t"]);
  assert.deepEqual(remove(["missing", NIL], [null, "other"]), [ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, ErrorCode.UNKNOWN_TOPIC_ID]);
  assert.deepEqual(remove(["t", t.topicId], [null, NIL]), [ErrorCode.INVALID_REQUEST, ErrorCode.INVALID_REQUEST]);
  assert.deepEqual(remove(["t", NIL], ["t", NIL]), [ErrorCode.INVALID_REQUEST]);
  assert.deepEqual(remove(["t", NIL], [null, t.topicId]), ["t", ErrorCode.INVALID_REQUEST]);
});

test("topics are paged in order of their names, cut where the limit falls", () => {
  const topics = new Map([topic("b", [1], [1], [1]), topic("a", [1]), topic("c", [1])].map((each) => [each.name, each]));
  const page = (names: string[], cursor: [string, number] | null, limit: number) => {
    const { topics: found, next } = pageOfTopicPartitions(
      [...new Set(names)].sort(),
      (name) => topics.get(name),
      cursor && { topicName: cursor[0], partitionIndex: cursor[1] },
      limit,
    );
    return [
      found.map(({ name, partitions }) => `${name}:${partitions.map(({ index }) => index)}`),
      next && [next.topicName, next.partitionIndex],
    ];
  };
  assert.deepEqual(page(["c", "b", "a"], null, 10), [["a:0", "b:0,1,2", "c:0"], null]);
  assert.deepEqual(page(["c", "b", "a"], null, 3), [
    ["a:0", "b:0,1"],
    ["b", 2],
  ]);
  assert.deepEqual(page(["c", "b", "a"], ["b", 2], 3), [["b:2", "c:0"], null]);
  // The limit falls between two topics: the cursor names the next one.
  assert.deepEqual(page(["c", "b", "a"], null, 4), [
    ["a:0", "b:0,1,2"],
    ["c", 0],
  ]);
  assert.deepEqual(page(["c", "b", "b"], ["b", 9], 3), [["b:", "c:0"], null]);
  assert.deepEqual(page(["x", "a"], null, 1), [["a:0"], ["x", 0]]);
});

test("a reassignment moves a partition at once, or says why not", () => {
  const { partitions } = topic("t", [1, 2]);
  const move = (replicas: number[] | null, allows = true, partition = partitions[0]) => {
    const decided = decideReassignment(partition, replicas, [1, 2, 3], allows);
    return decided.kind === "moved" ? decided.replicas : decided.kind === "refused" ? decided.errorCode : decided.kind;
  };
  assert.equal(move([1, 2]), "unchanged");
  assert.deepEqual(move([2, 1]), [2, 1]);
  assert.deepEqual(move([3]), [3]);
  assert.equal(move([3], false), ErrorCode.INVALID_REPLICATION_FACTOR);
  assert.equal(move(null), ErrorCode.NO_REASSIGNMENT_IN_PROGRESS);
  for (const replicas of [[], [1, 1], [9]]) assert.equal(move(replicas), ErrorCode.INVALID_REPLICA_ASSIGNMENT);
  assert.equal(decideReassignment(undefined, [1], [1], true).kind, "refused");
});

test("an election returns leadership to the first replica, where it is not", () => {
  const [partition] = topic("t", [1, 2]).partitions;
  const elect = (from: PartitionMetadata | undefined, type: number = ElectionType.PREFERRED) => {
    const election = decideElection(from, type);
    return election.kind === "elected" ? `leader ${election.leader}` : election.errorCode;
  };
  assert.equal(elect(partition), ErrorCode.ELECTION_NOT_NEEDED);
  assert.equal(elect({ ...partition!, leader: 2 }), "leader 1");
  assert.equal(elect({ ...partition!, leader: 2 }, ElectionType.UNCLEAN), ErrorCode.ELECTION_NOT_NEEDED);
  assert.equal(elect(undefined), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
});
