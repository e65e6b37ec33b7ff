import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { crc32c, crc32cImplementation, crc32cOfChunks } from "./crc32c.ts";
import { crc32cInScript } from "./crc32c-in-script.ts";

test("CRC-32C gives the values of RFC 3720", () => {
  const ascending = Buffer.from(Array.from({ length: 32 }, (_, i) => i));
  for (const [input, expected] of [
    [Buffer.from("123456789"), 0xe3069283],
    [Buffer.alloc(32), 0x8a9136aa],
    [Buffer.alloc(32, 0xff), 0x62a8ab43],
    [ascending, 0x46dd794e],
    [Buffer.alloc(0), 0],
  ] as const) {
    assert.equal(crc32c(input), expected);
    assert.equal(crc32cInScript(input, 0, input.length), expected);
  }
});

test("native and scripted CRC-32C agree on any part of any buffer", () => {
  assert.equal(crc32cImplementation(), "native");
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 100, maxLength: 700, size: "max" }), fc.nat(40), fc.nat(40), (bytes, start, cut) => {
      const buffer = Buffer.from(bytes);
      assert.equal(crc32c(buffer, start, buffer.length - cut), crc32cInScript(buffer, start, buffer.length - cut));
    }),
  );
});

test("a checksum goes on over chunks of any size", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 600, size: "max" }), { maxLength: 5, size: "max" }), (chunks) => {
      const buffers = chunks.map((chunk) => Buffer.from(chunk));
      assert.equal(crc32cOfChunks(buffers), crc32c(Buffer.concat(buffers)));
    }),
  );
});
