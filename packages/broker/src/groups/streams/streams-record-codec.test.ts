import assert from "node:assert/strict";
import { test } from "node:test";
import { MalformedBytesError } from "@ottla/base";
import {
  makeCopartitionGroup,
  makeStreamsGroupTopologyValue,
  makeSubtopology,
  makeTopicConfig,
  makeTopicInfo,
} from "@ottla/protocol/data/streams-group-topology-value";
import type { StreamsPart } from "./streams-records.ts";
import { decodeStreamsRecord, encodeStreamsRecord } from "./streams-record-codec.ts";
import { NO_TASKS, NOTHING_HELD } from "./tasks.ts";

const memberId = "m";
const member = {
  instanceId: null,
  rackId: null,
  clientId: "c",
  clientHost: "/127.0.0.1",
  rebalanceTimeoutMs: 60_000,
  topologyEpoch: 0,
  processId: "p",
};

/** Bytes as Apache Kafka 4.4.0's coordinator writes them: key, value. */
const golden: readonly (readonly [string, StreamsPart, string, string | null])[] = [
  [
    "a member with all there is to say of it",
    {
      type: "member",
      memberId,
      value: { ...member, instanceId: "i", rackId: "r", userEndpoint: { host: "h", port: 40_000 }, clientTags: new Map([["zone", "z"]]) },
    },
    "001300016700016d",
    "00000269027202630b2f3132372e302e302e310000ea600000000002700102689c400002057a6f6e65027a0000",
  ],
  [
    "a member with little",
    { type: "member", memberId, value: { ...member, userEndpoint: null, clientTags: new Map() } },
    "001300016700016d",
    "0000000002630b2f3132372e302e302e310000ea60000000000270ff0100",
  ],
  ["a member's end", { type: "member", memberId, value: null }, "001300016700016d", null],
  [
    "a group",
    {
      type: "group",
      value: {
        groupEpoch: 7,
        metadataHash: 1_234_567_890_123,
        validatedTopologyEpoch: 0,
        assignmentConfigs: new Map([
          ["num.standby.replicas", "1"],
          ["rack.aware.assignment.tags", "zone"],
        ]),
      },
    },
    "0011000167",
    "0000000000070000011f71fb04cb02000400000000013a03156e756d2e7374616e6462792e7265706c696361730231001b7261636b2e61776172652e61737369676e6d656e742e74616773057a6f6e6500",
  ],
  ["a group's end", { type: "group", value: null }, "0011000167", null],
  [
    "a target",
    { type: "target", value: { assignmentEpoch: 7, assignmentTimestampMs: 1_700_000_000_000 } },
    "0014000167",
    "0000000000070100080000018bcfe56800",
  ],
  [
    "a target that nobody waits for",
    { type: "target", value: { assignmentEpoch: 7, assignmentTimestampMs: 0 } },
    "0014000167",
    "00000000000700",
  ],
  ["a target's end", { type: "target", value: null }, "0014000167", null],
  [
    "a member's target",
    {
      type: "target-member",
      memberId,
      value: { active: new Map([["0", new Set([2, 0])]]), standby: new Map([["1", new Set([1])]]), warmup: NO_TASKS },
    },
    "001500016700016d",
    "0000020230030000000000000002000202310200000001000100",
  ],
  ["the end of a member's target", { type: "target-member", memberId, value: null }, "001500016700016d", null],
  [
    "what a member has",
    {
      type: "current",
      memberId,
      value: {
        memberEpoch: 6,
        previousMemberEpoch: 5,
        state: "unrevoked",
        assigned: {
          active: new Map([
            [
              "0",
              new Map([
                [0, 3],
                [2, 5],
              ]),
            ],
          ]),
          standby: new Map([["1", new Set([1])]]),
          warmup: NO_TASKS,
        },
        pendingRevocation: { active: new Map([["1", new Map([[0, 4]])]]), standby: NO_TASKS, warmup: new Map([["0", new Set([1])]]) },
      },
    },
    "001600016700016d",
    "000000000006000000050202023003000000000000000201000903000000030000000502023102000000010001020231020000000001000502000000040102023002000000010000",
  ],
  ["that a member has nothing", { type: "current", memberId, value: null }, "001600016700016d", null],
  [
    "a topology",
    {
      type: "topology",
      value: makeStreamsGroupTopologyValue({
        subtopologies: [
          makeSubtopology({
            subtopologyId: "0",
            sourceTopics: ["t"],
            repartitionSinkTopics: ["g-r"],
            repartitionSourceTopics: [makeTopicInfo({ name: "g-q", partitions: 3 })],
            stateChangelogTopics: [
              makeTopicInfo({
                name: "g-c",
                replicationFactor: 1,
                topicConfigs: [makeTopicConfig({ key: "cleanup.policy", value: "compact" })],
              }),
            ],
            copartitionGroups: [makeCopartitionGroup({ sourceTopics: [0], repartitionSourceTopics: [0] })],
          }),
        ],
      }),
    },
    "0017000167",
    "000000000000020230020274010204672d63000000000001020f636c65616e75702e706f6c69637908636f6d7061637400000204672d720204672d7100000003000001000202000001020000000000",
  ],
  ["a topology's end", { type: "topology", value: null }, "0017000167", null],
];

for (const [what, part, key, value] of golden) {
  test(`${what} is written and read as Apache Kafka does it`, () => {
    const written = encodeStreamsRecord({ kind: "streams", groupId: "g", part });
    assert.equal(written.key.toString("hex"), key);
    assert.equal(written.value?.toString("hex") ?? null, value);
    assert.deepEqual(decodeStreamsRecord(written), { kind: "streams", groupId: "g", part });
  });
}

test("a state that is not known is kept as such, and tasks without epochs have the member's", () => {
  const record = encodeStreamsRecord({
    kind: "streams",
    groupId: "g",
    part: {
      type: "current",
      memberId,
      value: { memberEpoch: 6, previousMemberEpoch: 5, state: "unknown", assigned: NOTHING_HELD, pendingRevocation: NOTHING_HELD },
    },
  });
  const read = decodeStreamsRecord(record);
  assert.ok(read?.part.type === "current");
  assert.equal(read.part.value?.state, "unknown");
  const withoutEpochs = Buffer.from("00000000000600000005010202300200000000000101010101" + "00", "hex");
  const older = decodeStreamsRecord({ key: record.key, value: withoutEpochs });
  assert.ok(older?.part.type === "current");
  assert.deepEqual(older.part.value?.assigned.active, new Map([["0", new Map([[0, 6]])]]));
});

test("records of other kinds are left, and broken ones are refused", () => {
  assert.equal(decodeStreamsRecord({ key: Buffer.from("0003000167", "hex"), value: null }), undefined);
  assert.throws(() => decodeStreamsRecord({ key: Buffer.from("0011000167", "hex"), value: Buffer.of(0, 0, 1) }), MalformedBytesError);
});
