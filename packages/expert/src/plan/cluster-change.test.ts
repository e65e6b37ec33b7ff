import assert from "node:assert/strict";
import { test } from "node:test";
import {
  CHANGE_KINDS,
  inverseOf,
  isDone,
  kafkaCommandsOf,
  ottlaCommandsOf,
  riskOf,
  sentenceOf,
  stillFits,
  subjectOf,
} from "./change-kinds.ts";
import type { ConfigChange, SetGroupOffsets, SetShareGroupOffsets } from "./cluster-change.ts";

const TOOLS = { bootstrapServer: "b1:9092,b2:9092", commandConfig: "client config.properties" };
const minIsr: ConfigChange = { kind: "config", target: { type: "topic", name: "orders" }, settings: { "min.insync.replicas": "2" } };

test("a change of settings tells what it does, which commands do it, and what takes it back", () => {
  assert.equal(subjectOf(minIsr), "orders");
  assert.equal(sentenceOf(minIsr), "Set min.insync.replicas=2 for topic orders.");
  assert.deepEqual(kafkaCommandsOf(minIsr, TOOLS), [
    "kafka-configs.sh --bootstrap-server b1:9092,b2:9092 --command-config 'client config.properties' --alter --entity-type topics --entity-name orders --add-config min.insync.replicas=2",
  ]);
  assert.deepEqual(ottlaCommandsOf(minIsr), [["configs", "set", "topic", "orders", "min.insync.replicas=2"]]);
  const before = { settings: {}, effective: { "min.insync.replicas": "1" } };
  const [inverse] = inverseOf(minIsr, before)!;
  assert.deepEqual(inverse, { ...minIsr, settings: { "min.insync.replicas": null } });
  assert.equal(isDone(minIsr, before), false);
  assert.equal(isDone(minIsr, { settings: { "min.insync.replicas": "2" }, effective: {} }), true);
});

test("risk is judged beside the value that holds; without it the worst is assumed", () => {
  const retention = (value: string | null): ConfigChange => ({
    kind: "config",
    target: { type: "topic", name: "t" },
    settings: { "retention.ms": value },
  });
  const day = { settings: {}, effective: { "retention.ms": "86400000" } };
  assert.equal(riskOf(retention("172800000"), day).class, "low");
  assert.equal(riskOf(retention("-1"), day).class, "low");
  assert.equal(riskOf(retention("1000"), day).class, "high");
  assert.equal(riskOf(retention(null), day).class, "high");
  assert.equal(riskOf(retention("172800000")).class, "high");
  assert.equal(riskOf(minIsr, { settings: {}, effective: { "min.insync.replicas": "3" } }).class, "low");
});

test("offsets that a group had go back, those that are new go away, and a group that was not there is deleted", () => {
  const change: SetGroupOffsets = {
    kind: "setGroupOffsets",
    group: "billing",
    offsets: [
      { topic: "orders", partition: 0, offset: 5 },
      { topic: "orders", partition: 1, offset: 7 },
    ],
  };
  assert.deepEqual(inverseOf(change, { state: "Empty", offsets: [{ topic: "orders", partition: 0, offset: 3 }] }), [
    { kind: "setGroupOffsets", group: "billing", offsets: [{ topic: "orders", partition: 0, offset: 3 }] },
    { kind: "deleteGroupOffsets", group: "billing", partitions: [{ topic: "orders", partition: 1 }] },
  ]);
  assert.deepEqual(inverseOf(change, { state: null, offsets: [] }), [{ kind: "deleteGroup", group: "billing" }]);
});

test("a share group goes back to where it read from, and to not having begun", () => {
  const change: SetShareGroupOffsets = {
    kind: "setShareGroupOffsets",
    group: "workers",
    offsets: [
      { topic: "orders", partition: 0, offset: 5 },
      { topic: "orders", partition: 1, offset: 7 },
    ],
  };
  const had = [
    { topic: "orders", partition: 0, offset: 3 },
    { topic: "orders", partition: 1, offset: 9 },
  ];
  assert.deepEqual(inverseOf(change, { state: "Empty", offsets: had }), [{ ...change, offsets: had }]);
  const away = { kind: "deleteShareGroupOffsets", group: "workers", topics: ["orders"] } as const;
  const other = { topic: "orders", partition: 2, offset: 4 };
  const elsewhere = { topic: "bills", partition: 0, offset: 8 };
  assert.deepEqual(inverseOf(change, { state: "Empty", offsets: [] }), [away]);
  assert.deepEqual(inverseOf(change, { state: "Empty", offsets: [had[1]!, other, elsewhere] }), [
    away,
    { ...change, offsets: [had[1]!, other] },
  ]);
  const two: SetShareGroupOffsets = { ...change, offsets: [...change.offsets, { ...elsewhere, offset: 1 }] };
  assert.deepEqual(inverseOf(two, { state: "Empty", offsets: [elsewhere] }), [away, { ...change, offsets: [elsewhere] }]);
  assert.deepEqual(inverseOf(away, { state: "Empty", offsets: [...had, elsewhere] }), [{ ...change, offsets: had }]);
  assert.match(riskOf(change, { state: "Empty", offsets: had }).why!, /processed again and records may be skipped/);
  assert.deepEqual(inverseOf({ kind: "deleteGroup", group: "workers", type: "share" }, { state: "Empty", offsets: had }), [
    { ...change, offsets: had },
  ]);
});

test("what was planned for a topic does not fit another one that has got its name since", () => {
  const seen = { partitionCount: 2, written: false, topicId: "one" };
  for (const change of [
    { kind: "deleteTopic", topic: "t", onlyIfEmpty: false },
    { kind: "addPartitions", topic: "t", partitionCount: 6 },
  ] as const) {
    assert.equal(stillFits(change, seen, seen), true);
    assert.equal(stillFits(change, seen, { ...seen, topicId: "two" }), false);
    assert.equal(stillFits(change, seen, { ...seen, partitionCount: 3 }), false);
    // Plans of before it was asked for.
    assert.equal(stillFits(change, { partitionCount: 2, written: false }, seen), true);
  }
  const ifEmpty = { kind: "deleteTopic", topic: "t", onlyIfEmpty: true } as const;
  assert.equal(stillFits(ifEmpty, seen, { ...seen, written: true }), false);
});

test("what has no way back says so", () => {
  assert.equal(inverseOf({ kind: "addPartitions", topic: "t", partitionCount: 6 }, { partitionCount: 3, written: true }), undefined);
  assert.equal(CHANGE_KINDS.length, 19);
});
