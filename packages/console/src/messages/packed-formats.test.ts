import assert from "node:assert/strict";
import { test } from "node:test";
import { encode as messagePack } from "@msgpack/msgpack";
import { encode as cbor } from "cborg";
import { decodeBytes } from "./decode-bytes.ts";
import { readPacked } from "./packed-formats.ts";

const ORDER = { id: 7, customer: "alice", lines: [{ sku: "a", price: 1.5 }], paid: true, note: null };

test("MessagePack and CBOR are taken for what they are, whole", () => {
  for (const [format, bytes] of [
    ["msgpack", Buffer.from(messagePack(ORDER))],
    ["cbor", Buffer.from(cbor(ORDER))],
  ] as const) {
    const read = readPacked(bytes);
    assert.equal(read?.format, format);
    assert.deepEqual(JSON.parse(decodeBytes(bytes).text), ORDER);
    assert.equal(readPacked(Buffer.concat([bytes, Buffer.from([0])])), undefined, "a byte is left over");
    for (let cut = 0; cut < bytes.length; cut++) assert.notEqual(readPacked(bytes.subarray(0, cut))?.format, format, `cut at ${cut}`);
  }
  assert.equal(decodeBytes(Buffer.from([0xd9, 0xd9, 0xf7, 0x05])).format, "cbor");
});

test("numbers stay numbers, and hostile bytes harm nobody", () => {
  assert.equal(decodeBytes(Buffer.from([0x80, 0, 0, 0])).format, "int32");
  assert.equal(decodeBytes(Buffer.from([0x91, 1, 2, 3, 4, 5, 6, 7])).format, "int64");
  // A list that says it has four thousand million items; ten thousand lists in lists.
  assert.equal(readPacked(Buffer.from([0xdd, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4, 5])), undefined);
  assert.equal(readPacked(Buffer.from([0x9b, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 1])), undefined);
  const deep = decodeBytes(Buffer.concat([Buffer.alloc(100_000, 0x91), Buffer.from([1])]));
  assert.ok(["msgpack", "cbor", "bytes"].includes(deep.format));
  const polluting = decodeBytes(Buffer.from(cbor(new Map([["__proto__", new Map([["polluted", true]])]]))));
  assert.equal(polluting.text, '{"__proto__":{"polluted":true}}');
  assert.equal(({} as { polluted?: boolean }).polluted, undefined);
});
