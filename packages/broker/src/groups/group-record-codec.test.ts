import assert from "node:assert/strict";
import { test } from "node:test";
import { MalformedBytesError } from "@ottla/base";
import { NIL_UUID } from "@ottla/protocol";
import { RecordBatchBuilder, RecordCursor } from "@ottla/protocol/records";
import type { CommittedOffset, GroupRecord, GroupSnapshot } from "./group-records.ts";
import { decodeRecord, encodeRecord, KnownOffset, readKnownOffset } from "./group-record-codec.ts";

const offset = (value: Partial<CommittedOffset>): GroupRecord => ({
  kind: "offset",
  groupId: "g",
  topic: "t",
  partition: 3,
  value: {
    offset: 42,
    leaderEpoch: -1,
    metadata: "",
    commitTimestampMs: 1_700_000_000_000,
    expireTimestampMs: -1,
    topicId: NIL_UUID,
    ...value,
  },
});

const member = { clientId: "c", clientHost: "/127.0.0.1", rebalanceTimeoutMs: 60_000, sessionTimeoutMs: 10_000 };
const snapshot: GroupSnapshot = {
  protocolType: "consumer",
  generationId: 5,
  protocolName: "range",
  leaderId: "a",
  stateTimestampMs: 1_700_000_000_000,
  members: [
    { ...member, memberId: "a", groupInstanceId: null, subscription: Buffer.of(1, 2), assignment: Buffer.of(3) },
    { ...member, memberId: "b", groupInstanceId: "i", subscription: Buffer.alloc(0), assignment: Buffer.alloc(0) },
  ],
};
const group: GroupRecord = { kind: "group", groupId: "g", value: snapshot };

// Origin: GroupGroupRecordSerde of kafka-group-coordinator 4.3.1 over GroupGroupRecordHelpers' records.
const GOLDEN: readonly [string, GroupRecord, string, string | null][] = [
  [
    "an offset with a topic id",
    offset({ leaderEpoch: 7, metadata: "näh", topicId: "FQDNp7vVRsq2B5zDUmWkDw" }),
    "000100016700017400000003",
    "0004000000000000002a00000007056ec3a4680000018bcfe568000100101500cda7bbd546cab6079cc35265a40f",
  ],
  ["an offset without", offset({}), "000100016700017400000003", "0004000000000000002affffffff010000018bcfe5680000"],
  [
    "an offset with its own expiry",
    offset({ metadata: "m", expireTimestampMs: 1_700_000_001_000 }),
    "000100016700017400000003",
    "0001000000000000002a00016d0000018bcfe568000000018bcfe56be8",
  ],
  ["an offset's tombstone", { kind: "offset", groupId: "g", topic: "t", partition: 3, value: null }, "000100016700017400000003", null],
  [
    "a group",
    group,
    "0002000167",
    "00030008636f6e73756d657200000005000572616e67650001610000018bcfe5680000000002000161ffff000163000a2f3132372e302e302e310000ea60000027100000000201020000000103000162000169000163000a2f3132372e302e302e310000ea60000027100000000000000000",
  ],
  ["a group's tombstone", { kind: "group", groupId: "g", value: null }, "0002000167", null],
];

for (const [name, record, key, value] of GOLDEN) {
  test(`${name} is written as Kafka writes it, and read back`, () => {
    const encoded = encodeRecord(record);
    assert.equal(encoded.key.toString("hex"), key);
    assert.equal(encoded.value === null ? null : encoded.value.toString("hex"), value);
    assert.deepEqual(decodeRecord({ key: Buffer.from(key, "hex"), value: value === null ? null : Buffer.from(value, "hex") }), record);
  });
}

test("versions that Kafka wrote before, and the flexible one, are read", () => {
  const v1 =
    "00010008636f6e73756d657200000005000572616e676500016100000002000161000163000a2f3132372e302e302e310000ea60000027100000000201020000000103000162000163000a2f3132372e302e302e310000ea60000027100000000000000000";
  const v4 =
    "000409636f6e73756d6572000000050672616e676502610000018bcfe568000302610002630b2f3132372e302e302e310000ea60000027100301020203000262026902630b2f3132372e302e302e310000ea600000271001010000";
  const read = (hex: string) => decodeRecord({ key: Buffer.from("0002000167", "hex"), value: Buffer.from(hex, "hex") });
  assert.deepEqual(read(v4), group);
  assert.deepEqual(read(v1), {
    ...group,
    value: { ...snapshot, stateTimestampMs: -1, members: snapshot.members.map((each) => ({ ...each, groupInstanceId: null })) },
  });
});

test("records of other kinds of groups are left alone", () => {
  assert.equal(decodeRecord({ key: Buffer.from("0063000167", "hex"), value: Buffer.from("0000", "hex") }), undefined);
});

test("a newer version and damaged bytes are malformed", () => {
  const key = Buffer.from("0002000167", "hex");
  assert.throws(() => decodeRecord({ key, value: Buffer.from("0005", "hex") }), MalformedBytesError);
  assert.throws(() => decodeRecord({ key, value: Buffer.from("00030008636f", "hex") }), MalformedBytesError);
  assert.throws(() => decodeRecord({ key: Buffer.alloc(1), value: null }), MalformedBytesError);
});

test("offsets of one commit, alike in some fields and not in others, are written each as its own, and read so from a log", () => {
  const ids = [NIL_UUID, "AAECAwQFBgcICQoLDA0ODw"];
  const written: GroupRecord[] = [];
  // In the order of a Gray code: each field changes alone.
  for (let i = 0; i < 512; i++) {
    const bit = (n: number): number => ((i ^ (i >> 1)) >> n) & 1;
    const value = {
      offset: [0, 2 ** 31, 2 ** 32 + 5, Number.MAX_SAFE_INTEGER, -1, -(2 ** 40) - 3][i % 6]!,
      leaderEpoch: bit(0) * 7 - 1,
      metadata: bit(1) ? "é".repeat(3) : "",
      commitTimestampMs: 1_700_000_000_000 + bit(2),
      expireTimestampMs: -1,
      topicId: ids[bit(3)]!,
    };
    const place = { groupId: bit(4) ? "g" : "", topic: bit(5) ? "t" : bit(6) ? "u" : "tt" };
    written.push({ kind: "offset", ...place, partition: [3, 70_000][bit(6)]!, value });
    written.push({ kind: "offset", ...place, partition: i, value: { ...value, offset: i } });
    if (bit(7)) written.push({ kind: "offset", groupId: "g", topic: "t", partition: 1, value: null });
    if (bit(8)) written.push(offset({ expireTimestampMs: 1_700_000_000_000 + bit(0), topicId: NIL_UUID, offset: i }));
  }
  const encoded = written.map(encodeRecord);
  // What carries its own expiry has no epoch.
  const expected = written.map((record) => {
    const { value } = record as Extract<GroupRecord, { kind: "offset" }>;
    return value && value.expireTimestampMs !== -1 ? offset({ ...value, leaderEpoch: -1 }) : record;
  });
  assert.deepEqual(encoded.map(decodeRecord), expected);
  const builder = new RecordBatchBuilder();
  for (const { key, value } of encoded) builder.append(key, value, [], 0);
  const cursor = new RecordCursor().open(builder.close());
  const known = new KnownOffset();
  let knownCount = 0;
  for (const [i, record] of expected.entries()) {
    assert.ok(cursor.moveNext());
    if (readKnownOffset(cursor, known)) {
      const { groupId, topic, partition, offset: value, commit } = known;
      assert.deepEqual({ kind: "offset", groupId, topic, partition, value: { offset: value, ...commit } }, record, `record ${i}`);
      knownCount++;
    } else decodeRecord({ key: cursor.key()!, value: cursor.value() });
  }
  assert.ok(knownCount > 0);
});
