import assert from "node:assert/strict";
import { test } from "node:test";
import { MalformedBytesError } from "@ottla/base";
import { decodeConsumerRecord, encodeConsumerRecord } from "./consumer-record-codec.ts";
import type { ConsumerPart } from "./consumer-records.ts";
import { TopicNames } from "./topic-names.ts";

const topicId = "FQDNp7vVRsq2B5zDUmWkDw";

/** Bytes as Apache Kafka 4.4.0's coordinator writes them: key, value. */
const golden: readonly (readonly [string, ConsumerPart, string, string | null])[] = [
  [
    "a member with all there is to say of it",
    {
      type: "member",
      memberId: "m",
      value: {
        instanceId: "i",
        rackId: "r",
        clientId: "c",
        clientHost: "/127.0.0.1",
        subscribedTopicNames: TopicNames.of(["u", "t"]),
        subscribedTopicRegex: "x.*",
        rebalanceTimeoutMs: 60_000,
        serverAssignor: "range",
        classic: { sessionTimeoutMs: 10_000, protocols: [{ name: "range", metadata: Buffer.from([1, 2]) }] },
      },
    },
    "000500016700016d",
    "00000269027202630b2f3132372e302e302e31030274027504782e2a0000ea600672616e67650100110100002710020672616e67650301020000",
  ],
  [
    "a member with little",
    {
      type: "member",
      memberId: "m",
      value: {
        instanceId: null,
        rackId: null,
        clientId: "c",
        clientHost: "/127.0.0.1",
        subscribedTopicNames: TopicNames.of(["t"]),
        subscribedTopicRegex: "",
        rebalanceTimeoutMs: 60_000,
        serverAssignor: null,
        classic: null,
      },
    },
    "000500016700016d",
    "0000000002630b2f3132372e302e302e31020274010000ea600001000100",
  ],
  [
    "what a member has, and has yet to give up",
    {
      type: "current",
      memberId: "m",
      value: {
        memberEpoch: 7,
        previousMemberEpoch: 6,
        state: "unrevoked",
        assigned: new Map([
          [
            topicId,
            new Map([
              [0, 5],
              [3, 7],
            ]),
          ],
        ]),
        pendingRevocation: new Map([[topicId, new Map([[1, 5]])]]),
      },
    },
    "000800016700016d",
    "0000000000070000000601021500cda7bbd546cab6079cc35265a40f030000000000000003010009030000000500000007021500cda7bbd546cab6079cc35265a40f0200000001010005020000000500",
  ],
  ["a group", { type: "group", value: { groupEpoch: 9, metadataHash: 123456789012 } }, "0003000167", "0000000000090100080000001cbe991a14"],
  [
    "a target's epoch",
    { type: "target", value: { assignmentEpoch: 9, assignmentTimestampMs: 1_700_000_000_000 } },
    "0006000167",
    "0000000000090100080000018bcfe56800",
  ],
  [
    "a member's target",
    { type: "target-member", memberId: "m", value: new Map([[topicId, [0, 1, 2]]]) },
    "000700016700016d",
    "0000021500cda7bbd546cab6079cc35265a40f040000000000000001000000020000",
  ],
  [
    "a pattern's topics",
    { type: "regex", regex: "x.*", value: { topics: new Set(["xa", "xb"]), revision: 42, timestampMs: 1_700_000_000_000 } },
    "00100001670003782e2a",
    "000003037861037862000000000000002a0000018bcfe5680000",
  ],
  ["the tombstone of a kind that is no longer written", { type: "partition-metadata", value: null }, "0004000167", null],
  ["a group's tombstone", { type: "group", value: null }, "0003000167", null],
  ["a member's tombstone", { type: "member", memberId: "m", value: null }, "000500016700016d", null],
  ["a target's tombstone", { type: "target", value: null }, "0006000167", null],
  ["a pattern's tombstone", { type: "regex", regex: "x.*", value: null }, "00100001670003782e2a", null],
];

for (const [name, part, key, value] of golden) {
  test(`${name} is written as Kafka writes it, and read back`, () => {
    const record = encodeConsumerRecord({ kind: "consumer", groupId: "g", part });
    assert.deepEqual([record.key.toString("hex"), record.value?.toString("hex") ?? null], [key, value]);
    assert.deepEqual(decodeConsumerRecord(record), { kind: "consumer", groupId: "g", part });
  });
}

test("what a member has, as Kafka before 4.4 wrote it, counts from the member's own epoch", () => {
  const key = Buffer.from("000800016700016d", "hex");
  const value = Buffer.from("0000000000070000000600021500cda7bbd546cab6079cc35265a40f020000000300010000", "hex");
  const read = decodeConsumerRecord({ key, value });
  assert.ok(read?.part.type === "current");
  assert.deepEqual(read.part.value?.assigned, new Map([[topicId, new Map([[3, 7]])]]));
});

test("a state that is not known is kept as that; newer versions and damaged bytes are malformed", () => {
  const key = Buffer.from("000800016700016d", "hex");
  const read = decodeConsumerRecord({ key, value: Buffer.from("0000000000070000000655010100", "hex") });
  assert.ok(read?.part.type === "current");
  assert.equal(read.part.value?.state, "unknown");
  assert.throws(() => decodeConsumerRecord({ key, value: Buffer.from("0001", "hex") }), MalformedBytesError);
  assert.throws(() => decodeConsumerRecord({ key: key.subarray(0, 6), value: null }), MalformedBytesError);
});
