import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "@ottla/base/simulated";
import { ErrorCode, NIL_UUID } from "@ottla/protocol";
import { newGroup } from "../classic/classic-group.ts";
import type { CommittedOffset, GroupRecord } from "../group-records.ts";
import { GroupState } from "../group-state.ts";
import { CommittedOffsets } from "./committed-offsets.ts";
import { decideExpiry, decideGroupDelete, decideOffsetDelete, decideTopicCleanup, decideTransactionalCommit } from "./offset-rules.ts";

const NOW_MS = 1_700_000_000_000;
const [P, Q] = [4000, 4001];

const value = (offset: number, topicId = NIL_UUID): CommittedOffset => ({
  offset,
  leaderEpoch: -1,
  metadata: "m",
  commitTimestampMs: NOW_MS,
  expireTimestampMs: -1,
  topicId,
});

/** What a coordinator's log tells of offsets, in short. */
type Event =
  | { readonly kind: "commit"; readonly partition: number; readonly offset: number }
  | { readonly kind: "pending"; readonly producerId: number; readonly partition: number; readonly offset: number }
  | { readonly kind: "tombstone"; readonly partition: number }
  | { readonly kind: "end"; readonly producerId: number; readonly isCommit: boolean };

function applied(events: readonly Event[]): GroupState {
  const state = new GroupState();
  const record = (partition: number, offset: CommittedOffset | null, producerId?: number): GroupRecord => ({
    kind: "offset",
    groupId: "g",
    topic: "t",
    partition,
    value: offset,
    ...(producerId !== undefined && { producerId }),
  });
  for (const event of events) {
    if (event.kind === "end") state.offsets.endTransaction(event.producerId, event.isCommit);
    else if (event.kind === "commit") state.apply(record(event.partition, value(event.offset)));
    else if (event.kind === "tombstone") state.apply(record(event.partition, null));
    else state.apply(record(event.partition, value(event.offset), event.producerId));
  }
  return state;
}

const offsetOf = ({ offsets }: GroupState, partition = 0): number | undefined => offsets.get("g", "t", partition)?.offset;

test("an offset counts once its transaction is committed, and never if it is aborted", () => {
  const pending: Event[] = [
    { kind: "commit", partition: 0, offset: 1 },
    { kind: "pending", producerId: P, partition: 0, offset: 5 },
    { kind: "pending", producerId: P, partition: 1, offset: 6 },
  ];
  const before = applied(pending);
  assert.deepEqual([offsetOf(before), offsetOf(before, 1)], [1, undefined]);
  assert.deepEqual([before.offsets.pending.has("g", "t", 1), before.offsets.pending.has("g", "t", 2)], [true, false]);
  const committed = applied([...pending, { kind: "end", producerId: P, isCommit: true }]);
  assert.deepEqual([offsetOf(committed), offsetOf(committed, 1), committed.offsets.pending.hasAnyOf("g")], [5, 6, false]);
  const aborted = applied([...pending, { kind: "end", producerId: P, isCommit: false }]);
  assert.deepEqual([offsetOf(aborted), offsetOf(aborted, 1), aborted.offsets.pending.heldBytes], [1, undefined, 0]);
  const other = applied([...pending, { kind: "end", producerId: Q, isCommit: true }]);
  assert.ok(other.offsets.pending.has("g", "t", 0));
});

test("what was committed later counts, whichever transaction ends first", () => {
  const story: Event[] = [
    { kind: "pending", producerId: P, partition: 0, offset: 5 },
    { kind: "pending", producerId: Q, partition: 0, offset: 7 },
    { kind: "end", producerId: Q, isCommit: true },
  ];
  assert.equal(offsetOf(applied([...story, { kind: "end", producerId: P, isCommit: true }])), 7);
  assert.ok(applied(story).offsets.pending.has("g", "t", 0), "the older one is open");
  const plain: Event[] = [
    { kind: "pending", producerId: P, partition: 0, offset: 5 },
    { kind: "commit", partition: 0, offset: 3 },
    { kind: "end", producerId: P, isCommit: true },
  ];
  assert.equal(offsetOf(applied(plain)), 3);
  assert.equal(offsetOf(applied([...plain.slice(0, 2), { kind: "pending", producerId: P, partition: 0, offset: 9 }, plain[2]!])), 9);
});

test("a tombstone takes what is pending too", () => {
  const state = applied([
    { kind: "pending", producerId: P, partition: 0, offset: 5 },
    { kind: "tombstone", partition: 0 },
    { kind: "end", producerId: P, isCommit: true },
  ]);
  assert.deepEqual([offsetOf(state), state.offsets.heldBytes, [...state.groupIds()]], [undefined, 0, []]);
});

test("the newest of what was decided is left, as a plain look at the records tells (seeds 1 to 300)", () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = new SeededRandom(seed);
    const events: Event[] = Array.from({ length: 40 }, (_, offset): Event => {
      const [partition, producerId] = [random.nextInt(3), P + random.nextInt(3)];
      const kind = random.nextInt(10);
      if (kind < 3) return { kind: "commit", partition, offset };
      if (kind < 7) return { kind: "pending", producerId, partition, offset };
      if (kind < 8) return { kind: "tombstone", partition };
      return { kind: "end", producerId, isCommit: random.nextInt(2) === 0 };
    });
    const state = applied(events);
    for (let partition = 0; partition < 3; partition++) {
      const expected = newestDecided(events, partition);
      assert.equal(offsetOf(state, partition), expected.offset, `seed ${seed}, partition ${partition}`);
      assert.equal(state.offsets.pending.has("g", "t", partition), expected.isPending, `seed ${seed}, partition ${partition}, pending`);
    }
    for (const producerId of [P, P + 1, P + 2]) state.offsets.endTransaction(producerId, false);
    assert.equal(state.offsets.pending.heldBytes, 0, `seed ${seed}`);
  }
});

/** The rule without a state: of all commits since the last tombstone, those whose transaction was committed later or that had none; of these the last. */
function newestDecided(events: readonly Event[], partition: number): { offset: number | undefined; isPending: boolean } {
  const since = events.findLastIndex((event) => event.kind === "tombstone" && event.partition === partition) + 1;
  let offset: number | undefined;
  let isPending = false;
  for (const [at, event] of events.entries()) {
    if (at < since || event.kind === "tombstone" || event.kind === "end" || event.partition !== partition) continue;
    if (event.kind === "commit") offset = event.offset;
    else {
      const end = events.slice(at).find((later) => later.kind === "end" && later.producerId === event.producerId);
      if (end === undefined) isPending = true;
      else if (end.kind === "end" && end.isCommit && !isReplaced(events, at)) offset = event.offset;
    }
  }
  return { offset, isPending };
}

/** A transaction that commits a partition twice means the second. */
function isReplaced(events: readonly Event[], at: number): boolean {
  const event = events[at]!;
  if (event.kind !== "pending") return false;
  for (const later of events.slice(at + 1)) {
    if (later.kind === "end" && later.producerId === event.producerId) return false;
    if (later.kind === "pending" && later.producerId === event.producerId && later.partition === event.partition) return true;
  }
  return false;
}

function offsetsWith(pending: Readonly<Record<string, number>>, committed: Readonly<Record<string, number>> = {}): CommittedOffsets {
  const offsets = new CommittedOffsets();
  for (const [topic, offset] of Object.entries(committed)) offsets.set("g", topic, 0, value(offset, "one"));
  for (const [topic, offset] of Object.entries(pending)) offsets.pending.put(P, "g", topic, 0, value(offset, "one"));
  return offsets;
}

const topicsOf = (records: readonly GroupRecord[]): string[] =>
  records.map((record) => (record.kind === "offset" ? record.topic : "group"));

test("retention leaves what a transaction is about to move, and its group", () => {
  const empty = newGroup("g", NOW_MS);
  const later = NOW_MS + 1000;
  assert.deepEqual(topicsOf(decideExpiry(empty, offsetsWith({ t: 1 }, { t: 1, u: 1 }), 1000, later).records), ["u"]);
  assert.deepEqual(topicsOf(decideExpiry(empty, offsetsWith({ x: 1 }, { t: 1 }), 1000, later).records), ["t"], "the group stays");
  assert.deepEqual(topicsOf(decideExpiry(empty, offsetsWith({}, { t: 1 }), 1000, later).records), ["t", "group"]);
});

test("deletions of groups, of offsets and of topics take what is pending", () => {
  const offsets = (): CommittedOffsets => offsetsWith({ t: 1, x: 1, y: 1 }, { t: 1, u: 1 });
  assert.deepEqual(topicsOf(decideGroupDelete(newGroup("g", NOW_MS), offsets()).records), ["t", "u", "x", "y", "group"]);
  const gone = decideTopicCleanup("g", offsets(), (topic, topicId) => topicId === "one" && topic !== "u");
  assert.deepEqual(topicsOf(gone.records), ["t", "x", "y"]);
  const topics = ["x", "u", "z"].map((name) => ({ name, partitions: [{ partitionIndex: 0 }] }));
  const deleted = decideOffsetDelete(newGroup("g", NOW_MS), offsets(), topics);
  assert.ok(deleted.kind === "accepted");
  assert.deepEqual(topicsOf(deleted.records), ["x", "u"]);
  for (const max of [1, 2, 3]) {
    const all = offsets();
    const removed: string[] = [];
    for (let isPartial = true; isPartial; ) {
      const removal = decideGroupDelete(newGroup("g", NOW_MS), all, { tombstonesMax: max, lookedAtMax: 100 });
      isPartial = removal.isPartial;
      for (const record of removal.records) if (record.kind === "offset") all.set("g", record.topic, record.partition, null);
      removed.push(...topicsOf(removal.records));
    }
    assert.deepEqual(removed, ["t", "u", "x", "y", "group"], `${max} at a time`);
  }
});

test("who may commit in a transaction: anybody while nobody says who he is, else a member of this generation", () => {
  const request = {
    groupId: "g",
    memberId: "",
    groupInstanceId: null,
    generationId: -1,
    unknownGroupErrorCode: ErrorCode.ILLEGAL_GENERATION,
    topics: [],
  };
  const code = (group: ReturnType<typeof newGroup> | undefined, change: Partial<typeof request>): number => {
    const decision = decideTransactionalCommit(group, { ...request, ...change }, P, 4096, NOW_MS);
    return decision.kind === "refused" ? decision.errorCode : ErrorCode.NONE;
  };
  assert.equal(code(undefined, {}), ErrorCode.NONE);
  assert.equal(code(undefined, { generationId: 1 }), ErrorCode.ILLEGAL_GENERATION);
  const empty = newGroup("g", NOW_MS);
  assert.equal(code(empty, {}), ErrorCode.NONE);
  assert.equal(code(empty, { memberId: "a" }), ErrorCode.NONE);
  assert.equal(code(empty, { memberId: "a", generationId: 0 }), ErrorCode.UNKNOWN_MEMBER_ID);
  const busy = { ...empty, state: "CompletingRebalance" } as const;
  assert.equal(code(busy, {}), ErrorCode.NONE, "a client before version 3");
  assert.equal(code(busy, { memberId: "a" }), ErrorCode.UNKNOWN_MEMBER_ID);
});

test("what a transaction commits again and again for one partition is held once", () => {
  const once = applied([{ kind: "pending", producerId: P, partition: 0, offset: 1 }]).offsets.pending.heldBytes;
  const again = applied([1, 2, 3].map((offset) => ({ kind: "pending", producerId: P, partition: 0, offset }))).offsets.pending;
  assert.equal(again.heldBytes, once);
  assert.deepEqual(
    again.end(P).map(({ value: { offset } }) => offset),
    [3],
  );
});
