import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConsumerRecord } from "@ottla/client";
import { UsageError } from "../../command.ts";
import { jsonFormat, type TextFormatOptions, textFormat } from "./record-format.ts";

const record: ConsumerRecord = {
  topic: "t",
  partition: 2,
  offset: 7,
  timestamp: 0,
  key: Buffer.from("k"),
  value: Buffer.from("v\x1b"),
  headers: [
    { key: "a", value: Buffer.from("1") },
    { key: "b", value: null },
  ],
  leaderEpoch: 0,
};
const options: TextFormatOptions = { nullMarker: "null", delimiter: "\n", isTerminal: false };
const print = (template: string, changes: Partial<ConsumerRecord> = {}, more: Partial<TextFormatOptions> = {}): string =>
  Buffer.concat(textFormat(template, { ...options, ...more })({ ...record, ...changes }).map((piece) => Buffer.from(piece))).toString(
    "latin1",
  );

test("every field has its letter", () => {
  assert.equal(print("%t[%p]@%o %k=%s %h %T %D 100%%\\t|"), "t[2]@7 k=v\x1b a=1,b=null 0 1970-01-01T00:00:00.000Z 100%\t|\n");
  assert.equal(print("%D", { timestamp: -1 }), "-\n");
  assert.throws(() => print("%q"), UsageError);
  assert.throws(() => print("100%"), UsageError);
});

test("tombstones are seen, with the marker asked for", () => {
  assert.equal(print("%k:%v", { key: null, value: null }), "null:null\n");
  assert.equal(print("%v", { value: null }, { nullMarker: "∅", delimiter: "\0" }), `${Buffer.from("∅").toString("latin1")}\0`);
});

test("bytes pass to a pipe as they are, to a terminal escaped", () => {
  const bytes = Buffer.from([0x61, 0xff, 0x0a, 0x1b]);
  assert.equal(print("%v", { value: bytes }), "a\xff\n\x1b\n");
  const shown = Buffer.from(print("%v", { value: bytes }, { isTerminal: true }), "latin1").toString();
  assert.equal(shown, "a\uFFFD\n\\x1b\n");
});

test("JSON keeps bytes that are no text as base64", () => {
  const [line = ""] = jsonFormat({ ...record, value: Buffer.from([0xff, 0xfe]) });
  assert.deepEqual(JSON.parse(line), {
    topic: "t",
    partition: 2,
    offset: 7,
    timestamp: 0,
    key: "k",
    valueBase64: "//4=",
    headers: [
      { key: "a", value: "1" },
      { key: "b", value: null },
    ],
  });
});
