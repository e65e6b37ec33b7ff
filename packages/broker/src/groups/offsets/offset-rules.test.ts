import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode, NIL_UUID } from "@ottla/protocol";
import { type ClassicGroup, newGroup } from "../classic/classic-group.ts";
import { groupOf } from "../classic/group-snapshot.ts";
import type { CommittedOffset } from "../group-records.ts";
import { subscription } from "../testing/group-scene.ts";
import { CommittedOffsets, type OffsetWalk } from "./committed-offsets.ts";
import {
  checkGroupDelete,
  decideExpiry,
  decideGroupDelete,
  decideOffsetCommit,
  decideOffsetDelete,
  decideTopicCleanup,
  type OffsetCommitInput,
} from "./offset-rules.ts";

const NOW_MS = 1_700_000_000_000;
const WEEK_MS = 7 * 24 * 3_600_000;

const commit = (change: Partial<OffsetCommitInput> = {}): OffsetCommitInput => ({
  groupId: "g",
  memberId: "",
  groupInstanceId: null,
  generationId: -1,
  retentionMs: -1,
  unknownGroupErrorCode: ErrorCode.ILLEGAL_GENERATION,
  topics: [
    {
      name: "t",
      topicId: NIL_UUID,
      partitions: [{ partitionIndex: 0, committedOffset: 9, committedLeaderEpoch: 2, committedMetadata: "m" }],
    },
  ],
  ...change,
});

const offset = (change: Partial<CommittedOffset> = {}): CommittedOffset => ({
  offset: 9,
  leaderEpoch: 2,
  metadata: "m",
  commitTimestampMs: NOW_MS,
  expireTimestampMs: -1,
  topicId: NIL_UUID,
  ...change,
});

/** A stable group of one member that is subscribed to "t". */
const active = (change: Partial<ClassicGroup> = {}, protocolType = "consumer"): ClassicGroup => ({
  ...groupOf("g", {
    protocolType,
    generationId: 3,
    protocolName: "range",
    leaderId: "a",
    stateTimestampMs: NOW_MS,
    members: [
      {
        memberId: "a",
        groupInstanceId: null,
        clientId: "c",
        clientHost: "/127.0.0.1",
        rebalanceTimeoutMs: 60_000,
        sessionTimeoutMs: 10_000,
        subscription: subscription(["t"]),
        assignment: Buffer.alloc(0),
      },
    ],
  }),
  ...change,
});

const empty = (stateTimestampMs: number): ClassicGroup => ({
  ...newGroup("g", stateTimestampMs),
  protocolType: "consumer",
  subscribedTopics: new Set(),
});

function offsetsOf(entries: Record<string, CommittedOffset>): CommittedOffsets {
  const offsets = new CommittedOffsets();
  for (const [topic, value] of Object.entries(entries)) offsets.set("g", topic, 0, value);
  return offsets;
}

const commitError = (group: ClassicGroup | undefined, request: OffsetCommitInput): number => {
  const decision = decideOffsetCommit(group, request, 4096, NOW_MS);
  return decision.kind === "refused" ? decision.errorCode : ErrorCode.NONE;
};

test("a commit becomes one record per partition and keeps its member's session", () => {
  assert.deepEqual(decideOffsetCommit(active(), commit({ memberId: "a", generationId: 3 }), 4096, NOW_MS), {
    kind: "accepted",
    isPartial: false,
    records: [{ kind: "offset", groupId: "g", topic: "t", partition: 0, value: offset() }],
    timers: [{ timer: { kind: "session", memberId: "a" }, delayMs: 10_000 }],
    topics: [{ name: "t", topicId: NIL_UUID, partitions: [{ partitionIndex: 0, errorCode: ErrorCode.NONE }] }],
  });
});

test("a commit keeps its member's session while the group waits for its others, and not once it has all of them", () => {
  const timersIn = (state: ClassicGroup["state"]): unknown => {
    const decision = decideOffsetCommit(active({ state }), commit({ memberId: "a", generationId: 3 }), 4096, NOW_MS);
    return decision.kind === "refused" ? decision.errorCode : decision.timers;
  };
  assert.deepEqual(timersIn("PreparingRebalance"), [{ timer: { kind: "session", memberId: "a" }, delayMs: 10_000 }]);
  assert.equal(timersIn("CompletingRebalance"), ErrorCode.REBALANCE_IN_PROGRESS);
});

test("who may commit depends on group, member and generation", () => {
  assert.equal(commitError(undefined, commit()), ErrorCode.NONE);
  assert.equal(commitError(undefined, commit({ generationId: 1, memberId: "a" })), ErrorCode.ILLEGAL_GENERATION);
  assert.equal(
    commitError(undefined, commit({ generationId: 1, memberId: "a", unknownGroupErrorCode: ErrorCode.GROUP_ID_NOT_FOUND })),
    ErrorCode.GROUP_ID_NOT_FOUND,
  );
  assert.equal(commitError(empty(NOW_MS), commit()), ErrorCode.NONE);
  assert.equal(commitError(empty(NOW_MS), commit({ generationId: 3, memberId: "a" })), ErrorCode.UNKNOWN_MEMBER_ID);
  assert.equal(commitError(active(), commit()), ErrorCode.UNKNOWN_MEMBER_ID);
  assert.equal(commitError(active(), commit({ generationId: -1, memberId: "a" })), ErrorCode.ILLEGAL_GENERATION);
  assert.equal(commitError(active(), commit({ generationId: 2, memberId: "a" })), ErrorCode.ILLEGAL_GENERATION);
  assert.equal(commitError(active(), commit({ generationId: 3, memberId: "b" })), ErrorCode.UNKNOWN_MEMBER_ID);
  assert.equal(commitError(active(), commit({ generationId: 3, memberId: "a", groupInstanceId: "i" })), ErrorCode.UNKNOWN_MEMBER_ID);
  assert.equal(commitError(active({ state: "PreparingRebalance" }), commit({ generationId: 3, memberId: "a" })), ErrorCode.NONE);
  assert.equal(
    commitError(active({ state: "CompletingRebalance" }), commit({ generationId: 3, memberId: "a" })),
    ErrorCode.REBALANCE_IN_PROGRESS,
  );
});

test("an offset that no log can have is not committed; every other one is", () => {
  const offsets = [-(2 ** 63), -(2 ** 53), -(2 ** 53 - 1), -1, 0, 2 ** 53 - 1, 2 ** 53, 2 ** 62, 2 ** 63];
  const partitions = offsets.map((committedOffset, partitionIndex) => ({
    partitionIndex,
    committedOffset,
    committedLeaderEpoch: -1,
    committedMetadata: null,
  }));
  const decision = decideOffsetCommit(undefined, commit({ topics: [{ name: "t", topicId: NIL_UUID, partitions }] }), 4096, NOW_MS);
  assert.ok(decision.kind === "accepted");
  const refused = decision.topics[0]?.partitions.filter(({ errorCode }) => errorCode === ErrorCode.OFFSET_OUT_OF_RANGE);
  assert.deepEqual(
    refused?.map(({ partitionIndex }) => partitionIndex),
    [0, 1, 6, 7, 8],
  );
  assert.deepEqual(
    decision.records.map((record) => record.kind === "offset" && record.value?.offset),
    [-(2 ** 53 - 1), -1, 0, 2 ** 53 - 1],
  );
});

test("commit metadata may have 4096 characters and no more, partition by partition", () => {
  const partition = (partitionIndex: number, committedMetadata: string | null) => ({
    partitionIndex,
    committedOffset: 1,
    committedLeaderEpoch: -1,
    committedMetadata,
  });
  const topics = [
    { name: "t", topicId: NIL_UUID, partitions: [partition(0, "x".repeat(4096)), partition(1, "x".repeat(4097)), partition(2, null)] },
  ];
  const decision = decideOffsetCommit(undefined, commit({ topics }), 4096, NOW_MS);
  assert.ok(decision.kind === "accepted");
  assert.deepEqual(
    decision.topics[0]?.partitions.map(({ errorCode }) => errorCode),
    [ErrorCode.NONE, ErrorCode.OFFSET_METADATA_TOO_LARGE, ErrorCode.NONE],
  );
  assert.deepEqual(
    decision.records.map((record) => record.kind === "offset" && record.value?.metadata.length),
    [4096, 0],
  );
});

test("OffsetDelete refuses topics that are subscribed to, and groups whose subscriptions it cannot read", () => {
  const offsets = offsetsOf({ t: offset(), u: offset() });
  const asked = [
    { name: "t", partitions: [{ partitionIndex: 0 }] },
    { name: "u", partitions: [{ partitionIndex: 0 }, { partitionIndex: 7 }] },
  ];
  assert.deepEqual(decideOffsetDelete(active(), offsets, asked), {
    kind: "accepted",
    isPartial: false,
    records: [{ kind: "offset", groupId: "g", topic: "u", partition: 0, value: null }],
    timers: [],
    topics: [
      { name: "t", topicId: NIL_UUID, partitions: [{ partitionIndex: 0, errorCode: ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC }] },
      {
        name: "u",
        topicId: NIL_UUID,
        partitions: [
          { partitionIndex: 0, errorCode: ErrorCode.NONE },
          { partitionIndex: 7, errorCode: ErrorCode.NONE },
        ],
      },
    ],
  });
  const errorOf = (group: ClassicGroup | undefined) => {
    const decision = decideOffsetDelete(group, offsets, asked);
    return decision.kind === "refused" ? decision.errorCode : decision.topics[1]?.partitions[0]?.errorCode;
  };
  assert.equal(errorOf(undefined), ErrorCode.GROUP_ID_NOT_FOUND);
  assert.equal(errorOf(active({}, "connect")), ErrorCode.NON_EMPTY_GROUP);
  assert.equal(errorOf(active({ subscribedTopics: null })), ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC);
  assert.equal(errorOf(empty(NOW_MS)), ErrorCode.NONE);
});

test("DeleteGroups takes an empty group with its offsets", () => {
  assert.equal(checkGroupDelete(undefined), ErrorCode.GROUP_ID_NOT_FOUND);
  assert.equal(checkGroupDelete(active()), ErrorCode.NON_EMPTY_GROUP);
  assert.equal(checkGroupDelete(empty(NOW_MS)), ErrorCode.NONE);
  assert.deepEqual(decideGroupDelete(empty(NOW_MS), offsetsOf({ t: offset() })).records, [
    { kind: "offset", groupId: "g", topic: "t", partition: 0, value: null },
    { kind: "group", groupId: "g", value: null },
  ]);
});

test("offsets expire by when their group became empty, or by their commit where no membership keeps them", () => {
  const expired = (group: ClassicGroup, entries: Record<string, CommittedOffset>) =>
    decideExpiry(group, offsetsOf(entries), WEEK_MS, NOW_MS).records.map((record) => (record.kind === "offset" ? record.topic : "group"));
  const old = offset({ commitTimestampMs: NOW_MS - WEEK_MS });
  const almostOld = offset({ commitTimestampMs: NOW_MS - WEEK_MS + 1 });
  const simple = newGroup("g", NOW_MS);

  assert.deepEqual(expired(empty(NOW_MS - WEEK_MS), { t: offset(), u: offset() }), ["t", "u", "group"]);
  assert.deepEqual(expired(empty(NOW_MS - WEEK_MS + 1), { t: old }), []);
  assert.deepEqual(expired(empty(-1), { t: old, u: almostOld }), ["t"]);
  assert.deepEqual(expired(simple, { t: old, u: almostOld }), ["t"]);
  assert.deepEqual(expired(simple, { t: old }), ["t", "group"]);
  assert.deepEqual(expired(active(), { t: old, u: old, v: almostOld }), ["u"], "a topic nobody subscribes to any more");
  assert.deepEqual(expired(active({ state: "PreparingRebalance" }), { u: old }), []);
  assert.deepEqual(expired(active({}, "connect"), { u: old }), []);
  assert.deepEqual(expired(empty(NOW_MS), {}), ["group"]);
  const joined = empty(NOW_MS);
  joined.members.addPending("p");
  assert.deepEqual(expired(joined, {}), [], "somebody is about to join");
});

test("a commit with its own retention expires then", () => {
  const decision = decideOffsetCommit(undefined, commit({ retentionMs: 1000 }), 4096, NOW_MS);
  assert.ok(decision.kind === "accepted" && decision.records[0]?.kind === "offset" && decision.records[0].value);
  assert.equal(decision.records[0].value.expireTimestampMs, NOW_MS + 1000);
  const offsets = offsetsOf({ t: decision.records[0].value });
  const group = newGroup("g", NOW_MS);
  assert.equal(decideExpiry(group, offsets, WEEK_MS, NOW_MS + 999).records.length, 0);
  assert.equal(decideExpiry(group, offsets, WEEK_MS, NOW_MS + 1000).records.length, 2);
});

test("offsets go with the topic they were committed for, not with another of that name", () => {
  const offsets = offsetsOf({ t: offset({ topicId: "one" }), u: offset({ topicId: "two" }) });
  assert.deepEqual(decideTopicCleanup("g", offsets, (_, topicId) => topicId === "one").records, [
    { kind: "offset", groupId: "g", topic: "t", partition: 0, value: null },
  ]);
});

test("an offset that is removed leaves nothing behind", () => {
  const offsets = offsetsOf({ t: offset() });
  offsets.set("g", "t", 0, null);
  offsets.set("g", "t", 0, null);
  assert.equal(offsets.get("g", "t", 0), undefined);
  assert.deepEqual([...offsets.groupIds()], []);
});

test("what is more than one step should do is done in several, and the group goes last", () => {
  const offsets = offsetsOf({ t: offset(), u: offset(), v: offset(), w: offset(), x: offset() });
  const group = empty(NOW_MS - WEEK_MS);
  const bounds = { tombstonesMax: 2, lookedAtMax: 3 };
  const topics = ["t", "u", "v", "w", "x", "x"].map((name) => ({ name, partitions: [{ partitionIndex: 0 }] }));
  const steps = [
    () => decideGroupDelete(group, offsets, bounds),
    (walk: OffsetWalk) => decideExpiry(group, offsets, WEEK_MS, NOW_MS, walk, bounds),
    (walk: OffsetWalk) => decideTopicCleanup("g", offsets, () => true, walk, bounds),
    () => decideOffsetDelete(group, offsets, topics, 2),
  ];
  for (const step of steps) {
    const removed: string[] = [];
    const kept = [...offsets.of("g").keys()];
    const walk = offsets.walk("g");
    for (let isPartial = true; isPartial; ) {
      const decision = step(walk);
      assert.ok("records" in decision && decision.records.length <= 3);
      isPartial = decision.isPartial;
      for (const record of decision.records) {
        removed.push(record.kind === "offset" ? record.topic : "group");
        if (record.kind === "offset") offsets.set("g", record.topic, record.partition, null);
      }
    }
    assert.deepEqual(
      removed.filter((topic) => topic !== "group"),
      kept,
    );
    if (removed.includes("group")) assert.equal(removed.indexOf("group"), removed.length - 1);
    for (const topic of kept) offsets.set("g", topic, 0, offset());
  }
});

test("retention looks at each of many offsets once, a few at a time, and keeps a group to which one came meanwhile", () => {
  const bounds = { tombstonesMax: 10, lookedAtMax: 10 };
  const old = { commitTimestampMs: NOW_MS - WEEK_MS };
  const offsets = new CommittedOffsets();
  for (let partition = 0; partition < 100; partition++) offsets.set("g", "t", partition, offset(partition === 50 ? {} : old));
  const group = newGroup("g", NOW_MS);
  const walk = offsets.walk("g");
  let steps = 0;
  let removed = 0;
  for (let isPartial = true; isPartial; steps++) {
    const decision = decideExpiry(group, offsets, WEEK_MS, NOW_MS, walk, bounds);
    assert.ok(decision.records.length <= 10);
    for (const record of decision.records) {
      assert.equal(record.kind, "offset", "the group has an offset left");
      if (record.kind === "offset") offsets.set("g", record.topic, record.partition, null);
      removed++;
    }
    isPartial = decision.isPartial;
    // It was looked at when it was not there.
    if (steps === 3) offsets.set("g", "t", 0, offset());
  }
  assert.deepEqual([steps, removed, [...offsets.of("g").get("t")!.partitions()]], [11, 99, [0, 50]]);
});

test("what offsets take is given back with them", () => {
  const offsets = new CommittedOffsets();
  offsets.set("g", "t", 0, offset({ metadata: "x".repeat(100) }));
  offsets.set("g", "t", 1, offset());
  const both = offsets.heldBytes;
  offsets.set("g", "t", 0, offset());
  assert.ok(offsets.heldBytes < both && offsets.heldBytes > 0);
  for (const partition of [0, 0, 1]) offsets.set("g", "t", partition, null);
  assert.equal(offsets.heldBytes, 0);
});
