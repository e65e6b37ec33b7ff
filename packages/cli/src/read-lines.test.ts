import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import fc from "fast-check";
import { unescapeBytes } from "./escapes.ts";
import { readLines } from "./read-lines.ts";

async function linesOf(chunks: readonly Buffer[]): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of readLines(Readable.from(chunks))) lines.push(line.toString("latin1"));
  return lines;
}

test("lines end with a line feed, the last one with the input, and keep every other byte", async () => {
  assert.deepEqual(await linesOf([Buffer.from("a\r\n\nb\n\r")]), ["a\r", "", "b", "\r"]);
  assert.deepEqual(await linesOf([Buffer.from("a\nb")]), ["a", "b"]);
  assert.deepEqual(await linesOf([]), []);
});

test("however the bytes are cut into chunks, the lines are the same", async () => {
  const bytes = fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array.map((byte) => (byte < 60 ? 10 : byte))));
  const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(bytes, cuts, async (text, sizes) => {
      const chunks: Buffer[] = [];
      let at = 0;
      for (const size of [...sizes, text.length]) {
        if (at < text.length) chunks.push(text.subarray(at, at + size));
        at += size;
      }
      if (at < text.length) chunks.push(text.subarray(at));
      assert.deepEqual(await linesOf(chunks), await linesOf(text.length > 0 ? [text] : []));
    }),
    { numRuns: 200 },
  );
});

test("escapes stand for what they name", () => {
  assert.equal(unescapeBytes("a\\tb\\n\\x41\\\\n\\q").toString(), "a\tb\nA\\n\\q");
  assert.deepEqual(unescapeBytes("é\\xff\\0"), Buffer.from([0xc3, 0xa9, 0xff, 0]));
});
