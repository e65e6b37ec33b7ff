import assert from "node:assert/strict";
import { test } from "node:test";
import { MalformedBytesError } from "@ottla/base";
import fc from "fast-check";
import { sampleInputs } from "../records-tests/sample-inputs.ts";
import { nativeSnappy } from "./native-codecs.ts";
import { snappy } from "./snappy.ts";
import { compressSnappyBlock, decompressSnappyBlock, readSnappyLength } from "./snappy-block.ts";

const BYTES_MAX = 2 ** 24;
const input = Buffer.from("airport delay ".repeat(6000));

test("streams start as Java's do, in chunks of 32 KiB", () => {
  const stream = snappy.compress(input);
  assert.equal(stream.subarray(0, 16).toString("hex"), "82534e41505059000000000100000001");
  const first = stream.readInt32BE(16);
  assert.equal(readSnappyLength(stream, 20, 20 + first).bytes, 32768);
});

test("native and scripted blocks understand each other", () => {
  const native = nativeSnappy();
  assert.ok(native);
  fc.assert(
    fc.property(sampleInputs(65536), (bytes) => {
      assert.ok(native.uncompressSync(compressSnappyBlock(bytes), { copyOutputData: true }).equals(bytes));
      const byNative = native.compressSync(bytes, { copyOutputData: true });
      const { bytes: length, elementsAt } = readSnappyLength(byNative, 0, byNative.length);
      const output = Buffer.alloc(length);
      decompressSnappyBlock(byNative, elementsAt, byNative.length, output);
      assert.ok(output.equals(bytes));
    }),
    { endOnFailure: true },
  );
});

test("raw snappy is read as well as streams", () => {
  const raw = nativeSnappy()!.compressSync(input, { copyOutputData: true });
  assert.deepEqual(snappy.decompress(raw, BYTES_MAX), input);
  assert.deepEqual(snappy.decompress(compressSnappyBlock(Buffer.from("short")), BYTES_MAX).toString(), "short");
});

test("streams may follow each other", () => {
  const stream = snappy.compress(input);
  assert.deepEqual(snappy.decompress(Buffer.concat([stream, stream]), BYTES_MAX), Buffer.concat([input, input]));
});

test("every kind of element is read", () => {
  // four literals; a copy of 4 from 4 back (one byte of distance); of 3 from 8 (two); of 2 from 2 (four)
  const raw = Buffer.from([13, 0x0c, ...Buffer.from("abcd"), 0x01, 4, 0x0a, 8, 0, 0x07, 2, 0, 0, 0]);
  assert.equal(snappy.decompress(raw, BYTES_MAX).toString(), "abcdabcdabcbc");
  // sixty-one literals, their count in one byte, in two, in three and in four
  for (const [tag, count] of [
    [0xf0, [60]],
    [0xf4, [60, 0]],
    [0xf8, [60, 0, 0]],
    [0xfc, [60, 0, 0, 0]],
  ] as const) {
    assert.equal(snappy.decompress(Buffer.from([61, tag, ...count, ...Buffer.alloc(61, "x")]), BYTES_MAX).toString(), "x".repeat(61));
  }
});

for (const [fault, bytes] of [
  ["no length", []],
  ["a length that does not end", [0x80, 0x80, 0x80, 0x80, 0x80, 0]],
  ["a claim beyond what its bytes can hold", [0xff, 0xff, 0x7f, 0x00, 0x61]],
  ["fewer bytes than claimed", [3, 0x04, 0x61, 0x62]],
  ["more bytes than claimed", [1, 0x04, 0x61, 0x62]],
  ["literals beyond the end", [9, 0x20, 0x61]],
  ["a copy beyond the end", [9, 0x00, 0x61, 0x02, 1]],
  ["a distance of zero", [5, 0x00, 0x61, 0x01, 0]],
  ["a copy from before the start", [5, 0x00, 0x61, 0x01, 2]],
] as const) {
  test(`malformed: ${fault}`, () => {
    assert.throws(() => snappy.decompress(Buffer.from(bytes), BYTES_MAX), MalformedBytesError);
  });
}

test("a claim beyond what the bytes can hold is refused before anything is allocated", () => {
  assert.throws(
    () => snappy.decompress(Buffer.from([0xff, 0xff, 0xff, 0x07, 0x00, 0x61]), BYTES_MAX),
    /claims more bytes than it can hold/,
  );
});

test("malformed: a stream with a chunk that does not fit", () => {
  for (const length of [-1, 2 ** 31 - 1, 3]) {
    const stream = Buffer.concat([snappy.compress(input).subarray(0, 16), Buffer.alloc(6)]);
    stream.writeInt32BE(length, 16);
    assert.throws(() => snappy.decompress(stream, BYTES_MAX), MalformedBytesError);
  }
});

test("less than a chunk's length behind the last chunk is passed over, as Java does", () => {
  const stream = snappy.compress(input);
  for (const bytes of [1, 2, 3]) assert.ok(snappy.decompress(Buffer.concat([stream, Buffer.alloc(bytes, 7)]), BYTES_MAX).equals(input));
  assert.throws(() => snappy.decompress(Buffer.concat([stream, Buffer.alloc(4, 7)]), BYTES_MAX), MalformedBytesError);
});
