import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConnectRecord } from "../../data/connect-record.ts";
import { plain, struct } from "../../data/make-schema.ts";
import { readConfig } from "../../plugin/read-config.ts";
import { byLogicalTableRouter } from "./by-logical-table-router.ts";
import { eventRouter } from "./event-router.ts";
import { extractNewRecordState } from "./extract-new-record-state.ts";

const outbox = struct(
  {
    id: plain("string"),
    aggregatetype: plain("string"),
    aggregateid: plain("string"),
    type: plain("string"),
    payload: plain("string", true),
    shard: plain("int32", true),
  },
  { name: "shop.outbox.Value", optional: true },
);
const envelope = struct(
  { before: outbox, after: outbox, op: plain("string"), ts_ms: plain("int64", true) },
  { name: "shop.outbox.Envelope", version: 1 },
);
const row = { id: "e1", aggregatetype: "Order", aggregateid: "7", type: "Created", payload: '{"total":12}', shard: 3 };
const change = (after: object | null, op = "c", before: object | null = null): ConnectRecord => ({
  topic: "shop.outbox",
  partition: 5,
  keySchema: struct({ id: plain("string") }, { name: "shop.outbox.Key" }),
  key: { id: "e1" },
  valueSchema: envelope,
  value: { before, after, op, ts_ms: 1_700_000_000_000n },
  headers: [{ key: "h", value: 1 }],
});
const router = (properties: Readonly<Record<string, string>> = {}) => eventRouter.open(readConfig(eventRouter.config, properties));

test("a row of an outbox is the event that it is: topic, key, header, time and payload", () => {
  const event = router().apply(change(row))!;
  assert.deepEqual(
    {
      ...event,
      keySchema: event.keySchema?.type,
      valueSchema: event.valueSchema?.type,
      headers: event.headers.map(({ key, value }) => [key, value]),
    },
    {
      topic: "outbox.event.Order",
      partition: undefined,
      keySchema: "string",
      key: "7",
      valueSchema: "string",
      value: '{"total":12}',
      headers: [
        ["h", 1],
        ["id", "e1"],
      ],
      timestampMs: 1_700_000_000_000,
    },
  );
});

test("columns go where they are placed, JSON is expanded, and an empty payload may be a tombstone", () => {
  const placed = router({
    "table.fields.additional.placement": "type:header:kind,type:envelope,shard:partition",
    "table.expand.json.payload": "true",
  });
  const event = placed.apply(change(row))!;
  assert.deepEqual([event.partition, event.headers.at(-1)?.key, event.value], [3, "kind", { payload: { total: 12 }, type: "Created" }]);
  assert.equal(event.valueSchema?.name, "shop.outbox.Order.Value");
  assert.equal(placed.apply(change({ ...row, id: "e2" }))!.valueSchema!.fields![1]!.schema, event.valueSchema?.fields?.[1]?.schema);
  assert.equal(router({ "route.tombstone.on.empty.payload": "true" }).apply(change({ ...row, payload: " " }))!.value, null);
  assert.equal(
    router({ "table.expand.json.payload": "true" }).apply(change({ ...row, payload: "[1,null,2]" }))!.valueSchema!.type,
    "array",
  );
  const nullable = router({ "table.expand.json.payload": "true" }).apply(change({ ...row, payload: '[{"a":1},null,{"b":2}]' }))!;
  assert.deepEqual([nullable.valueSchema!.valueSchema!.optional, nullable.value], [true, [{ b: null, a: 1 }, null, { b: 2, a: null }]]);
  assert.equal(router({ "table.expand.json.payload": "true" }).apply(change({ ...row, payload: '{"a":[1,"x"]}' }))!.value, '{"a":[1,"x"]}');
});

test("what is no insert goes no further, and what the outbox does not have is named", () => {
  assert.equal(router().apply(change(null, "d", row)), undefined);
  assert.equal(router().apply(change(row, "u", row)), undefined);
  assert.equal(router().apply({ ...change(row), valueSchema: undefined, value: null }), undefined);
  assert.throws(() => router({ "table.op.invalid.behavior": "fatal" }).apply(change(row, "u", row)), {
    code: "CONNECT_DATA",
    message: /fatal/,
  });
  assert.throws(() => router({ "table.field.event.id": "uuid" }).apply(change(row)), {
    message: /no column uuid; it has id, aggregatetype/,
  });
  assert.throws(() => router({ "table.field.event.timestamp": "type" }).apply(change(row)), {
    code: "CONNECT_DATA",
    message: /type, a string/,
  });
  assert.throws(() => router({ "table.fields.additional.placement": "type:where" }), { code: "CONNECT_CONFIG" });
  assert.throws(() => router({ "table.fields.additional.placement": "type:envelope,id:envelope:type" }), { code: "CONNECT_CONFIG" });
  const heartbeat = { ...change(row), valueSchema: struct({ ts_ms: plain("int64") }, { name: "x.Heartbeat" }), value: { ts_ms: 1n } };
  assert.equal(router().apply(heartbeat), heartbeat);
});

test("tables that are parts of one go into one topic, their keys told apart", () => {
  const open = (properties: Readonly<Record<string, string>>) =>
    byLogicalTableRouter.open(
      readConfig(byLogicalTableRouter.config, { "topic.regex": "(.*)outbox", "topic.replacement": "$1all", ...properties }),
    );
  const routed = open({}).apply(change(row))!;
  assert.deepEqual(
    [routed.topic, routed.key, routed.keySchema?.name],
    ["shop.all", { id: "e1", __dbz__physicalTableIdentifier: "shop.outbox" }, "shop.all.Key"],
  );
  assert.deepEqual(
    [routed.valueSchema?.name, routed.valueSchema?.fields?.[0]?.schema.name, routed.valueSchema?.version],
    ["shop.all.Envelope", "shop.all.Value", 1],
  );
  assert.deepEqual(open({ "key.enforce.uniqueness": "false" }).apply(change(row))!.key, { id: "e1" });
  assert.deepEqual(
    open({ "key.field.name": "t", "key.field.regex": "shop\\.(.*)", "key.field.replacement": "$1" }).apply(change(row))!.key,
    { id: "e1", t: "outbox" },
  );
  const elsewhere = { ...change(row), topic: "other" };
  assert.equal(open({}).apply(elsewhere), elsewhere);
  assert.throws(() => open({}).apply({ ...change(row), keySchema: plain("string"), key: "k" }), {
    code: "CONNECT_DATA",
    message: /key\.enforce\.uniqueness=false/,
  });
  assert.throws(() => open({ "key.field.regex": "x" }), { code: "CONNECT_CONFIG" });
  assert.throws(() => open({ "topic.replacement": "" }), { code: "CONNECT_CONFIG" });
});

test("fields that a change left as they were are left out of its row, and of its key where one says so", () => {
  const open = (properties: Readonly<Record<string, string>>) =>
    extractNewRecordState.open(readConfig(extractNewRecordState.config, { "drop.fields.header.name": "same", ...properties }));
  const record: ConnectRecord = { ...change(row), headers: [{ key: "same", value: ["id", "shard"] }] };
  const names = (result: ConnectRecord): readonly (readonly string[] | undefined)[] =>
    [result.valueSchema, result.keySchema].map((schema) => schema?.fields?.map(({ name }) => name));
  assert.deepEqual(names(open({}).apply(record)!), [["id", "aggregatetype", "aggregateid", "type", "payload"], ["id"]]);
  const all = open({ "drop.fields.keep.schema.compatible": "false", "drop.fields.from.key": "true" }).apply(record)!;
  assert.deepEqual([names(all), all.key], [[["aggregatetype", "aggregateid", "type", "payload"], []], {}]);
  assert.throws(() => open({}).apply({ ...record, headers: [{ key: "same", value: "id" }] }), { code: "CONNECT_DATA" });
});
