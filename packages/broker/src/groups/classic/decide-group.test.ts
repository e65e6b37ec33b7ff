import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import { subscription } from "../testing/group-scene.ts";
import { type ClassicGroup, EMPTY_ASSIGNMENT, newGroup, settled } from "./classic-group.ts";
import { decideGroup } from "./decide-group.ts";
import type { ClassicInput, GroupDecision, GroupLimits } from "./group-decision.ts";
import { type GroupMember, type MemberProtocol, MemberTable } from "./member-table.ts";
import { chooseProtocol } from "./protocol-choice.ts";

const NOW_MS = 1_700_000_000_000;
const LIMITS: GroupLimits = {
  groupMaxSize: 3,
  initialRebalanceDelayMs: 3000,
  newMemberJoinTimeoutMs: 300_000,
  pendingMembersMax: 2,
  protocolsPerMemberMax: 4,
  groupHeldBytesMax: 10_000,
};
const METADATA = subscription(["t"]);

const joinOf = (change: Partial<Extract<ClassicInput, { kind: "join" }>> = {}): Extract<ClassicInput, { kind: "join" }> => ({
  kind: "join",
  token: 1,
  groupId: "g",
  memberId: "",
  newMemberId: "new",
  groupInstanceId: null,
  clientId: "c",
  clientHost: "/127.0.0.1",
  sessionTimeoutMs: 10_000,
  rebalanceTimeoutMs: 60_000,
  protocolType: "consumer",
  protocols: [{ name: "range", metadata: METADATA }],
  requiresMemberId: true,
  supportsSkipAssignment: true,
  ...change,
});

const memberOf = (memberId: string, change: Partial<GroupMember> = {}): GroupMember => ({
  memberId,
  groupInstanceId: null,
  clientId: "c",
  clientHost: "/127.0.0.1",
  rebalanceTimeoutMs: 60_000,
  sessionTimeoutMs: 10_000,
  protocols: [{ name: "range", metadata: METADATA }],
  assignment: Buffer.from(`for ${memberId}`),
  isNew: false,
  owesSync: false,
  awaitingJoin: null,
  awaitingSync: null,
  ...change,
});

const groupOf = (state: ClassicGroup["state"], members: readonly GroupMember[], change: Partial<ClassicGroup> = {}): ClassicGroup => ({
  ...newGroup("g", NOW_MS - 1000),
  state,
  generationId: 4,
  protocolType: "consumer",
  protocolName: "range",
  leaderId: members[0]?.memberId ?? null,
  members: new MemberTable(members),
  subscribedTopics: new Set(["t"]),
  ...change,
});

const stable = () => groupOf("Stable", [memberOf("a"), memberOf("b")]);
function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

/** A group with its members laid open, for comparison. */
const plain = (group: ClassicGroup | undefined) =>
  group && { ...group, members: [...group.members.values()], pendingMemberIds: [...group.members.pendingIds()] };
const shown = ({ soft, ...rest }: GroupDecision) => ({ group: plain(soft), ...rest });
const withPending = (group: ClassicGroup, ...memberIds: string[]): ClassicGroup => {
  const members = group.members.draft();
  for (const memberId of memberIds) members.addPending(memberId);
  return settled({ ...group, members });
};
const errorOf = ({ replies }: GroupDecision) => replies[0]?.answer.errorCode;
const decide = (group: ClassicGroup | undefined, input: ClassicInput) => decideGroup(group, input, LIMITS, NOW_MS);

test("the first JoinGroup without an id makes the group, writes it, and gives an id that must be used in time", () => {
  assert.deepEqual(shown(decide(undefined, joinOf())), {
    group: plain(withPending(newGroup("g", NOW_MS), "new")),
    records: [
      {
        kind: "group",
        groupId: "g",
        value: { protocolType: "", generationId: 0, protocolName: null, leaderId: null, stateTimestampMs: NOW_MS, members: [] },
      },
    ],
    durability: "required",
    timers: [{ timer: { kind: "session", memberId: "new" }, delayMs: 10_000 }],
    replies: [
      {
        token: 1,
        answer: {
          errorCode: ErrorCode.MEMBER_ID_REQUIRED,
          memberId: "new",
          generationId: -1,
          protocolType: null,
          protocolName: null,
          leader: "",
          skipAssignment: false,
          members: [],
        },
      },
    ],
  });
});

test("a pending member that comes back is parked, and the first rebalance delayed", () => {
  const pending = withPending(newGroup("g", NOW_MS), "new");
  assert.deepEqual(shown(decide(pending, joinOf({ memberId: "new", token: 7 }))), {
    group: plain({
      ...newGroup("g", NOW_MS),
      state: "PreparingRebalance",
      protocolType: "consumer",
      leaderId: "new",
      members: new MemberTable([memberOf("new", { assignment: EMPTY_ASSIGNMENT, isNew: true, awaitingJoin: 7 })]),
      initialRebalance: { delayMs: 3000, remainingMs: 57_000, memberAdded: false },
    }),
    records: [],
    durability: "best-effort",
    timers: [
      { timer: { kind: "session", memberId: "new" }, delayMs: 300_000 },
      { timer: { kind: "sync" }, delayMs: null },
      { timer: { kind: "join" }, delayMs: 3000 },
    ],
    replies: [],
  });
});

test("the leader's SyncGroup writes the generation, then answers everybody who waits", () => {
  const group = groupOf("CompletingRebalance", [
    memberOf("a", { assignment: EMPTY_ASSIGNMENT, owesSync: true }),
    memberOf("b", { assignment: EMPTY_ASSIGNMENT, awaitingSync: 8 }),
  ]);
  const assignments = [
    { memberId: "a", assignment: Buffer.from("for a") },
    { memberId: "b", assignment: Buffer.from("for b") },
  ];
  const input: ClassicInput = {
    kind: "sync",
    token: 9,
    memberId: "a",
    groupInstanceId: null,
    generationId: 4,
    protocolType: "consumer",
    protocolName: "range",
    assignments,
  };
  const answer = (text: string) => ({
    errorCode: ErrorCode.NONE,
    protocolType: "consumer",
    protocolName: "range",
    assignment: Buffer.from(text),
  });
  const logged = {
    clientId: "c",
    clientHost: "/127.0.0.1",
    rebalanceTimeoutMs: 60_000,
    sessionTimeoutMs: 10_000,
    groupInstanceId: null,
    subscription: METADATA,
  };
  assert.deepEqual(shown(decide(group, input)), {
    group: plain({ ...groupOf("Stable", [memberOf("a"), memberOf("b")]), stateTimestampMs: NOW_MS }),
    records: [
      {
        kind: "group",
        groupId: "g",
        value: {
          protocolType: "consumer",
          generationId: 4,
          protocolName: "range",
          leaderId: "a",
          stateTimestampMs: NOW_MS,
          members: [
            { ...logged, memberId: "a", assignment: Buffer.from("for a") },
            { ...logged, memberId: "b", assignment: Buffer.from("for b") },
          ],
        },
      },
    ],
    durability: "required",
    timers: [
      { timer: { kind: "sync" }, delayMs: null },
      { timer: { kind: "session", memberId: "a" }, delayMs: 10_000 },
      { timer: { kind: "session", memberId: "b" }, delayMs: 10_000 },
    ],
    replies: [
      { token: 9, answer: answer("for a") },
      { token: 8, answer: answer("for b") },
    ],
  });
});

test("a decision leaves the group it was made about as it was", () => {
  const group = stable();
  const before = plain(group);
  decide(group, joinOf({ requiresMemberId: false }));
  decide(group, { kind: "leave", token: 2, members: [{ memberId: "a", groupInstanceId: null }] });
  decide(group, { kind: "timeout", timer: { kind: "session", memberId: "b" } });
  assert.deepEqual(plain(group), before);
});

test("a heartbeat changes nothing but the session", () => {
  const group = stable();
  assert.deepEqual(shown(decide(group, { kind: "heartbeat", token: 3, memberId: "b", groupInstanceId: null, generationId: 4 })), {
    group: plain(group),
    records: [],
    durability: "best-effort",
    timers: [{ timer: { kind: "session", memberId: "b" }, delayMs: 10_000 }],
    replies: [{ token: 3, answer: { errorCode: ErrorCode.NONE } }],
  });
});

test("a heartbeat of another generation, older or newer, is told so and keeps no session alive", () => {
  for (const generationId of [3, 5]) {
    const decision = decide(stable(), { kind: "heartbeat", token: 3, memberId: "b", groupInstanceId: null, generationId });
    assert.deepEqual([errorOf(decision), decision.timers], [ErrorCode.ILLEGAL_GENERATION, []]);
  }
});

test("SyncGroup with another protocol type or name is inconsistent", () => {
  const sync = (protocolType: string | null, protocolName: string | null): number => {
    const input: ClassicInput = {
      kind: "sync",
      token: 1,
      memberId: "b",
      groupInstanceId: null,
      generationId: 4,
      protocolType,
      protocolName,
      assignments: [],
    };
    return decide(stable(), input).replies[0]!.answer.errorCode;
  };
  assert.equal(sync("consumer", "range"), ErrorCode.NONE);
  assert.equal(sync(null, null), ErrorCode.NONE);
  assert.equal(sync("connect", "range"), ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
  assert.equal(sync("consumer", "sticky"), ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
});

test("a member votes for the first protocol on its list that all the others know too", () => {
  const offer = (...names: string[]) => names.map((name) => ({ name, metadata: METADATA }));
  const chosen = (...offers: (readonly MemberProtocol[])[]) =>
    chooseProtocol(
      groupOf(
        "Stable",
        offers.map((protocols, index) => memberOf(`m${index}`, { protocols })),
      ),
    );
  assert.equal(chosen(offer("own", "range"), offer("range")), "range");
  assert.equal(chosen(offer("sticky", "range"), offer("range", "sticky"), offer("range", "sticky")), "range");
  assert.equal(chosen(offer("sticky", "range"), offer("range", "sticky")), "sticky");
});

test("requests to a group that does not exist are from unknown members", () => {
  const errorOf = (input: ClassicInput) => decide(undefined, input).replies[0]!.answer.errorCode;
  const who = { memberId: "a", groupInstanceId: null };
  assert.equal(errorOf(joinOf({ memberId: "a" })), ErrorCode.UNKNOWN_MEMBER_ID);
  assert.equal(
    errorOf({ kind: "sync", token: 1, ...who, generationId: 1, protocolType: null, protocolName: null, assignments: [] }),
    ErrorCode.UNKNOWN_MEMBER_ID,
  );
  assert.equal(errorOf({ kind: "heartbeat", token: 1, ...who, generationId: 1 }), ErrorCode.UNKNOWN_MEMBER_ID);
  assert.deepEqual(decide(undefined, { kind: "leave", token: 1, members: [who] }).replies, [
    { token: 1, answer: { errorCode: ErrorCode.NONE, members: [{ ...who, errorCode: ErrorCode.UNKNOWN_MEMBER_ID }] } },
  ]);
});

test("a JoinGroup that offers no protocol makes no group", () => {
  for (const bad of [{ protocols: [] }, { protocolType: "" }]) {
    const { soft, records, replies } = decide(undefined, joinOf(bad));
    assert.deepEqual([soft, records, replies[0]!.answer.errorCode], [undefined, [], ErrorCode.INCONSISTENT_GROUP_PROTOCOL]);
  }
});

test("a pending id cannot become a static member", () => {
  const pending = withPending(newGroup("g", NOW_MS), "new");
  assert.equal(
    decide(pending, joinOf({ memberId: "new", groupInstanceId: "i" })).replies[0]!.answer.errorCode,
    ErrorCode.UNKNOWN_MEMBER_ID,
  );
});

test("pending members, members, their protocols and what they hold are bounded", () => {
  const answer = (group: ClassicGroup | undefined, input: ClassicInput) => errorOf(decide(group, input));
  assert.equal(answer(withPending(stable(), "p0"), joinOf()), ErrorCode.MEMBER_ID_REQUIRED);
  assert.equal(answer(withPending(stable(), "p0", "p1"), joinOf()), ErrorCode.COORDINATOR_NOT_AVAILABLE);
  const full = groupOf(
    "Stable",
    ["a", "b", "c"].map((memberId) => memberOf(memberId)),
  );
  assert.equal(answer(full, joinOf()), ErrorCode.GROUP_MAX_SIZE_REACHED);

  const named = (count: number) =>
    joinOf({ protocols: Array.from({ length: count }, (_, i) => ({ name: i === 0 ? "range" : `p${i}`, metadata: METADATA })) });
  for (const group of [undefined, stable()]) {
    assert.equal(answer(group, named(4)), ErrorCode.MEMBER_ID_REQUIRED);
    assert.equal(answer(group, named(5)), ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
  }

  const sized = (bytes: number, memberId = "") => joinOf({ memberId, protocols: [{ name: "range", metadata: Buffer.alloc(bytes) }] });
  assert.equal(answer(stable(), sized(7000)), ErrorCode.MEMBER_ID_REQUIRED);
  assert.equal(answer(stable(), sized(9000)), ErrorCode.GROUP_MAX_SIZE_REACHED);
  // A member that offers more than before counts with what it offers now.
  assert.equal(answer(stable(), sized(7000, "b")), undefined);
  assert.equal(answer(stable(), sized(9000, "b")), ErrorCode.GROUP_MAX_SIZE_REACHED);
  const large = groupOf("Stable", [memberOf("a"), memberOf("b", { protocols: [{ name: "range", metadata: Buffer.alloc(7000) }] })]);
  assert.equal(answer(large, sized(7000, "b")), ErrorCode.NONE);
});

test("members that ask for no rebalance timeout at all do not make the coordinator spin", () => {
  const absent = groupOf("PreparingRebalance", [memberOf("a", { groupInstanceId: "i", rebalanceTimeoutMs: -5 })]);
  const { timers, soft: group } = decide(absent, { kind: "timeout", timer: { kind: "join" } });
  assert.equal(group?.state, "PreparingRebalance");
  assert.deepEqual(timers.at(-1), { timer: { kind: "join" }, delayMs: 1000 });
});

test("an absent static leader is followed by a member that is here", () => {
  const group = groupOf("PreparingRebalance", [memberOf("a", { groupInstanceId: "i" }), memberOf("b", { awaitingJoin: 5 })]);
  const decision = decide(group, { kind: "timeout", timer: { kind: "join" } });
  const after = decision.soft;
  assert.deepEqual([after?.state, after?.leaderId, after?.members.size], ["CompletingRebalance", "b", 2]);
});

test("a client that sends JoinGroup again is answered on both requests", () => {
  const group = groupOf("PreparingRebalance", [memberOf("a", { awaitingJoin: 5 }), memberOf("b")]);
  const { replies } = decide(group, joinOf({ memberId: "a", token: 6 }));
  assert.deepEqual(
    replies.map(({ token, answer }) => [token, answer.errorCode]),
    [[5, ErrorCode.REBALANCE_IN_PROGRESS]],
  );
});

test("a loaded group's sessions begin; one over a lowered group.max.size rebalances", () => {
  const sessions = ["a", "b"].map((memberId) => ({ timer: { kind: "session" as const, memberId }, delayMs: 10_000 }));
  assert.deepEqual(decide(stable(), { kind: "loaded" }).timers, sessions);
  const { soft: group } = decideGroup(stable(), { kind: "loaded" }, { ...LIMITS, groupMaxSize: 1 }, NOW_MS);
  assert.equal(group?.state, "PreparingRebalance");
});

test("metadata of other protocol types is never read, and damaged subscriptions are no obstacle", () => {
  const join = (protocolType: string, metadata: Buffer) => {
    const alone = groupOf("PreparingRebalance", [memberOf("a", { awaitingJoin: 5, protocols: [{ name: "range", metadata }] })], {
      protocolType,
    });
    return decide(alone, { kind: "timeout", timer: { kind: "join" } }).soft?.subscribedTopics;
  };
  assert.deepEqual(join("consumer", METADATA), new Set(["t"]));
  assert.equal(join("consumer", Buffer.of(0, 0, 0x7f, 0xff, 0xff, 0xff)), null);
  assert.equal(join("consumer", EMPTY_ASSIGNMENT), null);
  assert.equal(join("sr", METADATA), null);
  const empties = (count: number) => Buffer.concat([Buffer.of(0, 0), int32(count), Buffer.alloc(2 * count)]);
  assert.deepEqual(join("consumer", empties(200_000)), new Set([""]));
  assert.equal(join("consumer", empties(200_001)), null, "more names than it reads");
});
