import assert from "node:assert/strict";
import { test } from "node:test";
import { TimeSlice } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import { SchemaIndex } from "./schema-index.ts";

const GUID = "00010203-0405-0607-0809-0a0b0c0d0eff";
const MARK = Buffer.from(GUID.replaceAll("-", ""), "hex").toString("latin1");

function indexOf(...records: readonly (readonly [key: unknown, value: unknown])[]): SchemaIndex {
  const index = new SchemaIndex();
  const bytes = (value: unknown): Buffer | null =>
    value === null ? null : Buffer.isBuffer(value) ? value : Buffer.from(typeof value === "string" ? value : JSON.stringify(value));
  for (const [key, value] of records) stepsOf(index.apply(bytes(key), bytes(value)));
  return index;
}
/** Does what a record left to do, and tells how many rests it offered. */
function stepsOf(work: Iterable<void> | undefined): number {
  return work === undefined ? 0 : [...work].length;
}
const schema = (subject: string, version: number, value: object | null) =>
  [{ keytype: "SCHEMA", subject, version, magic: 1 }, value && { subject, version, schema: '"int"', ...value }] as const;
const deletion = (keytype: string, subject: string, value: object) => [{ keytype, subject, magic: 0 }, value] as const;

test("ids and GUIDs are known by the subjects under which they are registered, in whichever context", () => {
  const index = indexOf(schema("t-value", 1, { id: 7, guid: GUID }), schema(":.other:u-value", 1, { id: 8 }));
  assert.deepEqual(
    [index.isUnder("t-value", 7), index.isUnder("t-value", MARK), index.isUnder("u-value", 7), index.isUnder("u-value", 8)],
    [true, true, false, true],
  );
  assert.deepEqual([index.isKnown(7), index.isKnown(8), index.isKnown(9)], [true, true, false]);
});

test("what is deleted, softly or for ever, does not count, and counts again when it is registered again", () => {
  const registered = [schema("t-value", 1, { id: 1 }), schema("t-value", 2, { id: 2 }), schema("u-value", 1, { id: 1 })] as const;
  const known = (index: SchemaIndex): boolean[] => [index.isUnder("t-value", 1), index.isUnder("t-value", 2), index.isKnown(1)];
  assert.deepEqual(known(indexOf(...registered)), [true, true, true]);
  assert.deepEqual(known(indexOf(...registered, schema("t-value", 1, { id: 1, deleted: true }))), [false, true, true]);
  assert.deepEqual(known(indexOf(...registered, schema("t-value", 1, null))), [false, true, true]);
  assert.deepEqual(known(indexOf(...registered, deletion("DELETE_SUBJECT", "t-value", { subject: "t-value", version: 1 }))), [
    false,
    true,
    true,
  ]);
  const cleared = [...registered, deletion("CLEAR_SUBJECT", "t-value", { subject: "t-value" })] as const;
  assert.deepEqual(known(indexOf(...cleared)), [false, false, true]);
  assert.deepEqual(known(indexOf(...cleared, schema("t-value", 3, { id: 1 }))), [true, false, true]);
  assert.deepEqual(known(indexOf(...cleared, schema("u-value", 1, null))), [false, false, false]);
});

test("keys count in any order of their properties; damaged and foreign records change nothing", () => {
  const index = indexOf(
    ['{"magic":1,"version":1,"subject":"t-value","keytype":"SCHEMA"}', { id: 1 }],
    [null, null],
    [Buffer.from([0xff, 0xfe]), null],
    ["[]", "{}"],
    ['{"keytype":"NOOP","magic":0}', null],
    schema("t-value", 2, { id: -1 }),
    schema("t-value", 3, { id: 1.5 }),
    schema("t-value", 0, { id: 4 }),
    [{ keytype: "SCHEMA", subject: "t-value", version: 4, magic: 1 }, '{"id":5'],
    [
      { keytype: "SCHEMA", subject: "__proto__", version: 1, magic: 1 },
      { id: 6, guid: "no guid" },
    ],
    [
      { keytype: "SCHEMA", subject: "large", version: 1, magic: 1 },
      { id: 9, schema: "x".repeat(2 * 1024 * 1024) },
    ],
    deletion("DELETE_SUBJECT", "t-value", { version: "all" }),
  );
  assert.deepEqual(
    [-1, 1, 1.5, 4, 5, 6, 9].map((id) => index.isKnown(id)),
    [false, true, false, false, false, true, false],
  );
});

test("subjects that begin with a topic's name are counted from the question on", async () => {
  const index = indexOf(schema("t-a.Order", 1, { id: 1 }), schema("u-a.Order", 1, { id: 2 }));
  assert.equal(index.hasPrefix("t-"), false);
  await index.countPrefix("t-", new TimeSlice(systemClock));
  assert.deepEqual([index.isUnderPrefix("t-", 1), index.isUnderPrefix("t-", 2)], [true, false]);
  index.apply(Buffer.from('{"keytype":"SCHEMA","subject":"t-b","version":1,"magic":1}'), Buffer.from('{"id":2}'));
  index.apply(Buffer.from('{"keytype":"SCHEMA","subject":"t-a.Order","version":1,"magic":1}'), null);
  assert.deepEqual([index.isUnderPrefix("t-", 1), index.isUnderPrefix("t-", 2)], [false, true]);
});

test("what deletes a subject of many versions may rest behind each of them", () => {
  const count = 100_000;
  const versions = Array.from({ length: count }, (_, at) => schema("t-value", at + 1, { id: at + 1 }));
  const index = indexOf(...versions, schema("t-value", count + 1, { id: count + 1 }));
  const apply = (keytype: string, value: object): number =>
    stepsOf(index.apply(Buffer.from(JSON.stringify({ keytype, subject: "t-value", magic: 0 })), Buffer.from(JSON.stringify(value))));
  assert.equal(apply("DELETE_SUBJECT", { subject: "t-value", version: count }), count + 1);
  assert.deepEqual(
    [1, count, count + 1].map((id) => index.isUnder("t-value", id)),
    [false, false, true],
  );
  assert.equal(apply("CLEAR_SUBJECT", { subject: "t-value" }), count + 1);
  assert.equal(index.isKnown(count + 1), false);
  assert.equal(apply("CLEAR_SUBJECT", { subject: "t-value" }), 0, "nothing is left");
});
