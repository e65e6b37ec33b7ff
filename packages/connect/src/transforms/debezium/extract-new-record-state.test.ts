import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConnectRecord } from "../../data/connect-record.ts";
import { makeSchema, plain, struct } from "../../data/make-schema.ts";
import { readConfig } from "../../plugin/read-config.ts";
import { extractNewRecordState } from "./extract-new-record-state.ts";

const row = struct(
  { id: plain("int32"), name: makeSchema({ type: "string", optional: true, defaultValue: "x" }) },
  { name: "shop.orders.Value", optional: true },
);
const source = struct({ table: plain("string"), lsn: plain("int64", true), ts_ms: plain("int64") });
const envelope = struct(
  { before: row, after: row, source, op: plain("string"), ts_ms: plain("int64", true) },
  { name: "shop.orders.Envelope", version: 1 },
);
const change = (before: object | null, after: object | null, op: string): ConnectRecord => ({
  topic: "shop.orders",
  key: 1,
  valueSchema: envelope,
  value: { before, after, source: { table: "orders", lsn: 9n, ts_ms: 5n }, op, ts_ms: 7n },
  headers: [],
});
const deletion = change({ id: 1, name: "a" }, null, "d");
const tombstone: ConnectRecord = { topic: "shop.orders", key: 1, value: null, headers: [] };
const open = (properties: Readonly<Record<string, string>> = {}) =>
  extractNewRecordState.open(readConfig(extractNewRecordState.config, properties));

test("a change becomes its row, with what was asked for of the change as fields and headers", () => {
  const transform = open({ "add.fields": "op,table,source.ts_ms,lsn:position,nothing", "add.headers": "op" });
  const created = transform.apply(change(null, { id: 1, name: null }, "c"))!;
  assert.deepEqual(created.value, { id: 1, name: "x", __op: "c", __table: "orders", __source_ts_ms: 5n, __position: 9n });
  assert.deepEqual(
    created.valueSchema!.fields!.map(({ name }) => name),
    ["id", "name", "__op", "__table", "__source_ts_ms", "__position"],
  );
  assert.deepEqual([created.valueSchema!.name, created.valueSchema!.optional], ["shop.orders.Value", false]);
  assert.deepEqual(
    created.headers.map(({ key, value }) => [key, value]),
    [["__op", "c"]],
  );
});

test("deletions and tombstones go, stay or are rewritten as the mode says", () => {
  const outcome = (mode: string): unknown[] => {
    const transform = open({ "delete.tombstone.handling.mode": mode });
    return [deletion, tombstone]
      .map((record) => transform.apply(record))
      .map((result) => (result === undefined ? "dropped" : result.value));
  };
  assert.deepEqual(outcome("drop"), ["dropped", "dropped"]);
  assert.deepEqual(outcome("tombstone"), [null, "dropped"]);
  assert.deepEqual(outcome("rewrite"), [{ id: 1, name: "a", __deleted: "true" }, "dropped"]);
  assert.deepEqual(outcome("rewrite-with-tombstone"), [{ id: 1, name: "a", __deleted: "true" }, null]);
  assert.deepEqual(outcome("delete-to-tombstone"), [null, "dropped"]);
  assert.deepEqual(open({ "delete.tombstone.handling.mode": "rewrite" }).apply(change(null, { id: 1, name: "a" }, "c"))!.value, {
    id: 1,
    name: "a",
    __deleted: "false",
  });
});

test("what is no change passes, the topic may be in the row, and settings that mean nothing are refused", () => {
  const other = { ...tombstone, valueSchema: row, value: { id: 1, name: "a" } };
  assert.equal(open().apply(other), other);
  assert.equal(open({ "route.by.field": "name" }).apply(change(null, { id: 1, name: "other" }, "c"))!.topic, "other");
  assert.throws(() => open({ "route.by.field": "id" }).apply(change(null, { id: 1, name: "a" }, "c")), { code: "CONNECT_DATA" });
  assert.throws(() => open({ "add.fields": "a:b:c" }), { code: "CONNECT_CONFIG" });
  assert.throws(() => open({ "delete.tombstone.handling.mode": "what" }), { code: "CONNECT_CONFIG" });
});
