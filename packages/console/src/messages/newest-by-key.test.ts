import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConsumerRecord } from "@ottla/client";
import { NewestByKey } from "./newest-by-key.ts";

const record = (key: string | null, value: string | null, more: Partial<ConsumerRecord> = {}): ConsumerRecord =>
  ({
    topic: "t",
    partition: 0,
    offset: 0,
    timestamp: 0,
    headers: [],
    ...more,
    key: key && Buffer.from(key),
    value: value === null ? null : Buffer.from(value),
  }) as unknown as ConsumerRecord;
const shown = (newest: NewestByKey) => newest.records().map(({ key, value }) => `${key}=${value}`);

test("the newest of each key stays, a record without a value takes it out, and one without a key is none", () => {
  const newest = new NewestByKey();
  for (const each of [record("b", "1"), record("a", "1"), record("b", "2"), record("c", "1"), record("c", null), record(null, "x")])
    newest.add(each);
  assert.deepEqual(shown(newest), ["a=1", "b=2"]);
  newest.add(record("a", "of an older partition", { partition: 1, timestamp: -1 }));
  assert.deepEqual(shown(newest), ["a=1", "b=2"]);
});

test("keys and bytes that are held are bounded, and what there was no room for is counted", () => {
  const many = new NewestByKey();
  for (let i = 0; i < 5_010; i++) many.add(record(`k${i}`, "v"));
  assert.deepEqual([many.records().length, many.leftOut], [5_000, 10]);
  const large = new NewestByKey();
  const megabyte = "x".repeat(1_048_576);
  for (let i = 0; i < 40; i++) large.add(record(`k${i}`, megabyte));
  assert.deepEqual([large.records().length, large.leftOut], [31, 9]);
  // The same keys once more take no more room.
  for (let i = 0; i < 31; i++) large.add(record(`k${i}`, megabyte));
  assert.equal(large.records().length, 31);
});
